"""Keys of an organisation: several, each for one use, found by everybody for good."""

import inspect
import pickle
from datetime import timedelta

import pytest
from sqlalchemy import text

from issuer import keystore as keystores
from issuer.keystore import ASSERTION, ED25519, KINDS, P256, PROOF, RSA, SEALED, SELECTIVE, TOKEN, Keystore, SealedKey
from issuer.service.organisations import sealed_key
from issuer.store import identities, organisations
from kit.errors import Refused, Unavailable
from kit.vault import Vault
from tests.http.issuer.conftest import NOW
from tests.http.issuer.test_endorsements import ROSA
from vc.checks import Outcome
from vc.did import ControllerDocument, parse_key_url
from vc.keys import KeyKind

SLUG = "maple-co-op"
GOOD = {Outcome.PASSED, Outcome.CAUTION, Outcome.NOT_APPLICABLE}
MADE = [(PROOF, ED25519), (SELECTIVE, P256), (TOKEN, P256), (TOKEN, RSA), (TOKEN, ED25519)]


@pytest.fixture(scope="module")
def kept():
    """A keystore, and a key of each kind for each use."""
    vault = Vault(b"k" * 32)
    found = Keystore(lambda: vault)
    keys = {}
    for use, kind in MADE:
        multikey, sealed = found.create(organisation_id="o", key_id=f"{use}-{kind}", kind=kind, use=use)
        keys[use, kind] = SealedKey(
            organisation_id="o",
            key_id=f"{use}-{kind}",
            verification_method="did:web:a#key-1",
            multikey=multikey,
            kind=kind,
            use=use,
            custody=SEALED,
            sealed_seed=sealed,
        )
    return found, keys


def changed(key, **members):
    return SealedKey(**{**{name: getattr(key, name) for name in SealedKey.__dataclass_fields__}, **members})


def test_a_key_of_each_kind_signs_for_its_use(kept):
    found, keys = kept
    assert {(use, kind) for use, kinds in KINDS.items() for kind in kinds} == set(keys)
    for (use, _kind), key in keys.items():
        assert pickle.loads(pickle.dumps(key)) == key, "it is handed to processes apart"
        signer = found.signer(key, organisation_id="o", purpose=ASSERTION, use=use)
        signer.public_key.verify(signer.sign(b"m"), b"m")
    rsa = found.signer(keys[TOKEN, RSA], organisation_id="o", purpose=ASSERTION, use=TOKEN).public_key
    assert rsa.signature_length == 3072 // 8


def test_C11_the_same_message_is_signed_the_same_by_every_kind(kept):
    found, keys = kept
    for (use, _kind), key in keys.items():
        signatures = {
            found.signer(key, organisation_id="o", purpose=ASSERTION, use=use).sign(b"m") for _again in range(3)
        }
        assert len(signatures) == 1


def test_C12_no_public_key_is_ever_handed_to_what_signs():
    assert list(inspect.signature(Keystore.signer).parameters) == ["self", "key", "organisation_id", "purpose", "use"]
    for signer in keystores._SIGNERS.values():
        taken = set(inspect.signature(signer).parameters)
        assert taken in ({"seed", "verification_method"}, {"secret", "verification_method"})


def test_C12_C14_another_public_half_in_the_row_signs_nothing(kept):
    found, keys = kept
    for (use, _kind), key in keys.items():
        other = next(each.multikey for each in keys.values() if each is not key)
        with pytest.raises(Unavailable):
            found.signer(changed(key, multikey=other), organisation_id="o", purpose=ASSERTION, use=use)


def test_C13_a_key_signs_for_its_own_use_and_purpose_alone(kept):
    found, keys = kept
    for (use, _kind), key in keys.items():
        for other in {PROOF, SELECTIVE, TOKEN, "login", ""} - {use}:
            with pytest.raises(Refused):
                found.signer(key, organisation_id="o", purpose=ASSERTION, use=other)
        with pytest.raises(Refused):
            found.signer(key, organisation_id="o", purpose="authentication", use=use)
    for use, kind in ((PROOF, P256), (PROOF, RSA), (SELECTIVE, ED25519), (SELECTIVE, RSA), ("login", ED25519)):
        with pytest.raises(ValueError, match="is not for the use"):
            found.create(organisation_id="o", key_id="k", kind=kind, use=use)


@pytest.mark.parametrize("row", [{"use": SELECTIVE}, {"key_id": "another"}, {"kind": RSA}])
def test_C13_a_row_that_says_another_use_opens_nothing(kept, row):
    found, keys = kept
    key = changed(keys[TOKEN, P256], **row)
    with pytest.raises((Unavailable, Refused)):
        found.signer(key, organisation_id="o", purpose=ASSERTION, use=key.use)


def test_C14_a_flipped_bit_anywhere_in_a_sealed_secret_signs_nothing(kept):
    found, keys = kept
    for (use, _kind), key in keys.items():
        for place in (0, 5, 20, 40, len(key.sealed_seed) - 1):
            bad = bytearray(key.sealed_seed)
            bad[place] ^= 1
            with pytest.raises(Unavailable):
                found.signer(changed(key, sealed_seed=bytes(bad)), organisation_id="o", purpose=ASSERTION, use=use)


def test_K9_the_key_of_another_organisation_is_refused_by_everything_that_signs(desk, other_desk, services):
    with services.context.database.reading() as session:
        maple = organisations.by_slug(session, SLUG)
        rosa = organisations.by_slug(session, "alvarez")
        theirs = organisations.signing_keys(session, rosa.id)[0]
        assert organisations.signing_key(session, maple.id, theirs.id) is None
        assert organisations.published_key(session, "alvarez", "key-1")[1].id == theirs.id
        assert (
            organisations.current_key(session, identities.present(session, maple.id).id, NOW, use=PROOF).id != theirs.id
        )
    with pytest.raises(Refused):
        services.context.keystore.signer(
            sealed_key(theirs, rosa.did), organisation_id=maple.id, purpose=ASSERTION, use=PROOF
        )
    assert other_desk.client.get(f"/api/organisations/{SLUG}/keys").status_code == 404
    answer = other_desk.client.post(f"/api/organisations/{SLUG}/keys", json={"use": TOKEN, "kind": P256})
    assert answer.status_code == 404


class Device:
    """A device that keeps secrets; it can be pulled out."""

    def __init__(self, services):
        self.services, self.there = services, True

    def signer(self, key):
        if not self.there:
            raise Unavailable("The device does not answer.")
        return keystores.SealedCustody(self.services.context.keystore.vault).signer(key)


def test_K8_a_device_that_is_pulled_out_stops_signing_and_nothing_else(desk, course, services, stranger):
    device = Device(services)
    with services.context.database.session() as session:
        session.execute(text("UPDATE signing_key SET custody = 'device'"))
    assert desk.post_award(course).status_code == 503, "nobody here knows this device"
    services.context.keystore._custodies = {**services.context.keystore._custodies, "device": device}
    first = desk.award(course)
    device.there = False
    answer = desk.post_award(course, key="k")
    assert answer.status_code == 503
    assert stranger.get(f"/orgs/{SLUG}/did.json").status_code == 200
    assert stranger.get(f"/orgs/{SLUG}/status/1").status_code == 200
    assert desk.document(first).status_code == 200
    assert stranger.get("/readyz").status_code == 503
    device.there = True
    assert desk.post_award(course, key="k").status_code == 201, "without a restart"
    assert stranger.get("/readyz").status_code == 200


def test_further_keys_are_published_and_found_one_by_one(desk, services, stranger, clock):
    for use, kind in ((SELECTIVE, P256), (TOKEN, RSA)):
        answer = desk.client.post(f"{desk.base}/keys", json={"use": use, "kind": kind})
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "announced"
    document = stranger.get(f"/orgs/{SLUG}/did.json").json()
    did = document["id"]
    assert document["assertionMethod"] == [f"{did}#key-{number}" for number in (1, 2, 3)], "names, in full"
    types = [method["type"] for method in document["verificationMethod"]]
    assert types == ["Multikey", "Multikey", "JsonWebKey"], "RSA never as a Multikey"
    read = ControllerDocument.parse(document, controller=did)
    kinds = [KeyKind.ED25519, KeyKind.P256, KeyKind.RSA]
    for number, (method, kind) in enumerate(zip(document["verificationMethod"], kinds, strict=True), 1):
        found = stranger.get(f"/orgs/{SLUG}/keys/key-{number}")
        assert found.headers["content-type"] == "application/json"
        assert found.headers["access-control-allow-origin"] == "*"
        alone = found.json()
        assert alone.pop("@context") in document["@context"]
        assert alone == method
        public = read.method_for(parse_key_url(method["id"]), relationship="assertionMethod").public_key
        assert public.kind is kind
        again = stranger.get(f"/orgs/{SLUG}/keys/key-{number}", headers={"If-None-Match": found.headers["etag"]})
        assert again.status_code == 304
    for name in ("key-4", "key-0", "KEY-1", "%23key-1"):
        assert stranger.get(f"/orgs/{SLUG}/keys/{name}").status_code == 404
    listed = desk.client.get(f"{desk.base}/keys").json()["items"]
    assert [(key["name"], key["use"], key["kind"], key["state"]) for key in listed] == [
        ("key-1", PROOF, ED25519, "in use"),
        ("key-2", SELECTIVE, P256, "announced"),
        ("key-3", TOKEN, RSA, "announced"),
    ]


def test_a_further_key_signs_nothing_before_everybody_knows_it(desk, services, clock):
    desk.client.post(f"{desk.base}/keys", json={"use": SELECTIVE, "kind": P256})
    with services.context.database.reading() as session:
        maple = organisations.by_slug(session, SLUG)
        assert (
            organisations.current_key(session, identities.present(session, maple.id).id, clock.now(), use=SELECTIVE)
            is None
        )
        later = services.keys.keys(services.organisations.public(SLUG))[1].in_use_from
        assert later - clock.now() == timedelta(minutes=5)
        assert (
            organisations.current_key(session, identities.present(session, maple.id).id, later, use=SELECTIVE).fragment
            == "key-2"
        )
        assert (
            organisations.current_key(session, identities.present(session, maple.id).id, later, use=PROOF).fragment
            == "key-1"
        )
        assert organisations.current_key(session, identities.present(session, maple.id).id, later, use=TOKEN) is None


@pytest.mark.parametrize(
    ("use", "kind", "status"),
    [(SELECTIVE, ED25519, 422), (PROOF, P256, 422), ("login", P256, 422), ("", "", 422), (PROOF, ED25519, 409)],
)
def test_what_is_no_key_for_a_use_is_refused(desk, services, use, kind, status):
    answer = desk.client.post(f"{desk.base}/keys", json={"use": use, "kind": kind})
    assert answer.status_code == status, answer.text
    assert len(services.keys.keys(services.organisations.public(SLUG))) == 1


def test_a_page_makes_a_further_key_once(browser, desk):
    browser.get(f"/organisations/{SLUG}/signing")
    assert browser.submit(f"/organisations/{SLUG}/signing/keys", key="token/p256").status_code == 303
    assert "key-2" in browser.follow().text
    again = browser.submit(f"/organisations/{SLUG}/signing/keys", key="token/rsa")
    assert again.status_code == 409
    assert "There is a key for this already" in again.text
    assert browser.submit(f"/organisations/{SLUG}/signing/keys", key="nonsense").status_code == 422


def test_no_key_file_no_further_key(desk, services, settings):
    settings.key_file.unlink()
    answer = desk.client.post(f"{desk.base}/keys", json={"use": TOKEN, "kind": P256})
    assert answer.status_code == 503
    assert len(services.keys.keys(services.organisations.public(SLUG))) == 1


def test_a_page_exchanges_a_key_and_takes_one_back(browser, desk, course, judge, clock):
    award = desk.award(course)
    signing = f"/organisations/{SLUG}/signing"
    assert f"{signing}/keys/key-1/exchange" in browser.get(signing).text
    assert "In 5 minutes it takes over" in browser.get(f"{signing}/keys/key-1/exchange").text
    assert browser.submit(f"{signing}/keys/key-1/exchange").status_code == 303
    assert "The key key-2 is announced" in browser.follow().text
    clock.advance(timedelta(minutes=6))
    second = desk.award(course, identifier="R-2")
    assert desk.document(second).json()["proof"]["verificationMethod"].endswith("#key-2")
    browser.get(f"{signing}/keys/key-2/compromised")
    future = browser.submit(f"{signing}/keys/key-2/compromised", since="2027-01-01", words="")
    assert future.status_code == 422
    assert "lies in the future" in future.text
    day = "2026-11-23"
    assert browser.submit(f"{signing}/keys/key-2/compromised", since=day, words="Zoë’s laptop").status_code == 303
    listed = browser.follow().text
    assert "Zoë’s laptop" in listed
    assert "Jonah Hadley" in listed
    uuid = second["id"].removeprefix("urn:uuid:")
    sure = browser.submit(f"{signing}/keys/key-2/after", chosen=uuid, act="renew")
    assert sure.status_code == 200
    assert "Sign this award anew?" in sure.text
    assert desk.document(second).json()["proof"]["verificationMethod"].endswith("#key-2"), "not before the second yes"
    assert browser.submit(f"{signing}/keys/key-2/after").status_code == 303
    assert "1 award is signed anew" in browser.follow().text
    clock.advance(timedelta(seconds=2))
    for each, key in ((award, "key-1"), (second, "key-3")):
        body = desk.document(each)
        assert body.json()["proof"]["verificationMethod"].endswith(f"#{key}")
        assert {check.outcome for check in judge(body.content).checks} <= GOOD
    nothing = browser.submit(f"{signing}/keys/key-2/after", chosen="", act="renew")
    assert nothing.status_code == 422
    assert "Choose at least one award" in nothing.text


def test_O5_what_another_organisation_signed_is_not_mended_here(desk, other_desk, course):
    foreign = other_desk.award(other_desk.achievement())
    desk.client.post(f"{desk.base}/keys/key-1/compromise", json={})
    before = other_desk.document(foreign).content
    for act in ("renewals", "withdrawals"):
        answer = desk.client.post(f"{desk.base}/keys/key-1/{act}", json={"credentials": [foreign["id"]]})
        assert answer.status_code == 404
    assert other_desk.document(foreign).content == before
    assert desk.client.post(f"{desk.base}/keys/key-9/compromise", json={}).status_code == 404
    assert desk.client.get(f"{desk.base}/keys/key-9/signed-after").status_code == 404


def test_what_it_vouched_for_is_not_among_the_awards_of_a_key(browser, desk, course):
    award = desk.award(course)
    vouched = desk.client.post(f"{desk.base}/endorsements", json=ROSA, headers={"Idempotency-Key": "vouch"})
    assert vouched.status_code == 201, vouched.text
    desk.client.post(f"{desk.base}/keys/key-1/compromise", json={"since": "2026-11-23T08:00:00Z"})
    listed = desk.client.get(f"{desk.base}/keys/key-1/signed-after")
    assert listed.status_code == 200, listed.text
    assert [each["id"] for each in listed.json()["items"]] == [award["id"]]
    assert listed.json()["total"] == 1
    page = browser.get(f"/organisations/{SLUG}/signing/keys/key-1/after")
    assert (page.status_code, "Jonah Hadley" in page.text) == (200, True)


def test_many_awards_are_mended_over_the_api(desk, course, clock):
    awards = [desk.award(course, identifier=f"R-{number}") for number in range(4)]
    answer = desk.client.post(f"{desk.base}/keys/key-1/compromise", json={"since": "2026-11-23T08:00:00Z", "note": "n"})
    assert answer.json()["state"] == "revoked"
    listed = desk.client.get(f"{desk.base}/keys/key-1/signed-after?size=3").json()
    assert (listed["total"], len(listed["items"])) == (4, 3)
    ids = [award["id"] for award in awards]
    renewed = desk.client.post(f"{desk.base}/keys/key-1/renewals", json={"credentials": [*ids[:3], ids[0]]})
    assert renewed.json() == {"done": 3, "failed": []}
    withdrawn = desk.client.post(f"{desk.base}/keys/key-1/withdrawals", json={"credentials": ids})
    assert withdrawn.json() == {"done": 1, "failed": []}, "what was mended already is left alone"
    assert desk.client.get(f"{desk.base}/keys/key-1/signed-after").json()["total"] == 0
    for wrong in ([], ["x"] * 101):
        assert desk.client.post(f"{desk.base}/keys/key-1/renewals", json={"credentials": wrong}).status_code == 422
