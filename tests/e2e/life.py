"""The steps of an award's life, over the roles' JSON APIs, for tests that need one at some stage of it."""

import itertools
import time

from satchel.demo import logins

_numbers = itertools.count(1)
COOP = "cedarbend-coop"


def award(demo, *, slug=COOP, learner="Wren Hadley", login=logins.OFFICE):
    """Award something new and give the issuer's answer; its `claim` has `url` and `code`."""
    with demo.client("issuer", login) as issuer:
        base = f"/api/organisations/{slug}"
        achievement = issuer.post(
            f"{base}/achievements",
            {
                "name": f"Knot {next(_numbers)}-{time.time_ns()}",
                "description": "Ties it and says what it is for.",
                "criteriaNarrative": "Shown twice, on two days.",
            },
        )
        return issuer.post(
            f"{base}/awards",
            {
                "achievement": achievement["id"],
                "learnerName": learner,
                "identifier": f"test-{time.time_ns()}",
                "identifierType": "sourcedId",
                "showName": True,
            },
            headers={"Idempotency-Key": f"test-{time.time_ns()}"},
        )


def uuid_of(awarded):
    return awarded["id"].removeprefix("urn:uuid:")


def document(demo, awarded, *, slug=COOP):
    """The signed bytes of an award, as text."""
    with demo.client("issuer", logins.OFFICE) as issuer:
        return issuer.get(f"/api/organisations/{slug}/credentials/{uuid_of(awarded)}/document")


def keep(demo, awarded, *, learner="Wren Hadley"):
    """Claim an award for a learner of the demo's family; the wallet's id of the credential."""
    with demo.client("wallet", logins.GUARDIAN) as wallet:
        learners = {each["name"]: each["id"] for each in wallet.items("/api/learners")}
        claim = wallet.post("/api/claims", {"offer": awarded["claim"]["url"], "learner": learners[learner]})
        assert claim["state"] == "kept", claim
        return claim["credentialId"], learners[learner]


def share(demo, kept, learner, *, recipient="Prairie State University"):
    """Share a kept credential; the share with its `link`."""
    with demo.client("wallet", logins.GUARDIAN) as wallet:
        body = {"learner": learner, "credentials": [kept], "recipient": recipient, "purpose": "college application"}
        return wallet.post("/api/shares", body)


def revoke(demo, awarded, *, slug=COOP, reason="issuedInError"):
    """Withdraw an award for good."""
    with demo.client("issuer", logins.OFFICE) as issuer:
        path = f"/api/organisations/{slug}/credentials/{uuid_of(awarded)}/revocation"
        return issuer.post(path, {"reason": reason, "note": "a test"})


def check(demo, given, **options):
    """Have the verifier judge a link or a document; its answer."""
    with demo.client("verifier") as verifier:
        return verifier.post("/api/verify", {"input": given, **({"options": options} if options else {})})


def check_again(demo, verdict):
    """The same, with fresh evidence."""
    with demo.client("verifier") as verifier:
        return verifier.post(f"/api/verdicts/{verdict['id']}/check-again", {})


def checks_named(report, name):
    """Every check of this name, of a document and of the credentials in it."""
    found = [each for each in report["checks"] if each["name"] == name]
    return found + [each for child in report["children"] for each in checks_named(child, name)]
