from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from kit.accounts import Accounts
from kit.accounts.commands import ensure_first, recovery_words
from kit.accounts.passwords import Passwords
from kit.clock import FixedClock
from kit.errors import BadInput, Conflict, Gone, NoRoom, TooMany
from kit.vault import Vault

GOOD = "four words in a row"
OTHER = "another four words here"


@pytest.fixture
def clock():
    return FixedClock(instant=datetime(2027, 3, 3, 10, tzinfo=UTC))


@pytest.fixture
def accounts(database, sample, clock):
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    vault = Vault(b"k" * 32)
    return Accounts(
        database=database, tables=sample.accounts, clock=clock, login_key=b"l" * 32, vault=vault, hasher=cheap
    )


@pytest.fixture
def ana(accounts):
    return accounts.create_user(login="Ana María", password=GOOD, name="Ana", scope="administrator")


def sign_in(accounts, *, login="Ana María", password=GOOD, client="192.0.2.1"):
    return accounts.sign_in(login=login, password=password, client=client)


def test_somebody_who_signs_in_is_known_until_they_sign_out(accounts, ana):
    found, token = sign_in(accounts)
    assert found == accounts.current(token) == ana
    accounts.sign_out(token)
    assert accounts.current(token) is None


@pytest.mark.parametrize("login", ["ana maría", "  ANA   MARÍA ", "Ana Mari\u0301a", "Ａna María"])
def test_a_login_is_the_same_on_every_keyboard(accounts, ana, login):
    assert sign_in(accounts, login=login)[0] == ana


def test_a_wrong_login_and_a_wrong_password_get_the_same_words(accounts, ana):
    with pytest.raises(BadInput) as wrong_login:
        sign_in(accounts, login="nobody")
    with pytest.raises(BadInput) as wrong_password:
        sign_in(accounts, password="wrong")
    assert str(wrong_login.value) == str(wrong_password.value)


def test_an_unknown_login_costs_a_password_check_too(accounts, monkeypatch):
    checked = []
    monkeypatch.setattr(accounts._passwords, "_hasher", Watching(checked))
    with pytest.raises(BadInput):
        sign_in(accounts, login="nobody")
    assert len(checked) == 1


class Watching:
    def __init__(self, checked):
        self.checked = checked

    def verify(self, stored, _password):
        self.checked.append(stored)
        return True


def test_a_taken_login_is_a_conflict(accounts, ana):
    with pytest.raises(Conflict):
        accounts.create_user(login="ANA maría", password=OTHER, name="Else", scope="x")
    assert accounts.count() == 1


@pytest.mark.parametrize("password", ["short", "password1234", "aaaaaaaaaaaaaaaa", "ana maría", "x" * 201])
def test_weak_passwords_are_refused(accounts, password):
    with pytest.raises(BadInput) as refused:
        accounts.create_user(login="ana maría", password=password, name="Ana", scope="x")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    ("idle", "alive"), [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12, seconds=1), False)]
)
def test_a_session_ends_when_nobody_uses_it(accounts, ana, clock, idle, alive):
    _found, token = sign_in(accounts)
    clock.advance(idle)
    assert (accounts.current(token) is not None) is alive


def test_a_session_ends_after_thirty_days_however_busy(accounts, ana, clock):
    _found, token = sign_in(accounts)
    for _turn in range(65):
        clock.advance(timedelta(hours=11))
        assert accounts.current(token)
    clock.advance(timedelta(hours=6))
    assert accounts.current(token) is None


def test_forgetting_old_sessions_keeps_the_living(accounts, ana, clock, database, sample):
    sign_in(accounts)
    clock.advance(timedelta(days=1))
    _found, token = sign_in(accounts)
    assert accounts.forget_old_sessions() == 1
    assert accounts.current(token)


def test_signing_out_everywhere_ends_every_session(accounts, ana):
    tokens = [sign_in(accounts)[1] for _device in range(3)]
    accounts.sign_out_everywhere(ana.id)
    assert [accounts.current(token) for token in tokens] == [None] * 3


def test_a_disabled_account_is_out_at_once_and_stays_out(accounts, ana):
    _found, token = sign_in(accounts)
    accounts.disable(ana.id)
    assert accounts.current(token) is None
    with pytest.raises(BadInput):
        sign_in(accounts)


def test_a_changed_scope_holds_at_once(accounts, ana):
    _found, token = sign_in(accounts)
    accounts.set_scope(ana.id, "reader")
    assert accounts.current(token) is None
    assert sign_in(accounts)[0].scope == "reader"


def test_guessing_one_login_runs_dry_and_refills(accounts, ana, clock):
    for guess in range(10):
        with pytest.raises(BadInput):
            sign_in(accounts, password=f"guess {guess}")
    with pytest.raises(TooMany) as refused:
        sign_in(accounts)
    assert sign_in(accounts, client="192.0.2.99")[0] == ana
    clock.advance(timedelta(seconds=refused.value.retry_after))
    assert sign_in(accounts)[0] == ana


def test_guessing_one_login_from_everywhere_runs_dry_too(accounts, ana):
    for guess in range(50):
        with pytest.raises(BadInput):
            sign_in(accounts, password=f"guess {guess}", client=f"192.0.2.{guess}")
    with pytest.raises(TooMany):
        sign_in(accounts, client="192.0.2.99")


def test_p5_a_class_behind_one_address_signs_in(accounts, ana):
    for _learner in range(500):
        sign_in(accounts, client="192.0.2.1")


def test_changing_the_password_ends_other_sessions(accounts, ana):
    _found, elsewhere = sign_in(accounts)
    fresh = accounts.change_password(ana.id, old=GOOD, new=OTHER)
    assert accounts.current(elsewhere) is None
    assert accounts.current(fresh) == ana
    assert sign_in(accounts, password=OTHER)[0] == ana
    with pytest.raises(BadInput):
        accounts.change_password(ana.id, old="wrong", new=GOOD)


def test_p5_a_stolen_session_is_no_place_to_guess_the_password(accounts, ana):
    for guess in range(10):
        with pytest.raises(BadInput):
            accounts.change_password(ana.id, old=f"guess {guess}", new=OTHER)
    with pytest.raises(TooMany):
        accounts.change_password(ana.id, old=GOOD, new=OTHER)
    assert sign_in(accounts)[0] == ana, "the owner's way in stays open"


def test_a_recovery_code_works_once_however_it_is_typed(accounts, ana):
    codes = accounts.make_recovery_codes(ana.id)
    assert len(set(codes)) == 10
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    found, token = accounts.recover(login="ana maría", code=typed, new=OTHER, client="c")
    assert found == ana == accounts.current(token)
    assert accounts.recovery_codes_left(ana.id) == 9
    with pytest.raises(BadInput):
        accounts.recover(login="ana maría", code=codes[0], new=GOOD, client="c")


def test_new_recovery_codes_replace_the_old(accounts, ana):
    old = accounts.make_recovery_codes(ana.id)
    accounts.make_recovery_codes(ana.id)
    with pytest.raises(BadInput):
        accounts.recover(login="ana maría", code=old[0], new=OTHER, client="c")


def test_a_code_of_somebody_else_does_nothing(accounts, ana):
    accounts.create_user(login="Ben", password=OTHER, name="Ben", scope="x")
    codes = accounts.make_recovery_codes(ana.id)
    with pytest.raises(BadInput):
        accounts.recover(login="Ben", code=codes[0], new=GOOD, client="c")
    assert accounts.recovery_codes_left(ana.id) == 10


def test_an_operators_reset_code_lasts_a_day(accounts, ana, clock):
    late = recovery_words(accounts, login="ana maría", public_url="https://s.example").split("\n")[0].split()[-1]
    clock.advance(timedelta(hours=24, seconds=1))
    with pytest.raises(BadInput):
        accounts.recover(login="ana maría", code=late, new=OTHER, client="c")
    code = accounts.make_reset_code("ana maría")
    assert accounts.recover(login="ana maría", code=code, new=OTHER, client="c")[0] == ana


def test_an_invitation_makes_one_account(accounts, clock):
    invitation = accounts.invite(scope="instructor:maple", invited_by="somebody")
    made, token = accounts.accept_invitation(invitation.token, login="Cy", password=GOOD, name="Cy")
    assert made.scope == "instructor:maple"
    assert accounts.current(token) == made
    with pytest.raises(Gone):
        accounts.accept_invitation(invitation.token, login="Di", password=GOOD, name="Di")
    assert accounts.count() == 1


def test_an_invitation_runs_out(accounts, clock):
    invitation = accounts.invite(scope="x", invited_by="somebody")
    clock.advance(timedelta(days=7))
    with pytest.raises(Gone):
        accounts.invitation(invitation.token)


def test_the_first_account_is_made_once(accounts):
    assert ensure_first(accounts, login="root", password=GOOD, name="Root", scope="administrator")[1] is True
    assert ensure_first(accounts, login="ROOT", password=OTHER, name="Root", scope="administrator")[1] is False
    assert accounts.count() == 1


def test_j1_k1_the_database_holds_no_name_login_password_or_token(accounts, ana, database, sample):
    _found, token = sign_in(accounts)
    codes = accounts.make_recovery_codes(ana.id)
    invitation = accounts.invite(scope="x", invited_by=ana.id)
    with database.reading() as session:
        everything = "\n".join(
            repr(tuple(row)) for table in sample.metadata.sorted_tables for row in session.execute(select(table))
        )
        assert session.execute(select(func.count()).select_from(sample.accounts.account)).scalar() == 1
    for secret in ("Ana", "maría", GOOD, token, codes[0], codes[0].replace("-", ""), invitation.token):
        assert secret not in everything


def test_R8_whoever_is_here_stays_while_nothing_can_be_kept(accounts, ana, clock, monkeypatch):
    _found, token = sign_in(accounts)
    clock.advance(timedelta(hours=1))

    def full():
        raise NoRoom

    with monkeypatch.context() as now:
        now.setattr(accounts.database, "session", full)
        assert accounts.current(token) is not None
        clock.advance(timedelta(hours=11))
        assert accounts.current(token) is not None
        clock.advance(timedelta(minutes=1))
        assert accounts.current(token) is None, "nobody stays longer for it"
