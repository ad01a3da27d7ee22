"""Awards: what is kept, put together, claimed, and made beside them."""

from tests.http.wallet.matrix.route import ARRANGE, MEMBER, RECEIVE, START_CLAIM, VIEW, Route
from tests.http.wallet.matrix.things import offered
from tests.unit.wallet.samples import award

LEARNER, LEARNER_API = "/learners/{learner_id}", "/api/learners/{learner_id}"
ONE, ONE_API = "/credentials/{credential_id}", "/api/credentials/{credential_id}"
COLLECTION, COLLECTION_API = "/collections/{collection_id}", "/api/collections/{collection_id}"
WORK, WORK_API = "/works/{work_id}", "/api/works/{work_id}"
CLAIM, CLAIM_API = "/claims/{claim_id}", "/api/claims/{claim_id}"
IMPORT, IMPORT_API = "/imports/{import_id}", "/api/imports/{import_id}"
ITEM, ITEM_API = "/import-items/{item_id}", "/api/import-items/{item_id}"
ASKED, ASKED_ITEM = {"import_id": "asked"}, {"item_id": "asked_item"}
FILE = award(9, title="Kestrel news")
BINNED, APPROVED, OFFERED = {"credential_id": "binned"}, {"claim_id": "approved"}, {"claim_id": "offered"}
ORIGINAL = {"credential_id": "pictured"}
# The provider of the world's offers does not answer: whoever may is told so, and nobody else gets as far.
UNREACHED = (200, 303, 409)
SAID = {"title": "Kestrel song", "about": "I sang.", "day": "2026-01-02"}

ROUTES = (
    *(Route("GET", f"{LEARNER}/{page}", VIEW) for page in ("awards", "timeline", "portfolio", "add")),
    *(Route("GET", f"{LEARNER_API}/{part}", VIEW) for part in ("credentials", "timeline", "groups", "claims")),
    Route("GET", f"{LEARNER}/bin", ARRANGE),
    Route("GET", f"{LEARNER_API}/bin", ARRANGE),
    Route("POST", f"{LEARNER}/add", START_CLAIM, {"text": FILE.decode()}),
    Route("POST", f"{LEARNER_API}/credentials", RECEIVE, file=FILE),
    *(Route("GET", f"{of}/portfolio.pdf", VIEW) for of in (LEARNER, LEARNER_API)),
    *(Route("GET", f"{of}/portfolio.pdf", VIEW) for of in (COLLECTION, COLLECTION_API)),
    Route("GET", f"{LEARNER}/statements/add", VIEW),
    Route("POST", f"{LEARNER}/statements/add", RECEIVE, SAID),
    Route("POST", f"{LEARNER_API}/statements", RECEIVE, SAID),
    # One award.
    Route("GET", ONE, VIEW),
    Route("GET", ONE_API, VIEW),
    Route("GET", f"{ONE}/file", VIEW),
    Route("GET", f"{ONE_API}/document", VIEW),
    Route("GET", f"{ONE}/original", VIEW, places=ORIGINAL),
    Route("GET", f"{ONE_API}/original", VIEW, places=ORIGINAL),
    Route("GET", f"{ONE}/picture.{{form}}", VIEW),
    Route("GET", f"{ONE_API}/lines", VIEW),
    Route("POST", f"{ONE}/check", VIEW),
    Route("POST", f"{ONE_API}/check", VIEW),
    Route("POST", f"{ONE}/note", ARRANGE, {"note": "x"}),
    Route("PUT", f"{ONE_API}/note", ARRANGE, {"note": "x"}),
    Route("POST", f"{ONE}/tags", ARRANGE, {"tags": "x"}),
    Route("PUT", f"{ONE_API}/tags", ARRANGE, {"tags": ["x"]}),
    Route("POST", f"{ONE}/remove", ARRANGE),
    Route("DELETE", ONE_API, ARRANGE),
    Route("POST", f"{ONE}/restore", ARRANGE, places=BINNED),
    Route("POST", f"{ONE_API}/restoration", ARRANGE, places=BINNED),
    Route("POST", f"{ONE}/erase", ARRANGE, places=BINNED),
    Route("POST", f"{ONE_API}/erasure", ARRANGE, places=BINNED),
    # What came in several at once: kept apart, and waiting for a guardian.
    Route("POST", f"{LEARNER_API}/imports", START_CLAIM, file=FILE),
    Route("GET", f"{LEARNER_API}/imports", VIEW),
    Route("GET", f"{LEARNER}/apart", VIEW),
    Route("GET", f"{LEARNER_API}/apart", VIEW),
    Route("GET", IMPORT, VIEW),
    Route("GET", IMPORT_API, VIEW),
    Route("POST", f"{IMPORT}/steps", START_CLAIM),
    Route("POST", f"{IMPORT_API}/steps", START_CLAIM),
    Route("POST", f"{IMPORT}/approval", RECEIVE, places=ASKED),
    Route("POST", f"{IMPORT_API}/approval", RECEIVE, places=ASKED),
    Route("GET", ITEM, VIEW),
    Route("GET", ITEM_API, VIEW),
    Route("GET", f"{ITEM}/file", VIEW),
    Route("GET", f"{ITEM_API}/document", VIEW),
    Route("POST", f"{ITEM}/attempt", START_CLAIM),
    Route("POST", f"{ITEM_API}/attempt", START_CLAIM),
    Route("POST", f"{ITEM}/refusal", RECEIVE, places=ASKED_ITEM),
    Route("POST", f"{ITEM_API}/refusal", RECEIVE, places=ASKED_ITEM),
    Route("GET", f"{ITEM}/remove", VIEW),
    Route("POST", f"{ITEM}/remove", ARRANGE),
    Route("DELETE", ITEM_API, ARRANGE),
    # Collections.
    Route("GET", f"{LEARNER}/collections", VIEW),
    Route("GET", f"{LEARNER_API}/collections", VIEW),
    Route("POST", f"{LEARNER}/collections", ARRANGE, {"name": "x"}),
    Route("POST", f"{LEARNER_API}/collections", ARRANGE, {"name": "x"}),
    Route("GET", COLLECTION, VIEW),
    Route("GET", COLLECTION_API, VIEW),
    Route("GET", f"{COLLECTION}/portfolio", VIEW),
    Route("GET", f"{COLLECTION}/add", ARRANGE),
    Route("GET", f"{COLLECTION}/remove", VIEW),
    Route("POST", COLLECTION, ARRANGE, {"name": "x"}),
    Route("PUT", COLLECTION_API, ARRANGE, {"name": "x"}),
    Route("POST", f"{COLLECTION}/add", ARRANGE, {"credentials": [":another"]}),
    Route("POST", f"{COLLECTION_API}/awards", ARRANGE, {"credentials": [":another"]}, good=(200,)),
    Route("POST", f"{COLLECTION}/awards/{{credential_id}}", ARRANGE, {"do": "up"}),
    Route("DELETE", f"{COLLECTION_API}/awards/{{credential_id}}", ARRANGE),
    Route("PUT", f"{COLLECTION_API}/order", ARRANGE, {"credentials": [":credential"]}),
    Route("POST", f"{COLLECTION}/remove", ARRANGE),
    Route("DELETE", COLLECTION_API, ARRANGE),
    # Works.
    Route("GET", f"{LEARNER}/works", VIEW),
    Route("GET", f"{LEARNER_API}/works", VIEW),
    Route("GET", f"{LEARNER}/works/add", VIEW),
    Route("POST", f"{LEARNER}/works/add", ARRANGE, {"title": "x", "award": ":credential"}),
    Route("POST", f"{LEARNER_API}/works", ARRANGE, {"title": "x", "credential": ":credential"}),
    *(Route("GET", f"{one}{part}", VIEW) for one in (WORK, WORK_API) for part in ("", "/file", "/picture")),
    Route("POST", WORK, ARRANGE, {"title": "x", "award": ":credential"}),
    Route("PUT", WORK_API, ARRANGE, {"title": "x", "credential": ":credential"}),
    Route("PUT", f"{WORK_API}/file", ARRANGE, file=b"%PDF-1.4 a drawing"),
    Route("GET", f"{WORK}/remove", VIEW),
    Route("POST", f"{WORK}/remove", ARRANGE),
    Route("DELETE", WORK_API, ARRANGE),
    # Claims. Looking at an offer is anybody's of a family; whom it is kept for needs a say.
    Route("GET", "/claim", MEMBER),
    Route("POST", "/claim", MEMBER, {"offer": ":link"}, good=UNREACHED),
    Route("POST", "/api/claims", MEMBER, {"offer": ":link"}, good=UNREACHED),
    Route("GET", CLAIM, VIEW),
    Route("GET", CLAIM_API, VIEW),
    Route("POST", f"{CLAIM}/keep", START_CLAIM, {"learner": ":learner"}, places=OFFERED, first=offered, good=UNREACHED),
    Route(
        "POST",
        f"{CLAIM_API}/learner",
        START_CLAIM,
        {"learner": ":learner"},
        places=OFFERED,
        first=offered,
        good=UNREACHED,
    ),
    Route("POST", f"{CLAIM}/approve", RECEIVE, good=UNREACHED),
    Route("POST", f"{CLAIM_API}/approval", RECEIVE, good=UNREACHED),
    Route("POST", f"{CLAIM}/decline", RECEIVE),
    Route("POST", f"{CLAIM_API}/refusal", RECEIVE, good=(200,)),
    Route("POST", f"{CLAIM}/retry", START_CLAIM, places=APPROVED, good=UNREACHED),
    Route("POST", f"{CLAIM_API}/attempt", START_CLAIM, places=APPROVED, good=UNREACHED),
)
