"""Whatever they ask: ids of others, odd values and members that nobody asked for are answered, and change nothing."""

import dataclasses
import os

import pytest

from tests.http.issuer.matrix.conftest import (
    BY_NAME,
    OUTSIDER,
    WITH_BODIES,
    WITH_THINGS,
    name_of,
)


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
        before = world.changes()
        answer = world.ask(OUTSIDER, route, own, body_ids=mixed)
        assert answer.status_code in {404, 422}, (kind, answer.status_code, answer.text[:2000])
        assert world.changes() == before, kind


@pytest.mark.parametrize("route", WITH_THINGS, ids=name_of)
@pytest.mark.parametrize("odd", ["x", "%00", "%F0%9F%8D%81", "..%2f..", "a" * 3000, "%27%20OR%201=1"], ids=range(6))
def test_odd_ids_are_not_found(world, here, route, odd):
    for kind in set(route.kinds().values()) - {"slug", "form"}:
        _ = route.address(here.standing), route.body and route.body(here.standing)
        answer = world.ask(BY_NAME["owner here"], route, here.standing.but(**{kind: odd}), body_ids=here.standing)
        assert answer.status_code in {404, 405, 422}, (kind, answer.status_code)


EACH = int(os.environ.get("SATCHEL_ODD_VALUES", "4"))
"""Each place gets one in so many of the odd values, the next place others; `SATCHEL_ODD_VALUES=1` asks for all of them."""
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
    oddities = ODD if route.for_programs else [each for each in ODD if isinstance(each, str) and each != "\ud800"]
    for number, path in enumerate([*leaves(body)] or [()]):  # where nothing is sent, the body itself is odd
        for odd in oddities[number % EACH :: EACH]:
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
            before = world.changes()
            answer = world.ask(BY_NAME["owner here"], changed, ids)
            assert answer.status_code == 422, (name, answer.status_code, answer.text[:500])
            assert world.changes() == before, name
