"""The third screen's button and the page of a job, as a browser without JavaScript uses them."""

import html
import re

import pytest

from issuer.service.context import Actor
from tests.awarding import drive
from tests.http.issuer.html_forms import fields_of
from tests.http.issuer.test_sheet_pages import Screens
from tests.http.issuer.test_sheets import HEADER, ROWS


@pytest.fixture
def at(browser, course):
    return Screens(browser.client, course).open("\n".join([HEADER, *ROWS[:1]]))


class Job:
    """The page of a job."""

    def __init__(self, person, path):
        self.person, self.path = person, path

    def see(self, part=""):
        answer = self.person.get(self.path + part)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def press(self, act):
        answer = self.person.post(f"{self.path}/{act}", data=fields_of(self.see()))
        assert answer.status_code == 303, answer.text
        return self.see()

    @property
    def id(self):
        return self.path.rsplit("/", 1)[1]


@pytest.fixture
def issued(at):
    """The page of a job that was begun by the button of the third screen."""
    page = at.see("/preview")
    assert "Issue 1 award<" in page
    assert "held back for 15 minutes" in page
    answer = at.person.post(f"{at.path}/issue", data=fields_of(page))
    assert answer.status_code == 303, answer.text
    return Job(at.person, answer.headers["location"])


def test_the_button_signs_and_the_page_of_the_job_says_how_far_it_is(issued, services):
    assert "It begins in a moment." in issued.see()
    assert "0 of 1" in issued.see()
    assert f'data-progress="/api{issued.path}/events"' in issued.see()
    drive(services, issued.id)
    page = issued.see()
    assert "1 of 1" in page
    assert "No family can keep one yet." in page
    assert "data-progress" not in page


def test_the_same_page_sent_twice_begins_one_job(at, issued):
    page = at.see()
    assert page.count("/jobs/") == 1
    assert issued.path in page
    again = at.person.post(f"{at.path}/issue", data={**fields_of(page), "key": "another"})
    assert again.status_code == 409


def test_a_page_without_its_key_begins_nothing(at):
    answer = at.person.post(f"{at.path}/issue", data={**fields_of(at.see("/preview")), "key": ""})
    assert answer.status_code == 422
    assert "/jobs/" not in at.see()


def test_a_sheet_that_was_changed_meanwhile_is_not_signed(at):
    stale = fields_of(at.see("/preview"))
    at.save({}, do="save", page=at.see(row=2))
    answer = at.person.post(f"{at.path}/issue", data={**stale, "version": str(int(stale["version"]) - 1)})
    assert answer.status_code == 409
    assert "changed in the meantime" in html.unescape(answer.text)


def test_it_rests_and_goes_on(issued, services):
    assert "It rests." in issued.press("pause")
    assert "It begins in a moment." in issued.press("resume")
    drive(services, issued.id)
    assert "There is nothing left to pause" in issued.press("pause")


def test_undoing_asks_once_and_takes_everything_back(issued, services):
    drive(services, issued.id)
    assert "1 award is taken back. No family ever had it." in issued.see("/undo")
    assert "The awards are being taken back." in issued.press("undo")
    drive(services, issued.id)
    page = issued.see()
    assert "Everything was taken back. No family ever had one." in page
    assert "Undo all of it" not in page
    assert "Hand them out now" not in page


def test_after_handing_out_there_is_a_code_for_each_family(issued, services):
    drive(services, issued.id)
    assert issued.person.get(f"{issued.path}/codes").status_code == 409
    assert "Families can keep their awards." in issued.press("release")
    page = issued.see("/codes")
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert "Wren Hadley" in page
    assert page.count('<li class="slip">') == 1
    assert "You can still withdraw them." in issued.press("undo")


def test_a_sheet_can_wait_for_its_day_and_be_awarded_sooner(at, services, clock):
    fields = fields_of(at.see("/preview"))
    assert (fields["when"], fields["day"]) == ("now", "")
    answer = at.person.post(f"{at.path}/issue", data={**fields, "when": "later", "day": "2026-11-22"})
    assert answer.status_code == 422
    assert "This time is over. Choose a later one" in html.unescape(answer.text)
    typed = fields_of(answer.text)
    assert (typed["when"], typed["day"], typed["key"]) == ("later", "2026-11-22", fields["key"])
    answer = at.person.post(f"{at.path}/issue", data={**typed, "when": "now"})
    assert "A day is filled in, and “now” is chosen." in html.unescape(answer.text)
    answer = at.person.post(f"{at.path}/issue", data={**typed, "day": "2026-12-01", "time": "08:30"})
    assert answer.status_code == 303, answer.text
    job = Job(at.person, answer.headers["location"])
    page = job.see()
    assert "It begins at 1 December 2026, 08:30 UTC." in page
    assert "Pause" not in page
    assert "1 row, to begin at 1 December 2026, 08:30 UTC" in at.see()
    listed = html.unescape(at.person.get("/organisations/maple-co-op/sheets").text)
    assert "Waits for its time" in listed
    assert job.path in listed
    assert drive(services, job.id).seconds == 3600
    assert "Nothing of it was signed yet." in job.see("/undo")
    services.achievements.retire(_office(services), at.course["id"], retired=True)
    assert "As it stands, it would not begin: The achievement was changed" in job.see()
    services.achievements.retire(_office(services), at.course["id"], retired=False)
    assert "It does not wait for its time any more." in job.press("now")
    drive(services, job.id)
    assert "1 of 1" in job.see()
    assert "does not wait for its time any more. Look at it again." in job.press("now")


def test_what_waits_for_its_day_can_be_called_off(at, services):
    fields = fields_of(at.see("/preview"))
    answer = at.person.post(f"{at.path}/issue", data={**fields, "when": "later", "day": "2026-12-01"})
    job = Job(at.person, answer.headers["location"])
    assert "It was called off." in job.press("undo")
    drive(services, job.id)
    assert "called off before anything was signed" in job.see()
    assert "Go on with 1<" in at.see()


def _office(services):
    ada = services.accounts.find_by_login("admin")
    return services.organisations.enter(Actor(user_id=ada.id, name="Ada"), "maple-co-op")
