"""Passkeys on both databases: what counts once, what never counts, and what is written down about it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from kit import audit
from kit.accounts import Accounts, Passkeys
from kit.accounts.ceremony import Ceremony
from kit.accounts.passkeys import LASTS, MOST
from kit.accounts.passwords import Passwords
from kit.accounts.values import PasskeyWanted
from kit.clock import FixedClock
from kit.errors import BadInput, Conflict, NotFound, Refused, RequestError, SignInRequired, TooMany
from kit.vault import Vault
from tests.authenticator import AT, UP, UV, Authenticator, decode, encode

ORIGIN = "https://issuer.school.example"
HOST = "issuer.school.example"
PASSWORD = "four words in a row"
HERE, ELSEWHERE = "browser-one", "browser-two"
CLIENT = "192.0.2.1"


@pytest.fixture
def clock():
    return FixedClock(instant=datetime(2027, 3, 3, 10, tzinfo=UTC))


@pytest.fixture
def make(database, sample, clock):
    def made(*, required=False):
        accounts = Accounts(
            database=database,
            tables=sample.accounts,
            clock=clock,
            login_key=b"l" * 32,
            vault=Vault(b"k" * 32),
            hasher=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            passkeys_required=required,
        )
        return Passkeys(accounts, origin=ORIGIN, audited=sample.audit, prefix="account/")

    return made


@pytest.fixture
def passkeys(make):
    return make()


@pytest.fixture
def ana(passkeys):
    return passkeys.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="staff")


@pytest.fixture
def phone(passkeys, ana):
    return add(passkeys, ana, Authenticator(ORIGIN), name="my phone")


def add(passkeys, account, device, *, name="a device", **changes):
    options = passkeys.begin_adding(account, password=PASSWORD, binding=HERE)
    passkeys.finish_adding(account, device.make(options, **changes), name=name, binding=HERE)
    return device


def ask(passkeys):
    return passkeys.begin_sign_in(binding=HERE, client=CLIENT)


def sign_in(passkeys, device, **changes):
    return passkeys.finish_sign_in(device.sign(ask(passkeys), **changes), binding=HERE, client=CLIENT)


def actions(passkeys, sample):
    with passkeys.accounts.database.reading() as session:
        assert audit.verify_chain(session, sample.audit) is None
        return [
            (row.action, row.object_id)
            for row in session.execute(select(sample.audit).order_by(sample.audit.c.sequence))
        ]


@pytest.mark.parametrize("algorithm", [-7, -8])
@pytest.mark.parametrize("counts", [True, False])
def test_a_passkey_that_was_added_signs_in_without_any_name(passkeys, ana, sample, algorithm, counts):
    device = add(passkeys, ana, Authenticator(ORIGIN, algorithm=algorithm, counts=counts), name="  my   phone ")
    for _time in range(3):
        account, token = sign_in(passkeys, device)
        assert account == ana == passkeys.accounts.current(token)
    [kept] = passkeys.listing(ana.id)
    assert (kept.name, kept.backed_up, kept.used) == ("my phone", False, passkeys.accounts.clock.now())
    assert actions(passkeys, sample) == [("passkey.add", f"account/{ana.id}")]


def test_names_of_passkeys_cannot_be_read_in_the_database(passkeys, ana, phone, sample):
    with passkeys.accounts.database.reading() as session:
        row = session.execute(select(sample.accounts.passkey)).one()
    assert b"phone" not in row.name


def test_what_a_device_is_asked_names_this_host_and_wants_its_owner(passkeys, ana, phone):
    options = ask(passkeys)
    assert options["rpId"] == HOST
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials"), "whoever is here is not named by us"
    asked = passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)
    assert asked["rp"]["id"] == HOST
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert [each["alg"] for each in asked["pubKeyCredParams"]] == [-8, -7, -257]
    assert asked["attestation"] == "none"
    assert [decode(each["id"]) for each in asked["excludeCredentials"]] == [phone.identifier]
    assert ana.name.encode() not in decode(asked["user"]["id"])


@pytest.mark.parametrize(
    ("url", "origin", "possible"),
    [
        ("https://Issuer.School.example", ORIGIN, True),
        ("https://issuer.school.example:443", ORIGIN, True),
        ("https://issuer.school.example:8443", f"{ORIGIN}:8443", True),
        ("http://localhost:8001", "http://localhost:8001", True),
        ("http://localhost:80", "http://localhost", True),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001", False),
        ("https://[2001:db8::1]", "https://[2001:db8::1]", False),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(url, origin, possible):
    found = Ceremony.of(url)
    assert (found.origin, found.possible) == (origin, possible)


# -- L1 --------------------------------------------------------------------------------------------------------


def test_L1_the_same_answer_counts_once(passkeys, phone):
    answer = phone.sign(ask(passkeys))
    passkeys.finish_sign_in(answer, binding=HERE, client=CLIENT)
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(answer, binding=HERE, client=CLIENT)


def test_L1_twenty_at_the_same_moment_are_one(passkeys, ana, sample):
    device = add(passkeys, ana, Authenticator(ORIGIN, counts=False))  # so that only the challenge tells them apart
    answer = device.sign(ask(passkeys))

    def once(_number):
        try:
            return passkeys.finish_sign_in(answer, binding=HERE, client=CLIENT)[0]
        except SignInRequired:
            return None

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(once, range(20)))
    assert [each for each in found if each] == [ana]
    with passkeys.accounts.database.reading() as session:
        assert session.execute(select(func.count()).select_from(sample.accounts.session)).scalar_one() == 1


def test_L1_a_wrong_answer_spends_its_challenge_too(passkeys, phone):
    options = ask(passkeys)
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign(options, flags=UP), binding=HERE, client=CLIENT)
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign(options), binding=HERE, client=CLIENT)


def test_L1_a_challenge_is_ours_lasts_five_minutes_and_leaves_no_rows(passkeys, phone, clock, sample):
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign({"challenge": encode(b"x" * 32), "rpId": HOST}), binding=HERE, client=CLIENT)
    late = ask(passkeys)
    clock.instant += LASTS
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign(late), binding=HERE, client=CLIENT)
    ask(passkeys)
    clock.instant += LASTS
    ask(passkeys)
    with passkeys.accounts.database.reading() as session:
        assert session.execute(select(func.count()).select_from(sample.accounts.challenge)).scalar_one() == 1


def test_L1_a_challenge_is_for_one_purpose_and_one_account(passkeys, ana, phone):
    ben = passkeys.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="staff")
    adding = passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)
    answer = phone.sign({"challenge": adding["challenge"], "rpId": HOST})
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(answer, binding=HERE, client=CLIENT)
    adding = passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)
    with pytest.raises(BadInput):
        passkeys.finish_adding(ben, Authenticator(ORIGIN).make(adding), name="x", binding=HERE)
    adding = passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)
    with pytest.raises(BadInput):
        passkeys.finish_enrolment(Authenticator(ORIGIN).make(adding), name="x", binding=HERE)
    assert passkeys.listing(ben.id) == []
    assert len(passkeys.listing(ana.id)) == 1


def test_L5_a_challenge_is_for_the_browser_that_asked(passkeys, ana, phone):
    with pytest.raises(SignInRequired):
        passkeys.finish_sign_in(phone.sign(ask(passkeys)), binding=ELSEWHERE, client=CLIENT)
    options = passkeys.begin_enrolment(ana, binding=HERE)
    answer = Authenticator(ORIGIN).make(options)
    with pytest.raises(BadInput):
        passkeys.finish_enrolment(answer, name="x", binding=ELSEWHERE)
    with pytest.raises(BadInput):
        passkeys.finish_enrolment(answer, name="x", binding=HERE)


# -- L2 --------------------------------------------------------------------------------------------------------

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


# -- L3 --------------------------------------------------------------------------------------------------------


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


def test_whoever_is_kept_out_has_no_passkey_either(passkeys, ana, phone):
    options = passkeys.begin_enrolment(ana, binding=HERE)
    passkeys.accounts.disable(ana.id)
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone)
    with pytest.raises(BadInput):
        passkeys.finish_enrolment(Authenticator(ORIGIN).make(options), name="x", binding=HERE)


# -- L4 --------------------------------------------------------------------------------------------------------


def test_L4_a_stolen_session_adds_and_removes_nothing(passkeys, ana, phone):
    [kept] = passkeys.listing(ana.id)
    with pytest.raises(BadInput) as asked:
        passkeys.begin_adding(ana, password="a guess", binding=HERE)
    assert asked.value.field == "passkey_password"
    with pytest.raises(BadInput):
        passkeys.remove(ana.id, kept.id, password="a guess", session_token=None)
    for _guess in range(10):
        with pytest.raises((BadInput, TooMany)):
            passkeys.begin_adding(ana, password="a guess", binding=HERE)
    with pytest.raises(TooMany):
        passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)
    assert passkeys.listing(ana.id) == [kept]


def test_removing_a_passkey_signs_out_everywhere_else(passkeys, ana, phone, sample):
    _account, elsewhere = sign_in(passkeys, phone)
    _account, here = passkeys.accounts.sign_in(login="ana", password=PASSWORD, client=CLIENT)
    [kept] = passkeys.listing(ana.id)
    passkeys.remove(ana.id, kept.id, password=PASSWORD, session_token=here)
    assert passkeys.accounts.current(elsewhere) is None
    assert passkeys.accounts.current(here) == ana
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone)
    assert actions(passkeys, sample)[-1] == ("passkey.remove", f"account/{ana.id}")


def test_a_passkey_is_renamed_and_found_by_its_owner_only(passkeys, ana, phone):
    ben = passkeys.accounts.create_user(login="ben", password=PASSWORD, name="Ben", scope="staff")
    [kept] = passkeys.listing(ana.id)
    passkeys.rename(ana.id, kept.id, name="the old phone")
    assert passkeys.one(ana.id, kept.id).name == "the old phone"
    for act in (
        lambda: passkeys.rename(ben.id, kept.id, name="mine"),
        lambda: passkeys.remove(ben.id, kept.id, password=PASSWORD, session_token=None),
        lambda: passkeys.one(ben.id, kept.id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(BadInput):
        passkeys.rename(ana.id, kept.id, name=" ")
    with pytest.raises(BadInput):
        passkeys.rename(ana.id, kept.id, name="x" * 61)


def test_there_are_ten_at_most_also_at_the_same_moment(passkeys, ana):
    devices = [Authenticator(ORIGIN) for _number in range(MOST + 5)]
    asked = [passkeys.begin_adding(ana, password=PASSWORD, binding=HERE) for _device in devices]

    def keep(pair):
        try:
            passkeys.finish_adding(ana, pair[0].make(pair[1]), name="x", binding=HERE)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(keep, zip(devices, asked, strict=True))) == MOST
    assert len(passkeys.listing(ana.id)) == MOST
    with pytest.raises(Conflict):
        passkeys.begin_adding(ana, password=PASSWORD, binding=HERE)


# -- L16 -------------------------------------------------------------------------------------------------------


def test_L16_where_passkeys_are_required_a_password_opens_nothing(make, ana, sample):
    strict = make(required=True)
    with pytest.raises(PasskeyWanted) as wanted:
        strict.accounts.sign_in(login="ana", password=PASSWORD, client=CLIENT)
    assert wanted.value.may_make, "the first passkey is made after the password"
    options = strict.begin_enrolment(wanted.value.account, binding=HERE)
    device = Authenticator(ORIGIN)
    _account, token = strict.finish_enrolment(device.make(options), name="my phone", binding=HERE)
    assert strict.accounts.current(token) == ana
    with pytest.raises(PasskeyWanted) as wanted:
        strict.accounts.sign_in(login="ana", password=PASSWORD, client=CLIENT)
    assert not wanted.value.may_make, "the password alone makes no second one"
    with pytest.raises(BadInput):
        strict.accounts.sign_in(login="ana", password="wrong", client=CLIENT)
    assert strict.accounts.current(sign_in(strict, device)[1]) == ana
    with strict.accounts.database.session() as session, pytest.raises(Refused):
        strict.accounts.open_session(session, ana.id)


def test_L16_sessions_from_before_count_for_nobody_once_passkeys_are_required(make, passkeys, ana):
    _account, token = passkeys.accounts.sign_in(login="ana", password=PASSWORD, client=CLIENT)
    assert make(required=True).accounts.current(token) is None
    assert passkeys.accounts.current(token) == ana


def test_L16_a_code_and_an_invitation_lead_to_a_passkey_and_are_spent(make, passkeys, ana, phone):
    strict = make(required=True)
    [code, *_others] = strict.accounts.make_recovery_codes(ana.id)
    given = {"login": "ana", "code": code, "new": "another four words", "client": CLIENT}
    with pytest.raises(PasskeyWanted) as wanted:
        strict.accounts.recover(**given)
    assert (wanted.value.account, wanted.value.may_make) == (ana, True), "whoever lost the device makes a new one"
    with pytest.raises(BadInput):
        strict.accounts.recover(**given)
    place = strict.accounts.invite(scope="staff", invited_by=ana.id)
    new = {"login": "cleo", "password": PASSWORD, "name": "Cleo"}
    with pytest.raises(PasskeyWanted) as wanted:
        strict.accounts.accept_invitation(place.token, **new)
    assert wanted.value.account.name == "Cleo"
    assert strict.accounts.find_by_login("cleo") == wanted.value.account


def test_L16_the_last_passkey_stays_and_a_changed_password_keeps_one_in(make, passkeys, ana, phone):
    strict = make(required=True)
    [kept] = strict.listing(ana.id)
    with pytest.raises(Conflict):
        strict.remove(ana.id, kept.id, password=PASSWORD, session_token=None)
    token = strict.accounts.change_password(ana.id, old=PASSWORD, new="another four words")
    assert strict.accounts.current(token) == ana


# -- what strangers send ---------------------------------------------------------------------------------------


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
