"""What everybody may fetch: identifier documents and status lists, with and without the key file."""

import itertools
import logging
import math
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.http.issuer.conftest import ORIGIN, Desk, bits_of

LIST = "/orgs/maple-co-op/status/1"


def test_the_identifier_document_is_public_stable_and_lists_the_key(desk, stranger):
    first = stranger.get("/orgs/maple-co-op/did.json")
    assert first.headers["content-type"] == "application/did+json"
    assert first.headers["access-control-allow-origin"] == "*"
    value = first.json()
    assert value["id"] == "did:web:localhost%3A8001:orgs:maple-co-op"
    assert value["assertionMethod"] == [f"{value['id']}#key-1"]
    again = stranger.get("/orgs/maple-co-op/did.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert stranger.get("/orgs/nobody/did.json").status_code == 404


def test_a_profile_edit_leaves_the_identifier_documents_bytes_alone(desk, stranger):
    before = stranger.get("/orgs/maple-co-op/did.json").content
    desk.client.put(desk.base, json={"name": "Maple Cooperative"})
    assert stranger.get("/orgs/maple-co-op/did.json").content == before


def test_a_status_list_is_signed_cacheable_for_seconds_and_open_to_all(desk, course, stranger):
    desk.award(course)
    answer = stranger.get(LIST)
    assert answer.headers["content-type"] == "application/vc"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert int(answer.headers["cache-control"].rpartition("=")[2]) <= 5
    assert stranger.get(LIST, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    value = answer.json()
    assert value["id"] == ORIGIN + LIST
    assert value["issuer"] == "did:web:localhost%3A8001:orgs:maple-co-op"
    assert "maple" not in value["credentialSubject"]["encodedList"]


def test_a_person_gets_a_page_and_a_program_the_document(desk, course, stranger):
    desk.award(course)
    for path in (LIST, "/orgs/maple-co-op", f"/orgs/maple-co-op/achievements/{course['id']}"):
        assert stranger.get(path, headers={"Accept": "text/html"}).headers["content-type"].startswith("text/html")
        assert "json" in stranger.get(path).headers["content-type"] or path == LIST
    achievement = stranger.get(f"/orgs/maple-co-op/achievements/{course['id']}").json()
    assert achievement["id"] == course["iri"]
    image = stranger.get(f"/orgs/maple-co-op/achievements/{course['id']}/image.svg")
    assert image.headers["content-type"] == "image/svg+xml"


def test_a_withdrawal_shows_within_a_second_of_the_next_reading(desk, course, stranger, clock):
    award = desk.award(course)
    index = int(desk.document(award).json()["credentialStatus"][0]["statusListIndex"])
    assert index not in bits_of(stranger.get(LIST).content)
    desk.revoke(award)
    clock.advance(timedelta(seconds=1))
    assert index in bits_of(stranger.get(LIST).content)


def test_H18_a_list_is_signed_at_most_once_a_second_however_much_changes(desk, course, stranger, clock):
    awards = [desk.award(course) for _ in range(5)]
    clock.advance(timedelta(seconds=2))
    seen = set()
    for award in awards:
        desk.revoke(award)
        seen.add(stranger.get(LIST).headers["etag"])
    assert len(seen) == 1
    clock.advance(timedelta(seconds=1))
    assert len(bits_of(stranger.get(LIST).content)) == 5


@pytest.mark.parametrize("minutes", [2, 120])
def test_h_a_withdrawal_shows_at_once_although_the_clock_was_set_back(desk, course, stranger, clock, minutes):
    award = desk.award(course)
    index = int(desk.document(award).json()["credentialStatus"][0]["statusListIndex"])
    before = stranger.get(LIST).json()["validFrom"]
    desk.revoke(award)
    assert index not in bits_of(stranger.get(LIST).content), "not twice within a second"
    clock.advance(-timedelta(minutes=minutes))
    after = stranger.get(LIST)
    assert index in bits_of(after.content)
    dated = after.json()["validFrom"]
    assert dated == before if minutes == 2 else dated < before, "a small step shows in no date; no date is far ahead"


def test_an_ageing_list_is_signed_anew_when_it_is_read(desk, course, stranger, clock):
    desk.award(course)
    first = stranger.get(LIST).json()["validFrom"]
    clock.advance(timedelta(hours=7))
    assert stranger.get(LIST).json()["validFrom"] > first


def test_H10_revocations_at_once_lose_nothing(desk, course, app, stranger, clock):
    awards = [desk.award(course) for _ in range(24)]
    clock.advance(timedelta(seconds=2))
    start = threading.Barrier(6)

    def revoke(mine):
        desk_of_mine = Desk(app, "admin", "maple-co-op")
        start.wait()
        for award in mine:
            assert desk_of_mine.revoke(award).status_code == 200

    threads = [threading.Thread(target=revoke, args=(awards[part::6],)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clock.advance(timedelta(seconds=1))
    wanted = {int(desk.document(award).json()["credentialStatus"][0]["statusListIndex"]) for award in awards}
    assert set(bits_of(stranger.get(LIST).content)) == wanted


def patiently(ask):
    """The answer, asked for again while the database is too busy: with a key that is safe."""
    while (answer := ask()).status_code == 503:
        time.sleep(0.1)
    return answer


def test_H11_awards_at_once_take_different_indices_and_one_key_awards_once(desk, course, app, services):
    start = threading.Barrier(6)
    ids, statuses = [], []

    def award(number):
        mine = Desk(app, "admin", "maple-co-op")
        start.wait()
        for place in range(4):
            answer = patiently(lambda key=f"k-{number}-{place}": mine.post_award(course, key=key))
            ids.append(answer.json()["id"])
        shared = patiently(lambda: mine.post_award(course, key="shared", learnerName="Same"))
        statuses.append((shared.status_code, shared.content if shared.status_code == 201 else b""))

    threads = [threading.Thread(target=award, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 24
    assert {status for status, _body in statuses} <= {201, 409}
    assert len({body for status, body in statuses if status == 201}) == 1
    with services.context.database.reading() as session:
        rows = session.execute(text("SELECT list_id, position FROM status_entry")).all()
        assert len(rows) == len(set(rows)) == 2 * 25
        assert session.execute(text("SELECT count(*) FROM credential")).scalar_one() == 25


def test_a_retry_in_flight_is_told_to_wait(desk, course, services, monkeypatch):
    from issuer.service import issuance

    entered, go_on = threading.Event(), threading.Event()
    real = issuance.lint

    def slow(unsigned):
        entered.set()
        assert go_on.wait(20)
        real(unsigned)

    monkeypatch.setattr(issuance, "lint", slow)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(desk.post_award(course, key="k")))
    thread.start()
    assert entered.wait(20)
    waiting = desk.post_award(course, key="k")
    other = desk.post_award(course, key="k", learnerName="Somebody else")
    go_on.set()
    thread.join()
    assert waiting.status_code == 409
    assert waiting.headers["retry-after"] == "1"
    assert other.status_code == 422
    assert answers[0].status_code == 201
    assert desk.post_award(course, key="k").content == answers[0].content


def test_H19_a_withdrawal_cannot_be_taken_back_not_even_by_sql(desk, course, services):
    desk.revoke(desk.award(course))
    for statement in (
        "UPDATE status_entry SET value = 0 WHERE value <> 0",
        "DELETE FROM status_entry",
        "UPDATE status_entry SET position = position + 1",
        "UPDATE signed_credential SET body = x'00'",
        "DELETE FROM audit",
    ):
        with pytest.raises(DBAPIError), services.context.database.session() as session:
            session.execute(text(statement))


def test_H12_indices_are_random_over_the_whole_list(services, desk, course):
    from issuer.store import identities, status, tables

    with services.context.database.session() as session:
        organisation = session.query(tables.OrganisationRow).one()
        row = status.add_list(
            session,
            identities.present(session, organisation.id),
            "suspension",
            length=131_072,
            now=services.context.now(),
        )
        found = [
            status.allocate(session, status_list=row, credential_id=None, now=services.context.now())
            for _ in range(2000)
        ]
    assert len(set(found)) == 2000
    mean = sum(found) / 2000
    assert abs(mean - 65_536) < 5 * 131_072 / math.sqrt(12 * 2000)
    above = [position >= 65_536 for position in found]
    runs = 1 + sum(left != right for left, right in itertools.pairwise(above))
    assert abs(runs - 1000) < 4 * math.sqrt(500), "order says nothing"


def test_a_half_full_list_makes_way_for_a_new_one(services, desk, course, monkeypatch):
    import issuer.store.status as status_queries
    from issuer.store import identities, tables

    desk.award(course)
    monkeypatch.setattr(status_queries, "entries", lambda _session, _list: 131_072)
    monkeypatch.setattr(status_queries.secrets, "randbelow", lambda _length: taken)
    with services.context.database.reading() as session:
        row = session.query(tables.StatusListRow).filter_by(number=1).one()
        taken = session.query(tables.StatusEntryRow).filter_by(list_id=row.id).one().position
        organisation = row.organisation_id
    with services.context.database.session() as session:
        again = session.get_one(tables.StatusListRow, row.id)
        assert (
            status_queries.allocate(session, status_list=again, credential_id=None, now=services.context.now()) is None
        )
    with services.context.database.reading() as session:
        assert status_queries.open_list(session, identities.present(session, organisation).id, "revocation") is None


def test_H13_list_addresses_name_no_learner_and_no_course(desk, course):
    for entry in desk.document(desk.award(course)).json()["credentialStatus"]:
        assert entry["statusListCredential"].startswith(f"{ORIGIN}/orgs/maple-co-op/status/")
        assert entry["statusListCredential"].rpartition("/")[2].isdecimal()


def test_K5_R10_without_the_key_file_reading_goes_on_and_signing_stops(desk, course, stranger, settings, clock):
    award = desk.award(course)
    before = {path: stranger.get(path).content for path in (LIST, "/orgs/maple-co-op/did.json")}
    hidden = settings.key_file.with_name("hidden")
    settings.key_file.rename(hidden)
    clock.advance(timedelta(hours=10))
    assert {path: stranger.get(path).content for path in before} == before
    assert desk.document(award).status_code == 200
    answer = desk.post_award(course)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert desk.revoke(award).status_code == 503
    ready = stranger.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["signing"] == "failed"
    assert not settings.key_file.exists(), "nothing makes a new key"
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1
    hidden.rename(settings.key_file)
    assert desk.post_award(course).status_code == 201
    assert stranger.get("/readyz").status_code == 200


def test_K5_a_key_file_that_others_can_read_is_refused(desk, course, settings):
    settings.key_file.chmod(0o644)
    assert desk.post_award(course).status_code == 503


def test_a_server_starts_without_its_key_and_serves_what_was_signed(desk, course, stranger, settings, clock):
    from starlette.testclient import TestClient

    from issuer.app import create_app
    from issuer.service.services import Services

    desk.award(course)
    before = stranger.get(LIST).content
    settings.key_file.unlink()
    again = Services.build(settings, clock=clock)
    with TestClient(create_app(settings, services=again), base_url=ORIGIN) as other:
        assert other.get(LIST).content == before
        assert other.get("/orgs/maple-co-op/did.json").status_code == 200
        assert other.get("/readyz").status_code == 503


def test_a_wrong_key_changes_nothing(desk, course, settings, services, clock):
    from kit.vault import create_key_file

    settings.key_file.unlink()
    create_key_file(settings.key_file)
    assert desk.post_award(course).status_code == 503
    answer = desk.client.post("/api/organisations", json={"name": "Another"})
    assert answer.status_code == 503
    with services.context.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM organisation")).scalar_one() == 1
        assert session.execute(text("SELECT count(*) FROM credential")).scalar_one() == 0


def test_a_key_of_another_organisation_does_not_sign(desk, other_desk, services):
    from issuer.service.organisations import sealed_key
    from issuer.store import organisations
    from kit.errors import Refused

    with services.context.database.reading() as session:
        maple = organisations.by_slug(session, "maple-co-op")
        rosa = organisations.by_slug(session, "alvarez")
        key = organisations.signing_keys(session, rosa.id)[0]
        assert organisations.signing_key(session, maple.id, key.id) is None
    for organisation_id, purpose in ((maple.id, "assertionMethod"), (rosa.id, "authentication")):
        with pytest.raises(Refused):
            services.context.keystore.signer(
                sealed_key(key, rosa.did), organisation_id=organisation_id, purpose=purpose, use="proof"
            )


def test_a_damaged_seed_signs_nothing(desk, course, services):
    with services.context.database.session() as session:
        session.execute(text("UPDATE signing_key SET multikey = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'"))
    assert desk.post_award(course).status_code == 503
    with services.context.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM signed_credential")).scalar_one() == 0


def test_P11_R9_a_clock_that_went_back_a_day_signs_nothing(desk, course, clock):
    desk.award(course)
    clock.advance(timedelta(minutes=-4))
    assert desk.post_award(course).status_code == 201
    clock.advance(timedelta(days=-1))
    token = desk.client.post("/api/session", json={"login": "admin", "password": "four words in a row"}).json()["token"]
    desk.client.headers["Authorization"] = f"Bearer {token}"
    assert desk.post_award(course).status_code == 503


def test_R9_a_clock_that_is_six_minutes_behind_is_said_and_goes_on_when_it_is_right(desk, course, clock, stranger):
    desk.award(course)
    clock.advance(timedelta(minutes=-6))
    refused = desk.post_award(course, key="late")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
    assert "clock is behind" in refused.json()["detail"]
    desk.client.headers["Accept-Language"] = "es"
    assert "reloj de este servidor" in desk.post_award(course, key="late").json()["detail"]
    ready = stranger.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["clock"]) == (503, "failed")
    assert stranger.get(LIST).status_code == 200
    clock.advance(timedelta(minutes=2))
    assert stranger.get("/readyz").json()["checks"]["clock"] == "passed"
    assert desk.post_award(course, key="late").status_code == 201


def test_a_credential_that_does_not_verify_is_not_released(desk, course, services, monkeypatch):
    from issuer.service import securing

    real = securing.add_proof

    def wrong(document, **options):
        signed = dict(real(document, **options))
        return {**signed, "name": "Changed after signing"}

    monkeypatch.setattr(securing, "add_proof", wrong)
    assert desk.post_award(course, key="k").status_code == 503
    with services.context.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM signed_credential")).scalar_one() == 0
    monkeypatch.undo()
    assert desk.post_award(course, key="k").status_code == 201, "the retry finishes the intent"
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 1


def test_recovery_signs_what_a_crash_left_to_the_same_bytes(desk, course, services, settings, monkeypatch):
    from issuer.app import create_app
    from issuer.service.issuance import Issuance

    real = Issuance._keep
    made = []

    def crash(self, intent_id, organisation, secured, *, key_id):
        made.append(secured.body)
        raise RuntimeError("power")

    monkeypatch.setattr(Issuance, "_keep", crash)
    assert desk.post_award(course, key="k").status_code == 500
    assert desk.client.get(f"{desk.base}/credentials").json()["total"] == 0
    monkeypatch.setattr(Issuance, "_keep", real)
    create_app(settings, services=services)
    found = desk.client.get(f"{desk.base}/credentials").json()["items"]
    assert len(found) == 1
    assert desk.document(found[0]).content == made[0]
    answer = desk.post_award(course, key="k")
    assert answer.json()["id"] == found[0]["id"]
    assert services.organisations.audit_broken_at() is None


@pytest.fixture
def own_log():
    """Puts the process's log back: a handler left behind would write to this test's output after it is closed."""
    loggers = [logging.getLogger(name) for name in (None, "satchel", "satchel.issuer")]
    before = [(each, each.level, each.handlers[:]) for each in loggers]
    yield
    for each, level, handlers in before:
        each.setLevel(level)
        each.handlers[:] = handlers


def test_P1_names_and_secrets_are_not_in_the_log(desk, course, stranger, own_log, capsys):
    from kit import log

    log.configure(role="issuer")
    award = desk.award(course, learnerName="CANARY-NAME", identifier="CANARY-ROSTER")
    stranger.get(award["claim"]["url"].removeprefix(ORIGIN))
    stranger.get("/claim/CANARY-TOKEN-CANARY-TOK")
    written = capsys.readouterr()
    text_written = written.out + written.err
    assert "request" in text_written
    for secret in ("CANARY", award["claim"]["url"].rpartition("/")[2], award["claim"]["code"]):
        assert secret not in text_written
