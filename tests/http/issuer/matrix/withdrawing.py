"""Withdrawing many awards together."""

from issuer.service.withdrawing.choosing import seal_of
from tests.http.issuer.matrix.route import API, PAGE, WITHDRAW, Route, fresh

MANY, MANY_API = f"{PAGE}/withdrawals", f"{API}/withdrawals"


def chosen(ids):
    """A withdrawal of one award, as it was looked at."""
    return {
        "credentials": [ids["credential"]],
        "seen": seal_of([f"urn:uuid:{ids['credential']}"]),
        "count": 1,
        "reason": "issuedInError",
        "apply": True,
    }


def chosen_form(ids):
    asked = chosen(ids)
    return {
        "credential": ids["credential"],
        "seen": asked["seen"],
        "count": "1",
        "reason": "issuedInError",
        "key": fresh("withdrawal"),
    }


ROUTES = (
    Route("GET", f"{MANY}/new", WITHDRAW),
    Route("GET", f"{MANY}/sure", WITHDRAW, good=(200, 303)),
    Route("GET", MANY, WITHDRAW),
    Route("POST", MANY, WITHDRAW, chosen_form),
    Route("GET", f"{MANY}/{{withdrawal_id}}", WITHDRAW),
    Route("POST", f"{MANY}/{{withdrawal_id}}/stop", WITHDRAW),
    Route("POST", MANY_API, WITHDRAW, chosen),
    Route("GET", MANY_API, WITHDRAW),
    Route("GET", f"{MANY_API}/{{withdrawal_id}}", WITHDRAW),
    Route("POST", f"{MANY_API}/{{withdrawal_id}}/stop", WITHDRAW, good=(200,)),
    Route("GET", f"{MANY_API}/{{withdrawal_id}}/events", WITHDRAW, places={"withdrawal_id": "stopped_withdrawal"}),
)


def begun(at):
    """A withdrawal that nobody drives yet."""
    uuid = at.award()["id"].removeprefix("urn:uuid:")
    return at.post("/withdrawals", chosen({"credential": uuid}))["id"]


def stopped(at):
    """A withdrawal that is over, so that its events end."""
    found = begun(at)
    at.post(f"/withdrawals/{found}/stop", {})
    return found


MAKERS = {"withdrawal": begun, "stopped_withdrawal": stopped}
