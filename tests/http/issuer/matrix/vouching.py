"""Vouching for others, and what others say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.attacks import nested
from tests.attacks.world import sign
from tests.http.issuer.matrix.route import (
    API,
    AWARD,
    DESCRIBE,
    NOBODY,
    PAGE,
    PUBLIC,
    SEE,
    WITHDRAW,
    Route,
    always,
    nothing,
)


def endorsed(ids: Mapping[str, str]) -> Mapping[str, Any]:
    kept = {"targetKind": "organisation", "targetName": "Rosa's Workshop", "comment": "We know her work."}
    return {**kept, "targetId": "did:web:rosa.example"}


def endorsed_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**endorsed(ids), "key": ids["key"]}


def praise(endorsed: str, **changes: Any) -> dict[str, Any]:
    """What a guild whose key is its name says about an organisation or what it offers, signed."""
    whole = nested.endorsement(of=endorsed, validFrom="2026-01-02T00:00:00Z", **changes)
    unsigned_ = {name: value for name, value in whole.items() if name != "proof"}
    signed: dict[str, Any] = sign(unsigned_, signer=nested.ENDORSER_SIGNER, created=datetime(2026, 1, 3, tzinfo=UTC))
    return signed


ROUTES = (
    # vouching for others
    Route("GET", f"{PAGE}/endorsements", SEE),
    Route("GET", f"{PAGE}/endorsements/new", AWARD),
    Route("POST", f"{PAGE}/endorsements/new", AWARD, endorsed_form),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}", SEE),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}/file", SEE),
    Route("GET", f"{PAGE}/endorsements/{{endorsement_id}}/withdraw", WITHDRAW),
    Route("POST", f"{PAGE}/endorsements/{{endorsement_id}}/withdraw", WITHDRAW, always(reason="issuedInError")),
    Route("GET", f"{API}/endorsements", SEE),
    Route("POST", f"{API}/endorsements", AWARD, endorsed),
    Route("GET", f"{API}/endorsements/{{endorsement_id}}", SEE),
    Route("GET", f"{API}/endorsements/{{endorsement_id}}/document", SEE),
    Route(
        "POST",
        f"{API}/endorsements/{{endorsement_id}}/revocation",
        WITHDRAW,
        always(reason="issuedInError"),
        good=(200,),
    ),
    Route("GET", f"{PAGE}/received-endorsements", SEE),
    Route("POST", f"{PAGE}/received-endorsements", DESCRIBE, always(endorsement="{}"), good=(422,)),
    Route("GET", f"{PAGE}/received-endorsements/{{received_id}}", SEE),
    Route("POST", f"{PAGE}/received-endorsements/{{received_id}}", DESCRIBE, always(published="no")),
    Route("POST", f"{PAGE}/received-endorsements/{{received_id}}/check", DESCRIBE),
    Route("GET", f"{API}/received-endorsements", SEE),
    Route("POST", f"{API}/received-endorsements", DESCRIBE, lambda ids: praise(ids["did"])),
    Route("GET", f"{API}/received-endorsements/{{received_id}}", SEE),
    Route("PUT", f"{API}/received-endorsements/{{received_id}}", DESCRIBE, always(published=False)),
    Route("POST", f"{API}/received-endorsements/{{received_id}}/check", DESCRIBE, nothing, good=(200,)),
    Route("GET", f"{PUBLIC}/endorsements/{{endorsement_id}}", NOBODY),
)

MAKERS = {
    "endorsement": lambda at: at.post("/endorsements", endorsed({}))["id"].removeprefix("urn:uuid:"),
    "received": lambda at: at.post("/received-endorsements", praise(at.ids["did"]))["id"],
}
