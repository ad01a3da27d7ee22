"""What was handed in, as one thing to judge: a document, a share link, or the address of a credential.

What the bytes are is decided by :mod:`kit.intake`, from the bytes alone; here it only gets its place in a check.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from kit.intake import MAX_FILE_BYTES, Form, InputRefused, Item, LinkKind, Refusal, parse_link

MAX_INPUT_BYTES: Final = MAX_FILE_BYTES


class Kind(Enum):
    """The three kinds of input that can be checked."""

    DOCUMENT = "document"
    SHARE_LINK = "shareLink"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """An input of a known kind: ``data`` for a document (JSON or a token), ``address`` for the other two."""

    kind: Kind
    data: bytes = b""
    address: str = ""


def submission(item: Item, *, loopback: bool) -> Submission:
    """What was found, as something to judge; ``loopback`` allows plain http to this machine (demonstration only).

    Raises: InputRefused for a link that is not followed here.
    """
    if item.form is not Form.LINK:
        return Submission(kind=Kind.DOCUMENT, data=item.text)
    return address(item.text.decode(), loopback=loopback)


def address(text: str, *, loopback: bool) -> Submission:
    """A link as something to judge. Raises: InputRefused."""
    link = parse_link(text, loopback=loopback)
    if link.kind is LinkKind.CLAIM:
        raise InputRefused(Refusal.CLAIM_LINK)
    kind = Kind.SHARE_LINK if link.kind is LinkKind.SHARE else Kind.ADDRESS
    return Submission(kind=kind, address=link.address)
