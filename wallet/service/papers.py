"""A record as pages to print and to keep: the same facts as on the reader's page, and the signed credentials inside.

What counts is attached, byte for byte as it is shared, so that whoever is handed the file can have it checked without
the wallet. The square leads to where that is done; it holds no link to the share, because a page that is passed on must
not open more than it says, and does not stop working with a link. A portfolio is made of the same parts for the family
itself, without the credentials.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#file-format
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kit import pdf, qr
from kit.errors import BadInput
from kit.i18n import Message, _, date_long, ngettext
from kit.quilt import block_file
from vc.securing import is_token
from wallet.service.card_lines import Line
from wallet.service.cards import Card, Shared

ABOUT: Final[Mapping[str, Message]] = {
    "award": _("about this award"),
    "achievement": _("about what had to be achieved"),
    "provider": _("about its provider"),
}
"""What somebody stands behind."""
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "record.typ"

Say = Callable[[Message | str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a page is set: on which of `kit.pdf.PAPERS`, in which language, and by whom sentences are said in it."""

    paper: str
    language: str
    say: Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A work as it is set: `picture` is a PNG, empty for none."""

    title: str
    words: str
    picture: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What stands under one heading: awards, each with the works beside it, then works that stand beside none."""

    name: Message | str
    awards: tuple[tuple[Card, tuple[Piece, ...]], ...]
    pieces: tuple[Piece, ...] = ()


def setting_of(paper: str, *, language: str, say: Say) -> Setting:
    """How a page is to be set; A4 unless another paper is named. Raises: BadInput."""
    if paper and paper not in pdf.PAPERS:
        remedy = _("Choose one of: %(words)s.", words=", ".join(pdf.PAPERS))
        raise BadInput(_("There is no such paper here."), field="paper", remedy=remedy)
    return Setting(paper=paper or "a4", language=language, say=say)


def record_pdf(
    shared: Shared, documents: Sequence[bytes], setting: Setting, *, checker: str | None, at: datetime
) -> bytes:
    """A share as a PDF with these credentials attached. `checker`: the address of a verifier's start page, if any."""
    say = setting.say
    count = len(shared.cards)
    partial = any(card.of for card in shared.cards)
    lede = (
        ngettext("%(count)s award, of which a part is shown.", "%(count)s awards, not all of them in full.", count)
        if partial
        else ngettext("%(count)s award, in full.", "%(count)s awards, in full.", count)
    )
    check = (
        _("The signed records are inside this file. To check them, open the file at this address, or scan the code:")
        if checker
        else _("The signed records are inside this file, for any checker of Open Badges 3.0.")
    )
    group = Group(name=_("Awards"), awards=tuple((card, ()) for card in shared.cards))
    return _set(
        setting,
        title=shared.shown_name or say(_("A learner's record")),
        kicker=say(_("Record of")) if shared.shown_name else "",
        lede=[say(lede), say(_("Made on %(day)s.", day=date_long(at, setting.language)))],
        groups=[group],
        check=say(check),
        checker=checker,
        attached=[_attached(number, data, say) for number, data in enumerate(documents, start=1)],
        at=at,
    )


def portfolio_pdf(name: str, groups: Sequence[Group], setting: Setting, *, at: datetime) -> bytes:
    """Awards and works of a learner as a PDF for the family; no credential is attached."""
    say = setting.say
    lede = [
        _("Made on %(day)s.", day=date_long(at, setting.language)),
        _("A picture of what the family keeps. What can be checked is handed over by sharing it."),
    ]
    return _set(
        setting,
        title=say(_("Portfolio of %(name)s", name=name)),
        kicker="",
        lede=[say(one) for one in lede],
        groups=groups,
        check="",
        checker=None,
        attached=[],
        at=at,
    )


def _set(
    setting: Setting,
    *,
    title: str,
    kicker: str,
    lede: Sequence[str],
    groups: Sequence[Group],
    check: str,
    checker: str | None,
    attached: Sequence[pdf.Attached],
    at: datetime,
) -> bytes:
    say = setting.say
    address = f"{checker}/" if checker else ""
    alt = say(_("QR code of the page that checks it"))
    pictures = {"qr": str(qr.svg(address, title=alt))} if address else {}
    told = [
        {
            "name": say(group.name),
            "awards": [
                *(_award(card, pieces, setting, pictures) for card, pieces in group.awards),
                *(_piece(piece, setting, pictures) for piece in group.pieces),
            ],
        }
        for group in groups
    ]
    return pdf.render(
        _TEMPLATE.read_bytes(),
        {
            "lang": setting.language,
            "paper": pdf.paper_name(setting.paper),
            "title": title,
            "kicker": kicker,
            "lede": list(lede),
            "groups": told,
            "check": check,
            "address": address,
            "paper_only": say(_("A print alone cannot be checked: ask for the file.")),
            "qr_millimetres": pdf.code_side(len(qr.matrix(address))) if address else 0,
            "qr_alt": alt,
            "incomplete_words": say(
                _("This server lacks the letters that stand as numbers in square brackets. The files have them.")
            ),
        },
        pictures=pictures,
        attached=attached,
        at=at,
    )


def signer_of(card: Card) -> Message | str:
    """Who signed an award, in words."""
    return _("the learner") if card.own_word else card.issuer_name


def _award(card: Card, pieces: Sequence[Piece], setting: Setting, pictures: dict[str, str]) -> dict[str, Any]:
    say, language = setting.say, setting.language
    block = f"block{len(pictures)}"
    pictures[block] = block_file(card.emblem).decode()
    by = say(_("signed by %(name)s", name=signer_of(card)))
    notes = []
    if card.own_word:
        notes.append(say(_("Signed by the learner; nobody else has confirmed it.")))
    if card.lapsed:
        notes.append(say(_("Has run out")))
    if card.of:
        notes.append(say(_("A part: %(shown)s of %(of)s lines", shown=card.shown, of=card.of)))
    return {
        "block": block,
        "title": card.title,
        "by": f"{by}, {date_long(card.awarded_on, language)}" if card.awarded_on else by,
        "notes": notes,
        "parts": [*_parts(card, say), *(_work(piece, setting, pictures) for piece in pieces)],
        "facts": list(_facts(card, setting)),
    }


def _parts(card: Card, say: Say) -> list[dict[str, Any]]:
    """What stands beneath the head of an award: as on the reader's page, in its order."""
    more = [skill for skill in card.skills if skill not in {line.name for line in card.alignments}]
    endorsed = [
        f"{one.by}, {say(ABOUT[one.about])}" + (f": {one.comment}" if one.comment else "") for one in card.endorsements
    ]
    results = [[line.name or say(_("Result")), line.value] for line in card.results]
    found = [
        _part("", texts=[card.description]),
        _part(say(_("Results")), facts=results),
        _part(say(_("How it was earned")), texts=[card.narrative]),
        _part(say(_("What had to be done")), texts=[card.criteria, card.criteria_link]),
        _part(say(_("Evidence")), lines=[_line(line, ": ") for line in card.evidence]),
        _part(say(_("Fits these standards")), lines=[_line(line, " ") for line in card.alignments]),
        _part(say(_("Skills")), lines=more),
        _part(say(_("Who stands behind it")), lines=endorsed),
    ]
    return [part for part in found if part["texts"] or part["lines"] or part["facts"]]


def _facts(card: Card, setting: Setting) -> list[list[str]]:
    say = setting.say
    signed = say(_("the learner; nobody else has confirmed it")) if card.own_word else card.issuer_name
    if card.issuer_id != signed:
        signed = f"{signed} · {card.issuer_id}"
    bound = (
        _("by a key that only this learner's wallet uses")
        if card.bound
        else _("not by a key: the file could be anybody's copy")
    )
    found = [
        (_("Subject"), card.subject),
        (_("Assessed by"), card.assessed_by),
        (_("Credits"), card.credits),
        (_("Term"), card.term),
        (_("Valid until"), date_long(card.valid_until, setting.language) if card.valid_until else ""),
        (_("Signed by"), signed),
        (_("Bound to the learner"), say(bound)),
    ]
    return [[say(name), value] for name, value in found if value]


def _line(line: Line, between: str) -> str:
    value = f"{between}{line.value}" if line.value else ""
    return f"{line.name}{value}" + (f" {line.link}" if line.link else "")


def _part(
    name: str,
    *,
    texts: Sequence[str] = (),
    lines: Sequence[str] = (),
    facts: Sequence[Sequence[str]] = (),
    pictures: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    said = [text for text in texts if text]
    return {"name": name, "texts": said, "lines": list(lines), "facts": list(facts), "pictures": list(pictures)}


def _work(piece: Piece, setting: Setting, pictures: dict[str, str]) -> dict[str, Any]:
    shown = []
    if piece.picture:
        under = f"work{len(pictures)}"
        pictures[under] = _drawn(piece.picture)
        shown.append({"under": under, "alt": setting.say(_("Picture: %(title)s", title=piece.title))})
    return _part(piece.title, texts=[piece.words], pictures=shown)


def _piece(piece: Piece, setting: Setting, pictures: dict[str, str]) -> dict[str, Any]:
    """A work that stands beside no award, under a block of its own."""
    block = f"block{len(pictures)}"
    pictures[block] = block_file(piece.title).decode()
    part = {**_work(piece, setting, pictures), "name": ""}
    return {"block": block, "title": piece.title, "by": "", "notes": [], "parts": [part], "facts": []}


def _drawn(png: bytes) -> str:
    """A picture as a drawing that holds it, which is how texts carry pictures."""
    wide, high = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"><image width="{wide}" height="{high}" '
        f'href="data:image/png;base64,{base64.b64encode(png).decode()}"/></svg>'
    )


def _attached(number: int, data: bytes, say: Say) -> pdf.Attached:
    token = is_token(data)
    return pdf.Attached(
        name=f"credential-{number:02d}.{'jwt' if token else 'json'}",
        media_type="application/vc+jwt" if token else "application/vc",
        about=say(_("The signed record")),
        text=data.decode(),
    )
