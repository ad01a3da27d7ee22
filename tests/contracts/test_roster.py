"""The roster on both databases: a list taken over, changed and taken over again, and somebody erased."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from issuer.service.offering_values import OfferingDraft
from issuer.service.roster.imports import RosterUpload
from issuer.service.roster.oneroster.imports import ExportUpload
from issuer.store import tables
from kit.paging import window
from tests.http.issuer.exports import export
from tests.issuing import Workshop, settings

SHEET = "First name,Last name,Birth date,Number,Code,Status,Enrolled on\n"


@pytest.fixture
def shop(tmp_path, issuer_url):
    made = Workshop(settings(tmp_path, issuer_url))
    yield made
    made.close()


def take_over(shop, rows, key):
    imports = shop.services.imports
    report = imports.receive(shop.desk, RosterUpload(data=(SHEET + rows).encode()), key=key)
    return imports.apply(shop.desk, report.id, seen=report.plan.seen)


def test_a_list_comes_in_is_changed_and_one_of_it_is_erased(shop):
    services, desk = shop.services, shop.desk
    services.offerings.create(desk, OfferingDraft(title="Clay", code="CLAY"))
    answer = shop.award(3, "before")
    rows = "".join(f"Learner{n},Hadley,2016-06-{n:02},S-{n},CLAY,active,2026-08-20\n" for n in range(1, 6))
    assert take_over(shop, rows, "one").plan.counted("new") == 5
    assert take_over(shop, rows, "two").plan.counted("same") == 5
    later = rows.replace("S-2,CLAY,active,2026-08-20", "S-2,CLAY,withdrawn,").replace(
        "Learner1,Hadley", "Learner1,Reyes"
    )
    assert take_over(shop, later, "three").plan.counted("changed") == 2
    with services.context.database.reading() as session:
        places = {each.learner_id: each for each in session.scalars(select(tables.EnrolmentRow))}
        assert sorted(each.status for each in places.values()) == ["active"] * 4 + ["withdrawn"]
        assert {str(each.enrolled_on) for each in places.values()} == {"2026-08-20"}
    (third,) = services.learners.listing(desk, window(page=1), words="s-3").items
    assert [each.id for each in services.learners.awards(desk, third.id)] == [answer.value["id"]]
    with services.context.database.session() as session:
        kept = session.scalars(select(tables.SignedCredentialRow)).one()
        session.add(
            tables.SignedCredentialRow(
                credential_id=kept.credential_id,
                sequence=kept.sequence + 1,
                organisation_id=kept.organisation_id,
                kind="claim",
                body=b"what everybody gets",
                holder_sealed=b"what the holder gets",
                etag="x",
                valid_from=kept.valid_from,
                signed=kept.signed,
            )
        )
    done = services.erasing.erase(desk, third.id)
    assert (done.awards, done.gone) == (1, True)
    with services.context.database.reading() as session:
        assert len(session.scalars(select(tables.EnrolmentRow)).all()) == 4
        left = select(tables.SignedCredentialRow.body, tables.SignedCredentialRow.holder_sealed)
        assert {tuple(row) for row in session.execute(left)} == {(b"", None)}
    withdrawn = services.credentials.revoke(desk, answer.value["id"], reason="learnerAsked", note="")
    assert withdrawn.state == "revoked"


@pytest.mark.parametrize("change", ["body = 'x'", "body = '', etag = 'x'", "sequence = 7"])
def test_what_was_signed_can_be_emptied_and_nothing_else(shop, change):
    shop.award(1, "one")
    with pytest.raises(DBAPIError), shop.services.context.database.session() as session:
        session.execute(text(f"UPDATE signed_credential SET {change}"))


def test_an_export_of_a_schools_system_comes_in_goes_and_comes_back(shop):
    def take_over(data, key):
        report = shop.services.oneroster.receive(shop.desk, ExportUpload(data=data), key=key)
        shop.services.oneroster.apply(shop.desk, report.id, seen=report.plan.seen)
        return report.plan

    assert take_over(export(), "one").news == 5
    assert take_over(export(), "two").news == 0
    gone = {"users": ["U-WREN,tobedeleted,,true,S1,student,,,Wren,Hadley,,,,,,,,"]}
    assert take_over(export(gone, mode="delta"), "three").counted("gone") == 1
    assert take_over(export(), "four").counted("changed") == 2
    with shop.services.context.database.reading() as session:
        assert {each.state for each in session.scalars(select(tables.LearnerRow))} == {"active"}
        assert {each.status for each in session.scalars(select(tables.EnrolmentRow))} == {"active"}
        kept = session.scalars(select(tables.SourceKeyRow)).all()
    assert sorted(each.kind for each in kept) == ["enrolment", "enrolment", "learner", "learner", "offering"]
    (wren,) = shop.services.learners.listing(shop.desk, window(page=1), words="n-1").items
    shop.services.erasing.erase(shop.desk, wren.id)
    with shop.services.context.database.reading() as session:
        assert len(session.scalars(select(tables.SourceKeyRow)).all()) == 3
