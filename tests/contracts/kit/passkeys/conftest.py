"""Passkeys of one account, and how devices answer."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kit import audit
from kit.accounts import Accounts, Passkeys
from kit.accounts.passwords import Passwords
from kit.clock import FixedClock
from kit.vault import Vault
from tests.authenticator import Authenticator

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
