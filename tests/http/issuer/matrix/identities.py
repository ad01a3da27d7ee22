"""By which identifiers an organisation signs. The world's have their web address, so these are told that; a move that
succeeds is in `test_identities`.
"""

from tests.http.issuer.matrix.route import API, KEYS, PAGE, SEE, Route, nothing

ROUTES = (
    Route("GET", f"{PAGE}/signing/move", KEYS),
    Route("POST", f"{PAGE}/signing/move", KEYS, good=(409,)),
    Route("GET", f"{API}/identities", SEE),
    Route("POST", f"{API}/identities/move", KEYS, nothing, good=(409,)),
)

MAKERS: dict[str, object] = {}
