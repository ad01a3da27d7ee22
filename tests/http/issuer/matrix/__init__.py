"""Every route of the issuer, what it asks for, and an example of a request that succeeds.

A new route is one line in ``ROUTES`` of its area's module; a new kind of thing with an id is one line in ``MAKERS``
beside it; a new area is a module and a place in ``AREAS``; a new role is one entry in ``RIGHTS``. ``test_roles.py``
fails for a route without a line.

A line: method, path, what it needs, then ``body`` (a function of the ids; sent as JSON under ``/api`` and to the
VC-API, as a form elsewhere) and ``good`` (the statuses of somebody who may; usual ones are filled in). What stands for
a placeholder ``{x_id}`` is the x of ``MAKERS``, or what the line's ``places`` says. ``spends``: the account of whoever
asks is another one afterwards, so a new one is used. ``file``: the bytes that are sent instead of a body.
"""

from tests.http.issuer.matrix import (
    awarding,
    classes,
    closing,
    describing,
    everybody,
    governing,
    handing,
    identities,
    marks,
    oneroster,
    organisation,
    outside,
    pausing,
    profile,
    readdressing,
    refreshing,
    rooms,
    roster,
    vouching,
    withdrawing,
)
from tests.http.issuer.matrix.route import (
    ADMINISTRATOR,
    ELSEWHERE,
    HERE,
    NOBODY,
    PEOPLE,
    RIGHTS,
    SIGNED_IN,
    Person,
    Route,
    nothing,
)

AREAS = (
    everybody,
    organisation,
    profile,
    governing,
    describing,
    awarding,
    pausing,
    withdrawing,
    refreshing,
    roster,
    classes,
    rooms,
    vouching,
    closing,
    outside,
    handing,
    oneroster,
    marks,
    identities,
    readdressing,
)
ROUTES: tuple[Route, ...] = tuple(route for area in AREAS for route in area.ROUTES)
MAKERS = {kind: make for area in AREAS for kind, make in area.MAKERS.items()}

__all__ = [
    "ADMINISTRATOR",
    "ELSEWHERE",
    "HERE",
    "MAKERS",
    "NOBODY",
    "PEOPLE",
    "RIGHTS",
    "ROUTES",
    "SIGNED_IN",
    "Person",
    "Route",
    "nothing",
]
