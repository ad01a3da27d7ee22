"""The family side of the demo: the guardian's account, the learners, what is kept and what is shared, over the wallet's
API.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from satchel.client import ApiError, RoleClient
from satchel.console import Progress
from satchel.demo import logins
from satchel.demo.family import Family, Share
from satchel.demo.providers import Made

GUARDIAN = "p-teresa"


def join(wallet: RoleClient, family: Family) -> None:
    """Sign the guardian in, and up the first time."""
    who = logins.GUARDIAN
    try:
        wallet.sign_in(who.login, logins.PASSWORD)
    except ApiError:
        made = wallet.post(
            "/api/accounts",
            {"login": who.login, "password": logins.PASSWORD, "name": who.name, "familyName": family.name},
        )
        wallet.use_token(made["token"])


def learners_of(wallet: RoleClient, family: Family) -> Mapping[str, str]:
    """Add the family's learners, or find them; give the wallet's ids by the sample's."""
    known = {learner["name"]: str(learner["id"]) for learner in wallet.items("/api/learners")}
    found = {}
    for person_id in family.learners:
        person = family.people[person_id]
        if person.name not in known:
            body: dict[str, Any] = {"name": person.name, "myself": person_id == GUARDIAN}
            if person.birth_date:
                body["birthDate"] = person.birth_date.isoformat()
            known[person.name] = str(wallet.post("/api/learners", body)["id"])
        found[person_id] = known[person.name]
    return found


def keep(wallet: RoleClient, made: Made, learners: Mapping[str, str], progress: Progress) -> tuple[str, str]:
    """Keep an award for its learner; give the sample's id and the wallet's."""
    claim = wallet.post("/api/claims", {"offer": made.claim_link, "learner": learners[made.award.learner]})
    if claim["state"] == "waiting":
        claim = wallet.post(f"/api/claims/{claim['id']}/approval", {})
    elif claim["state"] == "approved":
        claim = wallet.post(f"/api/claims/{claim['id']}/attempt", {})
    elif claim["state"] == "offered":
        claim = wallet.post(f"/api/claims/{claim['id']}/learner", {"learner": learners[made.award.learner]})
    progress.step(f"{made.award.name}, kept")
    return made.award.id, str(claim["credentialId"])


def share_again(
    wallet: RoleClient, family: Family, share: Share, learners: Mapping[str, str], kept: Mapping[str, str]
) -> None:
    """Share what the sample shared, as far as it is kept here; stop the link again where the sample's has ended."""
    credentials = [kept[award] for award in share.awards if award in kept] or _active(family, share, kept)
    recipient = family.providers[share.recipient].name
    learner = learners[share.learner]
    before = [line for line in wallet.items(f"/api/learners/{learner}/shares") if line["recipient"] == recipient]
    made = (
        before[0]
        if before
        else wallet.post(
            "/api/shares",
            {
                "learner": learner,
                "credentials": credentials,
                "recipient": recipient,
                "purpose": share.purpose,
                "until": _until(family, share).isoformat(),
            },
        )
    )
    if made["state"] == "waiting":
        made = wallet.post(f"/api/shares/{made['id']}/approval", {})
    if share.state != "active" and made["state"] == "active":
        wallet.delete(f"/api/shares/{made['id']}")


def _active(family: Family, share: Share, kept: Mapping[str, str]) -> list[str]:
    """Stand-ins for the transcript, which is still to come: the learner's courses that were not withdrawn."""
    return [
        kept[award.id]
        for award in family.awards
        if award.learner == share.learner and award.kind == "Course" and not award.revoked_on
    ]


def _until(family: Family, share: Share) -> date:
    """The day until which the sample's link works; a week from the seeding day where that is over."""
    latest = family.as_of + timedelta(days=7)
    return share.until if share.until and share.until > latest else latest
