import io
import json
import os
import subprocess
import sys
from datetime import date

import pytest

from kit import audit
from kit.errors import Conflict, Gone
from tests.unit.wallet.samples import KEY, PASSWORD, Hadleys, award, wallet
from wallet import store
from wallet.app import build_tools
from wallet.cli import main
from wallet.service import build_services
from wallet.service.share_views import Choice
from wallet.settings import WalletSettings


@pytest.fixture
def environment(tmp_path, monkeypatch):
    given = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/wallet.db",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "http://localhost:8002",
        "KEY_FILE": str(tmp_path / "wallet.key"),
        "LOOPBACK": "true",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"SATCHEL_WALLET_{name}", value)
    return tmp_path


def run(monkeypatch, *arguments, typed=PASSWORD + "\n"):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return main(arguments)


def test_init_makes_the_key_the_tables_and_the_administrator_once(environment, monkeypatch, capsys):
    assert run(monkeypatch, "init", "--login", "root") == 0
    key = environment / "wallet.key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    assert run(monkeypatch, "init", "--login", "root") == 0
    assert key.read_bytes() == before
    assert "nothing was changed" in capsys.readouterr().out
    assert main(["audit", "verify"]) == 0
    assert "1 rows, whole" in capsys.readouterr().out


def test_a_lost_key_file_is_not_replaced_by_a_new_one(environment, monkeypatch, capsys):
    """Attack K5."""
    run(monkeypatch, "init", "--login", "root")
    (environment / "wallet.key").unlink()
    assert run(monkeypatch, "init", "--login", "root") == 1
    assert "restore it" in capsys.readouterr().err
    assert not (environment / "wallet.key").exists()


def test_another_databases_key_is_refused(environment, monkeypatch, capsys):
    """Attack K6."""
    run(monkeypatch, "init", "--login", "root")
    (environment / "wallet.key").write_text(KEY)
    assert main(["recover", "--login", "root"]) == 1
    assert "sealed under key" in capsys.readouterr().err


def test_recover_prints_a_code_that_works_once(environment, monkeypatch, capsys):
    run(monkeypatch, "init", "--login", "root")
    capsys.readouterr()
    assert main(["recover", "--login", "root"]) == 0
    assert "/recover" in capsys.readouterr().out
    assert main(["recover", "--login", "nobody"]) == 1


def test_a_tampered_audit_is_found(environment, monkeypatch, capsys):
    import sqlite3

    run(monkeypatch, "init", "--login", "root")
    with sqlite3.connect(environment / "wallet.db") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'somebody'")
    assert main(["audit", "verify"]) == 1
    assert "broken at row 1" in capsys.readouterr().err


def test_a_sweep_says_what_it_deleted(environment, monkeypatch, capsys):
    run(monkeypatch, "init", "--login", "root")
    assert main(["sweep"]) == 0
    assert "0 things" in capsys.readouterr().out


def test_every_open_share_is_recalled_with_one_command(environment, monkeypatch, capsys, clock):
    """Attacks J6 and K12: a restored backup opens no link that a family had stopped."""
    monkeypatch.delenv("SATCHEL_WALLET_KEY_FILE")
    monkeypatch.setenv("SATCHEL_WALLET_KEY_HEX", KEY)
    services = wallet(environment, clock)
    hadleys = Hadleys(services)
    tokens = []
    for actor, learner in ((hadleys.teresa, hadleys.teresa_learner), (hadleys.jonah, hadleys.jonah_learner)):
        kept = services.credentials.add_file(hadleys.teresa, learner, award()).credential_id
        wanted = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="")
        tokens.append(services.shares.share(actor, services.shares.create(actor, learner, wanted)))
    services.tools.database.close()
    assert main(["recall-shares"]) == 0
    assert "2 links were stopped" in capsys.readouterr().out
    services = wallet(environment, clock)
    with pytest.raises(Gone):
        services.reading.front(tokens[0].token)
    with pytest.raises(Conflict):
        services.shares.approve(hadleys.teresa, tokens[1].id)
    with services.tools.database.reading() as session:
        assert audit.verify_chain(session, store.AUDIT) is None
        last = session.execute(store.AUDIT.select().order_by(store.AUDIT.c.sequence.desc())).first()
        assert (last.actor, last.action, last.detail) == ("system", "share.recallEvery", '{"count":2}')
    services.tools.database.close()
    assert main(["recall-shares"]) == 0
    assert "0 links" in capsys.readouterr().out


def test_settings_that_need_attention_are_named(environment, monkeypatch, capsys):
    monkeypatch.setenv("SATCHEL_WALLET_PUBLIC_URL", "http://wallet.example")
    assert main(["audit", "verify"]) == 1
    assert capsys.readouterr().err


def test_a_command_that_is_none_exits_with_64(environment):
    done = subprocess.run(
        [sys.executable, "-m", "wallet", "dance"], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 64


@pytest.mark.e2e
def test_serve_says_where_it_listens_and_stops_when_told(environment, monkeypatch):
    run(monkeypatch, "init", "--login", "root")
    monkeypatch.setenv("SATCHEL_WALLET_PORT", "0")
    command = [sys.executable, "-m", "wallet", "serve"]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(15) in {0, -15}
    assert line["event"] == "listening"


def test_a_court_order_is_searched_recorded_and_lifted(environment, monkeypatch, capsys):
    """Attack O6, from a shell; the order comes from standard input and stands in no list of processes."""
    run(monkeypatch, "init", "--login", "root")
    built = build_services(build_tools(WalletSettings()))
    hadleys = Hadleys(built)
    by = ("--operator", "root")
    assert run(monkeypatch, "court-order", "search", "--login", "marcus", *by) == 0
    told = capsys.readouterr().out
    assert f"learner {hadleys.wren}  member {hadleys.marcus.member_id}  may: view  others: 1" in told
    assert "Wren" not in told
    asked = ("court-order", "record", "--learner", hadleys.wren, "--member", hadleys.marcus.member_id, *by)
    assert run(monkeypatch, *asked, typed="\n") == 1
    assert run(monkeypatch, *asked, typed="Polk 17-442\n") == 0
    order = capsys.readouterr().out.split()[2].rstrip(".")
    assert run(monkeypatch, "court-order", "search", "--login", "marcus", *by) == 0
    assert "nothing for anybody" in capsys.readouterr().out
    assert run(monkeypatch, "court-order", "lift", order, "--operator", "marcus") == 1
    assert run(monkeypatch, "court-order", "lift", order, "--operator", "nobody") == 1
    assert run(monkeypatch, "court-order", "lift", order, *by) == 0
    built.tools.fetcher.close()
    built.tools.database.close()


def test_an_operator_lists_programs_and_shuts_one_out(environment, monkeypatch, capsys):
    assert run(monkeypatch, "init", "--login", "root") == 0
    tools = build_tools(WalletSettings())
    site = "https://provider.example"
    told = dict.fromkeys(("client_uri", "logo_uri", "tos_uri", "policy_uri"), site)
    told |= {"client_name": "Maple", "software_id": "m", "software_version": "1", "scope": "offline_access"}
    clients = build_services(tools).hosting.clients
    client_id = clients.register({**told, "redirect_uris": [f"{site}/back"]}, address="x")["client_id"]
    tools.database.close()
    capsys.readouterr()
    assert main(["clients"]) == 0
    assert f"{client_id}  " in (listed := capsys.readouterr().out)
    assert "0 connected  provider.example  Maple" in listed
    assert main(["shut-out", client_id]) == 0
    assert main(["shut-out", "x"]) == 1
    assert "lists all of them" in capsys.readouterr().err
