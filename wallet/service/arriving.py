"""What a family adds by itself: a file of any kind, a text or a link, and the one credential in it.

The credential's bytes are what is judged, kept, shared and given back. Where they came inside something else (a badge's
picture, a PDF), that is kept beside them, sealed like them, so that the family has its file whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kit.errors import BadInput
from kit.fetch import Fetcher
from kit.i18n import _
from kit.intake import Carrier, Form, InputRefused, LinkKind, Refusal, SeveralFound, explained, follow, parse_link, read
from vc.problems import ProblemError
from vc.securing import is_token

LARGEST_ORIGINAL: Final = 4 * 1024 * 1024
ORIGINALS: Final = {Carrier.PNG: "image/png", Carrier.SVG: "image/svg+xml", Carrier.PDF: "application/pdf"}
"""The files in which an award comes that are kept beside it, by what was opened."""

BASE: Final = "application/vc"
"""An original from which parts can be shown one by one, handed out by the provider for this family alone."""

ENDINGS: Final = {"image/png": "png", "image/svg+xml": "svg", "application/pdf": "pdf", BASE: "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The file in which a credential came: its bytes, and what kind of file that is."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A credential on its way in, and the file it came in, if it came inside one."""

    data: bytes
    original: Original | None


def arriving(given: bytes, *, media_type: str | None, fetcher: Fetcher, loopback: bool) -> Arriving:
    """The credential in what was given; a link is followed, guarded, so call it outside every session.

    `media_type` is what a program declared about its bytes. Raises: SeveralFound, BadInput, Unreachable, Unavailable.
    """
    try:
        found = read(given, media_type=media_type, name="")
        if len(found.items) > 1:
            raise SeveralFound(found, field="file")
        item = found.only()
        if item.form is Form.LINK:
            link = parse_link(item.text.decode(), loopback=loopback)
            if link.kind is not LinkKind.OTHER:
                raise InputRefused(Refusal.CLAIM_LINK if link.kind is LinkKind.CLAIM else Refusal.SHARE_LINK)
            item = follow(link.address, fetcher=fetcher, loopback=loopback)
    except InputRefused as refused:
        told = explained(refused, field="file")
        raise BadInput(told.detail, title=_("This cannot be kept as it is"), field="file", remedy=told.remedy) from None
    original = None
    if found.carrier in ORIGINALS and len(given) <= LARGEST_ORIGINAL:
        original = Original(data=given, media_type=ORIGINALS[found.carrier])
    return Arriving(data=item.text, original=original)


def claim_link(given: bytes, *, loopback: bool) -> str | None:
    """The claim link that a text is, or None: claiming goes another way than adding."""
    try:
        link = parse_link(given.decode().strip(), loopback=loopback)
    except (InputRefused, UnicodeDecodeError):
        return None
    return link.address if link.kind is LinkKind.CLAIM else None


def unreadable(error: ProblemError) -> BadInput:
    """A document that a strict reader does not take, in words for a family."""
    return explained(InputRefused(Refusal.AMBIGUOUS, place=error.detail), field="file")


def file_kind(data: bytes) -> tuple[str, str]:
    """The media type and the file's name under which a kept credential is given back."""
    return ("application/vc+jwt", "credential.jwt") if is_token(data) else ("application/vc", "credential.json")
