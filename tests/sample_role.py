"""A small role, whole: its package, its app, its accounts. For the tests of what every role shares."""

import re
from datetime import UTC, datetime
from typing import Annotated

import pytest
from argon2 import PasswordHasher
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.testclient import TestClient

from kit.accounts import Account, Accounts, Passkeys, account_tables, current_user, require_user
from kit.accounts.pages import account_api, account_pages
from kit.accounts.passkey_pages import answer_wanted, passkey_api, passkey_pages
from kit.accounts.passwords import Passwords
from kit.audit import audit_table
from kit.clock import FixedClock
from kit.db import Database, metadata
from kit.errors import Conflict, NotFound
from kit.health import Health
from kit.i18n import _
from kit.limits import Misses
from kit.settings import RoleSettings
from kit.web import Pages, build_app, flash, form, see_other, visit_of
from vc.problems import ParsingError

PASSWORD = "four words in a row"
HTML = {"accept": "text/html,*/*"}

TEMPLATES = {
    "base.html": """<!doctype html><html lang="{{ lang() }}"><title>{% block title %}{% endblock %}</title>
        <link rel="stylesheet" href="{{ static_url("plain.css") }}">{% block head %}{% endblock %}
        {% for item in flashes() %}<p class="{{ item.tone }}">{{ item.text }}</p>{% endfor %}
        <h1>{% block heading %}{% endblock %}</h1>{% block content %}{% endblock %}</html>""",
    "problem.html": """{% extends "base.html" %}{% block content %}{{ problem.status }} {{ problem.title }}
        {{ problem.detail }} {{ problem.remedy or "" }} [{{ problem.reference }}]{% endblock %}""",
    "macros.html": """{% macro greet(name) %}{{ _("Hello %(name)s", name=name) }} {{ date_long(now()) }}
        {{ csrf_field() }}{% endmacro %}""",
    "home.html": """{% extends "base.html" %}{% from "macros.html" import greet %}{% block content %}
        {{ greet(who) }} {{ ngettext("%(count)s award", "%(count)s awards", 3) }} {{ note }}
        {{ user.name if user else "nobody" }} {{ path_for("home") }} {{ language_url("es") }}{% endblock %}""",
}
SPANISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Hello %(name)s"
msgstr "Hola, %(name)s"

msgid "%(count)s award"
msgid_plural "%(count)s awards"
msgstr[0] "%(count)s reconocimiento"
msgstr[1] "%(count)s reconocimientos"

msgid "It is so."
msgstr "Así es."
"""


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int


@pytest.fixture
def clock():
    return FixedClock(instant=datetime(2027, 3, 3, 10, 2, tzinfo=UTC))


@pytest.fixture
def make_settings(tmp_path):
    def make(**changes):
        given = {
            "database_url": f"sqlite:///{tmp_path}/role.db",
            "data_dir": tmp_path,
            "public_url": "http://localhost:8009",
            "port": 8009,
            "loopback": True,
        }
        return RoleSettings(**{**given, **changes})

    return make


@pytest.fixture
def package(tmp_path, monkeypatch):
    name = f"role_{abs(hash(tmp_path))}"
    folder = tmp_path / name
    for part in ("templates", "static", "locale"):
        (folder / part).mkdir(parents=True)
    (folder / "__init__.py").touch()
    for file, text in TEMPLATES.items():
        (folder / "templates" / file).write_text(text)
    (folder / "static" / "plain.css").write_text("p { margin: 0 }")
    (folder / "locale" / "es.po").write_text(SPANISH)
    monkeypatch.syspath_prepend(tmp_path)
    return name


class Role:
    """The sample role: `client` asks it, `accounts` and `pages` are its parts."""

    def __init__(self, package, settings, clock, limits=None, *, passkeys_required=False):
        self.package, self.settings, self.clock = package, settings, clock
        tables = metadata()
        kept = account_tables(tables)
        self.audit = audit_table(tables, detail_keys=())
        self.database = Database(settings.database_url)
        tables.create_all(self.database.engine)
        self.accounts = Accounts(
            database=self.database,
            tables=kept,
            clock=clock,
            login_key=None,
            vault=None,
            hasher=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            passkeys_required=passkeys_required,
        )
        self.passkeys = Passkeys(self.accounts, origin=settings.public_url, audited=self.audit, prefix="account/")
        self.pages = Pages(role=package, settings=settings, clock=clock)
        self.health = Health(role=package, checks={"database": self.database.check})
        self.app = build_app(
            role=package,
            settings=settings,
            pages=self.pages,
            routers=[
                self.router(),
                account_pages(accounts=self.accounts, passkeys=self.passkeys, pages=self.pages),
                account_api(accounts=self.accounts),
                passkey_pages(passkeys=self.passkeys, pages=self.pages),
                passkey_api(passkeys=self.passkeys),
            ],
            secret=b"s" * 32,
            health=self.health,
            find_account=self.accounts.current,
            limits=limits,
            open_forms=frozenset({"/open"}),
            close=[self.database.close],
        )
        answer_wanted(self.app, passkeys=self.passkeys, pages=self.pages)

    def client(self, **changes):
        return TestClient(self.app, **{"base_url": self.settings.public_url, **changes})

    def router(self):
        router = APIRouter()
        pages, misses = self.pages, Misses(self.clock)

        @router.get("/", name="home")
        def home(request: Request, who: str = "Ada"):
            return pages.render(request, "home.html", who=who, note=_("It is so."))

        @router.post("/keep")
        def keep(request: Request):
            flash(request, _("It is so."))
            form(request).text("name", longest=10)
            return see_other("/")

        @router.post("/open")
        def opened(request: Request):
            found = current_user(request)
            return {"by": found.name if found else None, "got": form(request).get("name")}

        @router.post("/files")
        def files(request: Request):
            return {"sizes": [len(item.data) for item in form(request).files("file", largest=1000)]}

        @router.post("/claim/{token}")
        def claim(token: str):
            return {"claimed": True}

        @router.get("/secret/{token}")
        def secret(request: Request, token: str):
            misses.admit(visit_of(request).client)
            if token != "right":
                misses.missed(visit_of(request).client)
                raise NotFound
            return {"found": True}

        @router.post("/api/things")
        def things(thing: Thing, user: Annotated[Account, Depends(require_user)]):
            return {"count": thing.count, "by": user.name}

        @router.get("/mine")
        def mine(user: Annotated[Account, Depends(require_user)]):
            return {"name": user.name}

        @router.get("/broken")
        def broken():
            raise RuntimeError("the secret name is Rumpelstiltskin")

        @router.get("/damaged")
        def damaged():
            raise ParsingError("the text ends in the middle", pointer="/name")

        @router.get("/taken")
        def taken():
            raise Conflict(_("It is so."))

        return router


@pytest.fixture
def role(package, make_settings, clock):
    return Role(package, make_settings(), clock)


@pytest.fixture
def make_role(package, make_settings, clock):
    def make(*, limits=None, passkeys_required=False, **changes):
        return Role(package, make_settings(**changes), clock, limits, passkeys_required=passkeys_required)

    return make


@pytest.fixture
def client(role):
    with role.client() as client:
        yield client


def token_in(text):
    return re.search(r'name="csrf" value="(\w+)"', text)[1]


@pytest.fixture
def token(client):
    """A form token for this client as a stranger."""
    return token_in(client.get("/", headers=HTML).text)


@pytest.fixture
def ana(role):
    return role.accounts.create_user(login="ana", password=PASSWORD, name="Ana", scope="x")
