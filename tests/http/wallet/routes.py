"""Every route of an app, however deep it was included."""


def every_route(app):
    """(path, methods) of each route that has methods."""
    for route in _flat(app.routes):
        methods = getattr(route, "methods", None)
        if methods:
            yield route.path, set(methods)


def _flat(routes):
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from _flat(included.routes)
