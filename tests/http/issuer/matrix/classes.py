"""Classes: an instructor who has none of them is refused as anybody else; with one, see test_classes."""

from collections.abc import Mapping
from typing import Any

from tests.http.issuer.matrix.route import API, AWARD, DESCRIBE, PAGE, ROSTER, Route, always

CLASS, CLASS_API = f"{PAGE}/offerings/{{offering_id}}", f"{API}/offerings/{{offering_id}}"
HELD = {"offering_id": "held"}


def keyed(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"key": ids["key"]}


def enrolled(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"offering": ids["offering"], "status": "active"}


ROUTES = (
    Route("GET", f"{CLASS}/class", AWARD),
    Route("POST", f"{CLASS}/class", AWARD, always(page="1")),
    Route("POST", f"{CLASS}/award", AWARD, keyed, places=HELD),
    Route("POST", f"{CLASS}/instructors", DESCRIBE, always(page="1")),
    Route("POST", f"{PAGE}/learners/{{learner_id}}/enrolments", ROSTER, enrolled),
    Route("GET", f"{CLASS_API}/marks", AWARD),
    Route("PUT", f"{CLASS_API}/marks", AWARD, always(cells=[])),
    Route("PUT", f"{CLASS_API}/instructors", DESCRIBE, always(accounts=[]), good=(204,)),
    Route("POST", f"{CLASS_API}/award", AWARD, places=HELD),
    Route(
        "PUT", f"{API}/learners/{{learner_id}}/enrolments/{{offering_id}}", ROSTER, always(status="active"), good=(204,)
    ),
)

MAKERS = {"held": lambda at: at.held()}
