"""The server, oneself, who may sign in, opening an organisation, and what is for families and everybody."""

import secrets
from collections.abc import Mapping
from typing import Any

from tests.http.issuer.conftest import PASSWORD
from tests.http.issuer.matrix.route import (
    ADMINISTRATOR,
    AWARD,
    NOBODY,
    PAGE,
    PUBLIC,
    SIGNED_IN,
    Route,
    always,
    fresh,
    nothing,
)

PASSKEY, PASSKEYS = "/account/passkeys/{passkey_id}", "/api/passkeys"
NO_DEVICE = {"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30"}}

A_KEY = {"name": "key_name"}


def account_of(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"login": ids["login"], "password": PASSWORD, "name": "Ash"}


ROUTES = (
    # the server
    Route("GET", "/api/openapi.json", NOBODY),
    Route("GET", "/static/{name:path}", NOBODY),
    Route("GET", "/healthz", NOBODY),
    Route("GET", "/readyz", NOBODY),
    Route("GET", "/metrics", NOBODY),
    Route("GET", "/", NOBODY, good=(200, 303)),
    # oneself
    Route("GET", "/sign-in", NOBODY),
    Route("POST", "/sign-in", NOBODY, lambda ids: {"login": ids["signed_up"], "password": PASSWORD}),
    Route("POST", "/sign-out", NOBODY, nothing, good=(303,)),
    Route("GET", "/recover", NOBODY),
    Route(
        "POST",
        "/recover",
        NOBODY,
        lambda ids: {"login": ids["signed_up"], "code": ids["reset_code"], "new_password": "other words in a row"},
    ),
    Route("GET", "/account", SIGNED_IN),
    Route(
        "POST",
        "/account/password",
        SIGNED_IN,
        always(old_password=PASSWORD, new_password="other words in a row"),
        spends=True,
    ),
    Route("POST", "/account/codes", SIGNED_IN, always(present_password=PASSWORD), good=(200,)),
    Route("POST", "/account/sign-out-everywhere", SIGNED_IN, nothing, good=(303,)),
    Route("GET", "/invitations/{token}", NOBODY, places={"token": "account_token"}),
    Route("POST", "/invitations/{token}", NOBODY, account_of, places={"token": "account_token"}),
    Route("POST", "/api/session", NOBODY, lambda ids: {"login": ids["signed_up"], "password": PASSWORD}),
    Route("DELETE", "/api/session", NOBODY),
    # passkeys: those of others are not there, and no device answers here (tests/unit/kit/test_passkey_pages.py has one)
    Route("GET", PASSKEY, SIGNED_IN, good=(404,)),
    Route("POST", PASSKEY, SIGNED_IN, always(passkey_name="mine"), good=(404,)),
    Route("POST", f"{PASSKEY}/remove", SIGNED_IN, always(present_password=PASSWORD), good=(404,)),
    Route("GET", PASSKEYS, SIGNED_IN),
    Route("POST", PASSKEYS, SIGNED_IN, always(name="mine", credential=NO_DEVICE), good=(422,)),
    Route("POST", f"{PASSKEYS}/options", SIGNED_IN, always(password=PASSWORD), good=(200,)),
    Route("PUT", f"{PASSKEYS}/{{passkey_id}}", SIGNED_IN, always(name="mine"), good=(404,)),
    Route("POST", f"{PASSKEYS}/{{passkey_id}}/removal", SIGNED_IN, always(password=PASSWORD), good=(404,)),
    Route("POST", f"{PASSKEYS}/sign-in/options", NOBODY, nothing, good=(200,)),
    Route("POST", f"{PASSKEYS}/sign-in", NOBODY, always(**NO_DEVICE), good=(401,)),
    Route("POST", f"{PASSKEYS}/enrolment", NOBODY, always(name="mine", credential=NO_DEVICE), good=(422,)),
    # who may sign in
    Route("GET", "/accounts", ADMINISTRATOR),
    Route("POST", "/accounts", ADMINISTRATOR, always(scope="staff"), good=(200,)),
    Route(
        "GET",
        "/accounts/invitations/{invitation_id}/withdraw",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route(
        "POST",
        "/accounts/invitations/{invitation_id}/withdraw",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route("GET", "/accounts/{account_id}/disable", ADMINISTRATOR, places={"account_id": "account"}),
    Route("POST", "/accounts/{account_id}/disable", ADMINISTRATOR, places={"account_id": "account"}),
    Route("POST", "/accounts/{account_id}/allow", ADMINISTRATOR, places={"account_id": "account"}),
    Route("GET", "/api/accounts", ADMINISTRATOR),
    Route("POST", "/api/accounts/invitations", ADMINISTRATOR, always(scope="staff")),
    Route(
        "DELETE",
        "/api/accounts/invitations/{invitation_id}",
        ADMINISTRATOR,
        places={"invitation_id": "account_invitation"},
    ),
    Route(
        "PUT",
        "/api/accounts/{account_id}/access",
        ADMINISTRATOR,
        always(allowed=False),
        good=(204,),
        places={"account_id": "account"},
    ),
    # opening an organisation
    Route("GET", "/organisations", SIGNED_IN),
    Route("GET", "/organisations/new", SIGNED_IN),
    Route("POST", "/organisations/new", ADMINISTRATOR, lambda ids: {"name": "New", "slug": ids["new_slug"]}),
    Route("GET", "/api/organisations", SIGNED_IN),
    Route("POST", "/api/organisations", ADMINISTRATOR, lambda ids: {"name": "New", "slug": ids["new_slug"]}),
    Route("GET", "/begin", NOBODY, good=(200, 303)),
    Route("POST", "/begin", NOBODY, always(name="Ash"), good=(303, 403)),  # this server is closed to strangers
    Route("GET", f"{PAGE}/begun/{{credential_id}}", AWARD),
    # for families and everybody
    Route("GET", "/claim", NOBODY),
    Route("POST", "/claim", NOBODY, lambda ids: {"code": ids["claim_code"]}),
    Route("POST", "/api/claim-codes", NOBODY, lambda ids: {"code": ids["claim_code"]}, good=(200,)),
    Route("GET", "/claim/{token}", NOBODY, places={"token": "claim_token"}),
    Route("GET", "/claim/{token}/certificate", NOBODY, places={"token": "claim_token"}),
    Route(
        "POST",
        "/claim/{token}/certificate",
        NOBODY,
        always(hand="guardian", code="x"),
        (422,),
        {"token": "claim_token"},
    ),
    Route("POST", "/claim/{token}", NOBODY, nothing, good=(200,), places={"token": "claim_token"}, json=True),
    Route("GET", PUBLIC, NOBODY),
    Route("GET", f"{PUBLIC}/did.json", NOBODY),
    Route("GET", f"{PUBLIC}/keys/{{name}}", NOBODY, places=A_KEY),
    Route("GET", f"{PUBLIC}/achievements/{{achievement_id}}", NOBODY),
    Route("GET", f"{PUBLIC}/achievements/{{achievement_id}}/image.svg", NOBODY),
    Route("GET", f"{PUBLIC}/status/{{number}}", NOBODY),
    Route("GET", f"{PUBLIC}/catalogue", NOBODY),
    Route("GET", f"{PUBLIC}/catalogue.csv", NOBODY),
    Route("GET", f"{PUBLIC}/offerings/{{offering_id}}", NOBODY),
)

MAKERS = {
    "slug": lambda at: at.slug,
    "did": lambda at: f"did:web:localhost%3A8001:orgs:{at.slug}",
    "name": lambda _at: "page.css",
    "key": lambda _at: secrets.token_hex(8),
    "new_slug": lambda _at: fresh("new"),
    "login": lambda _at: fresh("ash"),
    "passkey": lambda _at: "0" * 64,
    "signed_up": lambda at: at.world.login(),
    "account": lambda at: at.world.account(fresh("ash")).id,
    "reset_code": lambda at: at.world.services.accounts.make_reset_code(at.ids["signed_up"]),
    "account_token": lambda at: at.world.place().token,
    "account_invitation": lambda at: at.world.place_id(),
    "claim_token": lambda at: at.award()["claim"]["url"].rpartition("/")[2],
    "claim_code": lambda at: at.award()["claim"]["code"],
    "list_number": lambda at: at.ids["credential"] and "1",
}
