"""Pausing an award and lifting the pause."""

from tests.http.issuer.matrix.route import ONE, ONE_API, SEE, WITHDRAW, Route, always

PAUSABLE = {"credential_id": "pausable"}

ROUTES = (
    Route("GET", f"{ONE}/pause", WITHDRAW),
    Route("POST", f"{ONE}/pause", WITHDRAW, always(reason="The renewal is late."), places=PAUSABLE),
    Route("POST", f"{ONE}/lift", WITHDRAW, places=PAUSABLE),
    Route("GET", f"{ONE_API}/suspension", SEE),
    Route("PUT", f"{ONE_API}/suspension", WITHDRAW, always(reason="The renewal is late."), places=PAUSABLE),
    Route("DELETE", f"{ONE_API}/suspension", WITHDRAW, good=(200,), places=PAUSABLE),
)


def pausable(at):
    """An award that can be paused."""
    licence = {"name": "Climbing belay", "description": "d", "criteriaNarrative": "c", "achievementType": "License"}
    made = at.post("/achievements", licence)
    award = {"achievement": made["id"], "learnerName": "Jonah Hadley", "identifier": "R-1017"}
    return at.post("/awards", award)["id"].removeprefix("urn:uuid:")


MAKERS = {"pausable": pausable}
