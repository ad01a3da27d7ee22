"""The issuer's store keeps the same promises on SQLite and on PostgreSQL."""

import secrets
import threading
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from issuer.service.context import Actor
from issuer.service.drafts import AchievementDraft, AwardDraft, OrganisationDraft
from issuer.service.services import MIGRATIONS, Services
from issuer.settings import IssuerSettings
from issuer.store import METADATA, claims, credentials, identities, organisations, status, tables
from kit.clock import FixedClock
from kit.db import Database
from kit.errors import NotFound
from kit.paging import Window

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def services(issuer_url, tmp_path):
    settings = IssuerSettings(
        database_url=issuer_url,
        data_dir=tmp_path,
        public_url="http://localhost:8001",
        port=8001,
        key_hex=secrets.token_hex(32),
        loopback=True,
    )
    made = Services.build(settings, clock=FixedClock(instant=NOW))
    yield made
    made.close()


@pytest.fixture
def desk(services):
    account = services.accounts.create_user(
        login="admin", password="four words in a row", name="Ada", scope="administrator"
    )
    actor = Actor(user_id=account.id, name="Ada", scope="administrator")
    services.organisations.open(actor, OrganisationDraft(name="Maple"))
    return services.organisations.enter(actor, "maple")


@pytest.fixture
def achievement(services, desk):
    return services.achievements.create(
        desk, AchievementDraft(name="Algebra", description="d", criteria_narrative="c", achievement_type="Course")
    )


def award(services, desk, achievement, key=None):
    draft = AwardDraft(achievement=achievement.id, learner_name="Zoë", identifier="1")
    return services.awards.award(desk, draft, key=key or secrets.token_hex(8))


def test_the_migrations_make_exactly_the_declared_tables(database_url):
    database = Database(database_url)
    database.upgrade(MIGRATIONS)
    assert database.revision_is_head(MIGRATIONS)
    assert database.differences(METADATA) == []
    database.upgrade(MIGRATIONS)
    database.close()


def test_an_award_goes_all_the_way(services, desk, achievement):
    made = award(services, desk, achievement, key="k")
    assert award(services, desk, achievement, key="k").body == made.body
    found = services.credentials.one(desk, made.value["id"])
    assert found.state == "issued"
    assert services.credentials.revoke(desk, found.uuid, reason="replaced", note="n").state == "revoked"
    assert services.credentials.note(desk, found.uuid) == "n"
    assert services.organisations.audit_broken_at() is None


def test_H11_an_index_is_taken_once(services, desk):
    with services.context.database.session() as session:
        row = status.add_list(
            session, identities.present(session, desk.organisation.id), "suspension", length=131_072, now=NOW
        )
        taken = status.allocate(session, status_list=row, credential_id=None, now=NOW)
    entry = {"list_id": row.id, "position": taken, "organisation_id": desk.organisation.id, "value": 0}
    with services.context.database.session() as session:
        assert credentials.insert_if_new(session, tables.StatusEntryRow, **entry) is False
    with pytest.raises(IntegrityError), services.context.database.session() as session:
        session.add(tables.StatusEntryRow(**entry))


def test_H11_indices_taken_at_once_are_all_different(services, desk):
    with services.context.database.session() as session:
        row = status.add_list(
            session, identities.present(session, desk.organisation.id), "suspension", length=131_072, now=NOW
        )
    found, start = [], threading.Barrier(4)

    def take():
        start.wait()
        for _ in range(25):
            with services.context.database.session() as session:
                found.append(status.allocate(session, status_list=row, credential_id=None, now=NOW))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 100


def test_lists_opened_at_once_get_different_numbers(services, desk):
    numbers, start = [], threading.Barrier(4)

    def open_one():
        start.wait()
        with services.context.database.session() as session:
            numbers.append(
                status.add_list(
                    session, identities.present(session, desk.organisation.id), "message", length=131_072, now=NOW
                ).number
            )

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4]


def test_H10_awards_and_withdrawals_at_once_lose_nothing(services, desk, achievement):
    start, errors, uuids = threading.Barrier(4), [], []

    def work(number):
        start.wait()
        try:
            for place in range(5):
                made = award(services, desk, achievement, key=f"{number}-{place}").value["id"]
                services.credentials.revoke(desk, made, reason="replaced", note="")
                uuids.append(made)
        except Exception as error:  # noqa: BLE001 - a thread reports whatever went wrong
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(uuids)) == 20
    with services.context.database.reading() as session:
        for row in status.lists(session, desk.organisation.id):
            assert len(status.set_entries(session, row.id)) == 20
            assert row.changes == 21
    assert services.organisations.audit_broken_at() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE status_entry SET value = 0 WHERE value <> 0",
        "DELETE FROM status_entry",
        "UPDATE status_entry SET position = position + 1",
        "UPDATE signed_credential SET kind = 'x'",
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'somebody'",
    ],
)
def test_the_database_itself_refuses(services, desk, achievement, statement):
    made = award(services, desk, achievement)
    services.credentials.revoke(desk, made.value["id"], reason="replaced", note="")
    with pytest.raises(DBAPIError), services.context.database.session() as session:
        session.execute(text(statement))


def test_a_row_cannot_point_into_another_organisation(services, desk, achievement):
    made = award(services, desk, achievement)
    services.organisations.open(desk.actor, OrganisationDraft(name="Oak"))
    with services.context.database.reading() as session:
        oak = organisations.by_slug(session, "oak").id
    with pytest.raises(IntegrityError), services.context.database.session() as session:
        session.execute(
            text("UPDATE credential SET organisation_id = :oak WHERE id = :id"), {"oak": oak, "id": made.value["id"]}
        )


def test_a_challenge_is_consumed_once_and_in_time(services, desk, achievement):
    made = award(services, desk, achievement).value
    token = made["claim"]["url"].rpartition("/")[2]
    challenge = services.claims.challenge(token, client="x")["verifiablePresentationRequest"]["challenge"]
    from issuer.service.tokens import token_hash

    with services.context.database.reading() as session:
        claim = claims.by_token(session, token_hash(token))
    found = []
    for _ in range(2):
        with services.context.database.session() as session:
            found.append(
                claims.consume_challenge(session, challenge_hash=token_hash(challenge), claim_id=claim.id, now=NOW)
            )
    assert found == [True, False]


def test_names_are_found_without_accents_and_percent_signs_mean_themselves(services, desk, achievement):
    award(services, desk, achievement)
    from kit.paging import Window

    at = Window(number=1, size=10)
    assert services.credentials.listing(desk, at, words="zoe").total == 1
    assert services.credentials.listing(desk, at, words="%").total == 0
    assert services.credentials.listing(desk, at, words="z_e").total == 0


def test_old_answers_are_forgotten_and_unfinished_requests_kept(services, desk, achievement):
    award(services, desk, achievement, key="k")
    with services.context.database.session() as session:
        session.add(
            tables.IdempotencyRow(
                organisation_id=desk.organisation.id, key="open", request_hash="x", created=NOW.replace(year=2020)
            )
        )
        session.flush()
        assert credentials.forget_idempotency(session, NOW) == 0
        assert credentials.forget_idempotency(session, NOW.replace(year=2027)) == 1
    with services.context.database.reading() as session:
        assert credentials.idempotency(session, desk.organisation.id, "open") is not None


def test_what_is_no_award_is_not_among_the_awards(services, desk, achievement):
    made = award(services, desk, achievement)
    with services.context.database.session() as session:
        row = credentials.lock(session, desk.organisation.id, made.value["id"])
        values = {column.name: getattr(row, column.name) for column in tables.CredentialRow.__table__.columns}
        other = {**values, "id": f"urn:uuid:{uuid.uuid4()}", "kind": "endorsement", "achievement_version": None}
        assert credentials.insert_if_new(session, tables.CredentialRow, **other)
    assert [each.id for each in services.credentials.listing(desk, Window(number=1, size=10)).items] == [values["id"]]
    assert services.credentials.counts(desk) == {"issued": 1}
    offered = services.achievements.listing(desk.organisation, Window(number=1, size=10), include_retired=False)
    assert [each.awarded for each in offered.items] == [1]
    draft = AwardDraft(achievement=achievement.id, learner_name="Zoë", identifier="1")
    for act in (
        lambda: services.credentials.one(desk, other["id"]),
        lambda: services.credentials.document(desk, other["id"]),
        lambda: services.credentials.revoke(desk, other["id"], reason="replaced", note="n"),
        lambda: services.awards.draft_of(desk, other["id"]),
        lambda: services.awards.reissue(desk, other["id"], draft, key="again"),
    ):
        with pytest.raises(NotFound):
            act()
    with services.context.database.reading() as session:
        assert credentials.award(session, desk.organisation.id, other["id"]) is None
