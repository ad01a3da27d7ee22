"""Ways to hosts are used up once, and awards for them taken once, alike on SQLite and on PostgreSQL."""

import json
import secrets
import threading
from datetime import UTC, datetime, timedelta

import pytest

from issuer.service.context import Actor
from issuer.service.drafts import AwardDraft, OrganisationDraft, ResultDraft
from issuer.service.elsewhere.descriptions import UPSERT
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from issuer.store import hosts, tables
from kit.clock import FixedClock
from kit.fetch.fetcher import Reply
from tests.awarding import achievement

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def services(issuer_url, tmp_path):
    settings = IssuerSettings(
        database_url=issuer_url, data_dir=tmp_path, public_url="http://localhost:8001", port=8001,
        key_hex=secrets.token_hex(32), loopback=True,
    )  # fmt: skip
    made = Services.build(settings, clock=FixedClock(instant=NOW))
    yield made
    made.close()


@pytest.fixture
def award(services):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    ada = Actor(user_id=account.id, name="Ada", scope="administrator")
    services.organisations.open(ada, OrganisationDraft(name="Maple"))
    desk = services.organisations.enter(ada, "maple")
    draft = AwardDraft(
        achievement=achievement(services, desk).id,
        learner_name="Zoë",
        identifier="1",
        results=(ResultDraft(value="A"),),
    )
    made = services.awards.award(desk, draft, key="one").value["id"]
    with services.context.database.session() as session:
        owner = {"organisation_id": desk.organisation.id, "credential_id": made, "host_id": "h", "hand": "guardian"}
        session.add(
            tables.HostRow(
                id="h", base_url="https://a.example", name="A", authorization_url="", token_url="", refresh_url="",
                scope="", client_id="c", client_secret_sealed=b"", secret_expires=None, registered=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            tables.HostAttemptRow(
                state_hash="s",
                verifier_sealed=b"",
                link_sealed=b"",
                browser_hash="",
                expires=NOW + timedelta(1),
                **owner,
            )
        )
        for number in range(12):
            session.add(
                tables.PushRow(
                    id=f"{number}", state=hosts.WAITING, tries=0, next_try=NOW, code=0, answer="", created=NOW, **owner
                )
            )
    return made


def at_once(count, work):
    threads = [threading.Thread(target=work) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("award")
def test_a_way_is_used_up_once_and_each_award_is_taken_once(services):
    won, taken = [], []

    def come_back():
        with services.context.database.session() as session:
            if hosts.take_attempt(session, "s", NOW) is not None:
                won.append(True)

    def take():
        for _each in range(40):
            with services.context.database.session() as session:
                row = hosts.take(session, NOW)
                if row is not None:
                    taken.append(row.id)
                    row.busy_until = NOW + timedelta(seconds=60)

    at_once(6, come_back)
    at_once(4, take)
    assert won == [True]
    assert sorted(taken) == sorted(f"{number}" for number in range(12))


class NewHost:
    """A host that says what it takes, and registers whoever asks."""

    URL = "https://new.example"

    def get(self, _url, **_kind):
        flow = {"tokenUrl": "/token", "authorizationUrl": "/authorize", "scopes": {UPSERT: ""}}
        scheme = {"x-imssf-registrationUrl": "/register", "flows": {"authorizationCode": flow}}
        whole = {
            "info": {"title": "New"},
            "paths": {"/credentials": {"post": {}}},
            "components": {"securitySchemes": {"OAuth2ACG": scheme}},
        }
        return Reply(status=200, media_type="application/json", body=json.dumps(whole).encode(), error=None)

    def ask(self, *_request, **_rest):
        said = {"client_id": "mine", "client_secret": "s", "client_secret_expires_at": 0}
        return Reply(status=201, media_type="application/json", body=json.dumps(said).encode(), error=None)


def test_two_who_find_a_new_host_at_once_find_one(services, monkeypatch):
    monkeypatch.setattr(services.hosts, "_fetcher", NewHost())
    found = []
    second = threading.Thread(target=lambda: found.append(services.hosts._known(NewHost.URL)))
    with services.context.database.session() as session:
        hosts.add(session, host_id="first", base_url=NewHost.URL, registered=NOW)
        hosts.at(session, NewHost.URL).client_id = "theirs"
        session.flush()
        second.start()
        second.join(0.3)
    second.join()
    assert [(row.id, row.client_id, row.name) for row in found] == [("first", "theirs", "New")]
