"""The addresses that the start page leads to: for each of the five steps, the page of the role where it happens."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from satchel.demo.providers import Made
from satchel.deployment import Deployment


def story_of(deployment: Deployment, *, made: Made, claim: Mapping[str, Any], learner: str) -> dict[str, Any]:
    """Compose the five addresses around one fresh award; `learner` is the child's id in the wallet."""
    issuer, wallet = deployment.url("issuer"), deployment.url("wallet")
    claim_link = issuer + urlsplit(claim["url"]).path
    return {
        "award": f"{issuer}/organisations/{made.slug}/award",
        "claim": claim_link,
        "claimCode": claim["code"],
        "keep": f"{wallet}/claim?offer={quote(claim_link, safe='')}",
        "share": f"{wallet}/learners/{learner}/share",
        "verify": deployment.url("verifier") + "/",
        "revoke": f"{issuer}/organisations/{made.slug}/credentials/{made.uuid}",
        "awardName": made.award.name,
    }
