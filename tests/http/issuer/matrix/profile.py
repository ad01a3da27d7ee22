"""How an organisation introduces itself, and pictures."""

from collections.abc import Mapping
from typing import Any

from tests.drawn import picture
from tests.http.issuer.matrix.route import API, DESCRIBE, NOBODY, PAGE, PUBLIC, SETTINGS, Route

FILE = picture()


def whole(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "name": "Maple Co-op",
        "kind": "coop",
        "address": {"addressLocality": "Des Moines"},
        "phone": "+1 515 555 0142",
        "official": "Rosa Alvarez",
        "parent": {"id": "did:web:district.example", "name": "District"},
        "otherIdentifiers": [{"identifierType": "ext:ncesId", "identifier": "1900123"}],
        "accreditations": [
            {"bodyName": "Midlands", "state": "accredited", "since": "2024-07-01", "until": "2029-06-30"}
        ],
    }


def pictured(ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {"name": "Maple Co-op", "logo": ids["picture"]}


ROUTES = (
    Route("GET", f"{PAGE}/profile", SETTINGS),
    Route("POST", f"{PAGE}/profile", SETTINGS, pictured),
    Route("PUT", API, SETTINGS, lambda ids: {**whole(ids), **pictured(ids)}),
    Route("POST", f"{API}/pictures", DESCRIBE, file=FILE),
    Route("GET", f"{PUBLIC}/pictures/{{digest}}.png", NOBODY),
)

MAKERS = {
    "picture": lambda at: at.post_file("/pictures", FILE)["address"],
    "digest": lambda at: at.ids["picture"].rpartition("/")[2].removesuffix(".png"),
}
