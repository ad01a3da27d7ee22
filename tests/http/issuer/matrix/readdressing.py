"""What was not signed when the server's address changed."""

from tests.http.issuer.matrix.route import API, AWARD, PAGE, Route
from tests.unsigned import strand

WAITS = {"intent_id": "unsigned"}

ROUTES = (
    Route("GET", f"{PAGE}/unsigned", AWARD),
    Route("POST", f"{PAGE}/unsigned/anew", AWARD),
    Route("POST", f"{PAGE}/unsigned/{{intent_id}}/anew", AWARD, places=WAITS),
    Route("POST", f"{PAGE}/unsigned/{{intent_id}}/leave", AWARD, places=WAITS),
    Route("GET", f"{API}/unsigned", AWARD),
    Route("POST", f"{API}/unsigned/{{intent_id}}/anew", AWARD, good=(200,), places=WAITS),
    Route("DELETE", f"{API}/unsigned/{{intent_id}}", AWARD, places=WAITS),
)


def unsigned(at):
    """An award that was stored to be signed under another address."""
    return strand(at.world.services, at.slug, at.world.tenants[at.slug].owner, at.ids["achievement"])


MAKERS = {"unsigned": unsigned}
