"""The newest version of an award, for whoever has its address."""

from tests.http.issuer.matrix.route import NOBODY, Route

ROUTES = (Route("GET", "/refresh/{token}", NOBODY, places={"token": "refresh_token"}),)


def refresh_token(at):
    """The token of an award to an adult."""
    welding = {"name": "Welding", "description": "d", "criteriaNarrative": "c", "refreshing": True}
    made = at.post("/achievements", welding)
    award = {"achievement": made["id"], "learnerName": "Rosa", "identifier": "R-9", "adult": True}
    uuid = at.post("/awards", award)["id"].removeprefix("urn:uuid:")
    return at.get(f"/credentials/{uuid}/document")["refreshService"]["id"].rpartition("/")[2]


MAKERS = {"refresh_token": refresh_token}
