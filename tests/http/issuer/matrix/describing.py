"""What can be earned: achievements, the rate card, frameworks of standards."""

from collections.abc import Mapping
from typing import Any

from tests.http.issuer.conftest import CASE, COURSE, ORIGIN
from tests.http.issuer.matrix.route import API, DESCRIBE, PAGE, SEE, Route, always

RATE_CARD = "offering_code,title,price\nBRIDGE,Bridge builders,165\n"


def course(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return COURSE


def course_form(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"name": "Algebra I", "description": "Equations.", "criteriaNarrative": "Pass.", "achievementType": "Course"}


def offering(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"title": "Bridge builders", "price": 165, "achievement": ids["achievement"]}


def offering_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"title": "Bridge builders", "price": "165", "achievement": ids["achievement"]}


def picked(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"framework": ids["framework"], "items": [0]}


def picked_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"item": f"{ids['framework']}/0"}


def case_package(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**CASE, "CFDocument": {**CASE["CFDocument"], "identifier": ids["key"]}}


ROUTES = (
    # what can be earned
    Route("GET", f"{PAGE}/achievements", SEE),
    Route("GET", f"{PAGE}/achievements/new", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/new", DESCRIBE, course_form),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}", SEE),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}/edit", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/edit", DESCRIBE, course_form),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/retirement", DESCRIBE, always(retired="1")),
    Route("GET", f"{API}/achievements", SEE),
    Route("POST", f"{API}/achievements", DESCRIBE, course),
    Route("GET", f"{API}/achievements/{{achievement_id}}", SEE),
    Route("PUT", f"{API}/achievements/{{achievement_id}}", DESCRIBE, course),
    Route("PUT", f"{API}/achievements/{{achievement_id}}/retirement", DESCRIBE, always(retired=True)),
    # the rate card
    Route("GET", f"{PAGE}/offerings", SEE),
    Route("GET", f"{PAGE}/offerings/new", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/new", DESCRIBE, offering_form),
    Route("GET", f"{PAGE}/offerings/export.csv", DESCRIBE),
    Route("GET", f"{PAGE}/offerings/import", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/import", DESCRIBE, always(sheet=RATE_CARD), good=(200,)),
    Route("GET", f"{PAGE}/offerings/{{offering_id}}", SEE),
    Route("GET", f"{PAGE}/offerings/{{offering_id}}/edit", DESCRIBE),
    Route("POST", f"{PAGE}/offerings/{{offering_id}}/edit", DESCRIBE, offering_form),
    Route("POST", f"{PAGE}/offerings/{{offering_id}}/state", DESCRIBE, always(state="closed")),
    Route("GET", f"{API}/offerings", SEE),
    Route("POST", f"{API}/offerings", DESCRIBE, offering),
    Route("GET", f"{API}/offerings/export.csv", DESCRIBE),
    Route("POST", f"{API}/offerings/import", DESCRIBE, always(sheet=RATE_CARD), good=(200,)),
    Route("GET", f"{API}/offerings/{{offering_id}}", SEE),
    Route("PUT", f"{API}/offerings/{{offering_id}}", DESCRIBE, offering),
    Route("PUT", f"{API}/offerings/{{offering_id}}/state", DESCRIBE, always(state="closed")),
    Route("GET", f"{PAGE}/achievements/{{achievement_id}}/alignments", DESCRIBE),
    Route("POST", f"{PAGE}/achievements/{{achievement_id}}/alignments", DESCRIBE, picked_form),
    Route("POST", f"{API}/achievements/{{achievement_id}}/alignments", DESCRIBE, picked, good=(200,)),
    # frameworks of standards
    Route("GET", f"{PAGE}/frameworks", DESCRIBE),
    Route("POST", f"{PAGE}/frameworks", DESCRIBE, always(shipped="prairie-bridge")),
    Route("GET", f"{PAGE}/frameworks/{{framework_id}}", DESCRIBE),
    Route("GET", f"{PAGE}/frameworks/{{framework_id}}/remove", DESCRIBE),
    Route("POST", f"{PAGE}/frameworks/{{framework_id}}/remove", DESCRIBE),
    Route("GET", f"{API}/frameworks", DESCRIBE),
    Route("POST", f"{API}/frameworks", DESCRIBE, case_package),
    Route("POST", f"{API}/frameworks/shipped", DESCRIBE, always(name="prairie-bridge")),
    Route("GET", f"{API}/frameworks/{{framework_id}}", DESCRIBE),
    Route("DELETE", f"{API}/frameworks/{{framework_id}}", DESCRIBE),
    Route("GET", f"{API}/frameworks/{{framework_id}}/items", DESCRIBE),
)

MAKERS = {
    "achievement": lambda at: at.post("/achievements", COURSE)["id"],
    "achievement_iri": lambda at: f"{ORIGIN}/orgs/{at.slug}/achievements/{at.ids['achievement']}",
    "result_description": lambda at: at.result_description(),
    "offering": lambda at: at.post("/offerings", {"title": "Bridge builders"})["id"],
    "framework": lambda at: at.post("/frameworks", case_package(at.ids))["id"],
}
