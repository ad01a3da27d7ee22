"""What a line of the matrix says: a route, what it needs, and a request that succeeds; and who may ask."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What a route can ask for. Outside an organisation: nothing, a session, the server's administrator.
NOBODY, SIGNED_IN, ADMINISTRATOR = "nobody", "signed in", "administrator"
# Inside: a right of the person's role there.
SEE, DESCRIBE, AWARD, WITHDRAW = "see", "describe", "award", "withdraw"
INVITE, SETTINGS, KEYS, APPROVE = "people", "settings", "keys", "approve"
ROSTER = "roster"

RIGHTS: Mapping[str, frozenset[str]] = {
    "issuer": frozenset({SEE, DESCRIBE, AWARD, WITHDRAW, ROSTER, APPROVE}),
    "instructor": frozenset({SEE}),
    "viewer": frozenset({SEE}),
    "owner": frozenset({SEE, DESCRIBE, AWARD, WITHDRAW, ROSTER, INVITE, SETTINGS, KEYS, APPROVE}),
}


@dataclass(frozen=True)
class Person:
    """Somebody who asks. `works_at` is a tenant of the world and `role` the role there; `scope` is the account's."""

    name: str
    scope: str = "staff"
    works_at: str | None = None
    role: str | None = None
    signed_in: bool = True


HERE, ELSEWHERE = "maple-co-op", "alvarez"
PEOPLE = (
    Person("stranger", signed_in=False),
    Person("somebody without an organisation"),
    Person("the server's administrator", scope="administrator"),
    Person("owner of another organisation", works_at=ELSEWHERE, role="owner"),
    *(Person(f"{role} here", works_at=HERE, role=role) for role in RIGHTS),
)

PLACES: Mapping[str, str] = {"account": "member", "number": "list_number"}

Body = Callable[[Mapping[str, str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One method at one path."""

    method: str
    path: str
    needs: str
    body: Body | None = None
    good: tuple[int, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    json: bool = False
    spends: bool = False
    file: bytes = b""

    @property
    def inside(self) -> bool:
        """Whether it is an organisation's own affair."""
        return self.needs not in {NOBODY, SIGNED_IN, ADMINISTRATOR}

    @property
    def for_programs(self) -> bool:
        """Whether it is sent and answered JSON."""
        return self.json or self.path.startswith(("/api/", "/credentials/"))

    def kinds(self) -> Mapping[str, str]:
        """The placeholders of the path, and the kind of thing that each stands for."""
        places = re.findall(r"\{(\w+)", self.path)
        return {place: self.places.get(place, PLACES.get(place, place.removesuffix("_id"))) for place in places}

    def address(self, ids: Mapping[str, str]) -> str:
        """The path with these ids in it."""
        path = self.path.replace(":path}", "}")
        for place, kind in self.kinds().items():
            path = path.replace(f"{{{place}}}", ids[kind])
        return path

    def succeeds(self) -> tuple[int, ...]:
        """The statuses of an answer to somebody who may."""
        if self.good:
            return self.good
        if self.method == "POST":
            return (201,) if self.for_programs else (303,)
        return (204,) if self.method == "DELETE" else (200,)


def nothing(_ids: Mapping[str, str]) -> Mapping[str, Any]:
    return {}


def always(**members: Any) -> Body:
    return lambda _ids: members


_numbers = itertools.count(1)


def fresh(name: str) -> str:
    """A name that nothing has yet."""
    return f"{name}-{next(_numbers)}"


PAGE, API, PUBLIC = "/organisations/{slug}", "/api/organisations/{slug}", "/orgs/{slug}"
ONE, ONE_API = f"{PAGE}/credentials/{{credential_id}}", f"{API}/credentials/{{credential_id}}"
