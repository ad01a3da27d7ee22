"""What a program proposes whole, and what it has presented, is stored alike on SQLite and on PostgreSQL."""

import secrets
import threading
from datetime import UTC, datetime

import pytest

from issuer.service.context import Actor
from issuer.service.drafts import AchievementDraft, AwardDraft, OrganisationDraft
from issuer.service.proposals import Proposal
from issuer.service.services import Services
from issuer.settings import IssuerSettings
from kit.clock import FixedClock
from kit.errors import NotFound, RequestError
from kit.paging import window
from tests.unit.wallet import samples
from wallet import store

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOLDER = samples.signer(3).verification_method.partition("#")[0]


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
def ada(services):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    return Actor(user_id=account.id, name="Ada", scope="administrator")


@pytest.fixture
def proposal(services, ada):
    services.organisations.open(ada, OrganisationDraft(name="Maple"))
    desk = services.organisations.enter(ada, "maple")
    made = services.achievements.create(
        desk, AchievementDraft(name="Algebra", description="d", criteria_narrative="c", achievement_type="Course")
    )
    draft = AwardDraft(achievement=made.id, learner_name="Zoë", identifier="1")
    return Proposal(issuer="", achievement={"id": made.iri}, name="", holder=HOLDER, draft=draft)


def test_ten_at_once_with_one_key_are_one_credential_that_is_bound_and_has_no_claim(services, ada, proposal):
    made, late = [], []

    def propose():
        try:
            made.append(services.proposals.issue(ada, proposal, key="one"))
        except RequestError as error:
            late.append(error)

    threads = [threading.Thread(target=propose) for _each in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made
    assert {error.kind for error in late} <= {"in-flight"}
    assert len({issued.credential["id"] for issued in made}) == 1
    desk = services.organisations.enter(ada, "maple")
    listed = services.credentials.listing(desk, window(page=None, size=None))
    assert [(item.state, item.holder) for item in listed.items] == [("claimed", HOLDER)]
    assert services.credentials.claim(desk, listed.items[0].id) is None
    assert services.organisations.audit_broken_at() is None


def test_only_people_of_its_organisation_withdraw_a_credential(services, ada, proposal):
    issued = services.proposals.issue(ada, proposal, key="one")
    credential_id, entry = issued.credential["id"], {"type": "BitstringStatusListEntry"}
    rosa = Actor(user_id="nobody", name="Rosa")
    for actor, wanted in ((rosa, credential_id), (ada, "urn:uuid:none")):
        with pytest.raises(NotFound):
            services.proposals.withdraw(actor, wanted, entry, reason="notStated")
    assert services.proposals.withdraw(ada, credential_id, entry, reason="notStated").state == "revoked"


def test_a_presentation_leaves_a_share_that_has_ended(database_url, tmp_path):
    wallet = samples.wallet(tmp_path, database_url=database_url)
    family = samples.Hadleys(wallet)
    with wallet.tools.database.session() as session:
        home = wallet.people.open(session, family.teresa)
        key = wallet.tools.keystore.new_learner_key("did:web:maple.example")
        row = store.LearnerKey(
            id="k" * 36, family_id=family.teresa.family_id, learner_id=family.wren, issuer_index=b"i" * 32,
            created_at=home.now, version=0,
        )  # fmt: skip
        home.learner(family.wren).seal(row, key.secret)
        session.add(row)
    kept = wallet.credentials.add_file(family.teresa, family.wren, samples.award(subject=key.did)).credential_id
    proved = wallet.presenting.prove(
        family.teresa, family.wren, [kept], challenge="4kTq1bX0", domain="https://admissions.example"
    )
    assert proved.presentation is not None
    view = wallet.shares.share(family.teresa, proved.share_id)
    assert (view.state, view.token, len(view.openings.items)) == ("recalled", "", 1)
    wallet.tools.fetcher.close()
    wallet.tools.database.close()
