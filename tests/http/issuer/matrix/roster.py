"""The roster: learners, and rosters on their way in."""

from collections.abc import Mapping
from typing import Any

from tests.http.issuer.matrix.route import API, PAGE, ROSTER, Route, always, fresh

LIST = "First name,Last name,Birth date\nWren,Hadley,2016-06-03\n"
ONE, ONE_API = f"{PAGE}/learners/{{learner_id}}", f"{API}/learners/{{learner_id}}"
BROUGHT, BROUGHT_API = f"{PAGE}/imports/{{import_id}}", f"{API}/imports/{{import_id}}"


def learner(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"givenName": "Wren", "familyName": fresh("Hadley"), "birthDate": "2016-06-03"}


def brought(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"text": LIST, "key": ids["key"]}


ROUTES = (
    Route("GET", f"{PAGE}/learners", ROSTER),
    Route("GET", f"{PAGE}/learners/new", ROSTER),
    Route("POST", f"{PAGE}/learners/new", ROSTER, learner),
    Route("GET", ONE, ROSTER),
    Route("GET", f"{ONE}/edit", ROSTER),
    Route("POST", f"{ONE}/edit", ROSTER, learner),
    Route("GET", f"{ONE}/erase", ROSTER),
    Route("POST", f"{ONE}/erase", ROSTER),
    Route("GET", f"{API}/learners", ROSTER),
    Route("POST", f"{API}/learners", ROSTER, learner),
    Route("GET", ONE_API, ROSTER),
    Route("PUT", ONE_API, ROSTER, learner),
    Route("DELETE", ONE_API, ROSTER),
    Route("GET", f"{PAGE}/imports/new", ROSTER),
    Route("POST", f"{PAGE}/imports/new", ROSTER, brought),
    Route("GET", BROUGHT, ROSTER),
    Route("POST", f"{BROUGHT}/answers", ROSTER, always(**{"answers/2": "new"})),
    Route("POST", f"{BROUGHT}/columns", ROSTER, always(dayOrder="dayFirst")),
    Route("POST", f"{BROUGHT}/apply", ROSTER, always(seen="another"), good=(409,)),
    Route("POST", f"{BROUGHT}/discard", ROSTER),
    Route("POST", f"{API}/imports", ROSTER, always(text=LIST)),
    Route("GET", BROUGHT_API, ROSTER),
    Route("PUT", BROUGHT_API, ROSTER, always(dayOrder="dayFirst")),
    Route("POST", f"{BROUGHT_API}/apply", ROSTER, always(seen="another"), good=(409,)),
    Route("DELETE", BROUGHT_API, ROSTER),
)

MAKERS = {
    "learner": lambda at: at.post("/learners", learner(at.ids))["id"],
    "import": lambda at: at.post("/imports", {"text": LIST})["id"],
}
