"""An award goes to a wallet that somebody else runs: in the right hand, once, by a host that keeps to the rules or not."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from issuer.service.elsewhere.answers import wait_of
from issuer.service.elsewhere.grants import Tokens
from issuer.store import erasing, tables
from kit.fetch.fetcher import Reply
from tests.hosts.host import API, imsx, running
from tests.http.issuer.conftest import ORIGIN
from tests.http.issuer.outside import house, outside

__all__ = ["house", "outside"]

SAID = "Nothing was sent."


@pytest.fixture(scope="module")
def first_host():
    with running() as made:
        yield made


class Family:
    """A claim link in somebody's hand, and their browser."""

    def __init__(self, outside, host):
        self.outside, self.host = outside.wake(), host
        self.given = self.award(learnerName="Quillon Farquharson")
        self.link = self.given["claim"]["url"].removeprefix(ORIGIN)
        self.place = f"{self.link}/elsewhere"
        self.hands("guardians")
        self.person = self.visitor()

    def __getattr__(self, name):
        return getattr(self.outside, name)

    def hands(self, whose):
        """What the organisation says of whom it gives links and codes to."""
        answer = self.desk.client.put(f"{self.desk.base}/settings", json={"elsewhere": whose})
        assert answer.status_code == 200, answer.text

    def ask_for(self, host=None, **fields):
        """Fill in the form."""
        self.person.get(self.place)
        given = {"host": host or self.host.url, "hand": "guardian", "code": self.given["claim"]["code"], **fields}
        return self.person.submit(self.place, **given)

    def set_out(self, **fields):
        """Fill in the form; the address that the person goes on to."""
        page = self.ask_for(**fields)
        assert page.status_code == 200, page.text
        found = re.search(r'<a class="button main" href="([^"]+)" rel="noreferrer">', page.text)
        assert found, page.text
        return found[1].replace("&amp;", "&")

    def come_back(self, url, person=None):
        """Bring back what the host said."""
        return (person or self.person).get(url.removeprefix(ORIGIN))

    def go(self, **fields):
        """The whole way: there, yes, and back."""
        assert self.come_back(self.host.consent(self.set_out(**fields))).status_code == 303
        return self.person.follow()

    def send(self):
        """Send everything that is due; how many were sent."""
        count = 0
        while self.services.pushes.send_one():
            count += 1
        return count

    def rows(self):
        """What is stored of the ways of this award to hosts, oldest first."""
        with self.services.context.database.reading() as session:
            found = session.query(tables.PushRow).filter_by(credential_id=self.given["id"])
            return found.order_by(tables.PushRow.created).all()

    def bytes(self):
        """Everything the database says."""
        folder = self.house.settings.data_dir
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("issuer.db"))


@pytest.fixture
def family(outside, first_host):
    first_host.wrong, first_host.description, first_host.tenant, first_host.answers = "", {}, "", []
    first_host.asked.clear()
    made = Family(outside, first_host)
    yield made
    made.forget()
    made.services.fetcher._hosts._failures.clear()


def test_a_guardian_sends_an_award_and_it_arrives_as_it_was_signed(family):
    page = family.go()
    assert "On its way" in page.text
    assert family.send() == 1
    kind, body = family.host.received[-1]
    assert (kind, body) == ("application/json", family.desk.document(family.given).content)
    assert "It was added there." in family.person.get(family.place).text
    (row,) = family.rows()
    assert (row.state, row.code, row.tries, row.hand, row.access_sealed) == ("arrived", 201, 1, "guardian", None)
    story = family.desk.client.get(f"{family.desk.base}/audit").json()["items"]
    assert [item["action"] for item in story].count("credential.send") == 1
    assert family.desk.client.get(family.desk.credential(family.given)).json()["state"] == "issued", "still to claim"


def test_the_server_registers_once_and_sends_the_same_again_and_a_corrected_one(family):
    family.go()
    family.send()
    family.clock.advance(timedelta(minutes=1))
    family.go()
    family.send()
    body = {
        "achievement": family.course["id"],
        "learnerName": "Quillon",
        "identifier": "R-1",
        "results": [{"value": "B"}],
    }
    corrected = family.desk.client.post(
        f"{family.desk.credential(family.given)}/reissue", json=body, headers={"Idempotency-Key": "c"}
    )
    assert corrected.status_code == 201, corrected.text
    family.clock.advance(timedelta(minutes=1))
    assert family.send() == 1, "by itself, where it went last"
    family.go()
    family.send()
    assert family.host.count("POST", "/register") == 1
    assert [row.code for row in family.rows()] == [201, 200, 304]
    text = family.person.get(family.place).text
    for words in ("It was added there.", "The same was there already.", "It took the place of an older version there."):
        assert words in text


def test_O8_nobody_sends_before_the_organisation_has_said_to_whom_it_gives_codes(family):
    family.hands("")
    assert "elsewhere" not in family.person.get(family.link).text
    page = family.person.get(family.place)
    assert "has not said who may send" in page.text
    assert family.person.submit(family.place, host=family.host.url, hand="guardian").status_code == 403
    assert family.host.asked == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"hand": ""}, "hand"),
        ({"hand": "child"}, "hand"),
        ({"code": ""}, "code"),
        ({"code": "7KQ2-M9TX-7KQ2-M9TX"}, "code"),
    ],
)
def test_O8_a_link_alone_sends_nothing_for_a_child(family, fields, field):
    page = family.ask_for(**fields)
    assert page.status_code == 422
    assert {"hand": "ask a parent or guardian", "code": "This is not the code of this award."}[field] in page.text
    assert family.host.asked == []


def test_O8_where_all_are_of_age_the_learner_sends_and_nobody_for_them(family):
    family.hands("adults")
    assert family.ask_for(hand="guardian").status_code == 422
    family.go(hand="adult", code="")
    assert (family.send(), family.rows()[0].hand) == (1, "adult")


def test_O8_what_the_organisation_takes_back_on_the_way_is_not_sent(family):
    back = family.host.consent(family.set_out())
    family.hands("")
    assert family.come_back(back).status_code == 403
    assert family.rows() == []


@pytest.mark.parametrize(
    "wrong", ["redirect", "huge", "packed", "page", "no registration", "another redirect", "redirects that are none"],
)  # fmt: skip
def test_a_host_that_cannot_be_used_is_refused_with_its_field_and_not_kept(family, wrong):
    family.host.wrong = wrong
    page = family.ask_for()
    assert page.status_code == 422
    assert "No award can be sent to this address." in page.text
    assert "script" not in page.text.partition("<main")[2].replace("/static/satchel.js", "")
    with family.services.context.database.reading() as session:
        assert session.query(tables.HostRow).count() == 0
        assert session.query(tables.HostAttemptRow).count() == 0


ELSEWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "description",
    [
        {"flow": {"tokenUrl": f"{ELSEWHERE}/token"}},
        {"flow": {"authorizationUrl": f"{ELSEWHERE}/authorize"}},
        {"flow": {"refreshUrl": f"{ELSEWHERE}/token"}},
        {"scheme": {"x-imssf-registrationUrl": f"{ELSEWHERE}/register"}},
        {"flow": {"tokenUrl": "//127.0.0.1:1/token"}},
        {"flow": {"authorizationUrl": "javascript:alert(1)"}},
        {"flow": {"tokenUrl": "provider.example.com/token"}},
        {"flow": {"tokenUrl": ["/token"]}},
        {"flow": {"scopes": {}}},
        {"flow": {"scopes": None}},
        {"paths": {}},
        {"scheme": {"flows": []}},
    ],
)
def test_G18_a_description_that_leads_elsewhere_or_nowhere_is_refused(family, description):
    family.host.description = description
    page = family.ask_for()
    assert (page.status_code, "No award can be sent to this address." in page.text) == (422, True)
    assert family.host.count("POST", "/register") == 0


def test_places_that_begin_with_a_slash_and_a_tenant_are_understood(family):
    family.host.tenant = "/school-7"
    family.host.description = {"flow": {"tokenUrl": "/school-7/token", "refreshUrl": None}}
    family.go(host=f"{family.host.url}{API}/discovery")
    assert family.send() == 1
    assert family.rows()[0].state == "arrived"


def test_G18_an_answer_that_names_another_server_is_refused(family):
    family.host.wrong = "another issuer"
    answer = family.come_back(family.host.consent(family.set_out()))
    assert (answer.status_code, SAID in answer.text) == (403, True)
    assert (family.host.count("POST", "/token"), family.rows()) == (0, [])


def test_G18_what_one_host_says_does_not_pass_for_another(family):
    with running() as second:
        family.set_out(host=second.url)
        mine = family.set_out()
        asked = parse_qs(urlsplit(mine).query)
        with family.services.context.database.reading() as session:
            ids = {row.base_url: row.id for row in session.query(tables.HostRow)}
        theirs = f"/hosts/{ids[second.url]}/callback?{urlencode({'code': 'stolen', 'state': asked['state'][0]})}"
        assert family.come_back(theirs).status_code == 403
        assert second.count("POST", "/token") == 0
        assert family.come_back(family.host.consent(mine)).status_code == 403, "and the state is used up"


def test_L7_an_answer_counts_once_and_only_in_the_browser_that_asked(family):
    back = family.host.consent(family.set_out())
    other = family.visitor()
    other.get(family.link)
    assert family.come_back(back, other).status_code == 403
    assert family.come_back(back).status_code == 403, "a state is used up even by somebody else"
    back = family.host.consent(family.set_out())
    assert family.come_back(back).status_code == 303
    assert family.come_back(back).status_code == 403
    assert (family.host.count("POST", "/token"), len(family.rows())) == (1, 1)


@pytest.mark.parametrize("change", ["state", "late", "no", "no code", "made up"])
def test_an_answer_to_nothing_sends_nothing(family, change):
    back = family.host.consent(family.set_out())
    path, _, query = back.partition("?")
    given = {name: values[0] for name, values in parse_qs(query).items()}
    match change:
        case "state":
            given["state"] = given["state"][::-1]
        case "late":
            family.clock.advance(timedelta(minutes=31))
        case "no":
            given = {"state": given["state"], "error": "access_denied"}
        case "no code":
            del given["code"]
        case "made up":
            given["code"] = "guessed"
    answer = family.come_back(f"{path}?{urlencode(given)}")
    assert (answer.status_code, SAID in answer.text) == (403, True)
    assert family.rows() == []


@pytest.mark.parametrize("wrong", ["less", "another type", "lines"])
def test_tokens_that_are_none_are_not_used(family, wrong):
    back = family.host.consent(family.set_out())
    family.host.wrong = wrong
    assert family.come_back(back).status_code == 403
    assert family.rows() == []


def test_a_host_that_forgot_us_is_registered_with_anew(family):
    back = family.host.consent(family.set_out())
    family.host.clients.clear()
    assert family.come_back(back).status_code == 403
    family.go()
    assert (family.send(), family.host.count("POST", "/register")) == (1, 2)


def test_a_secret_that_runs_out_is_exchanged_before_it_does(family):
    family.host.wrong = "secret ends"
    family.set_out()
    family.host.wrong = ""
    family.go()
    assert (family.send(), family.host.count("POST", "/register")) == (1, 2)


def test_I5_a_host_that_takes_its_time_is_not_waited_for(family, monkeypatch):
    monkeypatch.setattr("kit.fetch.fetcher.FETCH_SECONDS", 0.2)
    family.host.wrong = "slow"
    page = family.ask_for()
    assert (page.status_code, "No wallet that takes awards answers there." in page.text) == (422, True)


def test_what_is_not_taken_is_sent_three_times_and_then_said(family):
    family.host.answers = [
        (503, imsx("server_busy"), {"Retry-After": "120"}), (500, {}, {}), (400, imsx("invalid_data"), {}),
    ]  # fmt: skip
    family.go()
    assert family.send() == 1
    family.clock.advance(timedelta(seconds=119))
    assert family.send() == 0
    assert "It is busy just now. We try again on" in family.person.get(family.place).text
    family.clock.advance(timedelta(seconds=1))
    assert family.send() == 1
    family.clock.advance(timedelta(minutes=30))
    assert family.send() == 1
    family.clock.advance(timedelta(days=2))
    assert family.send() == 0
    text = family.person.get(family.place).text
    assert "It says that it cannot read this award." in text
    assert "555-0100" not in text, "what a host writes is not shown"
    (row,) = family.rows()
    assert (row.state, row.tries, row.access_sealed, row.refresh_sealed) == ("failed", 3, None, None)


def test_a_token_that_ran_out_is_exchanged_and_one_that_cannot_be_ends_it(family):
    family.go()
    family.host.tokens.clear()
    assert (family.send(), family.rows()[0].state) == (1, "arrived")
    family.go()
    family.host.tokens.clear()
    family.host.refreshes.clear()
    assert (family.send(), {row.answer for row in family.rows()}) == (1, {"created", "leave"})
    assert "Start again from here." in family.person.get(family.place).text


def test_what_was_withdrawn_on_the_way_is_not_sent(family):
    family.go()
    family.desk.revoke(family.given)
    before = len(family.host.received)
    assert (family.send(), len(family.host.received), family.rows()[0].state) == (1, before, "ended")


def test_K1_tokens_and_secrets_are_sealed_and_the_log_knows_none(family, caplog):
    family.go()
    stored = family.bytes()
    known = [*family.host.tokens, *family.host.refreshes]
    known += [client["client_secret"] for client in family.host.clients.values()]
    assert known
    assert all(each.encode() not in stored for each in known)
    family.send()
    assert all(each not in caplog.text for each in known)


@pytest.mark.parametrize(
    "host", ["https://127.1", "10.0.0.1", "https://printer.local", "", "https://a.example/?x=1", "ftp://a.example"]
)
def test_I1_a_host_inside_is_not_asked(family, host):
    page = family.ask_for(host=host or " ")
    assert (page.status_code, "It is not the address of a wallet on the internet." in page.text) == (422, True)


def test_the_pages_that_a_host_shows_of_us_are_there(family):
    family.set_out()
    (client,) = list(family.host.clients.values())[-1:]
    for name in ("tos_uri", "policy_uri", "logo_uri", "client_uri"):
        assert client[name].startswith(ORIGIN)
        assert family.stranger.get(client[name].removeprefix(ORIGIN) or "/").status_code == 200
    assert "What this server sends" in family.person.get("/hosts/about").text


BUSY = Reply(status=503, media_type="", body=b"", error=None)


@pytest.mark.parametrize("said", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "soon", "-5", "\u0663"])
def test_a_wait_that_is_none_is_not_waited_for(said, clock):
    assert wait_of(replace(BUSY, headers={"retry-after": said}), clock.now()) is None


def test_an_award_that_is_erased_is_not_sent_and_a_push_on_its_way_keeps_no_token(family):
    family.go()
    parcel = family.services.pushes._take()
    with family.services.context.database.session() as session:
        (row,) = session.query(tables.PushRow).filter_by(credential_id=family.given["id"])
        erasing.empty_signed(session, row.organisation_id, family.given["id"])
    family.services.pushes._settle(parcel, BUSY, Tokens(access="new", refresh="newer"))
    (row,) = family.rows()
    assert (row.state, row.next_try, row.access_sealed, row.refresh_sealed) == ("ended", None, None, None)
    family.go()
    with family.services.context.database.session() as session:
        session.get(tables.CredentialRow, family.given["id"]).erased = family.clock.now()
    before = len(family.host.received)
    family.send()
    assert {row.answer for row in family.rows()} == {"", "withdrawn"}
    assert len(family.host.received) == before


def test_whoever_is_killed_while_sending_sends_three_times_at_most(family):
    family.go()
    for _kill in range(3):
        assert family.services.pushes._take() is not None
        family.clock.advance(timedelta(minutes=30))
    before = len(family.host.received)
    assert (family.send(), len(family.host.received) - before) == (1, 0)
    (row,) = family.rows()
    assert (row.state, row.answer, row.access_sealed, row.refresh_sealed) == ("failed", "silent", None, None)
