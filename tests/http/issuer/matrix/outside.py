"""What leaves the house by itself: notices to programs."""

from collections.abc import Mapping
from typing import Any

from tests.http.issuer.matrix.route import API, PAGE, SETTINGS, Route, always, nothing


def hook(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"url": "http://localhost:9/notices", "events": ["credential.awarded"]}


ONE, ONE_API = f"{PAGE}/webhooks/{{webhook_id}}", f"{API}/webhooks/{{webhook_id}}"

ROUTES = (
    Route("GET", f"{PAGE}/webhooks", SETTINGS),
    Route("POST", f"{PAGE}/webhooks", SETTINGS, hook, good=(200,)),
    Route("GET", ONE, SETTINGS),
    Route("POST", ONE, SETTINGS, always(events="credential.kept", on="yes")),
    Route("POST", f"{ONE}/test", SETTINGS),
    Route("POST", f"{ONE}/notices/{{notice_id}}/resend", SETTINGS),
    Route("GET", f"{ONE}/remove", SETTINGS),
    Route("POST", f"{ONE}/remove", SETTINGS),
    Route("GET", f"{API}/webhooks", SETTINGS),
    Route("POST", f"{API}/webhooks", SETTINGS, hook),
    Route("GET", ONE_API, SETTINGS),
    Route("PUT", ONE_API, SETTINGS, always(events=["credential.kept"], on=True)),
    Route("DELETE", ONE_API, SETTINGS),
    Route("GET", f"{ONE_API}/notices", SETTINGS),
    Route("POST", f"{ONE_API}/test", SETTINGS, nothing, good=(202,)),
    Route("POST", f"{ONE_API}/notices/{{notice_id}}/resend", SETTINGS, nothing, good=(202,)),
)

MAKERS = {
    "webhook": lambda at: at.post("/webhooks", hook({}))["id"],
    "notice": lambda at: at.post(f"/webhooks/{at.ids['webhook']}/test", {})["id"],
}
