"""From submitted forms to drafts. Field names are the API's member names, so that an error finds its field.

Lists without JavaScript: one entry a line, its parts divided by ``|``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from issuer.service.drafts import (
    AchievementDraft,
    AlignmentDraft,
    AwardDraft,
    EvidenceDraft,
    LevelDraft,
    OrganisationDraft,
    ResultDescriptionDraft,
    ResultDraft,
)
from issuer.service.organisations import ADDRESS_MEMBERS
from kit.web import Form

RESULT_ROWS: Final = 2
EVIDENCE_ROWS: Final = 2


def organisation(form: Form) -> OrganisationDraft:
    """An organisation's profile."""
    address = {name: form.get(f"address/{name}") for name in ADDRESS_MEMBERS}
    return OrganisationDraft(
        name=form.get("name"),
        slug=form.get("slug"),
        kind=form.get("kind"),
        url=form.get("url"),
        email=form.get("email"),
        description=form.get("description"),
        address={name: value for name, value in address.items() if value} or None,
    )


def achievement(form: Form) -> AchievementDraft:
    """An achievement."""
    return AchievementDraft(
        name=form.get("name"),
        description=form.get("description"),
        criteria_narrative=form.get("criteriaNarrative"),
        criteria_url=form.get("criteriaUrl"),
        achievement_type=form.get("achievementType") or "Achievement",
        human_code=form.get("humanCode"),
        field_of_study=form.get("fieldOfStudy"),
        credits_available=form.get("creditsAvailable"),
        tags=tuple(tag.strip() for tag in form.get("tags").split(",") if tag.strip()),
        alignments=tuple(_alignment(line) for line in _lines(form.get("alignments"))),
        results=tuple(_result(form, row) for row in range(RESULT_ROWS) if form.get(f"results/{row}/resultType")),
        language=form.get("inLanguage"),
        image=form.get("image"),
    )


def award(form: Form, *, descriptions: Sequence[Mapping[str, Any]]) -> AwardDraft:
    """One award of the achievement whose marks are ``descriptions``."""
    evidence = (
        EvidenceDraft(url=form.get(f"evidence/{row}/url"), name=form.get(f"evidence/{row}/name"))
        for row in range(EVIDENCE_ROWS)
    )
    results = (
        ResultDraft(value=form.get(f"results/{place}/value"), description=str(description["id"]))
        for place, description in enumerate(descriptions)
    )
    return AwardDraft(
        achievement=form.get("achievement"),
        learner_name=form.get("learnerName"),
        identifier=form.get("identifier"),
        show_name=form.flag("showName"),
        awarded=form.get("awardedDate"),
        valid_until=form.get("validUntil"),
        activity_start=form.get("activityStartDate"),
        activity_end=form.get("activityEndDate"),
        term=form.get("term"),
        credits_earned=form.get("creditsEarned"),
        narrative=form.get("narrative"),
        results=tuple(results),
        evidence=tuple(piece for piece in evidence if piece.url or piece.name),
    )


def achievement_values(body: Mapping[str, Any]) -> dict[str, str]:
    """What the achievement form shows for an achievement that is there already."""
    values = {
        "name": str(body["name"]),
        "description": str(body["description"]),
        "criteriaNarrative": str(body["criteria"].get("narrative", "")),
        "criteriaUrl": str(body["criteria"].get("id", "")),
        "achievementType": str(body["achievementType"]),
        "humanCode": str(body.get("humanCode", "")),
        "fieldOfStudy": str(body.get("fieldOfStudy", "")),
        "creditsAvailable": str(body.get("creditsAvailable", "")),
        "tags": ", ".join(body.get("tag", ())),
        "inLanguage": str(body.get("inLanguage", "")),
        "alignments": "\n".join(
            " | ".join(part for part in (a["targetName"], a["targetUrl"], a.get("targetCode", "")) if part)
            for a in body.get("alignment", ())
        ),
    }
    for row, result in enumerate(body.get("resultDescription", ())[:RESULT_ROWS]):
        values[f"results/{row}/id"] = result["id"]
        values[f"results/{row}/name"] = result["name"]
        values[f"results/{row}/resultType"] = result["resultType"]
        values[f"results/{row}/allowedValues"] = ", ".join(result.get("allowedValue", ()))
        values[f"results/{row}/levels"] = "\n".join(
            " | ".join(part for part in (level["name"], level.get("description", "")) if part)
            for level in result.get("rubricCriterionLevel", ())
        )
    return values


def award_values(draft: AwardDraft, *, descriptions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the award form shows for an award that is corrected."""
    values = {
        "achievement": draft.achievement,
        "learnerName": draft.learner_name,
        "identifier": draft.identifier,
        "showName": "1" if draft.show_name else "",
        "awardedDate": draft.awarded[:10],
        "validUntil": draft.valid_until[:10],
        "activityStartDate": draft.activity_start,
        "activityEndDate": draft.activity_end,
        "term": draft.term,
        "creditsEarned": ""
        if draft.credits_earned is None
        else f"{draft.credits_earned:g}"
        if isinstance(draft.credits_earned, float)
        else str(draft.credits_earned),
        "narrative": draft.narrative,
    }
    given = {result.description: result.value for result in draft.results}
    for place, description in enumerate(descriptions):
        values[f"results/{place}/value"] = given.get(str(description["id"]), "")
    for row, piece in enumerate(draft.evidence[:EVIDENCE_ROWS]):
        values[f"evidence/{row}/url"] = piece.url
        values[f"evidence/{row}/name"] = piece.name
    return values


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parts(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split("|", count - 1)]
    return parts + [""] * (count - len(parts))


def _alignment(line: str) -> AlignmentDraft:
    name, url, code = _parts(line, 3)
    return AlignmentDraft(target_name=name, target_url=url, target_code=code)


def _result(form: Form, row: int) -> ResultDescriptionDraft:
    levels = (_parts(line, 2) for line in _lines(form.get(f"results/{row}/levels")))
    return ResultDescriptionDraft(
        id=form.get(f"results/{row}/id"),
        name=form.get(f"results/{row}/name"),
        result_type=form.get(f"results/{row}/resultType"),
        allowed_values=tuple(v.strip() for v in form.get(f"results/{row}/allowedValues").split(",") if v.strip()),
        levels=tuple(LevelDraft(name=name, description=description) for name, description in levels),
    )
