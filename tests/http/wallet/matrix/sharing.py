"""Shares, permissions, connected providers; readers, and programs with their tokens."""

from tests import selective
from tests.http.wallet.hosting.program import CLR, OB, metadata
from tests.http.wallet.matrix.route import (
    ANYBODY,
    CLIENT,
    FORBIDDEN,
    LINK,
    MANAGE,
    MEMBER,
    NOT_NOW,
    SHARE,
    START_SHARE,
    STOP_SHARE,
    THEIRS,
    TOKEN,
    VIEW,
    Route,
)
from tests.http.wallet.matrix.things import answered
from tests.unit.wallet.samples import award

LEARNER, LEARNER_API = "/learners/{learner_id}", "/api/learners/{learner_id}"
ONE, ONE_API = "/shares/{share_id}", "/api/shares/{share_id}"
CONNECTION, CONNECTION_API = "/connections/{connection_id}", "/api/connections/{connection_id}"
WORKING, CONNECTED = {"share_id": "working_share"}, {"connection_id": "connected"}
FORM = {"recipient": "B", "until": ":soon", "do": "share", "credentials": ":credential"}
BASE = selective.issue(selective.plain())
# Who decides alone asks nobody, so there is nothing to permit.
ALONE = {"learner of age": NOT_NOW}
# Whoever may only look stops nothing; everybody with any other say does.
LOOKS_ONLY = {"guardian who may see": FORBIDDEN}
UNASKED = "Nobody asked for this share"
PROFILE = {"id": ":profile", "type": ["Profile"], "name": "J"}
# A token opens what somebody ticked, and nothing beside it.
NOT_TICKED = {"provider": FORBIDDEN}
WHOLE = "receive share"  # what the waiting program asks for takes both
NEW = {"learner": ":learner", "credentials": [":credential"], "recipient": "B"}
QUESTION = {"challenge": "4kTq1bX0-question", "domain": "https://admissions.example"}

ROUTES = (
    Route("GET", f"{LEARNER}/share", START_SHARE),
    Route("POST", f"{LEARNER}/share", START_SHARE, FORM, good=(200,)),  # shown first what the reader will see
    Route("POST", "/api/shares", START_SHARE, NEW),
    Route("GET", f"{LEARNER}/shares", VIEW),
    Route("GET", f"{LEARNER_API}/shares", VIEW),
    Route("POST", f"{LEARNER}/shares/stop", STOP_SHARE),
    Route("DELETE", f"{LEARNER_API}/shares", STOP_SHARE, good=(200,)),
    Route("GET", ONE, VIEW),
    Route("GET", ONE_API, VIEW),
    Route("GET", f"{ONE}/print", VIEW, places=WORKING),
    Route("GET", f"{ONE_API}/openings", VIEW),
    Route("GET", f"{ONE}/record.pdf", START_SHARE, places=WORKING),
    Route("GET", f"{ONE_API}/record.pdf", START_SHARE, places=WORKING),
    Route("POST", f"{ONE}/approve", SHARE),
    Route("POST", f"{ONE_API}/approval", SHARE),
    Route("POST", f"{ONE}/decline", SHARE),
    Route("POST", f"{ONE_API}/refusal", SHARE),
    Route("POST", f"{ONE}/recall", STOP_SHARE, places=WORKING),
    Route("DELETE", ONE_API, STOP_SHARE, places=WORKING),
    Route("POST", f"{ONE}/passcode", SHARE, {"passcode": "otter 7"}),
    Route("PUT", f"{ONE_API}/passcode", SHARE, {"passcode": "otter 7"}),
    Route("POST", f"{ONE}/extend", SHARE, {"until": ":later"}),
    Route("PATCH", ONE_API, SHARE, {"until": ":later"}),
    Route("POST", f"{ONE}/editions", SHARE, {"edition": ":edition"}),
    Route("POST", f"{ONE_API}/editions", SHARE, {"editions": {":credential": 1}}),
    Route(
        "POST",
        "/presentations/prove",
        START_SHARE,
        {"learner": ":learner", "credentials": [":bound"], "options": QUESTION},
        good=(201, 202),
    ),
    # What a verifier asks for: here one that cannot be read, and a share that answers nothing.
    Route("GET", f"{LEARNER}/answer", VIEW),
    Route("POST", f"{LEARNER}/answer", VIEW, {"request": "x"}, good=(422,)),
    Route("POST", f"{LEARNER_API}/requests", VIEW, {"request": "x"}, good=(422,)),
    Route("POST", f"{LEARNER_API}/answers", VIEW, {"request": "x", "credentials": []}, good=(422,)),
    Route("POST", f"{ONE}/answer", START_SHARE, {"do": "save"}, places=WORKING, words=UNASKED),
    Route("POST", f"{ONE_API}/answer", START_SHARE, {"send": False}, places=WORKING, words=UNASKED),
    # Permissions.
    Route("GET", f"{LEARNER}/permissions", VIEW),
    Route("GET", f"{LEARNER_API}/permissions", VIEW),
    Route("POST", f"{LEARNER}/permissions", SHARE, {"recipient": "Oak"}, but=ALONE),
    Route("POST", f"{LEARNER_API}/permissions", SHARE, {"recipient": "Oak"}, but=ALONE),
    Route("POST", "/permissions/{permission_id}/withdraw", SHARE),
    Route("DELETE", "/api/permissions/{permission_id}", SHARE),
    # Connected providers.
    Route("GET", f"{LEARNER}/connections", VIEW),
    Route("GET", f"{LEARNER_API}/connections", VIEW),
    Route("GET", CONNECTION, VIEW),
    Route("GET", CONNECTION_API, VIEW),
    Route("POST", f"{CONNECTION}/approve", WHOLE),
    Route("POST", f"{CONNECTION_API}/approval", WHOLE),
    Route("POST", f"{CONNECTION}/decline", WHOLE),
    Route("POST", f"{CONNECTION_API}/refusal", WHOLE),
    Route("POST", f"{CONNECTION}/end", VIEW, places=CONNECTED, but=LOOKS_ONLY),
    Route("DELETE", CONNECTION_API, VIEW, places=CONNECTED, but=LOOKS_ONLY),
    Route("POST", f"{CONNECTION}/name", MANAGE, places=CONNECTED),
    Route("POST", f"{CONNECTION_API}/name", MANAGE, places=CONNECTED),
    Route("POST", f"{CONNECTION}/name/leave", MANAGE, places=CONNECTED),
    Route("DELETE", f"{CONNECTION_API}/name", MANAGE, places=CONNECTED),
    Route("POST", f"{CONNECTION}/return", THEIRS, first=answered),  # the way back is of whoever came from there
    Route("GET", "/oauth/authorize", MEMBER, query=":asks"),
    Route("POST", "/oauth/authorize", MEMBER, {"do": "refuse"}, asked=True),
    # Readers.
    Route("GET", "/s", ANYBODY),
    Route("POST", "/s", LINK, {"code": ":code"}),
    Route("GET", "/s/{token}", LINK),
    Route("POST", "/s/{token}", LINK, {"reader": "R"}, good=(200,)),
    Route("POST", "/s/{token}/answer", LINK, {"reader": "R", "do": "decline"}, words="Nothing is asked with this"),
    Route("POST", "/s/{token}/paper", LINK, {"reader": "R"}, good=(200,)),
    Route("POST", "/s/{token}/files", LINK, {"reader": "R"}, good=(200,)),
    # Programs.
    Route("POST", "/oauth/register", ANYBODY, metadata()),
    Route("POST", "/oauth/token", CLIENT, {"grant_type": "refresh_token", "refresh_token": ":refresh"}, good=(200,)),
    Route("POST", "/oauth/revoke", CLIENT, {"token": ":refresh"}, good=(200,)),
    *(Route("GET", f"{api}/discovery", ANYBODY) for api in (OB, CLR)),
    Route("GET", f"{OB}/credentials", TOKEN),
    Route("POST", f"{OB}/credentials", TOKEN, file=award(10)),
    Route("GET", f"{OB}/profile", TOKEN),
    Route("PUT", f"{OB}/profile", TOKEN, PROFILE, good=(202,)),
    Route("GET", f"{CLR}/credentials", TOKEN, but=NOT_TICKED),
    Route("POST", f"{CLR}/credentials", TOKEN, file=award(10), good=(400,)),  # a badge, which is brought elsewhere
    Route("GET", f"{CLR}/profile", TOKEN, but=NOT_TICKED),
    Route("PUT", f"{CLR}/profile", TOKEN, PROFILE, but=NOT_TICKED),
    Route("POST", "/credentials/derive", MEMBER, {"verifiableCredential": BASE}, good=(201,)),
)
