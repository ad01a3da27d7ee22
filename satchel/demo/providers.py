"""The provider side of the demo: organizations, achievements, awards, one correction and one revocation, over the
issuer's API.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from satchel.client import CONFLICT, GONE, ApiError, RoleClient
from satchel.console import Progress
from satchel.demo import logins
from satchel.demo.family import Award, Family, Provider

COORDINATED = "org-coop"
_LEVELS = ("Beginning", "Developing", "Proficient", "Strong")
_SCALES: Mapping[str, Sequence[str]] = {
    "A": ("F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"),
    "S": ("N", "S"),
}
_STATUS: Mapping[str, str] = {"P": "Completed"}
_FRESH = Award(
    id="fresh",
    provider=COORDINATED,
    learner="p-wren",
    kind="Assignment",
    name="Bridge builders: test day",
    human_code=None,
    field_of_study=None,
    credits_available=None,
    credits_earned=None,
    result_type="RubricCriterionLevel",
    result="Strong",
    first_result=None,
    correction_note=None,
    term=None,
    valid_from=datetime(2026, 11, 20, 12, tzinfo=UTC),
    awarded=datetime(2026, 11, 20, 12, tzinfo=UTC),
    valid_until=None,
    evidence=(),
    skills=(),
    revoked_on=None,
    revocation_reason=None,
)
"""What the co-op awards afresh at each start, so that step two always has something to claim."""


TIME_ZONE: Final = "America/Chicago"
"""Where the sample family and its providers live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One award as the issuer made it: where it is, and how it is claimed."""

    award: Award
    slug: str
    uuid: str
    claim_link: str
    claim_code: str


def open_organisation(office: RoleClient, provider: Provider) -> Mapping[str, Any]:
    """Open a provider's organization, or find it."""
    draft = {"name": provider.name, "kind": provider.kind, "slug": provider.slug, "email": provider.email}
    draft["timeZone"] = TIME_ZONE
    try:
        return dict(office.post("/api/organisations", draft | {"url": provider.url}))
    except ApiError as error:
        if error.code != CONFLICT:
            raise
        return dict(office.get(f"/api/organisations/{provider.slug}"))


def invite_coordinator(office: RoleClient, organisations: Mapping[str, Mapping[str, Any]]) -> None:
    """Give the co-op's coordinator her own login, by the invitation that an owner would send her."""
    slug = organisations[COORDINATED]["slug"]
    who = logins.COORDINATOR
    if any(member["name"] == who.name for member in office.items(f"/api/organisations/{slug}/members")):
        return
    invitation = office.post(f"/api/organisations/{slug}/invitations", {"role": "owner", "label": who.name})
    office.fill_form(invitation["url"], {"name": who.name, "login": who.login, "password": logins.PASSWORD})


def make_award(office: RoleClient, family: Family, award: Award, progress: Progress) -> Made:
    """Describe the achievement unless it is described, award it, and correct it where the sample says so."""
    provider = family.providers[award.provider]
    base = f"/api/organisations/{provider.slug}"
    achievement = _achievement(office, base, award)
    answer = office.post(
        f"{base}/awards",
        _award_body(family, award, achievement, result=award.first_result or award.result),
        headers={"Idempotency-Key": f"demo-{award.id}"},
    )
    uuid = answer["id"].removeprefix("urn:uuid:")
    if award.first_result:
        office.post(
            f"{base}/credentials/{uuid}/reissue",
            _award_body(family, award, achievement, result=award.result),
            headers={"Idempotency-Key": f"demo-correction-{award.id}"},
        )
    progress.step(award.name)
    claim = answer["claim"]
    return Made(award=award, slug=provider.slug, uuid=uuid, claim_link=claim["url"], claim_code=claim["code"])


def make_fresh_award(office: RoleClient, family: Family, base: str, number: int) -> Made:
    """Award the co-op's fresh award number `number` to Wren, or find it."""
    yesterday = datetime.combine(family.as_of - timedelta(days=1), time(12), UTC)
    award = replace(_FRESH, awarded=yesterday, valid_from=yesterday)
    achievement = _achievement(office, base, award)
    answer = office.post(
        f"{base}/awards",
        _award_body(family, award, achievement, result=award.result),
        headers={"Idempotency-Key": f"demo-fresh-{number}"},
    )
    uuid = answer["id"].removeprefix("urn:uuid:")
    claim = answer["claim"]
    slug = family.providers[COORDINATED].slug
    return Made(award=award, slug=slug, uuid=uuid, claim_link=claim["url"], claim_code=claim["code"])


def _achievement(office: RoleClient, base: str, award: Award) -> str:
    """Describe what can be earned, unless it is described; give its id. One of the sample's awards, one achievement."""
    for known in office.items(f"{base}/achievements"):
        if known["name"] == award.name:
            return str(known["id"])
    body: dict[str, Any] = {
        "name": award.name,
        "description": _description(award),
        "criteriaNarrative": _criteria(award),
        "achievementType": award.kind,
        "humanCode": award.human_code or "",
        "fieldOfStudy": (award.field_of_study or "").replace("_", " "),
        "creditsAvailable": award.credits_available,
        "alignments": [
            {
                "targetName": skill.statement,
                "targetUrl": skill.identifier,
                "targetCode": skill.code,
                "targetFramework": skill.framework,
                "targetType": "CFItem",
            }
            for skill in award.skills
        ],
    }
    if award.result_type:
        body["results"] = [_result_description(award)]
    return str(office.post(f"{base}/achievements", body)["id"])


def _description(award: Award) -> str:
    if award.skills:
        return "; ".join(skill.statement for skill in award.skills) + "."
    if award.credits_available:
        return f"A course of {award.credits_available:g} credit, taught and assessed by its provider."
    return f"{award.name}, as its provider offers it."


def _criteria(award: Award) -> str:
    if award.credits_available:
        return "All units done, the work shown and assessed, and the final mark reached."
    return "The work was shown, and the person who taught it looked at it against the statements."


def _result_description(award: Award) -> Mapping[str, Any]:
    """Describe how the sample marks: a scale of letters, percent, a rubric, or done and not done."""
    described: dict[str, Any] = {"name": "Final mark", "resultType": award.result_type}
    if award.result_type == "LetterGrade":
        described["allowedValues"] = list(_SCALES["S" if award.result == "S" else "A"])
    elif award.result_type == "Percent":
        described |= {"valueMin": "0", "valueMax": "100"}
    elif award.result_type == "RubricScore":
        described |= {"valueMin": "1", "valueMax": "4"}
    elif award.result_type == "RubricCriterionLevel":
        described["levels"] = [{"name": name} for name in _LEVELS]
    return described


def _award_body(family: Family, award: Award, achievement: str, *, result: str | None) -> dict[str, Any]:
    learner = family.people[award.learner]
    body: dict[str, Any] = {
        "achievement": achievement,
        "learnerName": learner.name,
        "identifier": learner.email or f"{family.name}-{learner.given_name}".lower(),
        "identifierType": "emailAddress" if learner.email else "sourcedId",
        "showName": True,
        "awardedDate": _instant(award.awarded),
        "term": award.term or "",
        "creditsEarned": award.credits_earned,
        "evidence": [{"url": url, "name": name} for url, name in award.evidence],
    }
    if award.valid_until:
        body["validUntil"] = _instant(award.valid_until)
    if result is not None:
        body["results"] = [{"value": _STATUS.get(result, result)}]
    return body


def revoke(office: RoleClient, made: Made) -> None:
    """Withdraw an award on the day and for the reason that the sample gives."""
    assert made.award.revoked_on is not None
    office.post(
        f"/api/organisations/{made.slug}/credentials/{made.uuid}/revocation",
        {
            "reason": "wrongPerson",
            "note": made.award.revocation_reason or "",
            "since": made.award.revoked_on.date().isoformat(),
        },
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_claim(office: RoleClient, base: str, uuid: str) -> Mapping[str, Any] | None:
    """Give the link and code of an award that nobody has claimed yet; None when it was claimed or has ended."""
    try:
        return dict(office.get(f"{base}/credentials/{uuid}/claim"))
    except ApiError as error:
        if error.code != GONE:
            raise
        return None
