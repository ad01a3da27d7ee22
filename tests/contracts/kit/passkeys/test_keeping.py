"""Passkeys that an account keeps, renames and removes, and where nothing but a passkey opens it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from kit.accounts.passkeys import MOST
from kit.accounts.values import PasskeyWanted
from kit.errors import BadInput, Conflict, NotFound, Refused, SignInRequired, TooMany
from tests.authenticator import Authenticator
from tests.contracts.kit.passkeys.conftest import CLIENT, HERE, ORIGIN, PASSWORD, actions, sign_in


def test_names_of_passkeys_cannot_be_read_in_the_database(passkeys, ana, phone, sample):
    with passkeys.accounts.database.reading() as session:
        row = session.execute(select(sample.accounts.passkey)).one()
    assert b"phone" not in row.name


def test_whoever_is_kept_out_has_no_passkey_either(passkeys, ana, phone):
    options = passkeys.begin_enrolment(ana, binding=HERE)
    passkeys.accounts.disable(ana.id)
    with pytest.raises(SignInRequired):
        sign_in(passkeys, phone)
    with pytest.raises(BadInput):
        passkeys.finish_enrolment(Authenticator(ORIGIN).make(options), name="x", binding=HERE)


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
