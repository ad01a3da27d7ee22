"""Awards: one, many at once, what became of them, and taking them back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.http.issuer.matrix.route import API, AWARD, ONE, ONE_API, PAGE, SEE, WITHDRAW, Route, always
from tests.http.issuer.test_vc_api import unsigned

SHEET = f"{PAGE}/sheets/{{sheet_id}}"


def award(ids: Mapping[str, str]) -> Mapping[str, Any]:
    results = [{"value": "A-", "description": ids["result_description"]}]
    return {
        "achievement": ids["achievement"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1",
        "results": results,
    }


def award_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "achievement": ids["achievement"],
        "learnerName": "Jonah Hadley",
        "identifier": "R-1017",
        "results/0/value": "A-",
        "key": ids["key"],
    }


def sheet(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"achievement": ids["achievement"], "text": "Name,Roster number,Final grade\nJonah Hadley,R-1,A-"}


def sheet_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**sheet(ids), "key": ids["key"]}


def correction(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**award(ids), "identifier": "R-1017", "results": [{"value": "B", "description": ids["result_description"]}]}


def correction_form(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {**award_form(ids), "results/0/value": "B"}


def proposal(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"credential": {**unsigned({"iri": ids["achievement_iri"]}), "issuer": ids["did"]}, "options": {}}


def status(ids: Mapping[str, str]) -> Mapping[str, Any]:
    entry = {"type": "BitstringStatusListEntry"}
    return {"credentialId": ids["credential_urn"], "credentialStatus": entry, "status": True}


def scheduled_job(at: Any) -> str:
    """A job that waits for tomorrow."""
    brought = at.post("/sheets", sheet(at.ids))["id"]
    tomorrow = (at.world.clock.now() + timedelta(days=1)).isoformat()
    return str(at.post(f"/sheets/{brought}/issue", {"starts": tomorrow})["id"])


ROUTES = (
    # awarding
    Route("GET", f"{PAGE}/award", AWARD, good=(200, 303)),
    Route("GET", f"{PAGE}/award/{{achievement_id}}", AWARD),
    Route("POST", f"{PAGE}/award/{{achievement_id}}", AWARD, award_form),
    Route("GET", f"{ONE}/correct", AWARD),
    Route("POST", f"{ONE}/correct", AWARD, correction_form),
    Route("POST", f"{API}/awards", AWARD, award),
    Route("POST", f"{ONE_API}/reissue", AWARD, correction, good=(200, 201)),
    Route("POST", "/credentials/issue", AWARD, proposal),
    # many at once
    Route("GET", f"{PAGE}/sheets", AWARD),
    Route("GET", f"{PAGE}/sheets/new", AWARD),
    Route("POST", f"{PAGE}/sheets/new", AWARD, sheet_form),
    Route("GET", SHEET, AWARD),
    Route("POST", f"{SHEET}/rows", AWARD, always(**{"rows/2/mark0": "B"})),
    Route("POST", f"{SHEET}/columns", AWARD, always(**{"columns/term": "1", "dayOrder": "dayFirst"})),
    Route("POST", f"{SHEET}/reading", AWARD, always(tab=""), places={"sheet_id": "workbook"}),
    Route("GET", f"{SHEET}/preview", AWARD),
    Route("GET", f"{SHEET}/discard", AWARD),
    Route("POST", f"{SHEET}/discard", AWARD, always(sure="1")),
    Route("GET", f"{API}/sheets", AWARD),
    Route("POST", f"{API}/sheets", AWARD, sheet),
    Route("GET", f"{API}/sheets/{{sheet_id}}", AWARD),
    Route("DELETE", f"{API}/sheets/{{sheet_id}}", AWARD),
    Route("GET", f"{API}/sheets/{{sheet_id}}/rows", AWARD),
    Route("GET", f"{API}/sheets/{{sheet_id}}/preview", AWARD),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/columns", AWARD, always(columns={"term": 1}, dayOrder="dayFirst")),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/reading", AWARD, always(tab=""), places={"sheet_id": "workbook"}),
    Route("PUT", f"{API}/sheets/{{sheet_id}}/rows", AWARD, always(rows=[{"number": 2, "values": {"mark0": "B"}}])),
    Route("POST", f"{API}/sheets/{{sheet_id}}/issue", AWARD, always(starts="", undoMinutes=5)),
    Route("POST", f"{SHEET}/issue", AWARD, always(key="form-key"), places={"sheet_id": "fresh_sheet"}),
    Route("GET", f"{PAGE}/jobs/{{job_id}}", AWARD),
    Route("GET", f"{PAGE}/jobs/{{job_id}}/undo", AWARD),
    Route("GET", f"{PAGE}/jobs/{{job_id}}/codes", AWARD, good=(200, 409)),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/now", AWARD, places={"job_id": "scheduled_job"}),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/pause", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/resume", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/undo", AWARD),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/release", AWARD, places={"job_id": "signed_job"}),
    Route("GET", f"{API}/jobs", AWARD),
    Route("GET", f"{API}/jobs/{{job_id}}", AWARD),
    Route("GET", f"{API}/jobs/{{job_id}}/corrections", AWARD, places={"job_id": "signed_job"}),
    Route("GET", f"{API}/jobs/{{job_id}}/events", AWARD, places={"job_id": "signed_job"}),
    Route("POST", f"{API}/jobs/{{job_id}}/now", AWARD, good=(200,), places={"job_id": "scheduled_job"}),
    Route("POST", f"{API}/jobs/{{job_id}}/pause", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/resume", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/undo", AWARD, good=(200,)),
    Route("POST", f"{API}/jobs/{{job_id}}/release", AWARD, good=(200,), places={"job_id": "signed_job"}),
    # what was awarded
    Route("GET", f"{PAGE}/credentials", SEE),
    Route("GET", ONE, SEE),
    Route("GET", f"{ONE}/file", SEE),
    Route("GET", f"{ONE}/picture.{{form}}", SEE),
    Route("GET", f"{ONE}/sheet", AWARD),
    Route("POST", f"{ONE}/claim", AWARD),
    Route("POST", f"{ONE}/recall", AWARD),
    Route("GET", f"{API}/credentials", SEE),
    Route("GET", ONE_API, SEE),
    Route("GET", f"{ONE_API}/document", SEE),
    Route("GET", f"{ONE_API}/claim", AWARD),
    Route("POST", f"{ONE_API}/claim", AWARD),
    Route("DELETE", f"{ONE_API}/claim", AWARD),
    # withdrawing
    Route("GET", f"{ONE}/withdraw", WITHDRAW),
    Route("POST", f"{ONE}/withdraw", WITHDRAW, always(reason="wrongPerson", note="")),
    Route("GET", f"{ONE}/release", WITHDRAW),
    Route("POST", f"{ONE}/release", WITHDRAW, places={"credential_id": "claimed"}),
    Route("POST", f"{ONE_API}/release", WITHDRAW, places={"credential_id": "claimed"}, good=(200, 201)),
    Route("POST", f"{ONE_API}/revocation", WITHDRAW, always(reason="wrongPerson"), good=(200,)),
    Route("POST", "/credentials/status", WITHDRAW, status, good=(200,)),
)

MAKERS = {
    "form": lambda _at: "png",
    "credential": lambda at: at.award()["id"].removeprefix("urn:uuid:"),
    "credential_urn": lambda at: f"urn:uuid:{at.ids['credential']}",
    "claimed": lambda at: at.claimed(),
    "sheet": lambda at: at.post("/sheets", sheet(at.ids))["id"],
    "fresh_sheet": lambda at: at.post("/sheets", sheet(at.ids))["id"],
    "job": lambda at: at.post(f"/sheets/{at.ids['sheet']}/issue", {})["id"],
    "scheduled_job": scheduled_job,
    "signed_job": lambda at: at.signed_job(),
    "workbook": lambda at: at.unsure_sheet(),
}
