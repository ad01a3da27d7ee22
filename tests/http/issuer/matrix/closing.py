"""Closing an organisation. The world's organisations stay open, so these are told what is missing; `test_closing` does
the rest.
"""

from tests.http.issuer.matrix.route import API, NOBODY, PAGE, PUBLIC, SETTINGS, Route, always, nothing

_WRONG = {"slug": "another", "successorName": "Cedar Bend", "successorUrl": "https://cedar.example"}

ROUTES = (
    Route("GET", f"{PAGE}/close", SETTINGS),
    Route("POST", f"{PAGE}/close", SETTINGS, always(**_WRONG, key="k"), good=(422,)),
    Route("POST", f"{PAGE}/close/renew", SETTINGS, always(key="k"), good=(409,)),
    Route("POST", f"{PAGE}/close/reopen", SETTINGS, good=(409,)),
    Route("GET", f"{API}/closing", SETTINGS),
    Route("POST", f"{API}/closing", SETTINGS, always(**_WRONG), good=(422,)),
    Route("POST", f"{API}/closing/renewal", SETTINGS, nothing, good=(409,)),
    Route("DELETE", f"{API}/closing", SETTINGS, good=(409,)),
    Route("GET", f"{PUBLIC}/closed", NOBODY, good=(404,)),
    Route("GET", f"{PUBLIC}/closed.zip", NOBODY, good=(404,)),
)

MAKERS: dict[str, object] = {}
