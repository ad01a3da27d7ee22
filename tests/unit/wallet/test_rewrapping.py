"""Another key-encryption key: without downtime, to the end, and in words where a key is wrong or lost."""

import pytest
from sqlalchemy import text

from kit.vault import VaultError, WrongKey, create_key_file
from tests.unit.wallet.samples import LIGHT, PASSWORD, Hadleys, award, settings
from wallet.app import build_tools, create_app
from wallet.cli import main
from wallet.service import build_services


@pytest.fixture
def files(tmp_path):
    for name in ("old", "new"):
        create_key_file(tmp_path / name)
    return tmp_path / "old", tmp_path / "new"


def started(folder, clock, key, *others):
    given = settings(folder, key_hex=None, key_file=key, retired_key_files=tuple(others))
    services = build_services(build_tools(given, clock=clock, hasher=LIGHT))
    services.rewrapping.require_every_key()
    return services


def signs_in(services):
    account, _token = services.tools.accounts.sign_in(login="teresa", password=PASSWORD, client="c")
    return account.name


def test_k4_everything_moves_to_the_new_key_and_the_old_one_can_go(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    secret = services.tools.web_secret
    running = services  # goes on with both keys known, the old one present, while another process has the new one
    running.tools.database.close()
    running = started(tmp_path, clock, old, new)
    services = started(tmp_path, clock, new, old)
    heard = []
    found = services.rewrapping.rewrap(lambda done, of: heard.append((done, of)))
    assert found.left == 0
    assert heard == sorted(heard)
    assert heard[-1][0] == found.done >= 8
    for wallet in (running, services):
        assert signs_in(wallet) == "Teresa"
        assert wallet.credentials.document(hadleys.teresa, kept) == award()
    assert len(found.released) == 1
    assert services.rewrapping.rewrap(lambda *_given: None).done == 0
    running.tools.database.close()
    services.tools.database.close()

    alone = started(tmp_path, clock, new)
    assert (signs_in(alone), alone.tools.web_secret) == ("Teresa", secret)
    assert alone.credentials.document(hadleys.teresa, kept) == award()
    assert alone.people.learners(hadleys.teresa)
    alone.tools.database.close()
    with pytest.raises(WrongKey, match="Nothing was written"):
        started(tmp_path, clock, old)


def test_k4_what_was_written_under_the_old_key_meanwhile_is_told_and_stops_a_start_without_it(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    late = started(tmp_path, clock, old, new)
    services = started(tmp_path, clock, new, old)
    services.rewrapping.rewrap(lambda *_given: None)
    late.people.add_learner(hadleys.teresa, name="Kit", birth_date=None, myself=False)
    late.tools.database.close()
    services.tools.database.close()
    with pytest.raises(WrongKey, match="Put its file back"):
        started(tmp_path, clock, new)
    services = started(tmp_path, clock, new, old)
    assert services.rewrapping.rewrap(lambda *_given: None).done == 1
    services.tools.database.close()
    assert "Kit" in [one.name for one in started(tmp_path, clock, new).people.learners(hadleys.teresa)]


def test_k4_a_key_that_does_not_open_stops_the_change_and_is_left_as_it_is(tmp_path, clock, files):
    old, new = files
    services = started(tmp_path, clock, old)
    hadleys = Hadleys(services)
    services.tools.database.close()
    services = started(tmp_path, clock, new, old)
    bad = b"\1" + bytes.fromhex(next(iter(services.rewrapping.under())).hex()) + b"x" * 60
    with services.tools.database.session() as session:
        session.execute(text("UPDATE learner SET wrapped_key = :b WHERE id = :i"), {"b": bad, "i": hadleys.wren})
    with pytest.raises(VaultError):
        services.rewrapping.rewrap(lambda *_given: None)
    with services.tools.database.reading() as session:
        assert (
            session.execute(text("SELECT wrapped_key FROM learner WHERE id = :i"), {"i": hadleys.wren}).scalar() == bad
        )
    started(tmp_path, clock, new, old)


@pytest.mark.parametrize("wrong", ["other", "gone", "open", "torn"])
def test_k5_k6_a_wallet_with_a_wrong_or_missing_key_says_so_and_writes_nothing(  # noqa: PLR0917
    tmp_path, clock, files, wrong, monkeypatch, capsys
):
    old, new = files
    services = started(tmp_path, clock, old)
    Hadleys(services)
    services.tools.database.close()
    before = (tmp_path / "wallet.db").read_bytes()
    key = old
    if wrong == "other":
        key = new
    elif wrong == "gone":
        old.unlink()
    elif wrong == "open":
        old.chmod(0o644)
    else:
        old.write_text(old.read_text()[:20])
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/wallet.db", "DATA_DIR": str(tmp_path), "LOOPBACK": "true",
        "PUBLIC_URL": "http://localhost:8002", "KEY_FILE": str(key),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SATCHEL_WALLET_{name}", value)
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert {"other": "Restore the key file", "gone": "is not there", "open": "chmod 600", "torn": "64 hexadecimal"}[
        wrong
    ] in said
    assert (tmp_path / "wallet.db").read_bytes() == before


def test_k5_readyz_says_when_the_key_file_is_gone_or_another_one(tmp_path, clock, files):
    from fastapi.testclient import TestClient

    old, new = files
    given = settings(tmp_path, key_hex=None, key_file=old)
    services = build_services(build_tools(given, clock=clock, hasher=LIGHT))
    client = TestClient(create_app(given, services=services), base_url="http://localhost:8002")
    assert client.get("/readyz").json()["checks"]["key"] == "passed"
    kept = old.read_text()
    old.unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["key"]) == (503, "failed")
    old.write_text(new.read_text())
    old.chmod(0o600)
    assert client.get("/readyz").status_code == 503
    old.write_text(kept)
    assert client.get("/readyz").status_code == 200


def test_the_command_moves_everything_and_says_what_can_go(tmp_path, clock, files, monkeypatch, capsys):
    old, new = files
    services = started(tmp_path, clock, old)
    Hadleys(services)
    services.tools.database.close()
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/wallet.db", "DATA_DIR": str(tmp_path), "LOOPBACK": "true",
        "PUBLIC_URL": "http://localhost:8002", "KEY_FILE": str(new), "RETIRED_KEY_FILES": str(old),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SATCHEL_WALLET_{name}", value)
    assert main(["keys", "state"]) == 0
    assert "former" in capsys.readouterr().out
    assert main(["keys", "rewrap"]) == 0
    assert "is not needed any more" in capsys.readouterr().out
    monkeypatch.delenv("SATCHEL_WALLET_RETIRED_KEY_FILES")
    assert main(["keys", "state"]) == 0
    assert "former" not in capsys.readouterr().out
    monkeypatch.setenv("SATCHEL_WALLET_KEY_FILE", str(old))
    assert main(["keys", "state"]) == 1
    assert "Nothing was written" in capsys.readouterr().err
