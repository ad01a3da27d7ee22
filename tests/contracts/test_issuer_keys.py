"""Keys that are exchanged and taken back while awards are signed, on SQLite and on PostgreSQL."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from issuer.service.drafts import AwardDraft
from issuer.store import organisations, tables
from kit.errors import BadInput, Conflict, Refused, RequestError
from kit.paging import Window
from tests.issuing import NOW, Workshop, settings
from vc import verify
from vc.checks import Outcome
from vc.did import Did, web
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence, Resource
from vc.policy import Policy

FIRST = Window(number=1, size=50)
MINUTES = timedelta(minutes=5)


@pytest.fixture
def shop(issuer_url, tmp_path):
    made = Workshop(settings(tmp_path, issuer_url, job_processes=0))
    yield made
    made.close()


@pytest.fixture
def clock(shop):
    return shop.services.context.clock


@pytest.fixture
def keys(shop):
    return shop.services.keys


def rotate(shop):
    return shop.services.keys.rotate(shop.desk, kind="ed25519", use="proof")


def later(clock, **by):
    clock.advance(timedelta(**(by or {"minutes": 5})))


def awarded(shop, number):
    draft = AwardDraft(achievement=shop.achievement.id, learner_name=f"Learner {number}", identifier=f"S-{number}")
    return shop.services.awards.award(shop.desk, draft, key=f"k-{number}").value["id"].removeprefix("urn:uuid:")


def body_of(shop, uuid):
    return shop.services.credentials.document(shop.desk, uuid)[0]


def proof_of(shop, uuid):
    return parse(body_of(shop, uuid), limits=CREDENTIAL_LIMITS).value["proof"]


def key_of(shop, uuid):
    return proof_of(shop, uuid)["verificationMethod"].rpartition("#")[2]


def verdict(shop, uuid):
    """What a stranger finds from what is published now."""
    services, slug = shop.services, shop.desk.organisation.slug
    now = services.context.clock.now()
    policy = Policy.recommended(recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None)
    address = web.url(Did.parse(shop.desk.organisation.did), loopback=True)
    found = {address: (services.organisations.identifier_document(slug).body, "application/did+json")}
    for line in services.lists.lines(shop.desk.organisation):
        found[line.url] = (services.lists.serve(slug, line.number).body, "application/vc")
    evidence = {
        url: Resource(url=url, body=body, media_type=media_type, retrieved=now)
        for url, (body, media_type) in found.items()
    }
    return verify(
        parse(body_of(shop, uuid), limits=CREDENTIAL_LIMITS), evidence=Evidence(evidence), policy=policy, now=now
    )


def passes(shop, uuid):
    good = (Outcome.PASSED, Outcome.CAUTION, Outcome.NOT_APPLICABLE)
    return all(check.outcome in good for check in verdict(shop, uuid).checks)


def states(shop):
    return [(key.name, key.state) for key in shop.services.keys.keys(shop.desk.organisation)]


def test_F6_after_three_exchanges_an_award_of_each_epoch_still_verifies(shop, clock):
    epochs = [awarded(shop, 0)]
    for number in (1, 2, 3):
        made = rotate(shop)
        assert made.state == "announced"
        while_announced = awarded(shop, number * 10)
        assert key_of(shop, while_announced) == f"key-{number}", "it signs nothing before its time"
        later(clock)
        epochs += [while_announced, awarded(shop, number)]
        assert key_of(shop, epochs[-1]) == f"key-{number + 1}"
        later(clock, days=200)
    assert states(shop) == [("key-1", "retired"), ("key-2", "retired"), ("key-3", "retired"), ("key-4", "in use")]
    for uuid in epochs:
        assert passes(shop, uuid)
    assert {key_of(shop, uuid) for uuid in epochs} == {f"key-{number}" for number in (1, 2, 3, 4)}
    shop.services.credentials.revoke(shop.desk, epochs[0], reason="replaced", note="")
    later(clock, seconds=2)
    assert not passes(shop, epochs[0]), "an old award is withdrawn in a list that the new key signs"
    assert passes(shop, epochs[1])
    assert shop.services.organisations.audit_broken_at() is None


def test_asking_twice_announces_one_key(shop, clock):
    first = rotate(shop)
    assert rotate(shop) == first
    later(clock)
    second = rotate(shop)
    assert second.name == "key-3"
    assert len(states(shop)) == 3


def test_a_use_without_a_key_has_nothing_to_exchange(shop, keys, clock):
    with pytest.raises(Conflict):
        keys.rotate(shop.desk, kind="p256", use="selective")
    keys.add(shop.desk, kind="p256", use="selective")
    with pytest.raises(Conflict):
        keys.rotate(shop.desk, kind="p256", use="selective")
    later(clock)
    assert keys.rotate(shop.desk, kind="p256", use="selective").name == "key-3"
    with pytest.raises(BadInput):
        keys.rotate(shop.desk, kind="rsa", use="selective")
    award = awarded(shop, 1)
    assert key_of(shop, award) == "key-1", "another use exchanges nothing"


def test_keys_are_exchanged_at_once_by_one_of_many(shop):
    made, start = [], threading.Barrier(4)

    def ask():
        start.wait()
        made.append(rotate(shop).name)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["key-2"] * 4
    assert len(states(shop)) == 2


def test_while_keys_are_exchanged_eight_go_on_awarding(shop, clock):
    uuids, problems, stop = [], [], threading.Event()

    def award(mine):
        number = 0
        while not stop.is_set() and number < 40:
            number += 1
            try:
                uuids.append(awarded(shop, mine * 1000 + number))
            except RequestError as error:
                problems.append(error)

    threads = [threading.Thread(target=award, args=(mine,)) for mine in range(1, 9)]
    for thread in threads:
        thread.start()
    for _again in range(3):
        rotate(shop)
        for _minute in range(6):
            later(clock, minutes=1)
            count = len(uuids)
            while len(uuids) < count + 3 and any(thread.is_alive() for thread in threads):
                stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    ends = {key.name: key for key in shop.services.keys.keys(shop.desk.organisation)}
    used = set()
    for uuid in uuids:
        proof = proof_of(shop, uuid)
        name = proof["verificationMethod"].rpartition("#")[2]
        used.add(name)
        end = ends[name].expires
        assert end is None or datetime.fromisoformat(proof["created"]) < end
    assert len(used) >= 3
    for uuid in uuids[::20]:
        assert passes(shop, uuid)


def test_what_was_frozen_before_an_exchange_keeps_its_key(shop, clock):
    frozen = shop.freeze(3)
    rotate(shop)
    later(clock, minutes=9)
    done = shop.finish(frozen)
    for each in done:
        uuid = each.credential_id.removeprefix("urn:uuid:")
        assert key_of(shop, uuid) == "key-1"
        assert passes(shop, uuid)


def test_a_key_that_is_taken_back_signs_nothing_more(shop, keys, clock):
    before = awarded(shop, 1)
    later(clock, hours=1)
    moment = clock.now()
    after = [awarded(shop, 2), awarded(shop, 3)]
    later(clock, hours=1)
    assert passes(shop, after[0])
    line = keys.compromised(shop.desk, "key-1", since=moment.isoformat(), words="The laptop was gone.")
    assert (line.state, line.revoked) == ("revoked", moment)
    assert keys.note(shop.desk, "key-1") == "The laptop was gone."
    assert states(shop) == [("key-1", "revoked"), ("key-2", "in use")]
    later(clock, seconds=2)
    assert passes(shop, before), "signed before that moment, in a list that is signed anew"
    assert [passes(shop, uuid) for uuid in after] == [False, False]
    listed = keys.signed_after(shop.desk, "key-1", FIRST)
    assert ([each.uuid for each in listed.items], listed.total) == (sorted(after), 2) or set(after) == {
        each.uuid for each in listed.items
    }
    new = awarded(shop, 4)
    assert key_of(shop, new) == "key-2"
    assert passes(shop, new)

    mended = keys.renew(shop.desk, "key-1", [after[0], before])
    assert (mended.done, dict(mended.failed)) == (1, {}), "what was signed in time is left alone"
    assert key_of(shop, before) == "key-1"
    assert key_of(shop, after[0]) == "key-2"
    assert passes(shop, after[0])
    gone = keys.withdraw(shop.desk, "key-1", [after[1]])
    assert gone.done == 1
    found = shop.services.credentials.one(shop.desk, after[1])
    assert (found.state, found.revocation_reason) == ("revoked", "keyCompromised")
    assert keys.signed_after(shop.desk, "key-1", FIRST).total == 0
    assert keys.renew(shop.desk, "key-1", after).done == 0, "again changes nothing"
    assert shop.services.organisations.audit_broken_at() is None


def test_the_key_that_was_announced_takes_over_at_once(shop, keys, clock):
    rotate(shop)
    keys.compromised(shop.desk, "key-1", since="", words="")
    assert states(shop) == [("key-1", "revoked"), ("key-2", "in use")]
    assert key_of(shop, awarded(shop, 1)) == "key-2"


def test_an_announced_key_that_is_taken_back_leaves_the_present_one(shop, keys, clock):
    rotate(shop)
    keys.compromised(shop.desk, "key-2", since="", words="")
    assert states(shop) == [("key-1", "in use"), ("key-2", "revoked")]
    later(clock, minutes=30)
    assert passes(shop, awarded(shop, 1))
    assert rotate(shop).name == "key-3", "its name is never used again"


def test_a_retired_key_that_is_taken_back_needs_no_other(shop, keys, clock):
    old = awarded(shop, 1)
    rotate(shop)
    later(clock)
    keys.compromised(shop.desk, "key-1", since=NOW.isoformat(), words="")
    assert states(shop) == [("key-1", "revoked"), ("key-2", "in use")]
    assert [each.uuid for each in keys.signed_after(shop.desk, "key-1", FIRST).items] == [old]


def test_the_moment_may_be_found_to_be_earlier_never_later(shop, keys, clock):
    later(clock, days=3)
    assert (
        keys.compromised(shop.desk, "key-1", since="2026-11-25", words="")
        .revoked.isoformat()
        .startswith("2026-11-25T00:00:00")
    )
    assert keys.compromised(shop.desk, "key-1", since="2026-11-26", words="").revoked.day == 25
    assert keys.compromised(shop.desk, "key-1", since="2026-11-24", words="").revoked.day == 24
    assert len(states(shop)) == 2, "and no further key is made"
    with pytest.raises(BadInput):
        keys.compromised(shop.desk, "key-2", since="2026-11-27", words="")
    assert states(shop)[1] == ("key-2", "in use")


@pytest.mark.parametrize("in_bulk", [True, False], ids=["in bulk", "one by one"])
def test_what_was_frozen_with_a_key_that_is_taken_back_is_signed_with_the_next(shop, keys, clock, in_bulk):
    frozen = shop.freeze(3)
    later(clock, seconds=30)
    keys.compromised(shop.desk, "key-1", since=NOW.isoformat(), words="")
    done = shop.finish(frozen) if in_bulk else [shop.services.issuance.finish(each.intent_id) for each in frozen]
    later(clock, seconds=2)
    for each in done:
        uuid = each.credential_id.removeprefix("urn:uuid:")
        assert key_of(shop, uuid) == "key-2"
        assert passes(shop, uuid)
    assert keys.signed_after(shop.desk, "key-1", FIRST).total == 0


@pytest.mark.parametrize("in_bulk", [True, False], ids=["in bulk", "one by one"])
def test_a_key_taken_back_while_it_signs_releases_nothing(shop, keys, monkeypatch, in_bulk):
    """The signature is made, and the key revoked before it is kept: the bytes are thrown away and made anew."""
    frozen = shop.freeze(2)
    services = shop.services
    name = "sign" if in_bulk else "_sign"
    owner = services.signing if in_bulk else services.issuance
    real = getattr(owner, name)

    def signed_then_revoked(*given):
        made = real(*given)
        keys.compromised(shop.desk, "key-1", since=NOW.isoformat(), words="")
        return made

    monkeypatch.setattr(owner, name, signed_then_revoked)
    done = shop.finish(frozen) if in_bulk else [services.issuance.finish(each.intent_id) for each in frozen]
    for each in done:
        assert key_of(shop, each.credential_id.removeprefix("urn:uuid:")) == "key-2"
    with services.context.database.reading() as session:
        signed = session.scalars(select(tables.SignedCredentialRow)).all()
        assert len(signed) == 2
        assert not any(b"#key-1" in row.body for row in signed)


def test_lists_are_signed_with_the_key_of_their_day(shop, clock):
    uuid = awarded(shop, 1)
    rotate(shop)
    later(clock, days=1)
    assert passes(shop, uuid)
    for line in shop.services.lists.lines(shop.desk.organisation):
        body = shop.services.lists.serve(shop.desk.organisation.slug, line.number).body
        assert b"#key-2" in body


def test_only_an_owner_exchanges_or_takes_back(shop, keys):
    from dataclasses import replace

    for role in ("issuer", "instructor", "viewer"):
        desk = replace(shop.desk, role=role)
        for act in (
            lambda desk=desk: keys.rotate(desk, kind="ed25519", use="proof"),
            lambda desk=desk: keys.compromised(desk, "key-1", since="", words=""),
            lambda desk=desk: keys.add(desk, kind="p256", use="token"),
            lambda desk=desk: keys.renew(desk, "key-1", ["x"]),
            lambda desk=desk: keys.withdraw(desk, "key-1", ["x"]),
        ):
            with pytest.raises(Refused):
                act()
    assert states(shop) == [("key-1", "in use")]


def test_a_crash_between_the_new_key_and_its_document_leaves_neither(shop, monkeypatch):
    from issuer.service import keys as module

    def cut(*_given, **_named):
        raise ValueError("power")

    monkeypatch.setattr(module, "publish", cut)
    for act in (lambda: rotate(shop), lambda: shop.services.keys.compromised(shop.desk, "key-1", since="", words="")):
        with pytest.raises(ValueError, match="power"):
            act()
    assert states(shop) == [("key-1", "in use")]
    with shop.services.context.database.reading() as session:
        row = organisations.signing_keys(session, shop.desk.organisation.id)[0]
        assert (row.expires, row.revoked) == (None, None)
        assert session.execute(text("SELECT count(*) FROM signing_key")).scalar_one() == 1
