"""An organisation that begins with its key and moves to a web address while it awards, on SQLite and on PostgreSQL."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from issuer.service.identities import KeyLost, Moved
from issuer.store import tables
from kit.errors import BadInput, Conflict
from tests.issuing import NOW, Workshop, judged, settings
from vc.checks import Verdict
from vc.document import CREDENTIAL_LIMITS, parse

ADDRESS = "did:web:localhost%3A8001:orgs:maple"


@pytest.fixture
def shop(issuer_url, tmp_path):
    made = Workshop(settings(tmp_path, issuer_url, job_processes=0), named_by="key")
    yield made
    made.close()


def issued(shop, credential_id):
    """Who signed an award, by which method, in whose lists, and what a stranger finds."""
    body, _etag = shop.services.credentials.document(shop.desk, credential_id.removeprefix("urn:uuid:"))
    document = parse(body, limits=CREDENTIAL_LIMITS).value
    lists = {each["statusListCredential"] for each in document["credentialStatus"]}
    issuers = {
        parse(shop.services.lists.serve("maple", int(url.rpartition("/")[2])).body, limits=CREDENTIAL_LIMITS).value[
            "issuer"
        ]
        for url in lists
    }
    assert issuers == {document["issuer"]["id"]}, "the issuer of a list is that of the credential, byte for byte"
    assert document["proof"]["verificationMethod"].startswith(f"{document['issuer']['id']}#")
    return document["issuer"]["id"], lists, judged(shop.services, "maple", body).verdict


def move(shop):
    """Move, and sit down at the desk again."""
    shop.services.moving.move(shop.desk)
    shop.desk = shop.services.organisations.enter(shop.desk.actor, "maple")


def test_of_many_who_move_at_once_one_does_and_the_database_holds_it(shop):
    told, start = [], threading.Barrier(4)

    def press():
        start.wait(timeout=10)
        try:
            told.append(shop.services.moving.move(shop.desk).did)
        except Conflict as error:
            told.append(error.type.rpartition("#")[2])

    pressing = [threading.Thread(target=press) for _ in range(4)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join(timeout=30)
    assert sorted(told) == sorted([ADDRESS, *["moved-already"] * 3])
    organisation = shop.desk.organisation
    key, web = shop.services.moving.identities(organisation)
    assert (key.method, key.until, web.method, web.did, web.until) == ("key", NOW, "web", ADDRESS, None)
    for back in ({"method": "key"}, {"method": "other"}):
        with pytest.raises(IntegrityError), shop.services.context.database.session() as session:
            session.add(
                tables.IdentityRow(id="x", organisation_id=organisation.id, did="did:key:zMore", since=NOW, **back)
            )


def test_an_award_that_is_being_stored_is_the_keys_and_one_that_comes_late_is_not(shop):
    told = []
    stored, may_end = threading.Event(), threading.Event()
    original = shop.services.issuance.freeze

    def wait(*given, **named):
        stored.set()
        may_end.wait(timeout=10)
        return original(*given, **named)

    shop.services.issuance.freeze = wait
    awarding = threading.Thread(target=lambda: told.append(shop.award(1, "held").value["id"]))
    awarding.start()
    assert stored.wait(timeout=10)
    shop.services.issuance.freeze = original
    moving = threading.Thread(target=lambda: told.append(shop.services.moving.move(shop.desk).did))
    moving.start()
    moving.join(timeout=0.3)
    assert told == [], "it waits for what is being stored"
    may_end.set()
    awarding.join(timeout=30)
    moving.join(timeout=30)
    held = next(each for each in told if each.startswith("urn:"))
    assert ADDRESS in told
    for late in (lambda: shop.award(2, "late"), lambda: shop.freeze(2, first=20)):
        with pytest.raises(Moved):
            late()
    before, mine, found = issued(shop, held)
    assert (before[:8], found) == ("did:key:", Verdict.GENUINE_AND_CURRENT)
    shop.desk = shop.services.organisations.enter(shop.desk.actor, "maple")
    after, others, found = issued(shop, shop.award(2, "late").value["id"])
    assert (after, found) == (ADDRESS, Verdict.GENUINE_AND_CURRENT)
    assert not mine & others


def test_what_was_frozen_before_and_after_the_move_is_signed_together_by_whom_each_names(shop):
    before = shop.freeze(40)
    move(shop)
    after = shop.freeze(40, first=40)
    answers = shop.finish([each for pair in zip(before, after, strict=True) for each in pair])
    assert not [each for each in answers if isinstance(each, Exception)]
    names = {parse(each.body, limits=CREDENTIAL_LIMITS).value["issuer"]["id"][:8] for each in answers[::2]}
    assert names == {"did:key:"}
    assert {parse(each.body, limits=CREDENTIAL_LIMITS).value["issuer"]["id"] for each in answers[1::2]} == {ADDRESS}
    for each in (*answers[:2], *answers[-2:]):
        assert judged(shop.services, "maple", each.body).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_lost_key_signs_withdrawals_and_nothing_else_and_holds_up_nobody(shop):
    award = shop.award(1, "first").value["id"]
    waiting = shop.freeze(3, first=10)
    shop.services.keys.compromised(shop.desk, "key-1", since="", words="")
    with pytest.raises(KeyLost, match="move to a web address"):
        shop.award(2, "second")
    with pytest.raises(KeyLost):
        shop.freeze(2, first=20)
    assert all(isinstance(each, BadInput) for each in shop.finish(waiting))
    assert not shop.services.issuance.has_pending(), "the next start has nothing to stumble over"
    shop.services.credentials.revoke(shop.desk, award.removeprefix("urn:uuid:"), reason="keyCompromised", note="")
    shop.clock.advance(timedelta(seconds=2))
    assert issued(shop, award)[2] is Verdict.WITHDRAWN
    move(shop)
    document = parse(shop.services.organisations.identifier_document("maple").body, limits=CREDENTIAL_LIMITS).value
    assert "alsoKnownAs" not in document, "it is not said to be the same as a key that somebody else has"
    assert issued(shop, shop.award(3, "third").value["id"])[::2] == (ADDRESS, Verdict.GENUINE_AND_CURRENT)
    assert shop.services.organisations.audit_broken_at() is None
