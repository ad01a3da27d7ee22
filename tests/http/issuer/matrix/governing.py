"""What an organisation wants otherwise than the server."""

from tests.http.issuer.matrix.route import API, PAGE, SETTINGS, Route, always

ROUTES = (
    Route("GET", f"{PAGE}/settings", SETTINGS),
    Route("POST", f"{PAGE}/settings", SETTINGS, always(undoMinutes="30", claimDays="", familyLanguage="es")),
    Route("GET", f"{API}/settings", SETTINGS),
    Route("PUT", f"{API}/settings", SETTINGS, always(undoMinutes=30, claimDays=90, familyLanguage="es")),
)

MAKERS = {}
