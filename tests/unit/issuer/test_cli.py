"""The command line: an administrator is made, keys are listed, a missing key file is not made anew."""

import io

import pytest

from issuer import cli
from issuer.service.context import Actor
from issuer.service.drafts import OrganisationDraft
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.vault import create_key_file


@pytest.fixture
def environment(tmp_path, monkeypatch):
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/issuer.db",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "http://localhost:8001",
        "PORT": "8001",
        "KEY_FILE": str(tmp_path / "kek"),
        "LOOPBACK": "true",
    }.items():
        monkeypatch.setenv(f"SATCHEL_ISSUER_{name}", value)
    return tmp_path


def give(monkeypatch, text):
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_init_makes_the_key_and_the_first_administrator_once(environment, monkeypatch, capsys):
    give(monkeypatch, "four words in a row\n")
    assert cli.main(["init", "--login", "office"]) == 0
    assert (environment / "kek").stat().st_mode & 0o777 == 0o600
    key = (environment / "kek").read_text()
    assert cli.main(["init", "--login", "office"]) == 0
    assert "already" in capsys.readouterr().out
    assert (environment / "kek").read_text() == key
    assert cli.main(["keys"]) == 0
    assert cli.main(["audit", "verify"]) == 0
    assert "whole" in capsys.readouterr().out
    assert cli.main(["recover", "--login", "office"]) == 0
    assert cli.main(["recover", "--login", "nobody"]) == 1


def test_keys_are_exchanged_and_taken_back(environment, monkeypatch, capsys):
    give(monkeypatch, "four words in a row\n")
    assert cli.main(["init", "--login", "office"]) == 0
    services = Services.build(IssuerSettings())
    office = services.accounts.find_by_login("office")
    services.organisations.open(
        Actor(user_id=office.id, name="Ada", scope=office.scope), OrganisationDraft(name="Maple", slug="maple")
    )
    services.close()
    capsys.readouterr()
    assert cli.main(["keys", "rotate", "--organisation", "maple"]) == 0
    assert "#key-2 is announced, and signs from" in capsys.readouterr().out
    assert cli.main(["keys", "compromised", "--organisation", "maple", "--key", "key-1"]) == 0
    assert "Awards that it signed after that: 0." in capsys.readouterr().out
    assert cli.main(["keys"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "#key-1  ed25519, proof: revoked" in lines[0]
    assert "#key-2  ed25519, proof: in use" in lines[1]
    (environment / "kek").rename(environment / "old")
    create_key_file(environment / "kek")
    assert cli.main(["keys", "reseal"]) == 1, "the old key file is not named"
    monkeypatch.setenv("SATCHEL_ISSUER_RETIRED_KEY_FILES", str(environment / "old"))
    assert cli.main(["keys", "reseal"]) == 0
    assert "2 keys are sealed under the present key file; 2 were not before." in capsys.readouterr().out
    assert cli.main(["keys", "rotate", "--organisation", "nowhere"]) == 1
    assert cli.main(["keys", "compromised", "--organisation", "maple", "--key", "key-9"]) == 1
    assert cli.main(["keys", "compromised", "--organisation", "maple", "--key", "key-2", "--since", "2999-01-01"]) == 1


def test_a_key_that_is_a_name_is_said_to_sign_withdrawals_once_it_is_not_safe(environment, monkeypatch, capsys):
    give(monkeypatch, "four words in a row\n")
    assert cli.main(["init", "--login", "office"]) == 0
    services = Services.build(IssuerSettings())
    office = services.accounts.find_by_login("office")
    actor = Actor(user_id=office.id, name="Ada", scope=office.scope)
    services.organisations.open(actor, OrganisationDraft(name="Rosa", slug="rosa", named_by="key"))
    services.close()
    capsys.readouterr()
    assert cli.main(["keys", "compromised", "--organisation", "rosa", "--key", "key-1"]) == 0
    said = capsys.readouterr().out
    assert "signs withdrawals, and nothing else" in said
    assert "move the organisation to a web address" in said


def test_a_lost_key_file_is_not_replaced(environment, monkeypatch, capsys):
    give(monkeypatch, "four words in a row\n")
    assert cli.main(["init", "--login", "office"]) == 0
    (environment / "kek").unlink()
    assert cli.main(["init", "--login", "another"]) == 1
    assert "Restore it" in capsys.readouterr().err
    assert not (environment / "kek").exists()
    assert cli.main(["keys"]) == 1


def test_a_setting_that_is_wrong_is_named(environment, monkeypatch, capsys):
    monkeypatch.setenv("SATCHEL_ISSUER_PORT", "many")
    assert cli.main(["keys"]) == 1
    assert "SATCHEL_ISSUER_PORT" in capsys.readouterr().err


def test_a_command_that_is_not_understood_is_64(environment):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["dance"])
    assert stopped.value.code == 64
