"""The certificate of an award for a family: the hands that may claim it get it, in words what they get, and no others."""

import html
import io

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from kit.intake import read
from kit.paging import window
from tests.awarding import achievement, bring, drive
from tests.http.issuer.conftest import ORIGIN, Wallet
from tests.http.issuer.html_forms import fields_of
from tests.http.issuer.office import WREN, House, Office
from tests.http.issuer.test_certificates import text_of
from tests.http.issuer.test_handing import path_of


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    made = House(tmp_path_factory.mktemp("families"), prepared)
    yield made
    made.close()


@pytest.fixture
def office(house):
    return Office(house)


class Family:
    """Somebody with a claim link, at home."""

    def __init__(self, house, made, **known):
        self.client = TestClient(house.app, base_url=ORIGIN, follow_redirects=False, headers={"Accept": "text/html"})
        self.path, self.code, self.known = path_of(made), made["claim"]["code"], known
        self.page = f"{self.path}/certificate"

    def see(self, path=None):
        answer = self.client.get(path or self.page, params={"lang": "en"})
        return answer.status_code, html.unescape(answer.text)

    def ask(self, **fields):
        given = fields_of(self.client.get(self.page).text)
        return self.client.post(self.page, data={**given, "hand": "guardian", "code": self.code, **fields})


@pytest.fixture
def family(house, office):
    return Family(house, office.award())


def test_a_guardian_gets_it_from_the_link_and_the_code_with_the_signed_record_inside(family, office):
    _status, page = family.see(family.path)
    assert f'href="{family.page}"' in page
    assert "A copy for paper. Corrections arrive in the wallet." in page
    status, page = family.see()
    assert status == 200
    assert "is a copy of the award as it is today" in page
    assert "Wren" not in page, "the page names nobody"
    answer = family.ask()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "no-store" in answer.headers["cache-control"]
    assert "Wren" not in str(answer.headers) + str(answer.url)
    assert "Wren Hadley" in text_of(answer.content)
    document = office.client.get(f"{office.one(office.get('/credentials')['items'][0])}/document").content
    assert read(answer.content, media_type="application/pdf", name="certificate.pdf").only().text == document
    letter = PdfReader(io.BytesIO(family.ask(paper="letter").content)).pages[0].mediabox
    assert round(letter.height) == 612


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hand": ""}, "Who is doing this has to be said"),
        ({"hand": "child"}, "ask a parent or guardian"),
        ({"code": ""}, "This is not the code of this award."),
        ({"code": "AAAA-AAAA-AAAA-AAAA"}, "This is not the code of this award."),
        ({"paper": "a0"}, "is not one of the choices"),
    ],
)
def test_O8_the_link_alone_is_not_enough_for_a_child_s(family, fields, said):
    answer = family.ask(**fields)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert "%PDF" not in answer.text


def test_whoever_is_known_to_be_of_age_needs_no_code_and_whom_the_roster_knows_as_a_child_a_guardian(house, office):
    adult = Family(house, office.award(adult=True))
    assert "Who are you?" not in adult.see()[1]
    assert adult.ask(hand="", code="").status_code == 200
    for number, born, words, status in (("R-1", "2005-01-01", 0, 200), ("R-2", "2012-01-01", 1, 422)):
        learner = {"givenName": "Ash", "familyName": number, "number": number, "birthDate": born}
        assert office.client.post(f"{office.base}/learners", json=learner).status_code == 201
        known = Family(house, office.award(identifier=number, adult=True))
        page = known.see()[1]
        assert page.count("I am a parent or guardian") == words
        assert "I am the learner" not in page
        assert known.ask(hand="adult").status_code == status
    assert office.client.put(f"{office.base}/settings", json={"elsewhere": "adults"}).status_code == 200
    assert Family(house, office.award()).ask(hand="", code="").status_code == 200


def test_while_a_guardian_has_to_say_yes_in_a_wallet_there_is_none(family, house):
    ready = fields_of(family.see()[1])
    house.stranger.post(family.path, json={"notice": "waiting"})
    assert family.page not in family.see(family.path)[1]
    assert "A guardian has to say yes in the wallet first." in family.see()[1]
    answer = family.client.post(family.page, data={**ready, "hand": "guardian", "code": family.code})
    assert (answer.status_code, answer.content[:4] == b"%PDF") == (409, False)


def test_what_was_kept_has_one_and_what_was_corrected_has_the_newest(house, office):
    made = office.award()
    family = Family(house, made)
    assert Wallet().claim(house.stranger, made["claim"]["url"], now=house.clock.now()).status_code == 200
    assert "A-" in text_of(family.ask().content)
    office.correct(made, identifier=WREN)
    assert "A-" not in text_of(family.ask().content)


def test_there_is_none_of_what_was_withdrawn_taken_back_erased_or_is_held_back(house, office):
    learner = {"givenName": "Wren", "familyName": "Hadley", "number": "R-9"}
    learner = office.client.post(f"{office.base}/learners", json=learner).json()
    withdrawn, recalled, erased = (office.award(identifier=number) for number in ("R-7", "R-8", "R-9"))
    families = [Family(house, each) for each in (withdrawn, recalled, erased)]
    ready = [fields_of(family.see()[1]) for family in families]
    office.revoke(withdrawn)
    assert office.client.delete(f"{office.one(recalled)}/claim").status_code in {200, 204}
    assert office.client.delete(f"{office.base}/learners/{learner['id']}").status_code == 204
    for family, fields in zip(families, ready, strict=True):
        assert family.see()[0] == 410
        answer = family.client.post(family.page, data={**fields, "hand": "guardian", "code": family.code})
        assert answer.status_code == 410, answer.text
    course = achievement(office.services, office.at)
    sheet = bring(office.services, office.at, course, range(1), key="k")
    drive(office.services, office.services.award_jobs.issue(office.at, sheet.id, key="k").id)
    line = office.services.sheets.lines(office.at, sheet.id, window(page=1)).items[0]
    claim = office.services.claims.printable(office.at.organisation, line.credential_id)
    held = Family(house, {"claim": {"url": claim.url, "code": claim.code}})
    assert held.see()[0] == 409


def test_P4_asking_often_for_one_award_is_stopped(family, office, monkeypatch):
    monkeypatch.setattr(type(office.services.certificates), "of", lambda *_given, **_named: b"%PDF-")
    given = {**fields_of(family.see()[1]), "hand": "guardian", "code": family.code}
    answers = [family.client.post(family.page, data=given).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_J2_a_link_that_leads_nowhere_has_no_certificate(house):
    assert house.stranger.get(f"/claim/{'x' * 43}/certificate").status_code == 404


def test_O8_a_birthday_on_the_roster_counts_for_more_than_what_is_said_of_everybody(house, office):
    assert office.client.put(f"{office.base}/settings", json={"elsewhere": "adults"}).status_code == 200
    learner = {"givenName": "Ida", "familyName": "Ito", "number": "R-77", "birthDate": "2015-01-01"}
    assert office.client.post(f"{office.base}/learners", json=learner).status_code == 201
    child = Family(house, office.award(identifier="R-77"))
    assert "I am a parent or guardian" in child.see()[1]
    assert child.ask(hand="", code="").status_code == 422
    assert child.ask().status_code == 200
