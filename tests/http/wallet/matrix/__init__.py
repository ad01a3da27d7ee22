"""Every route of the wallet, what it asks of whoever comes, and a request that succeeds.

A new route is one line in ``ROUTES`` of its area's module (`coming`, `family`, `awards`, `sharing`): method, path,
what it needs, and what is sent. A new kind of thing is an id that `world.World` makes; one that has to be made
differently from cell to cell is a function in `things`. Somebody new is one line in `people`. A cell that surprises is
a name in the line's ``but``, with a comment that says why. ``test_family.py`` fails for a route without a line.
"""

from tests.http.wallet.matrix import awards, coming, family, sharing

AREAS = (coming, family, awards, sharing)
ROUTES = tuple(route for area in AREAS for route in area.ROUTES)
