"""An award, from what was typed to values as they will be signed, and back.

The salt is made once per award and kept, so that all versions of a credential carry the same hashed identifier, and two
awards to one learner carry different ones.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from issuer.service import inputs
from issuer.service.achievement_body import plain_number
from issuer.service.achievements import Achievement, chosen_level, result_descriptions
from issuer.service.drafts import AwardDraft, EvidenceDraft, ResultDraft
from issuer.service.vocabulary import HOURS_ATTENDED, IDENTIFIER_TYPES, RESULT_STATUSES
from kit.errors import BadInput
from kit.i18n import _
from vc.timestamps import format_timestamp

SALT_BYTES: Final = 16
MOST_EVIDENCE: Final = 30
EARLIEST_YEAR: Final = 1900
AHEAD_OF_UTC: Final = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An award that was read and found good: every value as it will be signed."""

    learner_name: str
    identifier: str
    identifier_type: str
    salt: str
    show_name: bool
    awarded: datetime
    valid_from: datetime
    valid_until: datetime | None
    activity_start: str
    activity_end: str
    term: str
    role: str
    credits_earned: float | None
    narrative: str
    results: tuple[Mapping[str, str], ...]
    evidence: tuple[Mapping[str, str], ...]
    adult: bool

    def to_json(self) -> str:
        """Everything, as text to be sealed."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        return json.dumps(values, default=datetime.isoformat, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Award":
        """What ``to_json`` wrote."""
        value = {"adult": False, **json.loads(text)}
        for name in ("awarded", "valid_from", "valid_until"):
            value[name] = datetime.fromisoformat(value[name]) if value[name] else None
        for name in ("results", "evidence"):
            value[name] = tuple(value[name])
        return cls(**value)


def read_award(draft: AwardDraft, *, achievement: Achievement, now: datetime, loopback: bool) -> Award:
    """Read an award; ``now`` is what the organisation's clocks show. Raises: BadInput, naming the field."""
    identifier = inputs.line(draft.identifier, "identifier", required=True, longest=254)
    identifier_type = draft.identifier_type or ("emailAddress" if "@" in identifier else "identifier")
    inputs.choice(identifier_type, "identifierType", allowed=IDENTIFIER_TYPES, extensible=True)
    if identifier_type == "emailAddress":
        identifier = inputs.email(identifier, "identifier", required=True).lower()
    awarded = past_moment(draft.awarded, "awardedDate", now) or now
    valid_from = past_moment(draft.valid_from, "validFrom", now) or now
    awarded, valid_from = awarded.astimezone(UTC), valid_from.astimezone(UTC)
    return Award(
        learner_name=inputs.line(draft.learner_name, "learnerName", required=True, longest=200),
        identifier=identifier,
        identifier_type=identifier_type,
        salt=secrets.token_hex(SALT_BYTES),
        show_name=draft.show_name,
        awarded=awarded,
        valid_from=valid_from,
        valid_until=_end(draft.valid_until, valid_from),
        activity_start=_day(draft.activity_start, "activityStartDate"),
        activity_end=_day(draft.activity_end, "activityEndDate"),
        term=inputs.line(draft.term, "term", required=False, longest=100),
        role=inputs.line(draft.role, "role", required=False, longest=100),
        credits_earned=inputs.number(draft.credits_earned, "creditsEarned"),
        narrative=inputs.paragraph(draft.narrative, "narrative", required=False),
        results=_results(draft.results, achievement),
        evidence=_evidence(draft.evidence, loopback=loopback),
        adult=draft.adult,
    )


def corrected(award: Award, before: Award, now: datetime) -> Award:
    """The award anew, for the same credential: same salt, same day of award unless another was given."""
    return replace(award, salt=before.salt, valid_from=now)


def past_moment(text: str, field: str, now: datetime) -> datetime | None:
    """A date or instant that is not in the future, in UTC; today's date is now. Raises: BadInput.

    ``now`` is what the organisation's clocks show; where it says UTC, today's date anywhere on Earth will do.
    """
    found = inputs.moment(text, field)
    if found is None:
        return None
    if found.year < EARLIEST_YEAR:
        raise BadInput(_("This date is too long ago."), field=field, remedy=_("Check the year."))
    latest = now + AHEAD_OF_UTC if now.tzinfo is UTC else now
    if len(text.strip()) == len("2027-03-14") and found > now and found.date() <= latest.date():
        return now.astimezone(UTC)
    return inputs.not_after(found, now + timedelta(minutes=5), field)


def _end(text: str, valid_from: datetime) -> datetime | None:
    found = inputs.moment(text, "validUntil")
    if found is None:
        return None
    if len(text.strip()) == len("2027-03-14"):
        found = inputs.end_of_day(found)
    if found <= valid_from:
        raise BadInput(
            _("The award would end before it begins."),
            field="validUntil",
            remedy=_("Give a later date, or leave it empty: then it does not expire."),
        )
    return found


def _day(text: str, field: str) -> str:
    found = inputs.day(text, field)
    return found.isoformat() if found else ""


def _results(drafts: Sequence[ResultDraft], achievement: Achievement) -> tuple[Mapping[str, str], ...]:
    descriptions = result_descriptions(achievement)
    found = []
    for place, draft in enumerate(drafts):
        field = f"results/{place}/value"
        value = inputs.line(draft.value, field, required=False, longest=200)
        if value:
            found.append(read_result(value, _described(draft.description, descriptions, place), field))
    if len({result["resultDescription"] for result in found}) != len(found):
        raise BadInput(_("The same mark is given twice."), field="results", remedy=_("Give each mark once."))
    return tuple(found)


def _described(wanted: str, descriptions: Sequence[Mapping[str, Any]], place: int) -> Mapping[str, Any]:
    if not wanted and len(descriptions) == 1:
        return descriptions[0]
    for description in descriptions:
        if wanted and (wanted == description["id"] or wanted.casefold() == str(description["name"]).casefold()):
            return description
    raise BadInput(
        _("This achievement is not marked in that way."),
        field=f"results/{place}/description",
        remedy=_("Add the kind of mark to the achievement first, or name one that it has."),
    )


def read_result(value: str, description: Mapping[str, Any], field: str) -> Mapping[str, str]:
    """A mark as it will be signed. Raises: BadInput when the achievement is not marked so."""
    kind = description["resultType"]
    result = {"resultDescription": str(description["id"])}
    if kind == "Status":
        words = {name.casefold(): name for name in RESULT_STATUSES}
        result["status"] = inputs.choice(words.get(value.casefold(), value), field, allowed=tuple(RESULT_STATUSES))
        return result
    if kind == "RubricCriterionLevel":
        result["achievedLevel"] = chosen_level(description, value, field)
        name = next(x["name"] for x in description["rubricCriterionLevel"] if x["id"] == result["achievedLevel"])
        return result | {"value": str(name)}
    if kind == HOURS_ATTENDED:
        return result | {"value": inputs.hours(value, field)}
    if kind == "Percent":
        percent = inputs.number(value.rstrip("% "), field, largest=100.0)
        value = f"{plain_number(percent or 0.0)}"
    allowed = {str(item).casefold(): str(item) for item in description.get("allowedValue", ())}
    if allowed:
        value = inputs.choice(allowed.get(value.casefold(), value), field, allowed=tuple(allowed.values()))
    return result | {"value": value}


def _evidence(drafts: Sequence[EvidenceDraft], *, loopback: bool) -> tuple[Mapping[str, str], ...]:
    if len(drafts) > MOST_EVIDENCE:
        raise BadInput(
            _("There are too many pieces of evidence."),
            field="evidence",
            remedy=_("Use at most %(most)s.", most=MOST_EVIDENCE),
        )
    found = []
    for place, draft in enumerate(drafts):
        field = f"evidence/{place}"
        members = {
            "id": inputs.identifier_uri(draft.url, f"{field}/url", required=False, loopback=loopback),
            "name": inputs.line(draft.name, f"{field}/name", required=False),
            "description": inputs.paragraph(draft.description, f"{field}/description", required=False),
            "narrative": inputs.paragraph(draft.narrative, f"{field}/narrative", required=False),
        }
        kept = {name: value for name, value in members.items() if value}
        if kept:
            found.append(kept)
    return tuple(found)


def to_draft(award: Award, achievement_id: str, format_: str) -> AwardDraft:
    """The award as it could be typed again."""
    return AwardDraft(
        achievement=achievement_id,
        format=format_,
        learner_name=award.learner_name,
        identifier=award.identifier,
        identifier_type=award.identifier_type,
        show_name=award.show_name,
        adult=award.adult,
        awarded=format_timestamp(award.awarded),
        valid_until=format_timestamp(award.valid_until) if award.valid_until else "",
        activity_start=award.activity_start,
        activity_end=award.activity_end,
        term=award.term,
        role=award.role,
        credits_earned=award.credits_earned,
        narrative=award.narrative,
        results=tuple(
            ResultDraft(
                description=result["resultDescription"],
                value=result.get("achievedLevel") or result.get("status") or result["value"],
            )
            for result in award.results
        ),
        evidence=tuple(
            EvidenceDraft(
                url=piece.get("id", ""),
                name=piece.get("name", ""),
                description=piece.get("description", ""),
                narrative=piece.get("narrative", ""),
            )
            for piece in award.evidence
        ),
    )
