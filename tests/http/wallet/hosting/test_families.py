"""Connected providers in a family's hands: a minor asks, a guardian decides, and it ends at once."""

import contextlib
import io
import json
import re
import sqlite3
import zipfile
from datetime import date, timedelta

import pytest

from kit.errors import NotFound
from tests.http.wallet.hosting.conftest import Home
from tests.http.wallet.hosting.program import READ, UPSERT, said
from tests.unit.wallet.samples import award, wallet
from wallet.service.hosting.problems import NoToken

STATES = ("Waiting for Teresa", "Connected", "Declined")


def path_of(answer):
    """The page of a connection to which somebody was led."""
    assert answer.status_code == 303, answer.text
    return re.fullmatch(r"/connections/[0-9a-f-]{36}", answer.headers["location"])[0]


def newest(home, learner, login="teresa"):
    """The newest connection of a learner, over the family's API."""
    return home.api(login).get(f"/api/learners/{learner}/connections").json()["items"][0]


def test_o8_a_minor_asks_and_a_guardian_allows(home):
    program = home.program()
    at = path_of(program.ask(home.jonah, home.jonah_learner))
    asked = home.jonah.get(at).text
    assert STATES[0] in asked
    assert "/approve" not in asked
    assert home.jonah.post(f"{at}/approve").status_code == 403
    assert home.jonah.post(f"{at}/return").status_code == 409, "nobody has said yes"
    shown = home.teresa.get("/").text
    assert "Maple Badges wants to put awards here" in shown
    assert home.teresa.post(f"{at}/approve", follow=True).text.count(STATES[1]) >= 1
    assert "/return" not in home.teresa.get(at).text
    assert home.teresa.post(f"{at}/return").status_code == 403, "the way back is of whoever asked"
    assert f"{at}/return" in home.jonah.get(at).text
    back = program.come_back(home.jonah.post(f"{at}/return"))
    program.tokens = program.turn_in(back["code"]).json()
    assert program.put(award(150)).status_code == 201
    assert home.jonah.post(f"{at}/return").status_code == 409, "once"
    again = program.come_back(program.ask(home.jonah, home.jonah_learner, scopes=[UPSERT]))
    assert "code" in again, "what a guardian allowed before"
    shown = home.jonah.get(at).text
    assert "Put an award here" in shown


def test_a_guardian_says_no(home):
    program = home.program()
    at = path_of(program.ask(home.jonah, home.jonah_learner))
    home.teresa.post(f"{at}/decline")
    assert STATES[2] in home.jonah.get(at).text
    assert home.teresa.post(f"{at}/approve").status_code == 409
    assert home.jonah.post(f"{at}/return").status_code == 409
    other = path_of(program.ask(home.jonah, home.jonah_learner))
    assert other != at, "it can be asked again"
    home.teresa.post(f"{other}/end")


def test_disconnecting_ends_it_at_once_and_what_came_stays(home):
    program = home.connected(home.wren)
    assert program.put(award(151)).status_code == 201
    back = program.come_back(program.ask(home.teresa, home.wren))
    line = newest(home, home.wren)
    answer = home.api("teresa").delete(f"/api/connections/{line['id']}")
    assert answer.status_code == 204
    refused = program.put(award(152))
    assert (refused.status_code, said(refused)[0]) == (401, "unauthorizedrequest")
    assert program.refresh().json()["error"] == "invalid_grant"
    assert program.turn_in(back["code"]).json()["error"] == "invalid_grant"
    seen = home.teresa.get(f"/connections/{line['id']}").text
    assert "Ended" in seen
    assert "Put an award here" in seen
    assert home.api("teresa").delete(f"/api/connections/{line['id']}").status_code == 409
    program.connect(home.teresa, home.wren)
    assert program.put(award(151)).status_code == 304, "connected anew, beside the old one"


def test_whoever_may_only_look_ends_nothing(home):
    home.connected(home.wren)
    line = newest(home, home.wren, "marcus")
    assert home.api("marcus").delete(f"/api/connections/{line['id']}").status_code == 403
    assert home.marcus.post(f"/connections/{line['id']}/end").status_code == 403
    assert home.olga_page.get(f"/connections/{line['id']}").status_code == 404


def test_it_works_as_long_as_whoever_allowed_it_may(home):
    """A second guardian allows something, and is no guardian any more: nothing goes on, and the page says why."""
    people, teresa = home.services.people, home.hadleys.teresa
    marcus = home.hadleys.marcus
    today = home.clock.now().date()
    people.entrust(
        teresa, home.jonah_learner, member_id=marcus.member_id, scopes=["view", "receive"],
        valid_until=today + timedelta(days=2),
    )  # fmt: skip
    program = home.program().connect(home.marcus, home.jonah_learner, scopes=[UPSERT])
    assert program.put(award(153)).status_code == 201
    assert program.listed().status_code == 403, "not a scope that was ticked"
    more = home.program().ask(home.marcus, home.jonah_learner, scopes=[READ])
    assert more.status_code == 403, "neither allowed nor asked for by who is not trusted with it"
    home.clock.advance(timedelta(days=2))
    home.teresa.sign_in("teresa")
    line = newest(home, home.jonah_learner)
    assert line["state"] == "lapsed"
    assert "Paused" in home.teresa.get(f"/connections/{line['id']}").text


def test_what_a_guardian_allowed_ends_with_the_last_day_of_childhood(home):
    program = home.connected(home.jonah_learner)
    home.clock.advance(timedelta(minutes=1))
    birthday = date(2027, 3, 14)
    home.clock.advance(birthday - home.clock.now().date())
    program.tokens = program.refresh().json()
    answer = program.put(award(154))
    assert (answer.status_code, said(answer)[0]) == (403, "forbidden")
    home.jonah.sign_in("jonah")
    program.connect(home.jonah, home.jonah_learner)
    assert program.put(award(154)).status_code == 201, "the learner decides alone now"
    home.teresa.sign_in("teresa")


def test_the_archive_says_who_was_connected(home):
    home.connected(home.wren).put(award(155))
    with zipfile.ZipFile(io.BytesIO(home.services.archive.pack(home.hadleys.teresa))) as packed:
        told = json.loads(packed.read("index.json"))["connections"]
    mine = next(each for each in told if each["learner"] == "Wren Hadley" and each["state"] == "active")
    assert (mine["provider"], mine["host"]) == ("Maple Badges", "provider.example")
    assert [act["kind"] for act in mine["did"]] == ["created"]


def test_a_program_that_nobody_was_asked_about_lapses_and_one_in_use_does_not(home):
    idle, used = home.program(), home.connected()
    home.clock.advance(timedelta(days=8))
    assert home.services.hosting.clients.forget_old() >= 1
    assert home.services.hosting.clients.find(idle.known["client_id"]) is None
    assert home.services.hosting.clients.find(used.known["client_id"]) is not None
    assert used.refresh().status_code == 200
    assert home.services.hosting.clients.shut_out(used.known["client_id"]) == 1
    assert used.refresh().json()["error"] == "invalid_client"
    with pytest.raises(NotFound):
        home.services.hosting.clients.shut_out("x")
    home.teresa.sign_in("teresa")


def test_an_older_backup_revives_no_connection(tmp_path):
    """The journal beside the database knows what was ended after the backup was made."""
    made = Home(tmp_path)
    program = made.connected()
    tools = made.services.tools
    with contextlib.closing(sqlite3.connect(tmp_path / "wallet.db")) as connection:
        connection.execute("VACUUM INTO ?", [f"{tmp_path}/older.db"])
    made.teresa.post(f"/connections/{newest(made, made.learner)['id']}/end")
    tools.database.close()
    for name in ("wallet.db-wal", "wallet.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "older.db").replace(tmp_path / "wallet.db")
    restored = wallet(tmp_path, made.clock)
    token = program.tokens["access_token"]
    assert restored.hosting.tokens.bearer(token).learner_id == made.learner, "the backup has it"
    assert restored.erasure.replay() == 1
    with pytest.raises(NoToken):
        restored.hosting.tokens.bearer(token)
    restored.erasure.remove_learner(made.hadleys.teresa, made.learner)
    restored.erasure.erase_learner(made.hadleys.teresa, made.learner)
    with restored.tools.database.reading() as session:
        counts = session.connection().exec_driver_sql("SELECT count(*) FROM host_connection").scalar()
    assert counts == 0
    restored.tools.fetcher.close()
    restored.tools.database.close()
    made.services.tools.fetcher.close()
