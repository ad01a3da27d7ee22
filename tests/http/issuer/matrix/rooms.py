"""Awarding in the room: the teacher's side, and a phone's."""

from tests.http.issuer.matrix.route import API, AWARD, NOBODY, PAGE, Route, always

ROOM, ROOM_API = f"{PAGE}/rooms/{{room_id}}", f"{API}/rooms/{{room_id}}"
ROUTES = (
    Route("GET", f"{PAGE}/rooms", AWARD),
    Route("POST", f"{PAGE}/rooms", AWARD, lambda ids: {"achievement": ids["achievement"], "hours": "2"}),
    Route("GET", ROOM, AWARD),
    Route("POST", f"{ROOM}/close", AWARD),
    Route("GET", f"{ROOM}/guests/{{guest_id}}", AWARD),
    Route("POST", f"{ROOM}/guests/{{guest_id}}", AWARD, always(do="approve", learnerName="Wren", identifier="")),
    Route("GET", f"{API}/rooms", AWARD),
    Route("POST", f"{API}/rooms", AWARD, lambda ids: {"achievement": ids["achievement"]}),
    Route("GET", ROOM_API, AWARD),
    Route("DELETE", ROOM_API, AWARD),
    Route("POST", f"{ROOM_API}/guests/{{guest_id}}", AWARD, always(approved=True, learnerName="Wren"), good=(200,)),
    Route("GET", "/room/{token}", NOBODY, places={"token": "door"}),
    Route("POST", "/room/{token}", NOBODY, always(name="Wren"), places={"token": "door"}),
    Route("POST", "/api/rooms/{token}", NOBODY, always(name="Wren"), places={"token": "door"}),
    Route("GET", "/tickets/{ticket}", NOBODY),
    Route("GET", "/api/tickets/{ticket}", NOBODY),
)


def _door(at):
    return at.post("/rooms", {"achievement": at.ids["achievement"]})["url"].rpartition("/")[2]


def _ticket(at):
    return at.world.services.rooms.enter(_door(at), name="Wren", client="phone")


def _guest(at):
    """Somebody in the room of these ids."""
    url = at.get(f"/rooms/{at.ids['room']}")["url"]
    at.world.services.rooms.enter(url.rpartition("/")[2], name="Wren", client="phone")
    return at.get(f"/rooms/{at.ids['room']}")["guests"][-1]["id"]


MAKERS = {
    "room": lambda at: at.post("/rooms", {"achievement": at.ids["achievement"]})["id"],
    "guest": _guest,
    "door": _door,
    "ticket": _ticket,
}
