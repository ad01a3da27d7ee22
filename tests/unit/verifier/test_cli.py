"""The verifier's commands: make the first administrator, help somebody back in, and say what a setting lacks."""

import io

import pytest

from kit.db import Database
from verifier.cli import main


@pytest.fixture
def environment(tmp_path, monkeypatch):
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/v.db",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "http://localhost:8003",
        "PORT": "8003",
        "KEY_FILE": str(tmp_path / "kek"),
        "LOOPBACK": "true",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"SATCHEL_VERIFIER_{name}", value)
    return tmp_path


def test_init_makes_the_key_and_one_administrator(environment, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("four words in a row\n"))
    assert main(["init", "--login", "ana", "--name", "Ana"]) == 0
    key = (environment / "kek").read_text()
    assert (environment / "kek").stat().st_mode & 0o777 == 0o600
    assert main(["init", "--login", "ANA"]) == 0
    assert "already" in capsys.readouterr().out
    assert (environment / "kek").read_text() == key
    database = Database(f"sqlite:///{environment}/v.db")
    assert database.revision_is_head("verifier.migrations")
    database.close()


def test_a_weak_password_is_refused_with_a_sentence(environment, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["init", "--login", "ana"]) == 1
    assert "too short" in capsys.readouterr().err


def test_recover_prints_a_code(environment, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("four words in a row\n"))
    main(["init", "--login", "ana"])
    capsys.readouterr()
    assert main(["recover", "--login", "ana"]) == 0
    assert len(capsys.readouterr().out.strip().replace("-", "")) == 16
    assert main(["recover", "--login", "nobody"]) == 1


def test_a_missing_setting_is_named(environment, monkeypatch, capsys):
    monkeypatch.delenv("SATCHEL_VERIFIER_PUBLIC_URL")
    assert main(["recover", "--login", "ana"]) == 1
    assert "SATCHEL_VERIFIER_PUBLIC_URL" in capsys.readouterr().err


def test_a_lost_key_is_not_replaced(environment, monkeypatch, capsys):
    assert main(["recover", "--login", "ana"]) == 1
    assert "kek" in capsys.readouterr().err
    assert not (environment / "kek").exists()


def test_a_wrong_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 64
