"""What a link to a hosted credential leads to, asked for in the forms that can be judged, best first.

A web page is not a record, but it may say where its record is: `<link rel="alternate" type="application/vc" href="…">`.
That one address is followed too, through the same guard; what it gives must be a credential itself.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

from kit.errors import RequestError
from kit.fetch import CREDENTIAL, Fetcher, Reason
from kit.i18n import _
from kit.intake.links import parse_link
from kit.intake.reading import read
from kit.intake.refusals import InputRefused, Refusal
from kit.intake.text import Form, Item
from vc.evidence import Resource

_RECORD_TYPES: Final = frozenset(
    {"application/vc", "application/vp", "application/vc+ld+json", "application/vp+ld+json", "application/vc+jwt"}
)
_HEAD_CHARACTERS: Final = 200_000


class Unreachable(RequestError):  # noqa: N818 - nothing is wrong with the record: there is none
    """A link was followed and gave nothing that can be checked; says nothing about the record behind it."""

    status = 502
    kind = "link-unreachable"
    words = _("Nothing could be fetched from this link")

    def __init__(self) -> None:
        super().__init__(
            _("The link was followed, and no record came back. This says nothing about the record itself."),
            remedy=_("Open the link yourself to see what it says, try again later, or ask for the record as a file."),
        )


def follow(address: str, *, fetcher: Fetcher, loopback: bool) -> Item:
    """The one credential at `address`, an address that `parse_link` gave.

    Raises: InputRefused for what is no credential, Unreachable when nothing came back.
    """
    item = read(fetched(address, fetcher=fetcher, loopback=loopback), media_type=None, name="").only()
    if item.form is Form.LINK:  # one link is followed, not a chain of them
        raise InputRefused(Refusal.NOT_A_CREDENTIAL)
    return item


def fetched(address: str, *, fetcher: Fetcher, loopback: bool) -> bytes:
    """What is at `address`, an address that `parse_link` gave, or at the one that a web page there names as its record.

    Raises: InputRefused for a web page that names none, Unreachable when nothing came back.
    """
    answer = _ask(address, fetcher)
    if answer.media_type in {"text/html", "application/xhtml+xml"}:
        named = _record_of(answer)
        answer = _ask(parse_link(named, loopback=loopback).address, fetcher)
    return answer.body


def _ask(address: str, fetcher: Fetcher) -> Resource:
    answer = fetcher.get(address, kind=CREDENTIAL)
    if answer.error == Reason.BAD_CONTENT_TYPE.value:
        raise InputRefused(Refusal.WEB_PAGE)
    if answer.error == Reason.TOO_LARGE.value:
        raise InputRefused(Refusal.TOO_LARGE)
    if answer.error is not None:
        raise Unreachable
    return answer


def _record_of(page: Resource) -> str:
    """The one address that a page names as its record's. Raises: InputRefused when it names none, or several."""
    reader = _Links()
    reader.feed(page.body.decode(errors="replace")[:_HEAD_CHARACTERS])
    named = {urljoin(page.url, each) for each in reader.found}
    if len(named) != 1:
        raise InputRefused(Refusal.WEB_PAGE)
    return named.pop()


class _Links(HTMLParser):
    """Collects the addresses of records that a page's head names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at every `<link>`."""
        given = dict(attrs)
        relations = (given.get("rel") or "").lower().split()
        media_type = (given.get("type") or "").partition(";")[0].strip().lower()
        if tag == "link" and "alternate" in relations and media_type in _RECORD_TYPES:
            self.found.append((given.get("href") or "").strip())
