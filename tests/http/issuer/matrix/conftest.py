"""The issuer with both organisations, and the routes that are an organisation's own affair."""

import re
import shutil

import pytest

from tests.http.issuer import matrix
from tests.http.issuer.conftest import settings_in
from tests.http.issuer.matrix_world import World

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
    return World(settings_in(folder, mail_folder=folder / "mail"))


@pytest.fixture
def here(world):
    return world.tenants[matrix.HERE]


@pytest.fixture
def elsewhere(world):
    return world.tenants[matrix.ELSEWHERE]


def told(answer, *named):
    """What an answer says, without its reference and without what was asked for."""
    words = re.sub(r'"reference":\s*"[^"]*"|<code>[^<]*</code>|nonce="[^"]*"|value="[^"]*"', "", answer.text)
    for word in named:
        words = words.replace(word, "…")
    return answer.status_code, words
