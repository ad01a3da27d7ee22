"""Notices to programs are taken once at a time, alike on SQLite and on PostgreSQL; an upgrade keeps what waits."""

import secrets
import threading
from datetime import UTC, datetime

import pytest

from issuer.service import notices
from issuer.service.context import Actor
from issuer.service.drafts import OrganisationDraft
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from issuer.store import tables, webhooks
from kit.clock import FixedClock
from kit.fetch.fetcher import Reply

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EACH = 12


class Slow:
    """Takes every notice, and notes who was served at the same time as somebody else."""

    def __init__(self):
        self.lock, self.busy, self.seen, self.together = threading.Lock(), set(), [], []

    def ask(self, _method, url, *, headers, content, **_rest):
        with self.lock:
            if url in self.busy:
                self.together.append(url)
            self.busy.add(url)
            self.seen.append(headers["Satchel-Delivery"])
        threading.Event().wait(0.002)
        with self.lock:
            self.busy.discard(url)
        assert b'"test"' in content
        return Reply(status=204, media_type="", body=b"", error=None)


@pytest.fixture
def services(issuer_url, tmp_path):
    settings = IssuerSettings(
        database_url=issuer_url, data_dir=tmp_path, public_url="http://localhost:8001", port=8001,
        key_hex=secrets.token_hex(32), loopback=True,
    )  # fmt: skip
    made = Services.build(settings, clock=FixedClock(instant=NOW))
    yield made
    made.close()


def test_four_couriers_send_each_notice_once_and_never_two_to_one_address(services, monkeypatch):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    ada = Actor(user_id=account.id, name="Ada", scope="administrator")
    services.organisations.open(ada, OrganisationDraft(name="Maple"))
    desk = services.organisations.enter(ada, "maple")
    for port in (1, 2):
        hook, _secret = services.webhooks.add(desk, url=f"http://127.0.0.1:{port}/", events=["job.released"])
        for _each in range(EACH):
            services.webhooks.test(desk, hook.id)
    program = Slow()
    monkeypatch.setattr(services.couriers, "_fetcher", program)
    idle = threading.Event()

    def work():
        while services.couriers.rounds.waiting():
            services.couriers.send_one() or idle.wait(0.001)

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with services.context.database.reading() as session:
        states = {row.id: (row.state, row.tries) for row in session.query(tables.NoticeRow)}
    assert sorted(program.seen) == sorted(states)
    assert set(states.values()) == {("sent", 1)}
    assert program.together == []


def test_an_address_that_is_removed_does_not_make_an_act_fail(services):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    ada = Actor(user_id=account.id, name="Ada", scope="administrator")
    services.organisations.open(ada, OrganisationDraft(name="Maple"))
    desk = services.organisations.enter(ada, "maple")
    hook, _secret = services.webhooks.add(desk, url="http://127.0.0.1:1/", events=["job.released"])
    failed = []

    def remove():
        try:
            services.webhooks.remove(desk, hook.id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
            failed.append(error)

    removing = threading.Thread(target=remove)
    with services.context.database.session() as session:
        (row,) = webhooks.listening(session, desk.organisation.id)
        removing.start()
        removing.join(0.3)
        notices.put(session, [notices.trial(row, NOW)])
    removing.join()
    assert failed == []
    with services.context.database.reading() as session:
        assert (session.query(tables.WebhookRow).count(), session.query(tables.NoticeRow).count()) == (0, 0)
