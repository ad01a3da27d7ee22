"""Whoever asks, whatever they ask: a right opens a route, the lack of one is told, and another tenant sees nothing.

O4, O5: what belongs to another organisation is the same as what does not exist, in the path and in the body.
"""

import dataclasses
import re
import shutil
import uuid

import pytest

from tests.http.issuer import matrix
from tests.http.issuer.conftest import settings_in
from tests.http.issuer.matrix_world import World
from tests.http.wallet.routes import every_route

INSIDE = [route for route in matrix.ROUTES if route.inside]
WITH_THINGS = [route for route in INSIDE if set(route.kinds().values()) - {"slug", "form", "list_number", "key_name"}]
WITH_BODIES = [route for route in INSIDE if route.body is not None]
BY_NAME = {person.name: person for person in matrix.PEOPLE}
STRANGER, OUTSIDER = BY_NAME["stranger"], BY_NAME["owner of another organisation"]


def name_of(route):
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def world(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("matrix")
    for name in ("issuer.db", "kek"):
        shutil.copy(prepared / name, folder / name)
    return World(settings_in(folder))


@pytest.fixture
def here(world):
    return world.tenants[matrix.HERE]


@pytest.fixture
def elsewhere(world):
    return world.tenants[matrix.ELSEWHERE]


def test_every_route_of_the_issuer_has_an_example(world):
    there = {(method, path) for path, methods in every_route(world.app) for method in methods - {"HEAD", "OPTIONS"}}
    listed = [(route.method, route.path) for route in matrix.ROUTES]
    assert len(listed) == len(set(listed)), "a route has one line"
    assert set(listed) - there == set(), "these lines are of no route"
    assert there - set(listed) == set(), "these routes have no line in tests/http/issuer/matrix"
    assert len(matrix.MAKERS) == sum(len(area.MAKERS) for area in matrix.AREAS), "a kind of thing is made in one place"


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
            before = world.everything()
        answer = world.ask(person, route, ids)
        assert answer.status_code in wanted, (person.name, answer.status_code, answer.text[:2000])
        if refused:
            assert world.everything() == before, f"{person.name} changed something"
        if not person.signed_in and wanted == (303,) and refused:
            assert answer.headers["location"].startswith("/sign-in"), person.name


def told(answer, *named):
    """What an answer says, without its reference and without what was asked for."""
    words = re.sub(r'"reference":\s*"[^"]*"|<code>[^<]*</code>|nonce="[^"]*"|value="[^"]*"', "", answer.text)
    for word in named:
        words = words.replace(word, "…")
    return answer.status_code, words


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
        before = world.everything()
        answer = world.ask(OUTSIDER, route, foreign, body_ids=elsewhere.standing)
        other = world.ask(OUTSIDER, route, unknown, body_ids=elsewhere.standing)
        assert answer.status_code == 404, (place, answer.status_code, answer.text[:2000])
        assert told(answer, foreign[kind]) == told(other, unknown[kind]), place
        assert world.everything() == before, place


def named_by(body, ids):
    """The kinds of ids that stand in a body itself."""
    asked = []

    class Watched(dict):
        def __getitem__(self, kind):
            asked.append(kind)
            return ids[kind]

    body(Watched())
    return [kind for kind in asked if kind != "key"]


@pytest.mark.parametrize("route", WITH_BODIES, ids=name_of)
def test_O4_O5_things_of_others_in_a_body_are_refused(world, here, elsewhere, route):
    own = elsewhere.ids()
    _ = route.body(own), route.body(here.standing), route.address(own)
    for kind in named_by(route.body, own):
        mixed = own.but(**{kind: here.standing[kind]})
        before = world.everything()
        answer = world.ask(OUTSIDER, route, own, body_ids=mixed)
        assert answer.status_code in {404, 422}, (kind, answer.status_code, answer.text[:2000])
        assert world.everything() == before, kind


@pytest.mark.parametrize("route", WITH_THINGS, ids=name_of)
@pytest.mark.parametrize("odd", ["x", "%00", "%F0%9F%8D%81", "..%2f..", "a" * 3000, "%27%20OR%201=1"], ids=range(6))
def test_odd_ids_are_not_found(world, here, route, odd):
    for kind in set(route.kinds().values()) - {"slug", "form"}:
        _ = route.address(here.standing), route.body and route.body(here.standing)
        answer = world.ask(BY_NAME["owner here"], route, here.standing.but(**{kind: odd}), body_ids=here.standing)
        assert answer.status_code in {404, 405, 422}, (kind, answer.status_code)


ODD = [
    None,
    True,
    -1,
    10**40,
    1e308,
    "",
    " ",
    "x" * 70_000,
    "\x00",
    "\ud800",
    "\u202e",
    "<b>",
    [],
    [[]],
    {},
    {"id": 1},
    [None],
]


def leaves(value, path=()):
    """The places of everything in a body."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from leaves(inner, (*path, key))


def with_odd(value, path, odd):
    """The same body with something odd at one place."""
    if not path:
        return odd
    if isinstance(value, dict):
        return {**value, path[0]: with_odd(value[path[0]], path[1:], odd)}
    return [with_odd(each, path[1:], odd) if place == path[0] else each for place, each in enumerate(value)]


@pytest.mark.parametrize("route", WITH_BODIES, ids=name_of)
def test_anything_odd_in_a_body_is_answered(world, here, route):
    body = dict(route.body(ids := here.ids()))
    asked = 0
    for path in [*leaves(body)] or [()]:  # where nothing is sent, the body itself is odd
        for odd in ODD if route.for_programs else [each for each in ODD if isinstance(each, str) and each != "\ud800"]:
            changed = dataclasses.replace(route, body=lambda _ids, path=path, odd=odd: with_odd(body, path, odd))
            answer = world.ask(BY_NAME["owner here"], changed, ids.but(key=f"{asked}"))
            assert answer.status_code < 500, (path, odd, answer.text[:500])
            asked += 1
    assert asked


@pytest.mark.parametrize("route", [route for route in WITH_BODIES if route.for_programs], ids=name_of)
def test_L13_a_member_that_nobody_asked_for_is_refused(world, here, route):
    ids = here.standing
    body, _ = dict(route.body(ids)), route.address(ids)
    for name in ("organisationId", "ownerId", "state", "id", "__proto__"):
        if name not in body:
            changed = dataclasses.replace(route, body=lambda _ids, name=name: {**body, name: "owner"})
            before = world.everything()
            answer = world.ask(BY_NAME["owner here"], changed, ids)
            assert answer.status_code == 422, (name, answer.status_code, answer.text[:500])
            assert world.everything() == before, name
