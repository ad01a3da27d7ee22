"""Answers that are wrong, of another device, from before, or nothing at all: nobody is signed in and nothing kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from kit.errors import BadInput, Conflict, RequestError, SignInRequired, TooMany
from tests.authenticator import AT, UP, UV, Authenticator, encode
from tests.contracts.kit.passkeys.conftest import (
    CLIENT,
    HERE,
    HOST,
    ORIGIN,
    PASSWORD,
    actions,
    add,
    ask,
    sign_in,
)

WRONG = {
    "another site": {"client_data": {"origin": "https://issuer.school.example.evil.example"}},
    "a host below": {"client_data": {"origin": "https://x.issuer.school.example"}},
    "plain http": {"client_data": {"origin": "http://issuer.school.example"}},
    "another port": {"client_data": {"origin": f"{ORIGIN}:8443"}},
    "inside another site's frame": {"client_data": {"crossOrigin": True}},
    "inside a frame of a site that is named": {"client_data": {"topOrigin": "https://evil.example"}},
    "a frame said in another way": {"client_data": {"crossOrigin": "false"}},
    "another host's hash": {"host": "evil.example"},
}
WRONG_SIGN_IN = {
    **WRONG,
    "made for registration": {"client_data": {"type": "webauthn.create"}},
    "its owner was not asked": {"flags": UP},
    "nobody was there": {"flags": UV},
    "changed after signing": {"client_data_after": b"{}"},
    "no signature": {"signature": b""},
    "another's signature": {"signature": bytes(70)},
    "no owner": {"without": "userHandle"},
    "another device": {"identifier": b"y" * 32},
}


@pytest.mark.parametrize("changes", WRONG_SIGN_IN.values(), ids=WRONG_SIGN_IN)
def test_L2_what_is_wrong_signs_nobody_in(passkeys, phone, changes):
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, **changes)
    assert sign_in(passkeys, phone)[0].name == "Ana", "the same device, with nothing wrong"


def test_L2_a_member_given_twice_is_refused(passkeys, phone):
    options = ask(passkeys)
    said = json.dumps({"type": "webauthn.get", "challenge": options["challenge"], "origin": "https://evil.example"})
    twice = f'{said[:-1]}, "origin": "{ORIGIN}"}}'.encode()
    phone._client_data = lambda *_given: twice
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign(options), binding=HERE, client=CLIENT)


@pytest.mark.parametrize(
    "changes",
    [
        *WRONG.values(),
        {"client_data": {"type": "webauthn.get"}},
        {"flags": UP | AT},
        {"flags": UV | AT},
        {"flags": UP | UV},
        {"attestation": {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}}},
        {"attestation": {"fmt": "none", "attStmt": {"sig": b"x"}}},
        {"attestation": {"fmt": "unheard-of", "attStmt": {}}},
    ],
)
def test_L2_what_is_wrong_is_not_kept(passkeys, ana, changes):
    with pytest.raises(BadInput):
        add(passkeys, ana, Authenticator(ORIGIN), **changes)
    assert passkeys.listing(ana.id) == []


@pytest.mark.parametrize("count", [0, 3, 4])
def test_L3_a_counter_that_does_not_rise_is_refused_and_written_down(passkeys, ana, phone, sample, count):
    sign_in(passkeys, phone, count=4)
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, count=count)
    assert actions(passkeys, sample)[-1] == ("passkey.refused", f"account/{ana.id}")
    assert sign_in(passkeys, phone, count=0xFFFFFFFF)[0] == ana


def test_L3_two_answers_with_the_same_count_are_one(passkeys, ana, phone):
    answers = [phone.sign(ask(passkeys), count=9) for _number in range(6)]

    def once(answer):
        try:
            return passkeys.finish_sign_in(answer, binding=HERE, client=CLIENT)[0]
        except SignInRequired:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert [each for each in pool.map(once, answers) if each] == [ana]


def test_L3_only_a_valid_signature_counts_as_a_refused_counter(passkeys, phone, sample):
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, count=0, signature=bytes(70))
    assert [action for action, _object in actions(passkeys, sample)] == ["passkey.add"]


def test_L3_a_device_that_says_it_is_somebody_elses_is_refused(passkeys, ana, phone):
    ben = passkeys.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="staff")
    other = add(passkeys, ben, Authenticator(ORIGIN))
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, handle=other.handle)
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, identifier=other.identifier)
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone, identifier=other.identifier, handle=other.handle)


def test_L3_a_key_of_another_kind_is_not_kept(passkeys, ana):
    device = Authenticator(ORIGIN)
    for key in ({1: 2, 3: -35, -1: 2, -2: bytes(48), -3: bytes(48)}, {1: 4, 3: -65535, -1: b"k"}, {1: 2}, "no key"):
        with pytest.raises(BadInput):
            add(passkeys, ana, device, public_key=key)
    weak = {**device._public_key(), 3: -65535}
    with pytest.raises(BadInput):
        add(passkeys, ana, device, public_key=weak)


def test_L3_a_passkey_belongs_to_one_account(passkeys, ana, phone):
    ben = passkeys.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="staff")
    with pytest.raises(Conflict):
        add(passkeys, ben, phone)
    assert passkeys.listing(ben.id) == []


def test_guessing_runs_dry(passkeys, phone):
    for _guess in range(100):
        with pytest.raises(SignInRequired):
            passkeys.finish_sign_in({"response": {}}, binding=HERE, client=CLIENT)
    with pytest.raises(TooMany):
        sign_in(passkeys, phone)
    for _question in range(599):  # one was asked above
        ask(passkeys)
    with pytest.raises(TooMany):
        ask(passkeys)
    assert passkeys.begin_sign_in(binding=HERE, client="198.51.100.1")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40) | st.binary(max_size=40).map(encode),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_junk_in_any_place_is_a_refusal_and_nothing_else(passkeys, ana, phone, sample, data):
    with passkeys.accounts.database.session() as session:
        session.execute(update(sample.accounts.passkey).values(sign_count=0))
    passkeys._failed.succeeded(CLIENT)
    passkeys._begun.succeeded(CLIENT)
    made = phone.make(
        {
            "challenge": passkeys.begin_enrolment(ana, binding=HERE)["challenge"],
            "rp": {"id": HOST},
            "user": {"id": encode(phone.handle)},
        }
    )
    signed = phone.sign(ask(passkeys))
    for answer, finish in (
        (signed, lambda given: passkeys.finish_sign_in(given, binding=HERE, client=CLIENT)),
        (made, lambda given: passkeys.finish_enrolment(given, name="x", binding=HERE)),
    ):
        inside = data.draw(st.sampled_from(sorted(answer["response"])))
        junk = data.draw(JUNK)
        spoiled = {**answer, "response": {**answer["response"], inside: junk}}
        try:
            finish(spoiled)
        except RequestError:
            pass
        else:
            assert inside == "transports", "nothing else may be anything"
