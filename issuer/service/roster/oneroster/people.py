"""What an export does to learners. Nobody is deleted: who left stays on the roster as somebody who left."""

from dataclasses import replace

from issuer.service.award_rows import plain
from issuer.service.learner_keys import name_words
from issuer.service.roster.lines import Said
from issuer.service.roster.matching import CLASH, EXACT, UNSURE, Entry, Match
from issuer.service.roster.oneroster.assembling import Person
from issuer.service.roster.oneroster.keys import DROPPED, LEARNER
from issuer.service.roster.oneroster.planning import ASKED, CHANGED, FRESH, GONE, SAME, WRONG, Draft
from issuer.service.roster.planning import SHOWN, SOMEBODY_NEW, candidate, changed, other_birth, other_number
from issuer.service.roster.values import ACTIVE, LEFT, LearnerValues, merged
from kit.i18n import Message, _


def plan_people(draft: Draft) -> None:
    """Plan every learner of the export: first who is in it, so that nobody leaves who only got another key."""
    for person in draft.given.people:
        if not person.gone:
            _present(draft, person, draft.known.said[person.number])
    present = {*draft.learner_of.values()}
    for person in draft.given.people:
        if person.gone:
            _gone(draft, person, present)


def _gone(draft: Draft, person: Person, present: set[str]) -> None:
    source = draft.known.source(LEARNER, person.source)
    entry = draft.known.people.by_id(source.learner_id) if source else None
    if source is None or entry is None:
        draft.held.add((LEARNER, person.source))
        return
    draft.learner_of[person.source] = entry.id
    draft.link(LEARNER, person.source, learner=entry.id, state=DROPPED)
    if entry.values.state == LEFT or entry.id in present:
        draft.line(person, entry.values.name, SAME)
        return
    draft.plan.leaving.add(entry.id)
    draft.line(person, entry.values.name, GONE, does=(_("Left, and out of every class"),))


def _present(draft: Draft, person: Person, said: Said) -> None:
    name = said.learner.name or " ".join(person.texts[:2]).strip()
    answer = draft.asked.answers.get(str(person.number), "")
    match = _match(draft, person, said)
    problems = list(said.problems)
    if not problems and match.kind == CLASH:
        problems = [other_birth(said.learner.number)]
    entry = match.entry if match.kind == EXACT else None
    if not problems and match.kind == UNSURE:
        entry = next((each for each in match.candidates if each.id == answer), None)
        taken = not said.learner.made and draft.known.people.holder(said.learner.number) is not None
        if entry is None and (answer != SOMEBODY_NEW or taken):
            draft.held.add((LEARNER, person.source))
            draft.line(person, name, ASKED, candidates=tuple(candidate(each) for each in match.candidates))
            return
    if not problems and entry is not None:
        other = draft.known.people.holder(merged(entry.values, said.learner).number)
        if other is not None and other.id != entry.id:
            problems = [other_number(said.learner.number)]
    if problems:
        draft.held.add((LEARNER, person.source))
        draft.line(person, name, WRONG, problems=tuple(problems))
    elif entry is None:
        _fresh(draft, person, said, answer if match.kind == UNSURE else "")
    else:
        _known(draft, person, said, entry, answer if match.kind == UNSURE else "")


def _match(draft: Draft, person: Person, said: Said) -> Match:
    """By the key of the school's system, where the two names share a word; else as any row of a roster.

    An export that does not say whose keys they are may be of another school: then name and number count.
    """
    people = draft.known.people
    source = draft.known.source(LEARNER, person.source)
    entry = people.by_id(source.learner_id) if source else None
    if entry is None:
        return people.match(said.learner)
    shared = set(name_words(entry.values.name).split()) & set(name_words(said.learner.name).split())
    if shared and (draft.asked.system or _alike(entry.values, said.learner)):
        return Match(kind=EXACT, entry=entry)
    return Match(kind=UNSURE, candidates=(entry,))  # a system that gave a key to somebody else


def _alike(known: LearnerValues, row: LearnerValues) -> bool:
    """Whether nothing speaks against two being one: the same number; or the same name, and no two numbers."""
    if known.made or row.made:
        return name_words(known.name) == name_words(row.name)
    return plain(known.number) == plain(row.number)


def _fresh(draft: Draft, person: Person, said: Said, answer: str) -> None:
    learner_id = draft.new_id(LEARNER, person.source)
    draft.known.people.add(Entry(id=learner_id, values=said.learner, line=person.number))
    draft.plan.fresh[learner_id] = said.learner
    draft.learner_of[person.source] = learner_id
    draft.names[learner_id] = said.learner.name
    draft.link(LEARNER, person.source, learner=learner_id)
    draft.line(person, said.learner.name, FRESH, does=(_("New on the roster"),), answer=answer)


def _known(draft: Draft, person: Person, said: Said, entry: Entry, answer: str) -> None:
    after = merged(entry.values, said.learner)
    does: list[Message] = []
    source = draft.known.source(LEARNER, person.source)
    if after.state == LEFT and source is not None and source.state == DROPPED:
        after = replace(after, state=ACTIVE)
        does.append(_("Back on the roster"))
    fields = [key for key in SHOWN if getattr(after, key) != getattr(entry.values, key)]
    if fields:
        does.append(changed(fields))
    if does:
        entry.values = after
        draft.known.people.add(entry)
        kept = draft.plan.fresh if entry.id in draft.plan.fresh else draft.plan.edited
        kept[entry.id] = after
    if draft.link(LEARNER, person.source, learner=entry.id) and not does:
        does.append(_("Found again by its key from now on"))
    draft.learner_of[person.source] = entry.id
    draft.names[entry.id] = after.name
    draft.line(person, after.name, CHANGED if does else SAME, does=tuple(does), answer=answer)
