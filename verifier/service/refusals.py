"""A sentence and a remedy for each reason why an input cannot be checked. None of them says that a record is false."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.errors import BadInput
from kit.i18n import Message, _
from verifier.service.inputs import InputRefused, Refusal, SyntaxHint

_WORDS: Final[Mapping[Refusal, tuple[Message, Message]]] = MappingProxyType(
    {
        Refusal.EMPTY: (
            _("There is nothing to check yet."),
            _("Paste a link or a credential, or choose a file."),
        ),
        Refusal.TOO_LARGE: (
            _("That is larger than 4 MB, and no record that we can check is."),
            _("Check that it is the right file. Pictures inside a record can make it too large; ask for one without."),
        ),
        Refusal.NOT_TEXT: (
            _("This file is not text."),
            _("Ask for the record as a JSON file (its name usually ends in .json), or for a link to it."),
        ),
        Refusal.PICTURE: (
            _("This is a picture. Records inside a picture cannot be read by this version."),
            _("Ask for the record as a JSON file, or for a link to it."),
        ),
        Refusal.PDF: (
            _("This is a PDF. What is printed on it cannot be checked; the signed record behind it can."),
            _("Use the link or the code printed on it, or ask for the record as a JSON file."),
        ),
        Refusal.JOSE: (
            _("This is a record in the JWT form, which this version cannot check."),
            _("Ask for the same record with a Data Integrity proof, as a JSON file."),
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
        Refusal.OLD_BADGE: (
            _("This is an Open Badge of version 2, which carries no signature that could be checked here."),
            _("Ask the issuer for the same badge in version 3."),
        ),
        Refusal.SEVERAL: (
            _("This is a list of several things."),
            _("Check one credential at a time, or ask for a link to all of them together."),
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
        Refusal.WEB_PAGE: (
            _("This is a web page, not a record."),
            _("On that page, look for the record as a JSON file, or for a link to share it."),
        ),
    }
)

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


def explained(error: InputRefused) -> BadInput:
    """The refusal as an answer to the person who asked: what it is, where it breaks off, what to do."""
    detail, remedy = _WORDS[error.refusal]
    if error.refusal is Refusal.NOT_JSON and error.hint is not None and error.line is not None:
        detail = _(
            "This is not readable as JSON. Line %(line)s, character %(column)s: %(hint)s.",
            line=error.line,
            column=error.column,
            hint=_HINTS[error.hint],
        )
    if error.place:
        detail = _("%(detail)s The reason: %(place)s", detail=detail, place=error.place)
    return BadInput(detail, title=_("This cannot be checked as it is"), field="input", remedy=remedy)
