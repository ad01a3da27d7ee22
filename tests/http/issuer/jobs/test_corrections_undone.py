"""What a sheet corrected says again what it said before when the job is undone; what cannot be put back is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.service.awarding.sheet_views import Edit
from issuer.store import tables
from kit.paging import window
from tests.awarding import achievement, bring, drive, step
from vc.checks import Verdict

MARKED = {1: "B", 2: "B", 3: "C"}


@pytest.fixture
def job(services, at):
    """A job that is going to award one learner more, and to correct three."""
    algebra = achievement(services, at)
    first = services.award_jobs.issue(at, bring(services, at, algebra, range(4), key="1").id, key="a", undo_minutes=0)
    drive(services, first.id)
    sheet = bring(services, at, algebra, range(5), key="2", marks=MARKED)
    lines = services.sheets.lines(at, sheet.id, window(page=1)).items
    sheet = services.sheets.fix(at, sheet.id, {line.number: Edit(correct=True) for line in lines[1:4]})
    assert sheet.counts == {"already": 1, "ok": 4}
    return services.award_jobs.issue(at, sheet.id, key="b")


def rows(services):
    with services.context.database.reading() as session:
        found = session.scalars(select(tables.CredentialRow).order_by(tables.CredentialRow.learner_name)).all()
        return {row.learner_name[-1]: row for row in found}


def said(services):
    """Mark, version and state of every award, by its learner."""
    return {name: (row.summary, row.sequence, row.state) for name, row in rows(services).items()}


CORRECTED = {
    "0": ("A", 1, "issued"),
    "1": ("B", 2, "issued"),
    "2": ("B", 2, "issued"),
    "3": ("C", 2, "issued"),
    "4": ("A", 1, "issued"),
}


def test_what_was_corrected_is_put_back_as_a_newer_version_of_the_same(services, at, job, desk, judge):
    drive(services, job.id)
    assert said(services) == CORRECTED
    credential = rows(services)["1"].id
    path = f"{desk.base}/credentials/{credential.removeprefix('urn:uuid:')}/document"
    before = desk.client.get(path).json()
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    found = services.award_jobs.one(at, job.id)
    assert (found.state, found.undone) == ("undone", 4)
    assert said(services) == {
        "0": ("A", 1, "issued"),
        **dict.fromkeys("123", ("A", 3, "issued")),
        "4": ("A", 1, "undone"),
    }
    answer = desk.client.get(path)
    after = answer.json()
    assert (after["id"], after["credentialStatus"]) == (before["id"], before["credentialStatus"])
    assert after["validFrom"] > before["validFrom"]
    assert after["credentialSubject"]["identifier"] == before["credentialSubject"]["identifier"]
    assert [result["value"] for result in after["credentialSubject"]["result"]] == ["A"]
    listed = desk.client.get(f"{desk.base}/jobs/{job.id}/corrections").json()
    assert listed["total"] == 3
    assert {item["state"] for item in listed["items"]} == {"undone"}
    assert services.organisations.audit_broken_at() is None
    services.context.clock.advance(timedelta(seconds=5))
    assert judge(answer.content).verdict is Verdict.GENUINE_AND_CURRENT


def test_what_was_corrected_again_since_stands_and_is_told(services, at, job, desk, browser):
    drive(services, job.id)
    two, three = rows(services)["2"], rows(services)["3"]
    draft, _achievement = services.awards.draft_of(at, two.id)
    services.awards.reissue(at, two.id, draft, key="by hand")
    services.credentials.revoke(at, three.id.removeprefix("urn:uuid:"), reason="issuedInError", note="")
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert services.award_jobs.one(at, job.id).undone == 2
    assert said(services) == CORRECTED | {
        "1": ("A", 3, "issued"),
        "2": ("B", 3, "issued"),
        "3": ("C", 2, "revoked"),
        "4": ("A", 1, "undone"),
    }
    items = desk.client.get(f"{desk.base}/jobs/{job.id}/corrections").json()["items"]
    assert [(item["learnerName"][-1], item["state"]) for item in items] == [
        ("2", "stands"),
        ("3", "stands"),
        ("1", "undone"),
    ]
    assert desk.client.get(items[0]["credential"]).json()["id"] == two.id
    page = browser.get(f"/organisations/maple-co-op/jobs/{job.id}").text
    assert "Not every correction could be" in page
    assert f"/credentials/{two.id.removeprefix('urn:uuid:')}" in page
    assert page.count("the correction stands") == 2


def test_a_correction_that_a_crash_left_unsettled_is_put_back_too(services, at, job, monkeypatch):
    steps = services.work.step_of("award-sheet").__self__
    monkeypatch.setattr(steps, "_settle", lambda *_given: (_ for _ in ()).throw(RuntimeError("a crash")))
    with pytest.raises(RuntimeError):
        step(services, job.id)
    monkeypatch.undo()
    assert said(services) == CORRECTED, "signed, and nobody noted it"
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert said(services) == {
        **dict.fromkeys("123", ("A", 3, "issued")),
        "0": ("A", 1, "issued"),
        "4": ("A", 1, "undone"),
    }
    drive(services, job.id, most=2)
    assert services.award_jobs.one(at, job.id).state == "undone"


def test_undoing_that_is_cut_off_puts_back_once(services, at, job, monkeypatch):
    drive(services, job.id)
    services.award_jobs.undo(at, job.id)
    undoing = services.work.step_of("award-sheet").__self__._undoing
    monkeypatch.setattr(undoing, "_restored", lambda *_given: (_ for _ in ()).throw(RuntimeError("a crash")))
    with pytest.raises(RuntimeError):
        step(services, job.id)
    monkeypatch.undo()
    drive(services, job.id)
    assert {name: found[1] for name, found in said(services).items()} == {"0": 1, "1": 3, "2": 3, "3": 3, "4": 1}
    assert services.award_jobs.one(at, job.id).undone == 4


def test_nothing_that_was_said_of_somebody_who_was_erased_comes_back(services, at, job):
    drive(services, job.id)
    one = rows(services)["1"]
    with services.context.database.session() as session:
        session.get(tables.CredentialRow, one.id).erased = services.context.now()
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert said(services)["1"] == ("B", 2, "issued")
    with services.context.database.reading() as session:
        assert session.scalars(select(tables.SheetLineRow.before_sealed)).all() == [None] * 9


def test_the_page_that_asks_says_what_will_happen(services, at, job, browser):
    drive(services, job.id)
    page = browser.get(f"/organisations/maple-co-op/jobs/{job.id}/undo").text
    assert "1 award is taken back." in page
    assert "3 awards that were corrected say again what they said before." in page
    assert "stays corrected" not in page


def test_a_sheet_is_not_put_away_while_what_it_did_can_be_undone(services, at, desk):
    algebra = achievement(services, at)
    first = services.award_jobs.issue(at, bring(services, at, algebra, range(2), key="1").id, key="a", undo_minutes=0)
    drive(services, first.id)
    sheet = bring(services, at, algebra, range(3), key="2", marks={0: "B", 1: "Z"})
    lines = services.sheets.lines(at, sheet.id, window(page=1)).items
    services.sheets.fix(at, sheet.id, {lines[0].number: Edit(correct=True)})
    job = services.award_jobs.issue(at, sheet.id, key="b")
    drive(services, job.id)
    assert services.sheets.one(at, sheet.id).state == "open", "one row is left"
    refused = desk.client.delete(f"{desk.base}/sheets/{sheet.id}")
    assert refused.status_code == 409
    assert "can still be undone" in refused.text
    services.context.clock.advance(timedelta(days=31))
    services.sheets.forget_old()
    services.award_jobs.undo(at, job.id)
    drive(services, job.id)
    assert said(services)["0"] == ("A", 3, "issued"), "what it said before was kept until then"
    services.sheets.discard(at, sheet.id)
    assert sheet.id not in {each.id for each in services.sheets.listing(at, window(page=1)).items}
