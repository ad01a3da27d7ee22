"""Who and what came with an earlier export and is not in one that claims to be whole.

A file can be cut short, or be of another school: nothing leaves by itself, somebody ticks it.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from issuer.service.roster.fields import ENROLLED, WITHDRAWN
from issuer.service.roster.oneroster.assembling import Assembled
from issuer.service.roster.oneroster.classes import CLOSED, drop_seat, place_of, plan_groups, plan_seats
from issuer.service.roster.oneroster.files import BULK, CLASSES, ENROLLMENTS, USERS
from issuer.service.roster.oneroster.keys import DROPPED, LEARNER, LISTED, OFFERING, SEAT
from issuer.service.roster.oneroster.people import plan_people
from issuer.service.roster.oneroster.planning import CHANGES, MISSING, WRONG, Asked, Draft, Line, Plan
from issuer.service.roster.planning import Place
from issuer.service.roster.values import ACTIVE, whole_name
from issuer.store import learners, tables
from issuer.store.source_keys import Source
from kit.i18n import Message, _

TICKED: Final = "left"


def plan_export(session: Session, given: Assembled, asked: Asked) -> Plan:
    """The plan of a whole export: what is wrong first, then what is asked. Raises: Unavailable."""
    draft = Draft(session, given, asked)
    for fault in given.faults:
        of = {USERS: LEARNER, ENROLLMENTS: SEAT}.get(fault.file, OFFERING)
        line = Line(of=of, file=fault.file, number=fault.number, name="", change=WRONG, problems=(fault.problem,))
        draft.plan.lines.append(line)
    plan_people(draft)
    plan_groups(draft)
    _missing_people(draft, session)
    _missing_groups(draft)
    plan_seats(draft)
    _missing_seats(draft, session)
    draft.plan.lines.sort(key=lambda line: CHANGES.index(line.change))
    return draft.plan


def _missing_people(draft: Draft, session: Session) -> None:
    if draft.given.modes.get(USERS) != BULK:
        return
    there = {*draft.learner_of.values()}
    there |= {own.learner_id for each in draft.given.people if (own := draft.known.source(LEARNER, each.source))}
    there |= {own.learner_id for own in _of_faults(draft, LEARNER)}
    there |= {candidate.id for line in draft.plan.lines for candidate in line.candidates}
    listed = {each.learner_id for each in _listed(draft, LEARNER)}
    for row in _rows(draft, session, listed - there):
        if row.state == ACTIVE:
            key = f"gone/learner/{row.id}"
            name = whole_name(row.given_name, row.family_name)
            if _ticked(draft, LEARNER, key, name, _("Left, and out of every class")):
                draft.plan.leaving.add(row.id)
                _drop(draft, LEARNER, row.id)


def _missing_groups(draft: Draft) -> None:
    if draft.given.modes.get(CLASSES) != BULK:
        return
    there = {*draft.offering_of.values()}
    there |= {own.offering_id for each in draft.given.groups if (own := draft.known.source(OFFERING, each.source))}
    there |= {own.offering_id for own in _of_faults(draft, OFFERING)}
    for offering_id in sorted({each.offering_id for each in _listed(draft, OFFERING)} - there):
        row = draft.known.offerings[offering_id]
        if row.state != CLOSED:
            key = f"gone/offering/{offering_id}"
            if _ticked(draft, OFFERING, key, row.title, _("Closed on the rate card")):
                draft.plan.closing.add(offering_id)
                _drop(draft, OFFERING, offering_id)


def _missing_seats(draft: Draft, session: Session) -> None:
    if draft.given.modes.get(ENROLLMENTS) != BULK:
        return
    there = {place_of(draft, each) for each in draft.given.seats}
    own = [draft.known.source(SEAT, each.source) for each in draft.given.seats]
    there |= {(each.offering_id, each.learner_id) for each in (*own, *_of_faults(draft, SEAT)) if each}
    gone = {line.key for line in draft.plan.lines if line.change == MISSING}
    places = []
    for each in _listed(draft, SEAT):
        place = (each.offering_id, each.learner_id)
        row = draft.known.enrolled.get(place)
        whole = {f"gone/offering/{place[0]}", f"gone/learner/{place[1]}"} & gone
        if row is not None and row.status == ENROLLED and not whole and place[1] not in draft.plan.leaving:
            places.append(place)
    names = {
        row.id: whole_name(row.given_name, row.family_name)
        for row in _rows(draft, session, {learner for _offering, learner in places})
    }
    for place in sorted({*places} - there):
        offering = draft.known.offerings.get(place[0])
        key = f"gone/enrolment/{place[0]}/{place[1]}"
        title = offering.title if offering else ""
        if _ticked(draft, SEAT, key, names.get(place[1], ""), _("Withdrawn from “%(title)s”", title=title)):
            draft.plan.places[place] = Place(offering_id=place[0], status=WITHDRAWN, enrolled_on="")
            drop_seat(draft, place)


def _listed(draft: Draft, kind: str) -> Iterator[Source]:
    return (each for (of, _key), each in draft.known.sources.items() if of == kind and each.state == LISTED)


def _of_faults(draft: Draft, kind: str) -> list[Source]:
    """What the rows that cannot be used are about: the file does name them."""
    file = {LEARNER: USERS, OFFERING: CLASSES, SEAT: ENROLLMENTS}[kind]
    named = [draft.known.source(kind, each.source) for each in draft.given.faults if each.file == file]
    return [each for each in named if each]


def _rows(draft: Draft, session: Session, ids: set[str]) -> list[tables.LearnerRow]:
    found = learners.among(session, draft.asked.organisation_id, tables.LearnerRow.id, sorted(ids))
    return sorted(found, key=lambda row: (row.folded, row.id))


def _ticked(draft: Draft, of: str, key: str, name: str, does: Message) -> bool:
    """Say that it is no longer on the list; whether somebody ticked it."""
    answer = TICKED if draft.asked.answers.get(key) == TICKED else ""
    file = {LEARNER: USERS, OFFERING: CLASSES, SEAT: ENROLLMENTS}[of]
    draft.plan.lines.append(
        Line(of=of, file=file, number=0, name=name, change=MISSING, does=(does,), answer=answer, key=key)
    )
    return bool(answer)


def _drop(draft: Draft, kind: str, own_id: str) -> None:
    """Every key of a learner or an offering is off the list."""
    for key, source in draft.known.sources.items():
        if key[0] == kind and own_id in {source.learner_id, source.offering_id}:
            draft.plan.links[key] = source._replace(state=DROPPED)
