"""What was sent to a wallet elsewhere and is corrected goes there once more, by itself, until somebody ends that."""

from datetime import timedelta

import pytest

from issuer.service.elsewhere.pushes import LEAVE_KEPT
from issuer.store import tables
from tests.hosts.host import running
from tests.http.issuer.outside import house, outside
from tests.http.issuer.test_elsewhere import Family

__all__ = ["house", "outside"]


@pytest.fixture(scope="module")
def host():
    with running() as made:
        yield made


@pytest.fixture
def family(outside, host):
    host.wrong, host.answers = "", []
    made = Family(outside, host)
    yield made
    made.forget()


def correct(family, key="c", mark="B"):
    body = {
        "achievement": family.course["id"],
        "learnerName": "Quillon",
        "identifier": "R-1",
        "results": [{"value": mark}],
    }
    answer = family.desk.client.post(
        f"{family.desk.credential(family.given)}/reissue",
        json=body,
        headers={"Idempotency-Key": key + family.given["id"]},
    )
    assert answer.status_code == 201, answer.text


def test_a_correction_goes_there_once_more_by_itself_and_the_page_says_so(family):
    family.go()
    family.send()
    assert "the corrected one goes there by itself" in family.person.get(family.place).text
    before = len(family.host.received)
    correct(family)
    assert family.send() == 1
    assert family.host.received[-1][1] == family.desk.document(family.given).content
    assert len(family.host.received) == before + 1
    assert "It took the place of an older version there." in family.person.get(family.place).text
    correct(family, key="d", mark="C")
    assert (family.send(), family.send()) == (1, 0), "each correction once, with a leave that was renewed"
    (row,) = family.rows()
    assert (row.state, row.code, row.tries, row.access_sealed) == ("arrived", 200, 1, None)
    assert all(each.encode() not in family.bytes() for each in family.host.refreshes), "sealed, like every token"


def test_it_is_tried_three_times_and_a_leave_that_was_taken_back_ends_it(family):
    family.go()
    family.send()
    family.host.answers = [(503, {}, {})] * 3
    correct(family)
    for _each in range(3):
        assert family.send() == 1
        family.clock.advance(timedelta(minutes=31))
    (row,) = family.rows()
    assert (row.state, row.tries, row.refresh_sealed) == ("failed", 3, None)
    family.forget()
    family.go()
    family.send()
    family.host.refreshes.clear()
    correct(family, key="d", mark="C")
    family.send()
    assert (family.rows()[-1].answer, family.send()) == ("leave", 0)
    assert "Start again from here." in family.person.get(family.place).text


def test_whoever_holds_the_link_ends_it_and_a_wallet_that_gives_no_leave_gets_none(family):
    family.go()
    family.send()
    family.person.get(family.place)
    assert family.person.submit(f"{family.place}/end").status_code == 303
    page = family.person.get(family.place).text
    assert "No correction is sent there by itself any more." in page
    assert "Corrections do not go there by themselves." in page
    correct(family)
    assert family.send() == 0
    acts = [item["action"] for item in family.desk.client.get(f"{family.desk.base}/audit").json()["items"]]
    assert acts.count("credential.unfollow") == 1
    family.host.wrong = "no refresh"
    family.go()
    family.send()
    correct(family, key="d", mark="C")
    assert family.send() == 0


def test_a_correction_while_the_version_before_is_on_its_way_follows_it(family):
    family.go()
    parcel = family.services.pushes._take()
    correct(family)
    reply, given = family.services.pushes._upsert(parcel)
    family.services.pushes._settle(parcel, reply, given)
    assert family.rows()[0].state == "waiting"
    assert family.send() == 1
    assert family.host.received[-1][1] == family.desk.document(family.given).content


def test_a_leave_is_forgotten_after_a_year_and_once_the_award_is_withdrawn(family):
    def leaves():
        family.services.pushes.forget_old()
        return [row.refresh_sealed is not None for row in family.rows()]

    family.go()
    family.send()
    assert leaves() == [True]
    family.clock.advance(LEAVE_KEPT + timedelta(days=1))
    assert leaves() == [False]
    family.wake()
    family.given = family.award(learnerName="Quillon", identifier="R-2")
    family.link = family.given["claim"]["url"].removeprefix("http://localhost:8001")
    family.place = f"{family.link}/elsewhere"
    family.go()
    family.send()
    assert leaves() == [True]
    family.desk.revoke(family.given)
    assert leaves() == [False]
    correct_after = family.desk.client.post(f"{family.desk.credential(family.given)}/reissue", json={})
    assert correct_after.status_code in {409, 422}


def test_whoever_does_not_come_back_from_a_host_is_forgotten_without_anybody_setting_out(family):
    def on_the_way():
        with family.services.context.database.reading() as session:
            return session.query(tables.HostAttemptRow).filter_by(credential_id=family.given["id"]).count()

    family.set_out()
    family.services.pushes.forget_old()
    assert on_the_way() == 1
    family.clock.advance(timedelta(minutes=31))
    family.services.pushes.forget_old()
    assert on_the_way() == 0, "the sealed link goes with it"


def test_J6_a_link_that_is_taken_back_takes_the_leave_with_it_that_it_brought(family):
    family.go()
    family.send()
    assert family.desk.client.post(f"{family.desk.credential(family.given)}/claim").status_code == 201
    correct(family)
    assert family.send() == 0, "whoever had the link gets nothing that is said later"


def test_a_host_that_is_not_there_just_now_has_not_taken_its_leave_back(family):
    family.go()
    family.send()
    family.host.wrong = "no tokens now"
    correct(family)
    assert family.send() == 1
    (row,) = family.rows()
    assert (row.state, row.answer, row.refresh_sealed is None) == ("waiting", "silent", False)
    family.host.wrong = ""
    family.clock.advance(timedelta(minutes=31))
    assert family.send() == 1
    assert family.host.received[-1][1] == family.desk.document(family.given).content


@pytest.mark.parametrize("tries", [0, 1])
def test_whoever_ends_it_while_a_correction_waits_ends_that_one_too(family, tries):
    family.go()
    family.send()
    correct(family)
    family.host.answers = [(503, {}, {})] * tries
    for _each in range(tries):
        family.send()
    before = len(family.host.received)
    family.person.get(family.place)
    assert family.person.submit(f"{family.place}/end").status_code == 303
    family.clock.advance(timedelta(minutes=31))
    assert (family.send(), len(family.host.received)) == (0, before)
    (row,) = family.rows()
    assert (row.state, row.access_sealed, row.refresh_sealed) == ("arrived", None, None)


def test_what_is_ended_while_it_is_on_its_way_leaves_no_leave_behind(family):
    family.go()
    parcel = family.services.pushes._take()
    family.person.get(family.place)
    assert family.person.submit(f"{family.place}/end").status_code == 303
    reply, given = family.services.pushes._upsert(parcel)
    family.services.pushes._settle(parcel, reply, given)
    (row,) = family.rows()
    assert (row.state, row.access_sealed, row.refresh_sealed) == ("arrived", None, None)


def test_J6_what_still_waits_is_not_sent_once_its_link_is_taken_back(family):
    family.go()
    before = len(family.host.received)
    assert family.desk.client.delete(f"{family.desk.credential(family.given)}/claim").status_code in {200, 204}
    assert (family.send(), len(family.host.received)) == (0, before)
    (row,) = family.rows()
    assert (row.state, row.access_sealed, row.refresh_sealed) == ("ended", None, None)


@pytest.mark.parametrize("whose", ["adults", "guardians"])
def test_O8_for_whom_the_roster_knows_as_a_child_a_guardian_sends_it_with_the_code(family, whose):
    number = f"R-child-{whose}"
    learner = {"givenName": "Ida", "familyName": whose, "number": number, "birthDate": "2015-01-01"}
    assert family.desk.client.post(f"{family.desk.base}/learners", json=learner).status_code == 201
    family.given = family.award(learnerName="Ida Ito", identifier=number)
    family.link = family.given["claim"]["url"].removeprefix("http://localhost:8001")
    family.place = f"{family.link}/elsewhere"
    family.hands(whose)
    assert f'href="{family.place}"' in family.person.get(family.link).text
    assert "I am the learner" not in family.person.get(family.place).text
    assert family.ask_for(hand="adult").status_code == 422
    assert family.ask_for(code="").status_code == 422
    family.go()
    assert family.send() == 1
