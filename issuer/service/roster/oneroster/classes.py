"""What an export does to classes and enrolments: a class becomes a draft on the rate card, and stands by itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from issuer.service import inputs
from issuer.service.awarding.reading import BAD, Problem
from issuer.service.offering_values import OfferingValues, read_offering
from issuer.service.roster.fields import ENROLLED, WITHDRAWN
from issuer.service.roster.oneroster.assembling import Group, Seat
from issuer.service.roster.oneroster.keys import DROPPED, LEARNER, OFFERING, SEAT
from issuer.service.roster.oneroster.planning import CHANGED, FRESH, GONE, HELD, SAME, WRONG, Draft
from issuer.service.roster.planning import Place
from issuer.store.source_keys import Source
from kit.errors import BadInput
from kit.i18n import Message, _

CLOSED: Final = "closed"
_FIELDS: Final[Mapping[str, str]] = {"code": "classCode", "gradesOrAges": "grades", "term": "termSourcedIds"}


def plan_groups(draft: Draft) -> None:
    """Plan every class of the export."""
    codes = set(draft.known.codes)
    for group in draft.given.groups:
        source = draft.known.source(OFFERING, group.source)
        if group.gone:
            _gone(draft, group, source)
        elif source is not None:
            back = draft.link(OFFERING, group.source, offering=source.offering_id)
            title = draft.known.offerings[source.offering_id].title
            again = [_("Listed again: open it on the rate card where it is closed")] if back else []
            _stands(draft, group, source.offering_id, title, again)
        else:
            _new(draft, group, codes)


def _new(draft: Draft, group: Group, codes: set[str]) -> None:
    values, problems = read_offering(group.draft, loopback=draft.asked.loopback)
    if problems:
        draft.held.add((OFFERING, group.source))
        draft.line(group, group.draft.title, WRONG, problems=tuple(_problem(each) for each in problems))
        return
    there = draft.known.codes.get(values.code) if values.code else None
    if there is not None and there.id not in draft.known.linked and there.id not in draft.offering_of.values():
        draft.link(OFFERING, group.source, offering=there.id)
        draft.known.offerings[there.id] = there
        _stands(draft, group, there.id, there.title, [_("Joined with the offering that has its code")])
        return
    values = _coded(values, codes)
    offering_id = draft.new_id(OFFERING, group.source)
    draft.plan.offerings[offering_id] = values
    draft.link(OFFERING, group.source, offering=offering_id)
    draft.offering_of[group.source], draft.titles[offering_id] = offering_id, values.title
    draft.line(group, values.title, FRESH, does=(_("A draft on the rate card: %(code)s", code=values.code),))


def _coded(values: OfferingValues, codes: set[str]) -> OfferingValues:
    """With a code that nothing else has."""
    stem = values.code or inputs.slug_of(values.title).upper()[:40].strip("-") or "OFFER"
    code, number = stem, 1
    while code in codes:
        number += 1
        code = f"{stem[:50]}-{number}"
    codes.add(code)
    return replace(values, code=code)


def _stands(draft: Draft, group: Group, offering_id: str, title: str, does: list[Message]) -> None:
    draft.offering_of[group.source], draft.titles[offering_id] = offering_id, title
    draft.line(group, title, CHANGED if does else SAME, does=tuple(does))


def _gone(draft: Draft, group: Group, source: Source | None) -> None:
    if source is None:
        draft.held.add((OFFERING, group.source))
        return
    row = draft.known.offerings[source.offering_id]
    draft.offering_of[group.source], draft.titles[row.id] = row.id, row.title
    draft.link(OFFERING, group.source, offering=row.id, state=DROPPED)
    if row.state == CLOSED:
        draft.line(group, row.title, SAME)
        return
    draft.plan.closing.add(row.id)
    draft.line(group, row.title, GONE, does=(_("Closed on the rate card"),))


def plan_seats(draft: Draft) -> None:
    """Plan every enrolment of the export; whoever leaves is out of every class.

    A place that only got another key is not given up, so those that are taken come first.
    """
    taken = {_taken(draft, seat) for seat in draft.given.seats if not seat.gone}
    for seat in draft.given.seats:
        if seat.gone:
            _given_up(draft, seat, taken)
    for place, row in draft.known.enrolled.items():
        if place[1] in draft.plan.leaving and row.status == ENROLLED:
            draft.plan.places[place] = _place(place, WITHDRAWN)
            drop_seat(draft, place)


def drop_seat(draft: Draft, place: tuple[str, str]) -> None:
    """Every key of a place is off the list, so that a later file can bring the learner back into the class."""
    for key, source in draft.known.sources.items():
        if key[0] == SEAT and (source.offering_id, source.learner_id) == place:
            draft.plan.links[key] = source._replace(state=DROPPED)


def place_of(draft: Draft, seat: Seat) -> tuple[str, str]:
    """The offering and the learner of an enrolment, each empty where it is not known."""
    offering, learner = draft.offering_of.get(seat.group, ""), draft.learner_of.get(seat.person, "")
    if not offering and (group := draft.known.source(OFFERING, seat.group)):
        offering = group.offering_id
    if not learner and (person := draft.known.source(LEARNER, seat.person)):
        learner = person.learner_id
    return offering, learner


def _given_up(draft: Draft, seat: Seat, taken: set[tuple[str, str] | None]) -> None:
    source = draft.known.source(SEAT, seat.source)
    place = (source.offering_id, source.learner_id) if source else place_of(draft, seat)
    row = draft.known.enrolled.get(place)
    if row is None:
        return
    draft.link(SEAT, seat.source, offering=place[0], learner=place[1], state=DROPPED)
    if row.status != ENROLLED or place in draft.plan.places or place in taken:
        draft.line(seat, _named(draft, place), SAME)
        return
    draft.plan.places[place] = _place(place, WITHDRAWN)
    draft.line(seat, _named(draft, place), GONE, does=(_("Withdrawn from “%(title)s”", title=_titled(draft, place)),))


def _taken(draft: Draft, seat: Seat) -> tuple[str, str] | None:
    """Plan a place that somebody has; which one it is, where that can be told."""
    place = place_of(draft, seat)
    name = _named(draft, place) or draft.heard.get(seat.person, "")
    waits = {(LEARNER, seat.person), (OFFERING, seat.group)} & draft.held
    if waits or place[1] in draft.plan.leaving:
        draft.line(seat, name, HELD)
        return None
    problem = _unknown(place) or _since_problem(seat)
    if problem:
        draft.line(seat, name, WRONG, problems=(problem,))
        return None
    source, row = draft.known.source(SEAT, seat.source), draft.known.enrolled.get(place)
    before = draft.plan.places.get(place)
    draft.link(SEAT, seat.source, offering=place[0], learner=place[1])
    title = _titled(draft, place)
    if row is None and before is None:
        draft.plan.places[place] = _place(place, ENROLLED, seat.since)
        draft.line(seat, name, FRESH, does=(_("Enrolled in “%(title)s”", title=title),))
    elif row is not None and row.status == WITHDRAWN and _dropped(draft, place, source):
        draft.plan.places[place] = _place(place, ENROLLED, seat.since)
        draft.line(seat, name, CHANGED, does=(_("Enrolled again in “%(title)s”", title=title),))
    else:
        draft.line(seat, name, SAME)
    return place


def _dropped(draft: Draft, place: tuple[str, str], source: Source | None) -> bool:
    """Whether a file took the place off the list, and not somebody here: by this key, or by another one before it."""
    if source is not None:
        return source.state == DROPPED
    return place in draft.known.dropped


def _place(place: tuple[str, str], status: str, since: str = "") -> Place:
    return Place(offering_id=place[0], status=status, enrolled_on=since)


def _named(draft: Draft, place: tuple[str, str]) -> str:
    entry = draft.known.people.by_id(place[1])
    return draft.names.get(place[1]) or (entry.values.name if entry else "")


def _titled(draft: Draft, place: tuple[str, str]) -> str:
    row = draft.known.offerings.get(place[0])
    return draft.titles.get(place[0]) or (row.title if row else "")


def _unknown(place: tuple[str, str]) -> Problem | None:
    if not place[0]:
        detail, field = _("There is no class with this sourcedId, in the file or here."), "classSourcedId"
    elif not place[1]:
        detail, field = _("There is no learner with this sourcedId, in the file or here."), "userSourcedId"
    else:
        return None
    return Problem(code=BAD, field=field, detail=detail, remedy=_("Export users and classes with the enrollments."))


def _since_problem(seat: Seat) -> Problem | None:
    try:
        inputs.day(seat.since, "beginDate")
    except BadInput as error:
        return _problem(error)
    return None


def _problem(error: BadInput) -> Problem:
    name = error.field or "title"
    return Problem(code=BAD, field=_FIELDS.get(name, name), detail=error.detail, remedy=error.remedy)
