"""Attacks O4 and O6: every action of a family's wallet × everybody who may come, from one table."""

import io
import re
import zipfile

import pytest

from kit import pdf
from tests.http.wallet import matrix
from tests.http.wallet.matrix import route as r
from tests.http.wallet.matrix.people import PEOPLE
from tests.http.wallet.matrix.world import LEARNER, NEVER, OWN, OWN_WORDS, World
from tests.http.wallet.routes import every_route


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("family"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            pdf, "render", lambda *_given, **_more: b"%PDF-1.7"
        )  # who gets one is asked here, not how it looks
        yield made
    made.close()


def test_O4_every_route_of_the_wallet_has_a_line(world):
    there = {(method, path) for path, methods in every_route(world.app) for method in methods - {"HEAD", "OPTIONS"}}
    listed = [(route.method, route.path) for route in matrix.ROUTES]
    assert len(listed) == len(set(listed)), "a route has one line"
    missing = "".join(f'\n    Route("{method}", "{path}", VIEW),' for method, path in sorted(there - set(listed)))
    assert not missing, f"add to a module of tests/http/wallet/matrix what these need, and what they are sent:{missing}"
    assert set(listed) - there == set(), "these lines are of no route"


def expected(person, route):
    """What somebody gets, by meaning."""
    if person.name in route.but:
        return route.but[person.name]
    if route.needs == r.ANYBODY:
        return r.OK
    if route.needs == r.LINK:
        return r.OK if person.link else r.NOT_FOUND
    if route.needs in {r.CLIENT, r.TOKEN}:
        return r.OK if person.program else r.SIGN_IN
    if not person.signed_in:
        return r.SIGN_IN
    return _expected_with_session(person, route)


def _expected_with_session(person, route):
    if route.needs == r.SIGNED_IN:
        return r.OK
    if route.needs == r.MINE:
        return r.OK if person.login == "teresa" else r.NOT_FOUND
    if route.needs == r.OPERATOR:
        return r.OK if person.operator else r.FORBIDDEN
    if route.needs == r.NO_FAMILY:
        return r.NOT_NOW if person.family else r.OK
    if not person.family:
        return r.START
    if route.needs == r.MEMBER:
        return r.OK
    if route.needs == r.ORGANISER:
        return r.OK if person.organises else r.FORBIDDEN
    if not person.rights:
        return r.NOT_FOUND
    if route.needs == r.THEIRS:
        return r.OK if person.login == "jonah" else r.FORBIDDEN
    return r.OK if set(route.needs.split()) <= person.rights else r.FORBIDDEN


def met(answer, route):
    """What an answer means."""
    code, to = answer.status_code, answer.headers.get("location", "")
    if (code == 401 and code in route.good) or (route.words and route.words in answer.text):
        return r.OK
    if code == 401 or (code == 303 and to.startswith("/sign-in")):
        return r.SIGN_IN
    if (code == 303 and to == "/start") or (code == 409 and "no-family" in answer.text):
        return r.START
    if code in route.succeeds():
        return r.OK
    return {403: r.FORBIDDEN, 404: r.NOT_FOUND, 410: r.NOT_FOUND, 409: r.NOT_NOW}.get(code, f"status {code}")


def told(answer, ids):
    """What an answer says, without its reference, and without what was asked for."""
    words = re.sub(r'"reference":\s*"[^"]*"|<code>[^<]*</code>|nonce="[^"]*"|value="[^"]*"|\(\w{8,}\)', "", answer.text)
    for one in sorted(set(ids.values()), key=len, reverse=True):
        words = words.replace(one, "…")
    return answer.status_code, words


def shown(answer):
    """The gist of an answer, for whoever mends it."""
    text = re.sub(r"<[^>]*>", " ", answer.text.partition("<main")[2] or answer.text)
    return " ".join(text.split())[:300]


def tells(answer):
    """Whether an answer says anything of the learner, also inside a zip."""
    said = answer.content
    if said[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(said)) as packed:
            said = b"".join(packed.read(name) for name in packed.namelist())
    return LEARNER.encode() in said or OWN_WORDS.encode() in said


def cell(world, person, route, kept):
    """What is wrong with what somebody gets, if anything."""
    before = world.ready(route)
    answer = world.ask(person, route)
    wanted, got = expected(person, route), met(answer, route)
    if got != wanted:
        return f"wanted: {wanted}; got: {got}, {answer.status_code} {shown(answer)}"
    if not person.rights and route.needs not in {r.LINK, r.CLIENT, r.TOKEN, r.OPERATOR} and tells(answer):
        return f"the learner's things are told: {shown(answer)}"
    if wanted == r.OK:
        return ""
    if world.changes() != before:
        return "refused, and yet something changed"
    if wanted == r.NOT_FOUND and person.signed_in and not as_never(world, person, route, told(answer, world.ids)):
        return f"something else than for an id that never was: {shown(answer)}"
    return ""


def as_never(world, person, route, said):
    """Whether that is what is said of ids that never were, too."""
    known = world.nevers.setdefault((route.name, person.family), set())
    if said not in known:
        never = {kind: value if kind in OWN else NEVER for kind, value in world.ids.items()}
        never["copied"] = f"learner={NEVER}"
        known.add(told(world.ask(person, route, never), never))
    return said in known


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_O6_everybody_gets_what_the_table_says_and_nothing_else(world, person):
    kept, wrong = world.come(person), []
    for route in matrix.ROUTES:
        if person.brief and not route.for_programs:
            continue
        problem = cell(world, person, route, kept)
        if problem:
            wrong.append(f"{route.name}: {problem}")
        world.restore(kept)
    assert not wrong, f"{person.name}, {len(wrong)}:\n" + "\n".join(wrong)
