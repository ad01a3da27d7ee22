"""The registrar's front door: honest, healthy, and nothing to click that does not work."""

import re
import secrets

import pytest
from starlette.testclient import TestClient

from kit.db import Database
from registrar import store
from registrar.app import build_services, create_app
from registrar.cli import main
from registrar.settings import RegistrarSettings


@pytest.fixture
def settings(tmp_path):
    return RegistrarSettings(
        database_url=f"sqlite:///{tmp_path}/registrar.db",
        data_dir=tmp_path,
        public_url="http://localhost:8004",
        verifier_url="http://localhost:8003",
        port=8004,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )


@pytest.fixture
def client(settings):
    with TestClient(create_app(settings), base_url="http://localhost:8004", headers={"Accept": "text/html"}) as made:
        yield made


def test_the_page_says_that_transcripts_are_not_compiled_yet(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "not compiled in this version yet" in page.text
    assert "<form" not in page.text
    assert "<button" not in page.text


def test_the_page_is_in_spanish_too(client):
    assert "todavía no se componen" in client.get("/?lang=es").text


def test_every_link_on_the_page_works(client):
    page = client.get("/").text
    for href in re.findall(r'href="([^"#]+)"', page):
        if href.startswith("/"):
            assert client.get(href.replace("&amp;", "&")).status_code == 200, href
        else:
            assert href == "http://localhost:8003/"


def test_programs_are_told_the_same(client):
    abilities = client.get("/api/abilities").json()["abilities"]
    assert {each["name"] for each in abilities} >= {"compileTranscript", "decideCredit"}
    assert not any(each["available"] for each in abilities)


def test_it_is_alive_ready_and_counted(client):
    assert client.get("/healthz").json() == {"status": "alive", "role": "registrar"}
    assert client.get("/readyz").json()["ready"] is True
    assert client.get("/sign-in").status_code == 404


def test_the_migrations_make_what_the_tables_say(settings):
    services = build_services(settings)
    assert services.database.differences(store.METADATA) == []
    services.database.close()


def test_init_makes_the_key_and_the_database_once(tmp_path, monkeypatch, capsys):
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/r.db",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": "http://localhost:8004",
        "PORT": "8004",
        "KEY_FILE": str(tmp_path / "kek"),
        "LOOPBACK": "true",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"SATCHEL_REGISTRAR_{name}", value)
    assert main(["init", "--login", "ana"]) == 0
    key = (tmp_path / "kek").read_text()
    assert main(["init"]) == 0
    assert (tmp_path / "kek").read_text() == key
    assert "nobody signs in" in capsys.readouterr().out
    database = Database(values["DATABASE_URL"])
    assert database.revision_is_head("registrar.migrations")
    database.close()
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 64
    monkeypatch.delenv("SATCHEL_REGISTRAR_PUBLIC_URL")
    assert main(["serve"]) == 1
    assert "SATCHEL_REGISTRAR_PUBLIC_URL" in capsys.readouterr().err
