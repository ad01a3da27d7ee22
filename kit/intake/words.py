"""A sentence and a remedy for each reason why an input cannot be used. None of them says that a record is false."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.errors import BadInput
from kit.i18n import Message, _
from kit.intake.reading import Found
from kit.intake.refusals import InputRefused, Refusal, SyntaxHint

_ORIGINAL: Final = _("Ask for the original file, or for the link to it.")

_WORDS: Final[Mapping[Refusal, tuple[Message, Message]]] = MappingProxyType(
    {
        Refusal.EMPTY: (
            _("There is nothing to check yet."),
            _("Paste a link or a credential, or choose a file."),
        ),
        Refusal.TOO_LARGE: (
            _("That is larger than what is read here: 4 MB of text, 16 MB of a picture or a PDF."),
            _("Check that it is the right file. Pictures inside a record can make it too large; ask for one without."),
        ),
        Refusal.NOT_TEXT: (
            _("This is no kind of file that a record comes in."),
            _("Use the record as a JSON or JWT file, as a picture (PNG or SVG), as a PDF, or use a link to it."),
        ),
        Refusal.NOT_WHAT_IT_SAYS: (
            _("What was sent is not what its Content-Type says."),
            _("Send the media type that belongs to the bytes, or application/octet-stream."),
        ),
        Refusal.SD_JWT: (
            _("This is a record in the SD-JWT form, which this version cannot check."),
            _("Ask for the same record as JSON with a Data Integrity proof, or as a JWT."),
        ),
        Refusal.NOT_JSON: (
            _("This is neither a link nor a record as JSON."),
            _("Copy the whole text again, from the first brace to the last, or use the file itself."),
        ),
        Refusal.AMBIGUOUS: (
            _("Two programs could read this text differently, so it is not judged."),
            _("Ask for the record again, as its issuer or the wallet gave it, without any change."),
        ),
        Refusal.NOT_A_CREDENTIAL: (
            _("This can be read, but it is not a credential: it does not say that it is one."),
            _("Check that you have the right file. A credential has the type VerifiableCredential."),
        ),
        Refusal.SEVERAL: (
            _("This is a list of several things."),
            _("Check one credential at a time, or ask for a link to all of them together."),
        ),
        Refusal.SEVERAL_FOUND: (
            _("There is more than one record in this file."),
            _("Choose the one that you mean."),
        ),
        Refusal.SCHEME: (
            _("This kind of address is not opened here."),
            _("Use a link that starts with https://"),
        ),
        Refusal.PLAIN_HTTP: (
            _("This address does not start with https://, so what it answers could be changed on the way."),
            _("Use a link that starts with https://, or paste the record itself."),
        ),
        Refusal.ADDRESS: (
            _("This address cannot be read in one way only, so it is not opened."),
            _("Copy the link again, whole and without anything before or after it."),
        ),
        Refusal.CLAIM_LINK: (
            _("This is a link for claiming an award, not for checking one."),
            _("The person it is for opens it, keeps the award, and then shares it: the shared link can be checked."),
        ),
        Refusal.SHARE_LINK: (
            _("This link shows what somebody shares from their wallet. It is for looking at, not for keeping."),
            _("Ask its owner, or whoever awarded it, for the award as a file."),
        ),
        Refusal.WEB_PAGE: (
            _("This is a web page, not a record."),
            _("On that page, look for the record as a JSON file, or for a link to share it."),
        ),
        Refusal.ARCHIVE: (
            _("This is a packed archive (such as ZIP), or an office document."),
            _("Unpack it first, and use the files in it one at a time."),
        ),
        Refusal.ARCHIVE_DAMAGED: (_("This ZIP file is damaged and could not be opened."), _ORIGINAL),
        Refusal.ARCHIVE_TOO_LARGE: (
            _("There is more in this ZIP file than is opened here."),
            _("Unpack it, and choose its files in several steps."),
        ),
        Refusal.ARCHIVE_LOCKED: (
            _("This ZIP file is locked with a password, so nothing in it can be checked."),
            _("Unpack it with its password, and choose its files."),
        ),
        Refusal.WALLET_LOCKED: (
            _("This is the export of a wallet, locked with a password."),
            _("Export it from that wallet again, without a password, and delete that file afterwards."),
        ),
        Refusal.TOO_MANY: (
            _("These are more things than are read at a time."),
            _("Choose at most 500 at a time."),
        ),
        Refusal.PICTURE_EMPTY: (
            _("This picture holds no credential, and no QR code that could be read. Many phones and messengers remove "
              "what a picture holds."),
            _("Ask for the original file, or for the link. If it is a photo of a QR code, take it again, straight and "
              "close."),
        ),
        Refusal.PICTURE_CODE: (
            _("There is a QR code in this picture, and it leads to no credential."),
            _("Check that it is the right code. One that leads to a record holds a link that starts with https://"),
        ),
        Refusal.PICTURE_SEVERAL: (
            _("This picture holds more than one credential. Programs could choose differently, so none is judged."),
            _ORIGINAL,
        ),
        Refusal.PICTURE_DAMAGED: (_("This picture is damaged: a part of the file is missing or changed."), _ORIGINAL),
        Refusal.PICTURE_RULES: (
            _("There is a credential in this picture, but not in the form that the rules for such pictures ask for."),
            _("Ask the issuer for the credential as a JSON file, or for the link to it."),
        ),
        Refusal.PICTURE_TOO_LARGE: (
            _("This picture is too large to be opened here."),
            _("Make it smaller, or photograph only the QR code. If the credential is inside it, ask for the JSON "
              "file."),
        ),
        Refusal.PICTURE_HEIF: (
            _("This photo is in the HEIC form, which is not read here."),
            _("Save it as JPEG, or send a screenshot of it."),
        ),
        Refusal.SVG_UNSAFE: (
            _("This SVG picture defines entities, with which one file can be read in many ways. It was not opened."),
            _("Ask the issuer for the credential as a JSON file, or for the link to it."),
        ),
        Refusal.BAKED_UNREADABLE: (
            _("This picture holds something in the place of its credential that is none."),
            _ORIGINAL,
        ),
        Refusal.PDF_EMPTY: (
            _("No credential is attached to this PDF, and no QR code in it could be read. What is printed on it cannot "
              "be checked; the signed record behind it can."),
            _("Use the link or the code printed on it, or ask for the record as a JSON file."),
        ),
        Refusal.PDF_DAMAGED: (_("This PDF is damaged and could not be opened."), _ORIGINAL),
        Refusal.PDF_ENCRYPTED: (
            _("This PDF is locked with a password, so nothing in it can be checked."),
            _("Save a copy of it without a password, or ask for the record as a JSON file."),
        ),
        Refusal.PDF_TOO_LARGE: (
            _("There is more in this PDF than is opened here."),
            _("Ask for the record as a JSON file, or for the link to it."),
        ),
        Refusal.TOO_LONG: (
            _("Opening this file took more time or room than any honest file needs, so it was given up."),
            _("Ask for the record as a JSON file, or for the link to it."),
        ),
    }
)  # fmt: skip

_HINTS: Final[Mapping[SyntaxHint, Message]] = MappingProxyType(
    {
        SyntaxHint.COMMA: _("a comma is missing"),
        SyntaxHint.COLON: _("a colon is missing after a name"),
        SyntaxHint.NAME: _("a name in straight double quotes is expected"),
        SyntaxHint.VALUE: _("something is missing"),
        SyntaxHint.TRAILING: _("something follows after the end of the record"),
        SyntaxHint.TEXT_END: _("a quotation mark opens here and is never closed"),
        SyntaxHint.CONTROL: _("a line break or a tab stands inside quotation marks"),
        SyntaxHint.ESCAPE: _("a backslash stands where it may not"),
        SyntaxHint.CURLY_QUOTES: _(
            "the quotation marks are curly, as a word processor makes them; JSON needs straight ones"
        ),
        SyntaxHint.OTHER: _("the text breaks off or is not JSON"),
    }
)


class SeveralFound(BadInput):
    """There are several things in what was handed in: of `choices`, each with a name and a text, somebody takes one."""

    def __init__(self, found: Found, *, field: str = "input") -> None:
        words = explained(InputRefused(Refusal.SEVERAL_FOUND, names=found.names), field=field)
        super().__init__(words.detail, title=_("Which one do you mean?"), field=field, remedy=words.remedy)
        self.choices = [
            {"name": name, "text": item.text.decode()} for name, item in zip(found.names, found.items, strict=True)
        ]


def explained(error: InputRefused, *, field: str = "input") -> BadInput:
    """The refusal as an answer to the person who asked: what it is, where it breaks off, what to do."""
    detail, remedy = _WORDS[error.refusal]
    if error.refusal is Refusal.NOT_JSON and error.hint is not None and error.line is not None:
        detail = _(
            "This is not readable as JSON. Line %(line)s, character %(column)s: %(hint)s.",
            line=error.line,
            column=error.column,
            hint=_HINTS[error.hint],
        )
    if error.place and error.refusal is Refusal.PICTURE_CODE:
        detail = _("%(detail)s It says: “%(place)s”", detail=detail, place=error.place)
    elif error.place:
        detail = _("%(detail)s The reason: %(place)s", detail=detail, place=error.place)
    if error.names:
        remedy = _("%(remedy)s They are: %(names)s.", remedy=remedy, names=" · ".join(error.names)[:1000])
    return BadInput(detail, title=_("This cannot be checked as it is"), field=field, remedy=remedy)
