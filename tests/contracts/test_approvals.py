"""Two people for one act, on both databases: two who agree at once, two who ask at once, agreeing against refusing."""

import pytest
from sqlalchemy import func, select

from issuer.service.approvals import acts
from issuer.service.changing_settings import SettingsDraft
from issuer.service.context import Actor
from issuer.service.once import InFlight
from issuer.service.services import Services
from issuer.store import tables
from kit.errors import Conflict
from kit.paging import Window
from tests.awarding import achievement, bring, drive
from tests.contracts.test_award_jobs import at_once
from tests.issuing import Workshop, _draft, settings

_FIRST = Window(number=1, size=10)


class Shop(Workshop):
    """An organisation that wants two people for everything: who asks, and two who may agree."""

    def __init__(self, given):
        super().__init__(given)
        self.others = [self._let_in(name) for name in ("oak", "elm")]
        wanted = SettingsDraft(second_person=("award", "sheet", "keys"))
        self.services.settings.change(self.desk, wanted, version=None)

    def _let_in(self, login):
        made = self.services.accounts.create_user(
            login=login, password="four words in a row", name=login, scope="staff"
        )
        actor = Actor(user_id=made.id, name=login)
        self.services.people.accept(actor, self.services.people.invite(self.desk, role="issuer", label=login))
        return self.services.organisations.enter(actor, "maple")

    def ask(self, key="k"):
        return self.services.approvals.do(self.desk, acts.award(_draft(self.achievement, 1), key=key))

    def number(self, table, *where):
        with self.services.context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where))

    def recorded(self, action):
        return self.number(tables.AUDIT, tables.AUDIT.c.action == action)

    def decide(self, desk, approval, *, granted=True):
        """Decide; who comes too late is told so."""
        try:
            return self.services.approvals.decide(desk, approval.id, granted=granted).state
        except (Conflict, InFlight):
            return "late"


@pytest.fixture
def shop(tmp_path, issuer_url):
    made = Shop(settings(tmp_path, issuer_url, job_processes=0))
    yield made
    made.services.close()


def test_granted_twice_at_once_by_two_processes_it_is_done_once(shop):
    approval = shop.ask()
    assert shop.ask().id == approval.id
    elsewhere = Services.build(shop.services.context.settings, clock=shop.services.context.clock)
    one, other = shop.others
    said = []

    def there():
        said.append(elsewhere.approvals.decide(other, approval.id, granted=True).state)

    at_once(lambda: said.append(shop.decide(one, approval)), there)
    elsewhere.close()
    assert said == ["granted", "granted"]
    assert (shop.number(tables.CredentialRow), shop.number(tables.SignedCredentialRow)) == (1, 1)
    assert (shop.recorded("approval.grant"), shop.recorded("credential.award")) == (1, 1)
    assert shop.number(tables.StatusEntryRow) == 2, "no index was taken for what only waited"


def test_asked_twice_at_once_it_waits_once_and_whoever_agrees_first_it_is_done_once(shop):
    request = acts.exchange(use="proof", kind="ed25519")
    asked = []
    at_once(*[lambda: asked.append(shop.services.approvals.do(shop.desk, request))] * 2)
    approval = asked[0]
    assert asked[1].id == approval.id
    assert (shop.number(tables.ApprovalRow), shop.recorded("approval.ask")) == (1, 1)
    said = []
    at_once(*(lambda desk=desk: said.append(shop.decide(desk, approval)) for desk in shop.others))
    assert set(said) <= {"granted", "late"}
    assert (shop.number(tables.SigningKeyRow), shop.recorded("key.rotate")) == (2, 1)


def test_a_sheet_that_one_refuses_while_another_agrees_is_the_one_or_the_other(shop):
    course = achievement(shop.services, shop.desk)
    sheet = bring(shop.services, shop.desk, course, range(3), key="s")
    job = shop.services.award_jobs.issue(shop.desk, sheet.id, key="s")
    approval = shop.services.approvals.listing(shop.desk, _FIRST, waiting=True).items[0]
    one, other = shop.others
    said = []
    at_once(
        lambda: said.append(shop.decide(one, approval)),
        lambda: said.append(shop.decide(other, approval, granted=False)),
    )
    drive(shop.services, job.id)
    state = shop.services.award_jobs.one(shop.desk, job.id).state
    assert sorted(said) in ([["granted", "late"]] if state == "undo" else [["late", "refused"]])
    assert shop.number(tables.SignedCredentialRow) == (3 if state == "undo" else 0)
    assert shop.recorded("approval.grant") + shop.recorded("approval.refuse") == 1
