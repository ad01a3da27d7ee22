"""What a device is asked, and that each question is answered once, in time, by whom it was put to."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from kit.accounts.ceremony import Ceremony
from kit.accounts.passkeys import LASTS
from kit.errors import BadInput, SignInRequired
from tests.authenticator import UP, Authenticator, decode, encode
from tests.contracts.kit.passkeys.conftest import (
    CLIENT,
    ELSEWHERE,
    HERE,
    HOST,
    ORIGIN,
    PASSWORD,
    actions,
    add,
    ask,
    sign_in,
)


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
