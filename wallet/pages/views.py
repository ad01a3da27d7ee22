"""The service's views as the components want them, and the words that go with states. Words only; no decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.codes import group
from kit.i18n import Message, _
from kit.qr import svg
from kit.quilt import block_svg
from wallet.service.cards import Card
from wallet.service.family_views import LearnerView
from wallet.service.papers import ABOUT, signer_of
from wallet.service.share_views import ShareLine, Sheet, SheetItem

VERDICTS: Mapping[str, tuple[Message, str]] = {
    "genuineAndCurrent": (_("Genuine and current"), "plain"),
    "genuineBut": (_("Genuine, with a remark"), "but"),
    "withdrawn": (_("Withdrawn by the provider"), "withdrawn"),
    "notGenuine": (_("Not genuine"), "forged"),
    "couldNotBeChecked": (_("Could not be checked"), "unknown"),
}
SHARE_STATES: Mapping[str, tuple[Message, str]] = {
    "waiting": (_("Waiting for a guardian"), "waiting"),
    "active": (_("The link works"), "genuine"),
    "expired": (_("The link has run out"), "plain"),
    "usedUp": (_("Opened as often as allowed"), "plain"),
    "locked": (_("Locked by wrong passcodes"), "waiting"),
    "recalled": (_("Stopped"), "plain"),
    "declined": (_("Declined"), "plain"),
}
IMPORT_STATES: Mapping[str, tuple[Message, str]] = {
    "added": (_("Added"), "genuine"),
    "newer": (_("A newer version of one that you have"), "genuine"),
    "here": (_("Already here"), "plain"),
    "older": (_("Older than the one that you have"), "plain"),
    "asked": (_("Waiting for a guardian"), "waiting"),
    "claim": (_("Waits to be claimed"), "waiting"),
    "declined": (_("Declined"), "plain"),
    "apart": (_("Kept apart"), "forged"),
    "known": (_("Brought before, and not decided"), "plain"),
    "left": (_("Left out"), "plain"),
    "unreadable": (_("Cannot be read"), "but"),
    "waiting": (_("Not looked at yet"), "plain"),
    "erased": (_("No longer kept"), "plain"),
}
"""What became of a thing that was brought: its word and its tone, in the order of a list's counts."""
GROUPS: Mapping[str, tuple[Message, Message]] = {
    "time": (_("By year"), _("Without a day")),
    "subject": (_("By subject"), _("No subject named")),
    "provider": (_("By provider"), _("No provider named")),
    "skill": (_("By skill"), _("No skill named")),
    "tag": (_("By tag"), _("Without a tag")),
}
"""What awards are put together by: its word, and what stands over those that say nothing of it."""
ASK_STATES: Mapping[tuple[str, str], tuple[Message, str]] = {
    ("question", "open"): (_("Not answered yet"), "waiting"),
    ("question", "answered"): (_("Answered"), "plain"),
    ("confirmation", "open"): (_("No answer yet"), "waiting"),
    ("confirmation", "answered"): (_("An award came for an answer"), "genuine"),
    ("confirmation", "declined"): (_("Not confirmed"), "plain"),
}
SCOPES: Mapping[str, Message] = {
    "view": _("See the awards"),
    "receive": _("Keep new awards, and approve them"),
    "share": _("Share awards, and approve shares"),
    "manage": _("Change names, guardians and what is removed"),
}


def verdict_state(verdict: str) -> dict[str, Any]:
    """A verdict as a small state: word and tone."""
    word, tone = VERDICTS[verdict]
    return {"word": word, "tone": tone}


def card_state(card: Card) -> dict[str, Any] | None:
    """What is amiss with an award, as far as the last check and the clock say; None when nothing is."""
    if card.lapsed and card.verdict in {"genuineAndCurrent", "genuineBut"}:
        return {"word": _("Has run out"), "tone": "but"}
    return verdict_state(card.verdict) if card.verdict != "genuineAndCurrent" else None


def share_state(state: str) -> dict[str, Any]:
    """A share's state as a small state."""
    word, tone = SHARE_STATES[state]
    return {"word": word, "tone": tone}


def ask_state(kind: str, state: str) -> dict[str, Any]:
    """The state of what stands behind a share as a small state."""
    word, tone = ASK_STATES[kind, state]
    return {"word": word, "tone": tone}


def award_card(card: Card, *, href: bool = True, state: bool = True) -> dict[str, Any]:
    """An award for `credential_card`. Only what is amiss has a state; readers get none, that is for a verifier."""
    return {
        "identifier": card.emblem,
        "title": card.title,
        "issuer": signer_of(card),
        "date": card.awarded_on,
        "kind": _("Their own word") if card.own_word else ACHIEVEMENT_TYPES.get(card.kind),
        "note": _("Signed by the learner; nobody else has confirmed it.") if card.own_word else None,
        "state": card_state(card) if state else None,
        "href": f"/credentials/{card.id}" if href else None,
    }


def patches(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Awards for `quilt`."""
    return [
        {"identifier": card.emblem, "title": card.title, "issuer": signer_of(card), "href": f"/credentials/{card.id}"}
        for card in cards
    ]


def switcher(learners: Sequence[LearnerView], waiting: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """Learners for `learner_switcher`; `waiting` counts what waits for each."""
    counts = waiting or {}
    return [
        {"identifier": one.id, "name": one.name, "href": f"/learners/{one.id}", "waiting": counts.get(one.id, 0)}
        for one in learners
    ]


def award_rows(cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Awards for `data_table`, dates left to the template."""
    return [
        {
            "id": card.id,
            "title": card.title,
            "issuer": signer_of(card),
            "date": card.awarded_on,
            "href": f"/credentials/{card.id}",
            "state": verdict_state(card.verdict),
        }
        for card in cards
    ]


def share_rows(lines: Sequence[ShareLine]) -> list[dict[str, Any]]:
    """Shares for `data_table`."""
    return [
        {
            "id": line.id,
            "recipient": line.recipient,
            "until": line.last_day,
            "opened": line.opened,
            "href": f"/shares/{line.id}",
            "state": share_state(line.state),
        }
        for line in lines
    ]


def sheet_items(sheet: Sheet) -> list[dict[str, Any]]:
    """The awards on the sheet for `share_sheet`, each with its switch and what a reader would learn beyond it."""
    return [
        {
            "name": "credentials",
            "value": item.card.id,
            "label": item.card.title,
            "hint": _hint(item),
            "checked": item.on,
            "lines": [
                {
                    "name": "parts",
                    "value": f"{item.card.id} {one.line.pointer}",
                    "label": one.line.name,
                    "hint": one.line.value,
                    "checked": one.on,
                }
                for one in item.lines
            ],
        }
        for item in sheet.items
    ]


def _hint(item: SheetItem) -> Message | str:
    if item.card.verdict in {"withdrawn", "notGenuine"}:
        word, _tone = VERDICTS[item.card.verdict]
        return _("%(issuer)s · %(state)s", issuer=signer_of(item.card), state=word)
    if item.warnings:
        told = _("%(one)s and more", one=item.warnings[0]) if len(item.warnings) > 1 else item.warnings[0]
        return _("%(issuer)s · careful: the file also holds %(data)s", issuer=signer_of(item.card), data=told)
    return signer_of(item.card)


def previewed(sheet: Sheet) -> str:
    """A fingerprint of what the preview shows: a share is made of nothing that was not shown first."""
    shown = [f"{card.id} {card.edition}" for card in sheet.preview.cards]
    shown += [f"{item.card.id} {one.line.pointer}" for item in sheet.items if item.on for one in item.lines if one.on]
    told = "\n".join([*shown, sheet.shown_name, sheet.until.isoformat()])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def template_globals() -> dict[str, Any]:
    """The names that the wallet's templates use beside the kit's."""
    return {
        "about_words": ABOUT,
        "ask_state": ask_state,
        "award_card": award_card,
        "card_state": card_state,
        "group_words": GROUPS,
        "import_states": IMPORT_STATES,
        "award_rows": award_rows,
        "block_svg": block_svg,
        "group_code": group,
        "qr_svg": svg,
        "patches": patches,
        "previewed": previewed,
        "scope_words": SCOPES,
        "share_rows": share_rows,
        "share_state": share_state,
        "signer_of": signer_of,
        "sheet_items": sheet_items,
        "switcher": switcher,
        "verdict_state": verdict_state,
    }
