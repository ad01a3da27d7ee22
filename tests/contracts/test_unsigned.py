"""What was stored to be signed when the server's address changed, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from issuer.service.addressing import AddressChanged
from issuer.service.awarding import job_views, judging, steps
from issuer.service.identities import did_of
from issuer.service.services import Services
from issuer.store import sheets, status, tables
from kit.clock import FixedClock
from kit.errors import BadInput, Conflict, NotFound
from kit.paging import Window
from tests.awarding import achievement, bring, drive, step
from tests.http.issuer.conftest import Wallet
from tests.issuing import Workshop, _draft, judged, settings
from vc.checks import Verdict
from vc.document import CREDENTIAL_LIMITS, parse

PRESENT = "http://localhost:8009"
ALL = Window(number=1, size=100)


class PowerCut(Exception):  # noqa: N818 - what happens, not what is wrong
    pass


class Shop(Workshop):
    """A workshop whose server can get another address."""

    def __init__(self, given, **more):
        self.given = given
        super().__init__(given, **more)

    def cut(self, act):
        """Do something, and lose the power before anything is signed."""

        def lost(*_given, **_named):
            raise PowerCut

        self.services.issuance.finish = lost
        self.services.many.finish_many = lost
        with pytest.raises(PowerCut):
            act()

    def comes_back(self, address=PRESENT):
        """Start again, at another address."""
        self.services.close()
        given = self.given.model_copy(update={"public_url": address, "identifier_url": address})
        self.services = Services.build(given, clock=FixedClock(instant=self.clock.instant + timedelta(minutes=1)))
        self.clock = self.services.context.clock
        self.desk = self.services.organisations.enter(self.desk.actor, "maple")
        self.services.many.recover(limit=None)

    def waiting(self):
        return self.services.unsigned.listing(self.desk, ALL).items

    def document(self, credential_id):
        body, _etag = self.services.credentials.document(self.desk, credential_id.removeprefix("urn:uuid:"))
        return parse(body, limits=CREDENTIAL_LIMITS).value, body

    def indices(self, credential_id):
        with self.services.context.database.reading() as session:
            return {(found.number, entry.position) for entry, found in status.of_credential(session, credential_id)}

    def rows(self, *where):
        with self.services.context.database.reading() as session:
            return session.scalar(select(func.count()).select_from(where[0]).where(*where[1:]))

    def acts(self, action):
        return self.rows(tables.AUDIT, tables.AUDIT.c.action == action)


@pytest.fixture
def shop(issuer_url, tmp_path):
    given = settings(tmp_path, issuer_url, job_processes=0, identifier_url="http://localhost:8001")
    made = Shop(given, named_by="key")
    yield made
    made.close()


def lists_of(document):
    return {each["statusListCredential"].partition("/orgs/")[0] for each in document["credentialStatus"]}


def test_an_award_is_made_anew_once_and_its_request_gets_it(shop):
    shop.cut(lambda: shop.award(1, "k"))
    with shop.services.context.database.reading() as session:
        (credential_id,) = session.scalars(select(tables.CredentialRow.id))
    shop.comes_back()
    (found,) = shop.waiting()
    assert (found.kind, found.learner_name, found.about, found.can_leave_out) == ("award", "Learner 1", "Algebra", True)
    with pytest.raises(AddressChanged):
        shop.award(1, "k")
    before, first = shop.indices(credential_id), credential_id
    credential_id = shop.services.unsigned.anew(shop.desk, found.id)
    assert credential_id != first
    with pytest.raises(Conflict):
        shop.services.unsigned.anew(shop.desk, found.id)
    with pytest.raises(Conflict):
        shop.services.unsigned.leave_out(shop.desk, found.id)
    assert shop.waiting() == []
    answer = shop.award(1, "k")
    assert answer.repeated
    assert answer.value["id"] == credential_id
    document, body = shop.document(credential_id)
    assert lists_of(document) == {PRESENT}
    assert document["credentialSubject"]["achievement"]["id"].startswith(PRESENT)
    shop.clock.instant += timedelta(seconds=2)
    assert judged(shop.services, "maple", body).verdict is Verdict.GENUINE_AND_CURRENT
    after = shop.indices(credential_id)
    assert len(after) == len(before)
    assert not after & before
    assert shop.indices(first) == before, "they stay used up"
    with pytest.raises(NotFound):
        shop.services.credentials.one(shop.desk, first)
    assert shop.services.issuance.finish(found.id).credential_id == credential_id, "who held the old intent finds it"
    assert (shop.acts("credential.anew"), shop.acts("credential.award")) == (1, 1)
    assert shop.services.claims.printable(shop.desk.organisation, credential_id).code == answer.value["claim"]["code"]
    assert shop.services.organisations.audit_broken_at() is None


def test_what_is_left_out_is_never_signed_and_may_be_asked_for_again(shop):
    shop.cut(lambda: shop.award(1, "k"))
    shop.comes_back()
    (found,) = shop.waiting()
    shop.services.unsigned.leave_out(shop.desk, found.id)
    with pytest.raises(Conflict):
        shop.services.unsigned.leave_out(shop.desk, found.id)
    with pytest.raises(BadInput):
        shop.services.issuance.finish(found.id)
    assert (shop.waiting(), shop.acts("credential.leave"), shop.rows(tables.SignedCredentialRow)) == ([], 1, 0)
    assert shop.award(1, "k").value["id"] != found.credential_id
    with pytest.raises(NotFound):
        shop.services.unsigned.anew(shop.desk, "00000000-0000-4000-8000-000000000000")


def test_after_the_move_to_an_address_what_nobody_had_is_issued_by_it_and_what_was_released_keeps_its_issuer(shop):
    kept = shop.award(2, "kept").value
    name = shop.document(kept["id"])[0]["issuer"]["id"]
    draft = _draft(shop.achievement, 2)
    shop.cut(lambda: shop.services.awards.reissue(shop.desk, kept["id"], draft, key="corrected"))
    shop.cut(lambda: shop.award(1, "new"))
    shop.comes_back()
    shop.services.moving.move(shop.desk)
    shop.desk = shop.services.organisations.enter(shop.desk.actor, "maple")
    corrected, new = sorted(shop.waiting(), key=lambda each: each.kind, reverse=True)
    assert [each.kind for each in (corrected, new)] == ["reissue", "award"]
    places = shop.indices(kept["id"])
    with pytest.raises(Conflict):
        shop.services.unsigned.leave_out(shop.desk, corrected.id)
    assert shop.services.unsigned.all_anew(shop.desk) == (2, None)
    old, _body = shop.document(kept["id"])
    assert (old["issuer"]["id"], lists_of(old), shop.indices(kept["id"])) == (name, {PRESENT}, places)
    with shop.services.context.database.reading() as session:
        of_new = select(tables.CredentialRow.id).where(tables.CredentialRow.learner_name == "Learner 1")
        made = session.scalars(of_new.where(tables.CredentialRow.state == "issued")).one()
    fresh, body = shop.document(made)
    assert (fresh["issuer"]["id"], lists_of(fresh)) == (did_of(PRESENT, "maple"), {PRESENT})
    shop.clock.instant += timedelta(seconds=2)
    assert judged(shop.services, "maple", body).verdict is Verdict.GENUINE_AND_CURRENT
    shop.services.credentials.revoke(shop.desk, made, reason="replaced", note="")
    assert judged(shop.services, "maple", body).verdict is Verdict.WITHDRAWN


def test_claims_are_finished_or_left_out(shop):
    wallet, made = Wallet(), [shop.award(number, f"k{number}").value for number in range(2)]
    for each in made:
        token = each["claim"]["url"].rpartition("/")[2]
        offer = shop.services.claims.look(token, client="c")
        shop.services.claims._bind(offer, wallet.did)
    shop.comes_back()
    first, second = shop.waiting()
    assert {first.kind, second.kind} == {"claim"}
    shop.services.unsigned.anew(shop.desk, first.id)
    shop.services.unsigned.leave_out(shop.desk, second.id)
    states = {each["id"]: shop.services.credentials.one(shop.desk, each["id"]).state for each in made}
    assert (states[first.credential_id], states[second.credential_id]) == ("claimed", "issued")
    document, _body = shop.document(first.credential_id)
    assert (lists_of(document), document["credentialSubject"]["id"]) == ({PRESENT}, wallet.did)
    shop.services.credentials.revoke(shop.desk, second.credential_id, reason="replaced", note="")


def test_the_rows_of_a_sheet_are_made_anew_or_left_out_and_the_rest_goes_on(shop, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 5)
    course = achievement(shop.services, shop.desk)
    sheet = bring(shop.services, shop.desk, course, range(9), key="s")
    job = shop.services.award_jobs.issue(shop.desk, sheet.id, key="j", undo_minutes=0)
    shop.cut(lambda: step(shop.services, job.id))
    shop.comes_back()
    after = drive(shop.services, job.id)
    assert after.seconds > 1, "it rests, and does not turn in a circle"
    now = shop.services.award_jobs.one(shop.desk, job.id)
    assert (now.problem, now.done) == (job_views.ADDRESS, 0)
    left = shop.waiting()
    assert {each.job_id for each in left} == {job.id}
    shop.services.unsigned.leave_out(shop.desk, left[0].id)
    while shop.services.unsigned.all_anew(shop.desk)[0]:
        pass
    drive(shop.services, job.id)
    now = shop.services.award_jobs.one(shop.desk, job.id)
    assert (now.state, now.done, now.refused, now.problem) == (job_views.RELEASED, 8, 1, None)
    with shop.services.context.database.reading() as session:
        counts = sheets.counts(session, [sheet.id])[sheet.id]
    assert (counts[judging.AWARDED], counts[judging.REFUSED]) == (8, 1)
    issued = [tables.CredentialRow.state == "issued", tables.CredentialRow.job_id == job.id]
    assert shop.rows(tables.CredentialRow, *issued) == 8
    assert shop.rows(tables.SignedCredentialRow) == 8
    assert shop.rows(tables.ClaimRow) == 8
