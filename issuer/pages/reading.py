"""From submitted forms to drafts. Field names are the API's member names, so that an error finds its field.
The form of an achievement has a module of its own, :mod:`issuer.pages.describing`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from issuer.service.drafts import (
    AwardDraft,
    EvidenceDraft,
    OrganisationDraft,
    ResultDraft,
)
from issuer.service.introduction import ADDRESS_MEMBERS
from kit.web import Form

EVIDENCE_ROWS: Final = 2


def organisation(form: Form) -> OrganisationDraft:
    """An organisation that is about to be; the rest of its profile has a form of its own."""
    address = {name: form.get(f"address/{name}") for name in ADDRESS_MEMBERS}
    return OrganisationDraft(
        name=form.get("name"),
        slug=form.get("slug"),
        named_by=form.get("namedBy"),
        kind=form.get("kind"),
        url=form.get("url"),
        email=form.get("email"),
        time_zone=form.get("timeZone"),
        description=form.get("description"),
        address={name: value for name, value in address.items() if value} or None,
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
        adult=form.flag("adult"),
        awarded=form.get("awardedDate"),
        valid_until=form.get("validUntil"),
        activity_start=form.get("activityStartDate"),
        activity_end=form.get("activityEndDate"),
        term=form.get("term"),
        credits_earned=form.get("creditsEarned"),
        narrative=form.get("narrative"),
        format=form.get("format"),
        results=tuple(results),
        evidence=tuple(piece for piece in evidence if piece.url or piece.name),
    )


def award_values(draft: AwardDraft, *, descriptions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the award form shows for an award that is corrected."""
    values = {
        "achievement": draft.achievement,
        "learnerName": draft.learner_name,
        "identifier": draft.identifier,
        "showName": "1" if draft.show_name else "",
        "adult": "1" if draft.adult else "",
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
