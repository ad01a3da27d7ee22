"""Letters with links: all of them go out, none says a name, what came back is told, and nothing needs a mail server."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from issuer.service import posting
from issuer.service.awarding.sheet_views import Upload
from issuer.service.posting import GIVEN_UP, KIND, PAUSES
from issuer.store import deliveries, tables
from kit.jobs import GO, STOP, Run
from tests.awarding import achievement, drive
from tests.http.issuer.conftest import Wallet
from tests.http.issuer.office import WREN, House, Office, uuid_of
from tests.mail_server import HANGS_UP, MailServer

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    with MailServer() as post:
        made = House(
            tmp_path_factory.mktemp("letters"), prepared, smtp_url=post.url, mail_from="awards@maple.example.org"
        )
        made.post = post
        yield made
        made.close()


@pytest.fixture
def office(house):
    house.post.__dict__.update(letters=[], refuses={}, sender_code=250, data_code=250)
    made = Office(house)
    made.post = house.post
    return made


def test_J4_a_letter_leads_to_the_award_and_names_nobody(office):
    made = office.award(narrative="Wren grew a bean")
    answer = office.send(made)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["channel"]) == ("waiting", "mail")
    assert WREN not in answer.text
    assert office.take() == STOP
    assert office.post.receivers == [WREN]
    found = office.post.read()
    said = found["Subject"] + found["From"] + found.get_content()
    for word in ("Wren", "Hadley", "bean"):
        assert word not in said
    assert "Algebra I" in said
    assert "An award from Maple Co-op / Un reconocimiento de Maple Co-op" in said
    assert "Quien tenga el enlace" in said
    assert found["Reply-To"] == "office@maple.example.org"
    assert found["Message-ID"] == f"<{answer.json()['id']}@maple.example.org>"
    assert made["claim"]["url"] in said
    assert made["claim"]["code"] in said
    assert Wallet().claim(office.house.stranger, made["claim"]["url"], now=office.clock.now()).status_code == 200
    assert office.states() == ["sent"]


def test_a_typed_address_is_sealed_and_used(office):
    made = office.award(identifier="R-1017")
    refused = office.send(made)
    assert (refused.status_code, refused.json()["field"]) == (422, "address")
    for wrong in ("ada", "a@b\r\nBcc: c@d.org", "a b@c.org"):
        assert office.send(made, address=wrong).status_code in {400, 422}
    assert office.send(made, address="Parent@family.example.org").status_code == 201
    office.take()
    assert office.post.receivers == ["Parent@family.example.org"]
    stored = b"".join(path.read_bytes() for path in office.house.settings.data_dir.glob("issuer.db*"))
    assert b"arent@family" not in stored


def test_all_500_letters_of_a_job_go_out_and_none_twice(office):
    algebra = achievement(office.services, office.at)
    rows = "".join(f"Learner {n},l{n}@family.example.org,A,2026-06-03\n" for n in range(500))
    text = f"Name,E-mail,Final grade,Completed on\n{rows}Paper only,R-7,A,2026-06-03\n"
    sheet = office.services.sheets.receive(office.at, Upload(data=text.encode(), achievement=algebra.id), key="s")
    job = office.services.award_jobs.issue(office.at, sheet.id, key="j", undo_minutes=15)
    drive(office.services, job.id)
    path = f"{office.base}/jobs/{job.id}/deliveries"
    assert office.client.post(path).status_code == 409  # held back: nobody may have one yet
    office.services.award_jobs.release(office.at, job.id)
    assert office.client.get(path).json() == {"counts": {}, "unsent": 500}
    office.post.refuses = {"l3@family.example.org": 550, "l4@family.example.org": [451, 250]}
    assert office.client.post(path).json() == {"sent": 500}
    assert office.client.post(path).json() == {"sent": 0}
    office.take()
    assert office.client.get(path).json() == {"counts": {"sent": 498, "bounced": 1, "waiting": 1}, "unsent": 0}
    assert office.later(PAUSES[0])
    assert sorted(office.post.receivers) == sorted(f"l{n}@family.example.org" for n in range(500) if n != 3)
    assert [detail["count"] for detail in office.acts("delivery.send")] == [500]
    page = office.look(f"{office.pages}/jobs/{job.id}")
    assert "Came back" in page
    assert "499" in page


def test_what_is_refused_for_now_is_tried_so_often_and_then_given_up(office):
    made = office.award()
    office.post.refuses = {WREN: 451}
    office.send(made)
    office.take()
    for pause in PAUSES:
        assert office.states() == ["waiting"]
        assert not office.later(pause - timedelta(seconds=1))
        assert office.later(timedelta(seconds=1))
    assert office.states() == ["failed"]
    office.post.refuses = {}
    assert office.send(made).status_code == 201
    office.take()
    assert sorted(office.states()) == ["failed", "sent"]


def test_a_server_that_takes_nothing_costs_no_letter_a_try(office):
    office.send(office.award())
    office.post.sender_code = 530
    office.take()
    state = office.get("/deliveries/state")
    assert (state["problem"], state["nextTry"] is not None) == ("sender", True)
    assert "does not take letters from this sender" in state["detail"]
    assert "does not take letters from this sender" in office.look(f"{office.pages}/deliveries")
    assert office.states() == ["waiting"]
    for rest in (1, 5, 15, 60, 60):
        assert office.sweep() == []
        assert office.later(rest * MINUTE + timedelta(seconds=1))
    (item,) = office.letters()
    assert (item["state"], item["tries"]) == ("waiting", 0)
    office.post.sender_code = 250
    office.submit(f"{office.pages}/deliveries/try")
    office.take()
    assert office.states() == ["sent"]
    assert office.get("/deliveries/state")["problem"] is None


def test_a_letter_on_which_the_server_hangs_up_holds_up_no_other_and_costs_no_try(office):
    office.post.letters.clear()
    office.post.refuses = {"bad@family.example.org": HANGS_UP}
    office.send(office.award(identifier="bad@family.example.org"))
    office.clock.advance(timedelta(seconds=1))
    office.send(office.award(identifier="good@family.example.org"))
    office.take()
    assert office.get("/deliveries/state")["problem"] == "unreachable", "it may be the server that is down"
    assert office.post.receivers == []
    assert office.later(MINUTE + timedelta(seconds=1))
    assert office.post.receivers == ["good@family.example.org"]
    assert sorted(office.states()) == ["sent", "waiting"]
    assert next(each["tries"] for each in office.letters() if each["state"] == "waiting") == 0
    office.post.refuses = {}
    assert office.later(PAUSES[0])
    assert office.states() == ["sent", "sent"]


def test_what_no_letter_can_bear_concerns_that_letter_alone(office, monkeypatch):
    office.post.letters.clear()
    office.send(office.award(identifier="bad@family.example.org"))
    office.send(office.award(identifier="good@family.example.org"))
    written = posting.letter

    def unbearable(news, *, to, **more):
        return written(news, to=to.replace("bad", "bad\n"), **more)

    monkeypatch.setattr(posting, "letter", unbearable)
    office.take()
    assert office.post.receivers == ["good@family.example.org"]
    assert sorted(office.states()) == ["bounced", "sent"]


def test_after_some_days_a_letter_is_given_up(office):
    office.send(office.award())
    assert office.later(GIVEN_UP + timedelta(seconds=1))
    assert office.states() == ["failed"]
    assert office.post.letters == []


def test_the_day_s_number_holds_the_rest_back_and_loses_none(office, monkeypatch):
    office.later(DAY + MINUTE)  # what other tests sent is yesterday's
    monkeypatch.setitem(office.services.context.settings.__dict__, "mail_daily", 2)
    for number in range(3):
        office.send(office.award(identifier=f"l{number}@family.example.org"))
    office.take()
    assert len(office.post.letters) == 2
    assert office.get("/deliveries/state")["problem"] == "daily"
    assert office.later(DAY + MINUTE)
    assert len(office.post.letters) == 3


def test_a_crash_between_sending_and_marking_repeats_the_same_letter(office):
    office.send(office.award())
    office.take()
    with office.services.context.database.session() as session:  # as if the mark had not been stored
        session.execute(
            update(tables.DeliveryRow)
            .where(tables.DeliveryRow.organisation_id == office.at.organisation.id)
            .values(state="waiting", next_try=office.clock.now() + 10 * MINUTE)
        )
    assert office.sweep() == []
    office.clock.advance(10 * MINUTE)
    (run,) = office.sweep()
    assert office.step(Run(KIND, run.job_id, run.attempt - 1)) == STOP  # whose turn is over does nothing
    assert office.step(run) == GO
    assert len(office.post.letters) == 2
    assert office.post.read(0)["Message-ID"] == office.post.read(1)["Message-ID"]


def test_without_the_key_file_letters_wait(office):
    office.send(office.award())
    key_file = office.house.settings.key_file
    kept = key_file.read_bytes()
    key_file.unlink()
    try:
        office.take()
        assert office.get("/deliveries/state")["problem"] == "key"
    finally:
        key_file.write_bytes(kept)
        key_file.chmod(0o600)
    assert office.later(2 * MINUTE)
    assert len(office.post.letters) == 1


def test_what_happened_meanwhile_stops_a_letter(office):
    kept, recalled, withdrawn, cancelled = (office.award() for _ in range(4))
    for each in (kept, recalled, withdrawn, cancelled):
        last = office.send(each).json()
    Wallet().claim(office.house.stranger, kept["claim"]["url"], now=office.clock.now())
    office.client.delete(f"{office.one(recalled)}/claim")
    office.revoke(withdrawn)
    for _twice in range(2):
        assert office.client.post(f"{office.base}/deliveries/{last['id']}/cancel").status_code == 204
    office.take()
    assert office.post.letters == []
    assert office.states() == ["cancelled"] * 4
    assert office.send(kept).status_code == 409
    assert office.send(recalled).status_code == 409


def test_so_many_letters_and_no_more_go_out_for_one_award(office):
    made = office.award()
    assert [office.send(made).status_code for _ in range(11)] == [201] * 10 + [409]
    office.take()
    assert len(office.post.letters) == 1  # each took the place of the one before


def test_a_letter_that_came_back_is_told_and_sent_anew(office):
    made = office.award()
    office.send(made)
    office.take()
    (item,) = office.letters()
    assert "It came back" in office.look(office.page(made))
    led = office.submit(f"{office.pages}/deliveries/{item['id']}/bounced", back=uuid_of(made))
    assert led == f"{office.page(made)}#letters"
    assert "The address did not take it" in office.look(office.page(made))
    office.submit(f"{office.page(made)}/deliveries", address="new@family.example.org")
    office.take()
    assert office.post.receivers == [WREN, "new@family.example.org"]
    assert sorted(office.states(channel="mail")) == ["bounced", "sent"]


def test_a_withdrawal_and_a_correction_are_told(office):
    by_mail, by_word, unknown, lettered = (
        office.award(), office.award(identifier="R-7"), office.award(identifier="R-8"), office.award()
    )  # fmt: skip
    for each in (by_mail, by_word):
        answer = Wallet().claim(office.house.stranger, each["claim"]["url"], now=office.clock.now())
        assert answer.status_code == 200
    office.send(lettered)
    office.take()
    for each, identifier in ((by_mail, WREN), (by_word, "R-7"), (unknown, "R-8"), (lettered, WREN)):
        office.correct(each, identifier=identifier)
    assert office.later(MINUTE)
    subjects = [office.post.read(n)["Subject"].partition(" / ")[0] for n in range(3)]
    assert subjects == ["An award from Maple Co-op", *["Maple Co-op corrected an award"] * 2]
    assert lettered["claim"]["url"] in office.post.read(1).get_content() + office.post.read(2).get_content()
    (word,) = office.letters(channel="word")  # nobody knows of the award that is only on paper: its page tells
    assert (word["notice"], word["state"], word["learnerName"]) == ("correction", "waiting", "Wren Hadley")
    for each in (by_mail, by_word, unknown, lettered):
        office.revoke(each)
    assert office.later(MINUTE)
    last = office.post.read()
    assert last["Subject"].startswith("Maple Co-op withdrew an award")
    assert "The requirements were not met after all" in last.get_content()
    assert "Al final no se cumplían los requisitos" in last.get_content()
    assert "claim/" not in last.get_content()
    assert len(office.post.letters) == 5
    found = {each["notice"]: each for each in office.letters(channel="word")}
    assert {notice: each["state"] for notice, each in found.items()} == {
        "withdrawal": "waiting",
        "correction": "cancelled",
    }
    assert "Somebody has to be told" in office.look(office.pages)
    office.look(f"{office.pages}/deliveries?channel=word")
    office.submit(f"{office.pages}/deliveries/{found['withdrawal']['id']}/told")
    assert sorted(office.states(channel="word")) == ["cancelled", "sent"]
    assert "Somebody has to be told" not in office.look(office.pages)


def test_O10_where_letters_went_is_erased_with_the_learner(office):
    sent, waits = office.award(identifier="R-7"), office.award(identifier="R-7")
    office.send(sent, address="parent@family.example.org")
    office.take()
    office.send(waits, address="parent@family.example.org")
    ids = [made["id"] for made in (sent, waits)]
    with office.services.context.database.session() as session:
        for credential_id in ids:
            deliveries.forget(session, office.at.organisation.id, credential_id, office.clock.now())
        rows = [deliveries.of_credential(session, office.at.organisation.id, each)[0] for each in ids]
    assert [(row.state, row.address_sealed) for row in rows] == [("sent", None), ("cancelled", None)]
    assert office.take() == STOP
    assert len(office.post.letters) == 1


def test_nothing_needs_a_mail_server(office, monkeypatch):
    made = office.award()
    monkeypatch.setitem(office.services.context.settings.__dict__, "smtp_url", None)
    assert office.send(made).status_code == 409
    assert office.services.context.settings.mailer() is None
    page = office.look(office.page(made))
    assert "Send the link by letter" not in page
    assert "Sheet to print" in page


def test_O4_letters_of_another_organisation_are_not_there(office, house):
    item = office.send(office.award()).json()
    other = Office(house)
    for act in ("told", "cancel", "bounced"):
        assert other.client.post(f"{other.base}/deliveries/{item['id']}/{act}").status_code == 404
    assert other.states() == []
    assert office.states() == ["waiting"]
