"""Letters with links, and who was told."""

from tests.awarding import drive
from tests.http.issuer.matrix.route import API, AWARD, ONE, ONE_API, PAGE, SEE, Route, always, fresh

LETTER = always(address="parent@family.example.org")

ROUTES = (
    Route("GET", f"{PAGE}/codes", AWARD),
    Route("GET", f"{API}/codes", AWARD),
    Route("GET", f"{ONE}/certificate.pdf", SEE),
    Route("GET", f"{ONE_API}/certificate", SEE),
    Route("GET", f"{PAGE}/deliveries", AWARD),
    Route("POST", f"{PAGE}/deliveries/try", AWARD),
    Route("POST", f"{PAGE}/deliveries/{{delivery_id}}/told", AWARD, places={"delivery_id": "word"}),
    Route("POST", f"{PAGE}/deliveries/{{delivery_id}}/cancel", AWARD),
    Route("POST", f"{PAGE}/deliveries/{{delivery_id}}/bounced", AWARD),
    Route("POST", f"{ONE}/deliveries", AWARD, LETTER),
    Route("POST", f"{PAGE}/jobs/{{job_id}}/deliveries", AWARD, places={"job_id": "released_job"}),
    Route("GET", f"{API}/deliveries", AWARD),
    Route("GET", f"{API}/deliveries/state", AWARD),
    Route("POST", f"{API}/deliveries/try", AWARD, good=(204,)),
    Route("POST", f"{API}/deliveries/{{delivery_id}}/told", AWARD, places={"delivery_id": "word"}, good=(204,)),
    Route("POST", f"{API}/deliveries/{{delivery_id}}/cancel", AWARD, good=(204,)),
    Route("POST", f"{API}/deliveries/{{delivery_id}}/bounced", AWARD, good=(204, 409)),
    Route("GET", f"{ONE_API}/deliveries", AWARD),
    Route("POST", f"{ONE_API}/deliveries", AWARD, LETTER),
    Route("GET", f"{API}/jobs/{{job_id}}/deliveries", AWARD, places={"job_id": "released_job"}),
    Route("POST", f"{API}/jobs/{{job_id}}/deliveries", AWARD, places={"job_id": "released_job"}, good=(200,)),
)


def word(at):
    """Somebody who has to be told: an award without an address was kept, and withdrawn."""
    kept = at.claimed()
    at.post(f"/credentials/{kept}/revocation", {"reason": "wrongPerson"})
    return next(
        each["id"] for each in at.get("/deliveries?channel=word&size=200")["items"] if each["state"] == "waiting"
    )


def released_job(at):
    """A job whose awards were handed out: of a learner whom no other sheet names."""
    text = f"Name,Roster number,Final grade\nJonah Hadley,{fresh('R')},A-"
    sheet = at.post("/sheets", {"achievement": at.ids["achievement"], "text": text})["id"]
    job = at.post(f"/sheets/{sheet}/issue", {})["id"]
    drive(at.world.services, job)
    at.post(f"/jobs/{job}/release", {})
    return job


MAKERS = {
    "delivery": lambda at: at.post(f"/credentials/{at.ids['credential']}/deliveries", {"address": "a@b.example"})["id"],
    "word": word,
    "released_job": released_job,
}
