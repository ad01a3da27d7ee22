"""Awarding in the room: a phone has a number and nothing else, the teacher's yes makes one award, the room ends by itself."""

import re
import uuid
from datetime import timedelta

import pytest

from issuer.app import create_app
from issuer.service.rooms import KEPT, MOST_GUESTS
from issuer.service.roster.values import made_number, number_of
from issuer.store import tables
from kit import audit
from kit.errors import Conflict, Gone, NotFound, TooMany
from kit.jobs import STOP
from kit.jobs.threads import ThreadJobs
from tests.http.issuer.conftest import ORIGIN, Browser, Wallet

PHONE = "198.51.100.7"


@pytest.fixture
def room(desk, course):
    answer = desk.client.post(f"{desk.base}/rooms", json={"achievement": course["id"]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def token_of(room):
    return room["url"].rpartition("/")[2]


def seen(desk, room):
    return desk.client.get(f"{desk.base}/rooms/{room['id']}").json()


def decide(desk, room, guest, **body):
    return desk.client.post(f"{desk.base}/rooms/{room['id']}/guests/{guest}", json={"approved": True, **body})


def test_thirty_phones_behind_one_address_get_numbers_and_no_phone_learns_of_another(desk, room, services, app):
    tickets = [services.rooms.enter(token_of(room), name=f"Canary-{n}", client=PHONE) for n in range(30)]
    guests = sorted(seen(desk, room)["guests"], key=lambda guest: int(guest["name"].removeprefix("Canary-")))
    assert len({guest["number"] for guest in guests}) == 30
    assert all(100 <= guest["number"] <= 999 for guest in guests)
    first, second = guests[:2]
    marked = decide(desk, room, first["id"], learnerName="Wren Hadley", identifier="R-1", results=[{"value": "A-"}])
    assert marked.json()["state"] == "approved", marked.text
    decide(desk, room, second["id"], approved=False)
    phone = Browser(app)
    for n, ticket in enumerate(tickets[:4]):
        page = phone.get(f"/tickets/{ticket}")
        others = [f"Canary-{other}<" for other in range(30) if other != n]
        assert not any(other in page.text for other in [*others, "Hadley", "R-1"]), "only one's own"
        assert ("refresh" in page.headers) == (n > 1), "a page that waits asks again"
        assert str(guests[n]["number"]) in page.text or n < 2
    assert 'href="http://localhost:8001/claim/' in phone.get(f"/tickets/{tickets[0]}").text
    assert "did not approve" in phone.get(f"/tickets/{tickets[1]}").text
    assert "Canary" not in phone.get(f"/room/{token_of(room)}").text


def test_what_is_approved_is_awarded_once_and_kept_from_that_phone(desk, room, services, stranger):
    ticket = services.rooms.enter(token_of(room), name="Wren", client=PHONE)
    assert services.rooms.enter(token_of(room), name="Wren", ticket=ticket, client=PHONE) == ticket
    (guest,) = seen(desk, room)["guests"]
    done = decide(desk, room, guest["id"])
    assert decide(desk, room, guest["id"]).json() == done.json()
    assert decide(desk, room, guest["id"], approved=False).status_code == 409
    found = stranger.get(f"/api/tickets/{ticket}").json()
    assert (found["state"], found["number"]) == ("approved", guest["number"])
    assert Wallet().claim(stranger, found["claim"]).status_code == 200
    assert stranger.get(f"/api/tickets/{ticket}").json()["claim"] is None, "kept is kept"
    awards = desk.client.get(f"{desk.base}/credentials").json()
    assert (awards["total"], awards["items"][0]["learnerName"]) == (1, "Wren")
    with services.context.database.reading() as session:
        assert audit.verify_chain(session, tables.AUDIT) is None
        assert b"Wren" not in session.query(tables.RoomGuestRow).one().name_sealed


def test_a_refused_phone_can_be_approved_later_and_a_mark_that_is_none_is_told(desk, room, services):
    services.rooms.enter(token_of(room), name="Wren", client=PHONE)
    (guest,) = seen(desk, room)["guests"]
    assert decide(desk, room, guest["id"], approved=False).json()["state"] == "refused"
    assert decide(desk, room, guest["id"], results=[{"value": "Z"}]).status_code == 422
    assert decide(desk, room, guest["id"], results=[{"value": "B"}]).json()["state"] == "approved"


def test_J2_P4_a_room_has_bounds_and_addresses_cannot_be_tried(desk, room, services):
    token = token_of(room)
    for n in range(MOST_GUESTS):
        services.rooms.enter(token, name=f"n{n}", client=f"198.51.{n}.1")
    with pytest.raises(Conflict, match="This room is full"):
        services.rooms.enter(token, name="late", client="198.51.100.9")
    for text in ("x", "a" * 22, token[:-1] + "!", "\x00", "a" * 4000):
        with pytest.raises(NotFound):
            services.rooms.door(text, client=PHONE)
        with pytest.raises(NotFound):
            services.rooms.ticket(text, client=PHONE)
    for _ in range(300):
        try:
            services.rooms.ticket("b" * 22, client=PHONE)
        except (NotFound, TooMany):
            continue
    with pytest.raises(TooMany):
        services.rooms.ticket("b" * 22, client=PHONE)
    services.rooms.door(token, client="203.0.113.5")


def test_J5_a_room_closes_by_itself_and_what_was_typed_goes_a_day_later(desk, room, services, clock):
    token = token_of(room)
    waiting = services.rooms.enter(token, name="Wren", client=PHONE)
    (guest,) = seen(desk, room)["guests"]
    clock.advance(timedelta(hours=2))
    with pytest.raises(Gone):
        services.rooms.door(token, client=PHONE)
    with pytest.raises(Gone):
        services.rooms.enter(token, name="Late", client=PHONE)
    assert services.rooms.ticket(waiting, client=PHONE).state == "closed"
    assert decide(desk, room, guest["id"]).status_code == 410
    assert services.rooms.forget_old() == 0
    clock.advance(KEPT + timedelta(seconds=1))
    assert services.rooms.forget_old() == 1
    with services.context.database.reading() as session:
        assert session.query(tables.RoomGuestRow).count() == 0
    with pytest.raises(NotFound):
        services.rooms.ticket(waiting, client=PHONE)


def test_a_room_is_closed_at_once_and_none_is_opened_where_awards_need_two(desk, course, room, services):
    assert desk.client.delete(f"{desk.base}/rooms/{room['id']}").status_code == 204
    with pytest.raises(Gone):
        services.rooms.door(token_of(room), client=PHONE)
    assert desk.client.get(f"{desk.base}/rooms").json()["items"] == []
    assert desk.client.post(f"{desk.base}/rooms", json={"achievement": course["id"], "hours": 5}).status_code == 422
    link = desk.client.post(f"{desk.base}/invitations", json={"role": "issuer", "label": "O"}).json()["url"]
    services.people.join(link.rpartition("/")[2], login="oak", password="four words in a row", name="Oak")
    desk.client.put(f"{desk.base}/settings", json={"secondPerson": ["award"]})
    late = desk.client.post(f"{desk.base}/rooms", json={"achievement": course["id"]})
    assert late.status_code == 409
    assert "second person" in late.text
    assert ORIGIN in room["url"]


def test_what_a_crash_left_half_done_is_settled_under_whatever_name_it_is_approved_again(desk, room, services):
    for name in ("Wren", "Ash"):
        services.rooms.enter(token_of(room), name=name, client=PHONE)
    wren, ash = (next(each for each in seen(desk, room)["guests"] if each["name"] == name) for name in ("Wren", "Ash"))
    for guest in (wren, ash):
        decide(desk, room, guest["id"])
    made = {guest["id"]: guest["credential"] for guest in seen(desk, room)["guests"]}
    with services.context.database.session() as session:  # as it stood before the room knew of the awards
        for row in session.query(tables.RoomGuestRow):
            row.state, row.credential_id = "waiting", None
    again = decide(desk, room, wren["id"], learnerName="Wren Hadley")
    assert (again.status_code, "awarded already, to “Wren”" in again.json()["detail"]) == (409, True)
    assert decide(desk, room, ash["id"]).status_code == 200
    assert {guest["id"]: guest["credential"] for guest in seen(desk, room)["guests"]} == made
    assert decide(desk, room, wren["id"], learnerName="Wren Hadley").json()["credential"] == made[wren["id"]]


def test_whoever_has_no_roster_number_gets_one_that_nobody_else_has():
    numbers = {number_of(str(uuid.UUID(int=place << 64))) for place in range(2000)}
    assert len(numbers) == 2000
    assert all(re.fullmatch(r"R-[2-9A-HJ-NP-Z]{20}", number) for number in numbers)
    assert number_of("a") == number_of("a")
    assert len(made_number()) < 22, "the roster makes shorter ones"


def test_J5_a_phone_has_the_link_that_came_with_its_award_and_no_later_one(desk, room, services, stranger):
    ticket = services.rooms.enter(token_of(room), name="Wren", client=PHONE)
    (guest,) = seen(desk, room)["guests"]
    done = decide(desk, room, guest["id"]).json()
    assert stranger.get(f"/api/tickets/{ticket}").json()["claim"]
    renewed = desk.client.post(f"{desk.base}/credentials/{done['credential'].removeprefix('urn:uuid:')}/claim")
    assert renewed.status_code == 201, renewed.text
    assert stranger.get(f"/api/tickets/{ticket}").json()["claim"] is None
    assert "took the link back" in stranger.get(f"/tickets/{ticket}").text


def test_J5_what_was_typed_goes_while_the_server_runs(desk, room, services, clock):
    ticket = services.rooms.enter(token_of(room), name="Wren", client=PHONE)
    assert services.rooms.sweep in services.work._sweeps
    clock.advance(timedelta(hours=2) + KEPT + timedelta(seconds=1))
    with pytest.raises(NotFound):
        services.rooms.ticket(ticket, client=PHONE)
    assert services.rooms.sweep() == []
    with services.context.database.reading() as session:
        assert session.query(tables.RoomGuestRow).count() == 0


def test_O10_a_running_server_forgets_what_was_typed_in_rooms_by_itself(desk, room, settings, services, clock):
    services.rooms.enter(token_of(room), name="Wren", client=PHONE)
    create_app(settings, services=services, jobs=ThreadJobs(role="issuer"))
    clock.advance(timedelta(hours=2, seconds=1) + KEPT)
    forget = [run for find in services.work._sweeps for run in find() if run.kind == "tidy"]
    assert [services.work.step_of("tidy")(run) for run in forget] == [STOP]
    assert [run for find in services.work._sweeps for run in find() if run.kind == "tidy"] == [], "once an hour"
    with services.context.database.reading() as session:
        assert session.query(tables.RoomGuestRow).count() == 0
