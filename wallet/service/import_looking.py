"""Looking at one thing that a family brings, outside every session: fetched where it is a link, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kit.errors import BadInput, Unavailable
from kit.i18n import _
from kit.intake import (
    Form,
    InputRefused,
    LinkKind,
    Piece,
    Refusal,
    Unreachable,
    explained,
    fetched,
    parse_link,
    read_all,
)
from kit.intake.several import MOST_PIECES
from kit.passphrase import MAGIC
from vc.problems import ProblemError
from wallet.service.arriving import LARGEST_ORIGINAL, ORIGINALS, Original, unreadable
from wallet.service.cards import require_title
from wallet.service.core import Tools
from wallet.service.import_views import (
    CLAIM,
    NOT_GENUINE,
    UNCHECKED,
    UNREADABLE,
    UNSUPPORTED,
    WAITING,
    WHOLE,
    Given,
    Why,
)
from wallet.service.judging import Judged, Judging


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A thing as it is looked at, outside every session."""

    item_id: str
    learner_id: str
    state: str
    data: bytes
    link: bool
    original: Original | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What looking at a thing found: `judged` when there is a document, `why` when it is not genuine or unusable.

    `more` are further things that its link led to.
    """

    data: bytes
    judged: Judged | None
    why: Why | None
    more: tuple[Piece, ...] = ()


class Looking:
    """Looks at things, and at what was handed in before it is stored."""

    def __init__(self, tools: Tools, judging: Judging) -> None:
        self._tools = tools
        self._judging = judging

    def look_at(self, task: Task) -> Found:
        """Fetch it where it is a link, and judge it."""
        data, more = task.data, tuple[Piece, ...]()
        try:
            if task.link:
                address = data.decode()
                pieces = read_all(
                    fetched(address, fetcher=self._tools.fetcher, loopback=self._tools.settings.loopback),
                    name=address[:120],
                )
                first, more = pieces[0], tuple(_no_link(piece) for piece in pieces[1:])
                first = _no_link(first)
                if first.item is None:
                    assert first.refused is not None
                    return Found(data=data, judged=None, why=refused_why(first.refused), more=more)
                data = first.item.text
        except InputRefused as refused:
            return Found(data=data, judged=None, why=refused_why(refused))
        except (Unreachable, Unavailable) as error:
            return Found(data=data, judged=None, why=Why(kind="unreachable", detail=error.detail, remedy=error.remedy))
        judged, why = self._judged(data)
        return Found(data=data, judged=judged, why=why, more=more)

    def _judged(self, data: bytes) -> tuple[Judged | None, Why | None]:
        try:
            judged = self._judging.judge(data)
        except ProblemError as error:
            return None, Why.refused(unreadable(error))
        try:
            self._judging.require_genuine(judged)
            require_title(judged.document.value)
        except Unavailable:
            return judged, Why.apart(UNSUPPORTED if self._judging.unsupported(judged) else UNCHECKED)
        except BadInput as error:
            kind = error.type.rpartition("#")[2]
            return (judged, Why.apart(kind)) if kind in {NOT_GENUINE, WHOLE} else (None, Why.refused(error))
        return judged, None

    def link(self, data: bytes) -> tuple[str, Why | None, str]:
        """State, reason and address of a link that somebody wrote."""
        try:
            link = parse_link(data.decode(), loopback=self._tools.settings.loopback)
            if link.kind is LinkKind.SHARE:
                raise InputRefused(Refusal.SHARE_LINK)
        except InputRefused as refused:
            return UNREADABLE, refused_why(refused), ""
        return (CLAIM if link.kind is LinkKind.CLAIM else WAITING), None, link.address


def opened(given: Sequence[Given]) -> list[Piece]:
    """Everything in what was handed in, each thing once.

    Raises: BadInput when nothing was, when it is one thing and that cannot be opened, or when it is too much.
    """
    pieces: list[Piece] = []
    for each in given:
        if each.data.startswith(MAGIC):
            remedy = _("Bring it on the page for families' archives, which asks for its passphrase.")
            raise BadInput(_("This is a family's sealed archive."), field="file", remedy=remedy)
        try:
            found = read_all(each.data, name=each.name)
        except InputRefused as refused:
            if len(given) == 1 or refused.refusal is Refusal.TOO_MANY:
                raise _bad(refused) from None
            found = (Piece(name=each.name, refused=refused),)
        pieces += found if len(found) == 1 else [replace(piece, original=b"") for piece in found]
    if not pieces:
        remedy = _("Choose a file, or paste its text or its link.")
        raise BadInput(_("There is nothing to add yet."), field="file", remedy=remedy)
    if len(pieces) > MOST_PIECES:
        raise _bad(InputRefused(Refusal.TOO_MANY))
    once = {piece.item.text if piece.item else id(piece): piece for piece in reversed(pieces)}
    return list(reversed(once.values()))


def original_of(piece: Piece) -> Original | None:
    """The picture or PDF around a thing, where it is kept beside it."""
    media_type = ORIGINALS.get(piece.carrier)
    if media_type is None or not 0 < len(piece.original) <= LARGEST_ORIGINAL:
        return None
    return Original(data=piece.original, media_type=media_type)


def refused_why(refused: InputRefused) -> Why:
    """Why something cannot be used."""
    return Why.refused(_bad(refused))


def _bad(refused: InputRefused) -> BadInput:
    told = explained(refused, field="file")
    return BadInput(told.detail, title=_("This cannot be kept as it is"), field="file", remedy=told.remedy)


def _no_link(piece: Piece) -> Piece:
    """A thing that a link led to: one link is followed, not a chain of them."""
    if piece.item is not None and piece.item.form is Form.LINK:
        return Piece(name=piece.name, refused=InputRefused(Refusal.NOT_A_CREDENTIAL))
    return piece
