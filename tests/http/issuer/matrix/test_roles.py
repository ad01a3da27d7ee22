"""Whoever asks: a right opens a route, the lack of one is told, and another tenant sees nothing.

O4: what belongs to another organisation is the same as what does not exist.
"""

import uuid

import pytest

from tests.http.issuer import matrix
from tests.http.issuer.matrix.conftest import INSIDE, OUTSIDER, WITH_THINGS, name_of, told
from tests.http.wallet.routes import every_route


def test_every_route_of_the_issuer_has_an_example(world):
    there = {(method, path) for path, methods in every_route(world.app) for method in methods - {"HEAD", "OPTIONS"}}
    listed = [(route.method, route.path) for route in matrix.ROUTES]
    assert len(listed) == len(set(listed)), "a route has one line"
    assert set(listed) - there == set(), "these lines are of no route"
    assert there - set(listed) == set(), "these routes have no line in tests/http/issuer/matrix"
    assert len(matrix.MAKERS) == sum(len(area.MAKERS) for area in matrix.AREAS), "a kind of thing is made in one place"


def test_what_changes_is_seen(world, here):
    before = world.changes()
    here.ids()["achievement"]
    assert world.changes() > before


def expected(person, route):
    """The statuses that somebody may get from a route."""
    if route.needs == matrix.NOBODY:
        return route.succeeds()
    if not person.signed_in:
        return (401,) if route.for_programs else (303,)
    if route.needs == matrix.SIGNED_IN:
        return route.succeeds()
    if route.needs == matrix.ADMINISTRATOR:
        return route.succeeds() if person.scope == "administrator" else (403,)
    if person.works_at != matrix.HERE:
        return (404,)
    return route.succeeds() if route.needs in matrix.RIGHTS[person.role] else (403,)


@pytest.mark.parametrize("route", matrix.ROUTES, ids=name_of)
def test_a_route_does_what_was_asked_for_those_with_the_right_and_for_nobody_else(world, here, route):
    for person in matrix.PEOPLE:
        wanted = expected(person, route)
        refused = route.needs != matrix.NOBODY and wanted != route.succeeds()
        refused = refused or (not person.signed_in and route.needs != matrix.NOBODY)
        ids = here.standing if refused or route.method == "GET" else here.ids()
        if refused:
            _ = route.address(ids), route.body and route.body(ids)
            before = world.changes()
        answer = world.ask(person, route, ids)
        assert answer.status_code in wanted, (person.name, answer.status_code, answer.text[:2000])
        if refused:
            assert world.changes() == before, f"{person.name} changed something"
        if not person.signed_in and wanted == (303,) and refused:
            assert answer.headers["location"].startswith("/sign-in"), person.name


@pytest.mark.parametrize("route", [route for route in INSIDE if "slug" in route.kinds()], ids=name_of)
def test_O4_an_organisation_of_others_looks_like_none(world, here, route):
    there = world.ask(OUTSIDER, route, here.standing)
    nowhere = here.standing.but(slug="nobody-is-here")
    assert told(there, matrix.HERE) == told(world.ask(OUTSIDER, route, nowhere), "nobody-is-here")


@pytest.mark.parametrize("route", WITH_THINGS, ids=name_of)
def test_O4_things_of_others_in_a_path_look_like_none(world, here, elsewhere, route):
    for place, kind in route.kinds().items():
        if kind in {"slug", "form"}:
            continue
        _ = (
            route.address(here.standing),
            route.body and route.body(elsewhere.standing),
            route.address(elsewhere.standing),
        )
        foreign = elsewhere.standing.but(**{kind: here.standing[kind]})
        unknown = elsewhere.standing.but(**{kind: str(uuid.UUID(int=7))})
        before = world.changes()
        answer = world.ask(OUTSIDER, route, foreign, body_ids=elsewhere.standing)
        other = world.ask(OUTSIDER, route, unknown, body_ids=elsewhere.standing)
        assert answer.status_code == 404, (place, answer.status_code, answer.text[:2000])
        assert told(answer, foreign[kind]) == told(other, unknown[kind]), place
        assert world.changes() == before, place
