"""The organisation, its people, its keys and its records."""

from tests.http.issuer.matrix.everybody import account_of
from tests.http.issuer.matrix.route import API, INVITE, KEYS, NOBODY, PAGE, SEE, Route, always

A_KEY = {"name": "key_name"}
ROUTES = (
    # the organisation and its people
    Route("GET", PAGE, SEE),
    Route("GET", API, SEE),
    Route("GET", f"{PAGE}/people", SEE),
    Route("POST", f"{PAGE}/people", INVITE, always(role="issuer", label="Ash"), good=(200,)),
    Route("GET", f"{PAGE}/people/{{account}}", SEE),
    Route("POST", f"{PAGE}/people/{{account}}/role", INVITE, always(role="viewer")),
    Route("PUT", f"{API}/members/{{account}}", INVITE, always(role="viewer")),
    Route("GET", f"{PAGE}/people/{{account}}/remove", INVITE),
    Route("POST", f"{PAGE}/people/{{account}}/remove", INVITE),
    Route("GET", f"{PAGE}/people/invitations/{{invitation_id}}/withdraw", INVITE),
    Route("POST", f"{PAGE}/people/invitations/{{invitation_id}}/withdraw", INVITE),
    Route("GET", f"{API}/members", SEE),
    Route("DELETE", f"{API}/members/{{account}}", INVITE),
    Route("GET", f"{API}/invitations", SEE),
    Route("POST", f"{API}/invitations", INVITE, always(role="issuer", label="Ash")),
    Route("DELETE", f"{API}/invitations/{{invitation_id}}", INVITE),
    Route("GET", "/join/{token}", NOBODY, places={"token": "joining"}),
    Route("POST", "/join/{token}", NOBODY, account_of, places={"token": "joining"}, spends=True),
    # records
    Route("GET", f"{PAGE}/audit", SEE),
    # keys
    Route("GET", f"{PAGE}/signing", SEE),
    Route("POST", f"{PAGE}/signing/keys", KEYS, always(key="selective/p256"), good=(303, 409)),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/exchange", KEYS, places=A_KEY),
    Route("POST", f"{PAGE}/signing/keys/{{name}}/exchange", KEYS, places=A_KEY),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/compromised", KEYS, places=A_KEY),
    Route(
        "POST", f"{PAGE}/signing/keys/{{name}}/compromised", KEYS, always(since="2026-11-23", words="n"), places=A_KEY
    ),
    Route("GET", f"{PAGE}/signing/keys/{{name}}/after", SEE, places=A_KEY),
    Route(
        "POST",
        f"{PAGE}/signing/keys/{{name}}/after",
        KEYS,
        lambda ids: {"act": "renew", "chosen": ids["credential"]},
        places=A_KEY,
        good=(200,),
    ),
    Route("GET", f"{API}/keys", SEE),
    Route("POST", f"{API}/keys/rotation", KEYS, always(use="proof", kind="ed25519"), good=(201,)),
    Route(
        "POST", f"{API}/keys/{{name}}/compromise", KEYS, always(since="2026-11-23", note="n"), places=A_KEY, good=(200,)
    ),
    Route("GET", f"{API}/keys/{{name}}/signed-after", SEE, places=A_KEY),
    Route("GET", f"{API}/keys/{{name}}/vouched-after", SEE, places=A_KEY),
    Route(
        "POST",
        f"{API}/keys/{{name}}/renewals",
        KEYS,
        lambda ids: {"credentials": [ids["credential"]]},
        places=A_KEY,
        good=(200,),
    ),
    Route(
        "POST",
        f"{API}/keys/{{name}}/withdrawals",
        KEYS,
        lambda ids: {"credentials": [ids["credential"]]},
        places=A_KEY,
        good=(200,),
    ),
    Route("POST", f"{API}/keys", KEYS, always(use="token", kind="p256"), good=(201, 409)),
    Route("GET", f"{API}/audit", SEE),
    Route("GET", f"{API}/status-lists", SEE),
)

MAKERS = {
    "key_name": lambda _at: "key-1",
    "member": lambda at: at.member(),
    "joining": lambda at: at.invitation().rpartition("/")[2],
    "invitation": lambda at: (at.invitation(), at.get("/invitations")["items"][-1]["id"])[1],
}
