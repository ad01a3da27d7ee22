"""An organisation closes while others award: what is stored afterwards is nothing, on SQLite and on PostgreSQL."""

import threading

import pytest

from issuer.service.closing import ClosingDraft
from issuer.store import closings
from kit.errors import Conflict
from tests.issuing import Workshop, settings
from vc.document import CREDENTIAL_LIMITS, parse

DRAFT = ClosingDraft(slug="maple", successor_name="Cedar", successor_url="https://cedar.example.org/")


@pytest.fixture
def shop(issuer_url, tmp_path):
    made = Workshop(settings(tmp_path, issuer_url, job_processes=0))
    yield made
    made.close()


def test_an_award_that_is_being_stored_is_in_or_is_refused(shop):
    """One award holds its transaction open while the organisation closes; then nothing gets in any more."""
    organisation = shop.desk.organisation
    told = []
    frozen = shop.freeze(3)
    stored, may_end = threading.Event(), threading.Event()

    def award():
        def wait(*given, **named):
            stored.set()
            may_end.wait(timeout=10)
            return original(*given, **named)

        original = shop.services.issuance.freeze
        shop.services.issuance.freeze = wait
        try:
            shop.award(9, "held")
            told.append("awarded")
        finally:
            shop.services.issuance.freeze = original

    awarding = threading.Thread(target=award)
    awarding.start()
    assert stored.wait(timeout=10)
    closing = threading.Thread(
        target=lambda: told.append(shop.services.closing.close(shop.desk, DRAFT, key="close").status)
    )
    shop.services.issuance.freeze = type(shop.services.issuance).freeze.__get__(shop.services.issuance)
    closing.start()
    closing.join(timeout=0.3)
    assert told == [], "it waits for what is being stored"
    may_end.set()
    awarding.join(timeout=30)
    closing.join(timeout=30)
    assert sorted(map(str, told)) == ["201", "awarded"]
    for call in (lambda: shop.award(10, "late"), lambda: shop.freeze(2, first=20)):
        with pytest.raises(Conflict, match="has closed"):
            call()
    assert all(not isinstance(each, Exception) for each in shop.finish(frozen)), "what was stored is finished"
    with shop.services.context.database.reading() as session:
        counts = closings.counts(session, organisation.id, shop.services.context.now())
    assert (counts.awards, counts.signing) == (4, 0)
    _organisation, snapshot, found = shop.services.closing.public("maple")
    assert parse(found.body, limits=CREDENTIAL_LIMITS).value["issuer"]["id"] == snapshot.did
    shop.services.closing.reopen(shop.desk)
    shop.award(11, "again")
