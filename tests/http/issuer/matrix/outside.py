"""What leaves the house: notices to programs, awards for wallets elsewhere."""

import uuid
from collections.abc import Mapping
from typing import Any

from issuer.service.webhooks import MOST
from issuer.store import tables, webhooks
from tests.http.issuer.matrix.route import API, AWARD, NOBODY, PAGE, PUBLIC, SETTINGS, Route, always, nothing


def hook(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"url": "http://localhost:9/notices", "events": ["credential.awarded"]}


A_CLAIM, SHOWN = {"token": "claim_token"}, {"token": "shown_token"}
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
    Route("GET", "/claim/{token}/elsewhere", NOBODY, places=A_CLAIM),
    Route("POST", "/claim/{token}/elsewhere", NOBODY, always(host="127.1", hand="guardian"), (403,), A_CLAIM),
    Route("POST", "/claim/{token}/elsewhere/end", NOBODY, places=A_CLAIM),
    Route("GET", "/hosts/about", NOBODY),
    Route("GET", f"{PUBLIC}.json", NOBODY),
    Route("GET", f"{PUBLIC}/achievements/{{achievement_id}}.json", NOBODY),
    Route("GET", f"{PAGE}/credentials/{{credential_id}}/public", AWARD),
    Route("POST", f"{PAGE}/credentials/{{credential_id}}/public", AWARD, always(adult="yes")),
    Route("POST", f"{PAGE}/credentials/{{credential_id}}/public/end", AWARD),
    Route("GET", f"{API}/credentials/{{credential_id}}/public-page", AWARD, good=(200, 404)),
    Route("PUT", f"{API}/credentials/{{credential_id}}/public-page", AWARD, always(learnerIsAdult=True), good=(200,)),
    Route("DELETE", f"{API}/credentials/{{credential_id}}/public-page", AWARD),
    Route("GET", "/claim/{token}/public", NOBODY, places=A_CLAIM),
    Route("POST", "/claim/{token}/public", NOBODY, always(adult="yes", code="x"), (422,), A_CLAIM),
    Route("POST", "/claim/{token}/public/end", NOBODY, places=A_CLAIM),
    Route("GET", "/c/{token}", NOBODY, places=SHOWN),
    Route("POST", "/c/{token}", NOBODY, good=(200,), places=SHOWN),
    Route("GET", "/c/{token}.json", NOBODY, places=SHOWN),
    Route("GET", "/hosts/{host_id}/callback", NOBODY, good=(403,)),
)


def an_address(at: Any) -> str:
    """A new address; those that were made for one request each make room, since there is an end to them."""
    services = at.world.services
    with services.context.database.session() as session:
        organisation_id = session.query(tables.OrganisationRow.id).filter_by(slug=at.slug).scalar()
        rows, _total = webhooks.listing(session, organisation_id, offset=MOST // 2, limit=MOST)
        for row in rows:
            webhooks.remove(session, organisation_id, row.id)
    found: str = at.post("/webhooks", hook({}))["id"]
    return found


def a_public_page(at: Any) -> str:
    """The token of an open public page of a new award."""
    award, showing = at.award(), at.world.services.public_pages
    ada = at.world.services.organisations.operate(at.slug)
    showing.offer(ada, award["id"], adult=True)
    token = award["claim"]["url"].rpartition("/")[2]
    url: str = showing.open(token, adult=True, code=award["claim"]["code"], client="family").url
    return url.rpartition("/")[2]


MAKERS = {
    "webhook": an_address,
    "shown_token": a_public_page,
    "host": lambda _at: str(uuid.uuid4()),
    "notice": lambda at: at.post(f"/webhooks/{at.ids['webhook']}/test", {})["id"],
}
