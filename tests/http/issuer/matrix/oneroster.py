"""Exports of schools' own systems on their way in."""

from tests.http.issuer.exports import export
from tests.http.issuer.matrix.route import API, PAGE, ROSTER, Route, always

BROUGHT, BROUGHT_API = f"{PAGE}/oneroster/{{import_id}}", f"{API}/oneroster/{{import_id}}"
OF = {"import_id": "oneroster"}

ROUTES = (
    Route("GET", f"{PAGE}/oneroster/new", ROSTER),
    Route("POST", f"{PAGE}/oneroster/new", ROSTER, always(key="press"), good=(422,)),
    Route("GET", BROUGHT, ROSTER, places=OF),
    Route("POST", f"{BROUGHT}/answers", ROSTER, always(all="1"), places=OF),
    Route("POST", f"{BROUGHT}/apply", ROSTER, always(seen="another"), good=(409,), places=OF),
    Route("POST", f"{BROUGHT}/discard", ROSTER, places=OF),
    Route("POST", f"{API}/oneroster", ROSTER, file=export()),
    Route("GET", BROUGHT_API, ROSTER, places=OF),
    Route("GET", f"{BROUGHT_API}/teachers", ROSTER, places=OF),
    Route("PUT", BROUGHT_API, ROSTER, always(allMissing=True), places=OF),
    Route("POST", f"{BROUGHT_API}/apply", ROSTER, always(seen="another"), good=(409,), places=OF),
    Route("DELETE", BROUGHT_API, ROSTER, places=OF),
)

MAKERS = {"oneroster": lambda at: at.post_file("/oneroster", export())["id"]}
