"""What a line of a sheet is: good, with a problem, awarded before, or the same as another line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from issuer.service.award_reading import Award, to_draft
from issuer.service.awarding.fields import MARK, NAME
from issuer.service.awarding.fingerprints import Fingerprint
from issuer.service.awarding.reading import Problem, Read, Written
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.store.sheets import Before
from kit import zones
from kit.i18n import _

OK, PROBLEM, LATER, ALREADY = "ok", "problem", "later", "already"
QUEUED, FROZEN, AWARDED, REFUSED, UNDONE = "queued", "frozen", "awarded", "refused", "undone"
STATES: Final = (OK, PROBLEM, LATER, ALREADY, QUEUED, FROZEN, AWARDED, REFUSED, UNDONE)
ACTIVE: Final = frozenset({OK, PROBLEM, ALREADY})
"""What is judged anew when something changes."""

COUNTED: Final = ACTIVE | {QUEUED}
"""What another line can be the same as."""

AT_WORK: Final = frozenset({QUEUED, FROZEN, AWARDED})
"""What a job has taken, and nobody changes."""

TWICE, CORRECTION, STANDS = "twice", "correction", "stands"
AWARDED_BEFORE, AWARDED_OTHERWISE, WITHDRAWN_BEFORE = "awardedBefore", "awardedOtherwise", "withdrawnBefore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a line is, and the problems that say why. ``before`` is the award that there is already."""

    state: str
    problems: tuple[Problem, ...]
    fingerprint: str | None
    before: Before | None = None
    correction: bool = False

    @property
    def codes(self) -> str:
        """The names of the problems, each once."""
        names = dict.fromkeys(problem.code for problem in self.problems)
        if self.correction:
            names[CORRECTION] = None
        return " ".join(names)[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that a sheet says otherwise than the award that there is: a sheet's field, before, after."""

    field: str
    before: str
    after: str


def fingerprint_of(read: Read, achievement_id: str, make: Fingerprint) -> str | None:
    """Who earned what, and when; None when the line does not say it."""
    return None if read.who is None else make(achievement_id, *read.who, read.when)


def judge(
    number: int,
    written: Written,
    read: Read,
    *,
    fingerprint: str | None,
    first: Mapping[str, int],
    before: Mapping[str, Before],
    opened: Callable[[Before], Award],
    zone: tzinfo,
) -> Verdict:
    """Judge one line, by the days of this zone.

    ``first`` is the first line that has a fingerprint, ``before`` what was awarded with it;
    ``opened`` unseals an award.
    """
    if read.problems or read.award is None or fingerprint is None:
        return Verdict(state=PROBLEM, problems=read.problems, fingerprint=fingerprint)
    other = first.get(fingerprint, number)
    if other != number:
        said = Problem(
            code=TWICE,
            field=NAME,
            detail=_("The same learner stands in row %(row)s, too.", row=other),
            remedy=_("Keep one of them for later. If it was earned twice, give each row its day or its term."),
        )
        return Verdict(state=PROBLEM, problems=(said,), fingerprint=fingerprint)
    known = before.get(fingerprint)
    if known is None:
        return Verdict(state=OK, problems=(), fingerprint=fingerprint)
    return _known(written, read, known, fingerprint, opened, zone=zone)


def _known(
    written: Written,
    read: Read,
    known: Before,
    fingerprint: str,
    opened: Callable[[Before], Award],
    *,
    zone: tzinfo,
) -> Verdict:
    day = zones.day(known.made, zone).isoformat()
    if known.state == "revoked":
        if written.again:
            return Verdict(state=OK, problems=(), fingerprint=fingerprint, before=known)
        said = Problem(
            code=WITHDRAWN_BEFORE,
            field=NAME,
            detail=_("Awarded on %(day)s, and withdrawn since.", day=day),
            remedy=_("Say that it is awarded again, if it should be."),
        )
        return Verdict(state=ALREADY, problems=(said,), fingerprint=fingerprint, before=known)
    changes = changed(read, opened(known), zone)
    if not changes:
        said = Problem(
            code=AWARDED_BEFORE,
            field=NAME,
            detail=_("Awarded on %(day)s already; nothing is awarded twice.", day=day),
            remedy=_("If it was earned a second time, put the day or the term into the sheet."),
        )
        return Verdict(state=ALREADY, problems=(said,), fingerprint=fingerprint, before=known)
    if written.correct:
        return Verdict(state=OK, problems=(), fingerprint=fingerprint, before=known, correction=True)
    problems = tuple(
        Problem(
            code=AWARDED_OTHERWISE,
            field=change.field,
            detail=_("Awarded on %(day)s with “%(before)s”.", day=day, before=change.before[:60]),
            remedy=_("Correct it to “%(after)s”?", after=change.after[:60]),
        )
        for change in changes
    )
    return Verdict(state=ALREADY, problems=problems, fingerprint=fingerprint, before=known)


def refused() -> Problem:
    """What is said of a line that could not be signed."""
    return Problem(
        code=REFUSED,
        field=NAME,
        detail=_("This could not be signed as it was. Correct it and award it again."),
        remedy=None,
    )


def changed(read: Read, before: Award, zone: tzinfo) -> list[Change]:
    """What the line says otherwise than the award does; what it leaves open is not changed."""
    award = read.award
    assert award is not None, "a line with problems is compared with nothing"
    found = []
    marks = {result["resultDescription"]: _mark(result) for result in before.results}
    for result, draft in zip(award.results, read.draft.results, strict=True):
        old = marks.get(result["resultDescription"], "")
        if old != _mark(result):
            found.append(Change(field=_mark_field(read, draft), before=old, after=_mark(result)))
    if award.learner_name != before.learner_name:
        found.append(Change(field=NAME, before=before.learner_name, after=award.learner_name))
    if award.credits_earned is not None and award.credits_earned != before.credits_earned:
        found.append(Change(field="credits", before=_text(before.credits_earned), after=_text(award.credits_earned)))
    old_day, new_day = zones.day(before.awarded, zone), zones.day(award.awarded, zone)
    if read.draft.awarded and new_day != old_day:
        found.append(Change(field="completed_on", before=_text(old_day), after=_text(new_day)))
    if award.narrative and award.narrative != before.narrative:
        found.append(Change(field="comment", before=before.narrative, after=award.narrative))
    links = {piece.get("id") for piece in before.evidence}
    found.extend(
        Change(field="evidence_url", before="", after=piece["id"])
        for piece in award.evidence
        if piece.get("id") not in links
    )
    return found


def correction_of(read: Read, before: Award, achievement_id: str, zone: tzinfo) -> AwardDraft:
    """The award that there is, with what the line says otherwise."""
    award = read.award
    assert award is not None, "a line with problems corrects nothing"
    draft = to_draft(before, achievement_id, "")
    fields = {change.field for change in changed(read, before, zone)}
    marks = {result.description: result for result in draft.results}
    marks |= {result.description: result for result in read.draft.results}
    links = tuple(EvidenceDraft(url=piece["id"]) for piece in award.evidence if "id" in piece)
    return replace(
        draft,
        results=tuple(ResultDraft(value=mark.value, description=mark.description) for mark in marks.values()),
        learner_name=award.learner_name,
        credits_earned=award.credits_earned if "credits" in fields else draft.credits_earned,
        awarded=read.draft.awarded if "completed_on" in fields else draft.awarded,
        narrative=award.narrative if "comment" in fields else draft.narrative,
        evidence=(*draft.evidence, *links) if "evidence_url" in fields else draft.evidence,
    )


def _mark(result: Mapping[str, str]) -> str:
    return result.get("value") or result.get("status", "")


def _mark_field(read: Read, draft: ResultDraft) -> str:
    keys = [key for key in read.values if key.startswith(MARK)]
    given = [key for key in keys if read.values[key]]
    return given[read.draft.results.index(draft)]


def _text(value: object) -> str:
    return "" if value is None else str(value)
