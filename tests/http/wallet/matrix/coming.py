"""The ways in, what anybody may look at, and one's own account."""

from tests.http.wallet.matrix.people import MAJORITY, PEOPLE
from tests.http.wallet.matrix.route import (
    ANYBODY,
    LINK,
    MEMBER,
    MINE,
    NO_FAMILY,
    NOT_FOUND,
    OPERATOR,
    ORGANISER,
    SIGN_IN,
    SIGNED_IN,
    START,
    VIEW,
    Route,
)
from tests.unit.wallet.samples import PASSWORD

NEW = {"login": "newcomer", "password": "a quilt of nine 77", "name": "New", "family_name": "New"}
NEW_JSON = {"login": "newcomer", "password": "a quilt of nine 77", "name": "New"}
PASSKEY, PASSKEYS = "/account/passkeys/{passkey_id}", "/api/passkeys"
ANSWER = {"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "x"}}
# A device's answer that no question was asked for: the door lets it pass, and nobody comes in by it.
UNASKED = (401, 409, 410, 422)
ONCE_OF_AGE = {person.name: NOT_FOUND for person in PEOPLE if person.day == MAJORITY}
# Whoever is signed out is led to the page to sign in.
SIGNED_OUT = {person.name: SIGN_IN for person in PEOPLE}

ROUTES = (
    Route("GET", "/", ANYBODY, good=(200, 303), but={"operator": START}),
    *(Route("GET", path, ANYBODY) for path in ("/healthz", "/readyz", "/static/{name:path}")),
    *(Route("GET", f"/phone/{page}", ANYBODY) for page in ("worker.js", "offline", "state")),
    Route("GET", "/phone/start", ANYBODY, good=(303,)),
    Route("GET", "/manifest.webmanifest", ANYBODY),
    Route("GET", "/icons/{name}.png", ANYBODY, places={"name": "icon"}),
    Route("GET", "/metrics", ANYBODY, good=(404,)),  # nobody of the network reads them
    *(Route("GET", path, ANYBODY) for path in ("/sign-in", "/sign-up", "/recover", "/hosting", "/api/openapi.json")),
    Route("POST", "/sign-in", ANYBODY, {"login": "view", "password": PASSWORD}),
    Route("POST", "/sign-up", ANYBODY, NEW, good=(403,)),  # closed, unless the operator opens it
    Route("POST", "/sign-out", ANYBODY),
    Route(
        "POST", "/recover", ANYBODY, {"login": "view", "code": "x", "new_password": "a quilt of nine 77"}, good=(422,)
    ),
    # Codes that nobody was given open nothing.
    Route("GET", "/reopen", ANYBODY),
    Route("POST", "/reopen", ANYBODY, {"login": "view", "code": "x", "password": "a quilt of nine 77"}, good=(422,)),
    Route(
        "POST",
        "/api/reopening",
        ANYBODY,
        {"login": "view", "code": "x", "password": "a quilt of nine 77"},
        good=(422,),
    ),
    Route("POST", "/api/accounts", ANYBODY, NEW_JSON, good=(403,)),
    Route("POST", "/api/session", ANYBODY, {"login": "view", "password": PASSWORD}),
    Route("DELETE", "/api/session", ANYBODY),
    Route("GET", "/invitations/{token}", LINK, places={"token": "place"}),
    Route("POST", "/invitations/{token}", LINK, NEW, places={"token": "place"}),
    Route("GET", "/join/{token}", LINK, places={"token": "invited"}),
    # Where the say of whoever made the invitation has ended since, it opens nothing.
    Route("POST", "/join/{token}", LINK, NEW, places={"token": "invited"}, but=ONCE_OF_AGE),
    Route("POST", "/api/passkeys/sign-in/options", ANYBODY),
    Route("POST", "/api/passkeys/sign-in", ANYBODY, {"credential": ANSWER}, good=UNASKED),
    Route("POST", "/api/passkeys/enrolment", ANYBODY, {"credential": ANSWER, "name": "x"}, good=UNASKED),
    # One's own account.
    Route("GET", "/account", SIGNED_IN),
    Route("POST", "/account/password", SIGNED_IN, {"old_password": PASSWORD, "new_password": "a quilt of nine 77"}),
    Route("POST", "/account/codes", SIGNED_IN, {"present_password": PASSWORD}, good=(200,)),
    Route("POST", "/account/sign-out-everywhere", SIGNED_IN, but=SIGNED_OUT),
    Route("GET", PASSKEYS, SIGNED_IN),
    Route("POST", PASSKEYS, SIGNED_IN, {"credential": ANSWER, "name": "x"}, good=(410, 422)),
    Route("POST", f"{PASSKEYS}/options", SIGNED_IN, {"password": PASSWORD}),
    Route("PUT", f"{PASSKEYS}/{{passkey_id}}", MINE, {"name": "x"}),
    Route("POST", f"{PASSKEYS}/{{passkey_id}}/removal", MINE, {"password": PASSWORD}),
    Route("GET", PASSKEY, MINE),
    Route("POST", PASSKEY, MINE, {"passkey_name": "x"}),
    Route("POST", f"{PASSKEY}/remove", MINE, {"present_password": PASSWORD}),
    # A family for whoever has none; new families and court orders are the operator's.
    Route("GET", "/start", SIGNED_IN, good=(200, 303)),
    Route("POST", "/start", NO_FAMILY, {"name": "Op", "family_name": "Ops"}),
    Route("POST", "/api/family", NO_FAMILY, {"name": "Op", "familyName": "Ops"}),
    Route("POST", "/families", OPERATOR, good=(200,)),
    Route("GET", "/court-orders", OPERATOR),
    Route("POST", "/court-orders/search", OPERATOR, {"login": "view"}, good=(200,)),
    Route("GET", "/api/court-orders", OPERATOR),
    Route("POST", "/api/court-orders/search", OPERATOR, {"login": "view"}),
    # The family.
    Route("GET", "/people", MEMBER),
    Route("GET", "/api/family", MEMBER),
    Route("GET", "/api/learners", MEMBER),
    Route("GET", "/archive", MEMBER),
    Route("GET", "/api/archive", MEMBER),
    Route("GET", "/phone/", MEMBER),
    Route("GET", "/phone/copy", VIEW, query=":copied"),
    Route("GET", "/people/add", MEMBER),
    Route("POST", "/people/add", ORGANISER, {"name": "Kit", "who": "child", "birth_date": "2018-01-01"}),
    Route("POST", "/api/learners", ORGANISER, {"name": "Kit", "birthDate": "2018-01-01"}),
)
