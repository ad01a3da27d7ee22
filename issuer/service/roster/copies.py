"""Where else a learner stands who is erased: in lines of sheets, awarded or not, and in what waits for a second person.

A line is the learner's when it made or corrected one of the awards, when it says the same as such a line, or when the
roster number or the e-mail address in it is the learner's; a name alone tells nobody.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from issuer.keystore import Keystore
from issuer.service.award_rows import plain
from issuer.service.awarding import judging
from issuer.service.awarding.checking import About, seal, unseal, unsealed_line
from issuer.service.awarding.reading import Written
from issuer.service.context import Desk
from issuer.service.learner_keys import LearnerKeys
from issuer.service.second_person import JOB, WITHDRAWING, WITHDRAWN, note, said_in
from issuer.service.withdrawing.choosing import Choice, read
from issuer.store import approvals, erasing, sheets, withdrawals
from kit.vault import Vault

ABOUT_LEARNERS = ("award", "correction", WITHDRAWING, JOB)
"""The acts that may be about a learner: what is asked for, and what is said about it."""

_WAITS = frozenset({judging.OK, judging.PROBLEM, judging.LATER, judging.ALREADY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What tells a learner apart, as keyed hashes, and the ids of the awards."""

    number: str | None
    mail: str | None
    awards: Collection[str]


def found_in_sheets(session: Session, desk: Desk, vault: Vault, known: Known) -> list[tuple[str, int]]:
    """The lines that are the learner's, by sheet and number. Reads every line that still says something."""
    keys = LearnerKeys(vault, desk.organisation.id)
    prints = erasing.fingerprints_of(session, desk.organisation.id, known.awards)
    found = []
    for sheet in erasing.sheets_kept(session, desk.organisation.id):
        columns = {name: at for name, at in json.loads(sheet.columns).items() if name in {"number", "mail"}}
        for line in sheets.all_lines(session, sheet.id):
            if line.cells_sealed is None:
                continue
            own = line.credential_id in known.awards or line.fingerprint in prints
            if own or _names(unsealed_line(vault, line).values(columns), keys, known):
                found.append((sheet.id, line.number))
        session.expunge_all()
    return found


def empty_lines(session: Session, desk: Desk, vault: Vault, lines: Collection[tuple[str, int]]) -> None:
    """Empty lines of sheets, and what is kept of their whole files. A job that was to award one refuses it."""
    blank = Written(cells=(), fixed={}).to_json()
    for sheet_id, numbers in _by_sheet(lines):
        sheet = sheets.lock(session, desk.organisation.id, sheet_id)
        if sheet is None or sheet.about_sealed is None:
            continue  # it was erased in the meantime
        about = About.from_json(unseal(vault, sheet_id, "about", sheet.about_sealed).decode())
        sheet.about_sealed = seal(vault, sheet_id, "about", replace(about, sample="").to_json())
        sheet.original_sealed = None
        sheet.version += 1
        session.flush()
        for line in sheets.numbered(session, sheet_id, numbers):
            change: dict[str, object] = {
                "number": line.number,
                "cells_sealed": seal(vault, sheet_id, str(line.number), blank),
                "before_sealed": None,
            }
            if line.state in _WAITS:
                change |= {"state": judging.PROBLEM, "codes": "", "fingerprint": None}
            sheets.change_lines(session, sheet_id, [change])


def drop_requests(session: Session, desk: Desk, keystore: Keystore, known: Known, now: datetime) -> None:
    """Take back what waits for a second person and is about the learner, and erase the words about what was decided."""
    keys = LearnerKeys(keystore.vault(), desk.organisation.id)
    for row in approvals.open_with_content(session, desk.organisation.id):
        about = said_in(keystore, row)
        draft = about.get("draft")
        typed = draft.get("identifier", "") if isinstance(draft, dict) else ""
        many = row.act == WITHDRAWING and known.awards and _means_one(session, desk, about, known)
        if many or about.get("credential") in known.awards or _names({"number": typed, "mail": typed}, keys, known):
            approvals.close(session, row, state=WITHDRAWN, by=desk.actor.user_id, now=now)
            note(session, row, "approval.withdraw", desk.actor.user_id, now)
    approvals.forget_words(session, desk.organisation.id, ABOUT_LEARNERS)
    approvals.forget_answers(session, desk.organisation.id, sorted(known.awards))


def _means_one(session: Session, desk: Desk, about: Mapping[str, Any], known: Known) -> bool:
    """Whether a withdrawal of many awards that waits means one of the learner's: its note may say who."""
    choice = Choice(**{**about["choice"], "credentials": tuple(about["choice"]["credentials"])})
    chosen = read(choice, desk.organisation.zone)
    return bool(withdrawals.meant(session, desk.organisation.id, chosen, sorted(known.awards)))


def _names(values: dict[str, str], keys: LearnerKeys, known: Known) -> bool:
    number, mail = (plain(values.get(name, "")) for name in ("number", "mail"))
    return bool((number and keys.number(number) == known.number) or (mail and keys.mail(mail) == known.mail))


def _by_sheet(lines: Collection[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    for sheet_id in sorted({sheet_id for sheet_id, _number in lines}):
        yield sheet_id, sorted(number for of, number in lines if of == sheet_id)
