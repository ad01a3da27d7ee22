"""What a line of the family's matrix says: a route, what it asks of whoever comes, and a request that succeeds."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What a person gets, by meaning.
OK = "ok"
NOT_FOUND = "not found, as if it never was"
SIGN_IN = "asked to sign in"
FORBIDDEN = "forbidden, in words"
START = "asked to start a family first"
NOT_NOW = "refused in words: not as things stand"

# What a route asks of whoever comes: nothing; the secret part of a link; a session; the operator's account; a place in
# a family; to organise it; to be of none; a program's own secret or its token.
ANYBODY, LINK, SIGNED_IN, OPERATOR = "anybody", "link", "signed in", "operator"
MEMBER, ORGANISER, NO_FAMILY = "member", "organiser", "no family"
CLIENT, TOKEN = "client", "token"
# Or a right over the learner whose thing it is.
VIEW, START_CLAIM, RECEIVE, START_SHARE = "view", "startClaim", "receive", "startShare"
SHARE, STOP_SHARE, ARRANGE, MANAGE = "share", "stopShare", "arrange", "manage"
# Or that the thing is of one's own account; or that one is the learner.
MINE, THEIRS = "mine", "theirs"
RIGHTS = frozenset({VIEW, START_CLAIM, RECEIVE, START_SHARE, SHARE, STOP_SHARE, ARRANGE, MANAGE})

PLACES: Mapping[str, str] = {"form": "form", "step": "step"}


@dataclass(frozen=True)
class Route:
    """One method at one path.

    `needs` is what it asks for. `body` is what is sent, JSON at the addresses for programs, else a form; a text in it
    such as ":share" stands for the id of the world's share. `file` are bytes that are sent instead. `good` are the statuses of success; the usual ones are filled in.
    `places` says what stands for a placeholder whose name is not that of the thing. `first` prepares the world:
    a function of it. `words` are those of the answer to whoever may, where no status tells. `but` says who gets something else than `needs` gives, by a person's name; the line says why.
    """

    method: str
    path: str
    needs: str
    body: Mapping[str, Any] | None = None
    good: tuple[int, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    first: Callable[[Any], None] | None = None
    but: Mapping[str, str] = field(default_factory=dict)
    file: bytes = b""
    query: str = ""
    asked: bool = False
    words: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def for_programs(self) -> bool:
        """Whether it is sent and answered JSON."""
        return self.path.startswith(("/api/", "/credentials/derive", "/presentations/", "/ims/", "/oauth/register"))

    def kinds(self) -> Mapping[str, str]:
        """The placeholders of the path, and the kind of thing that each stands for."""
        names = re.findall(r"\{(\w+)", self.path)
        return {name: self.places.get(name, name.removesuffix("_id")) for name in names}

    def address(self, ids: Mapping[str, str]) -> str:
        """The path with these ids in it."""
        path = self.path.replace(":path}", "}")
        for place, kind in self.kinds().items():
            path = path.replace(f"{{{place}}}", ids[kind])
        return path + (f"?{ids[self.query[1:]]}" if self.query else "")

    def succeeds(self) -> tuple[int, ...]:
        """The statuses of an answer to somebody who may."""
        if self.good:
            return self.good
        if self.method == "POST" and not self.for_programs:
            return (303,)
        if self.method == "DELETE":
            return (204,)
        return (200, 201, 204)


def filled(said: Any, ids: Mapping[str, str]) -> Any:
    """A body with ids in it."""
    if isinstance(said, Mapping):
        return {filled(name, ids): filled(value, ids) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(one, ids) for one in said]
    return ids[said[1:]] if isinstance(said, str) and said.startswith(":") else said


def named(said: Any) -> set[str]:
    """The kinds of things whose ids stand in a body."""
    if isinstance(said, Mapping):
        return {kind for pair in said.items() for one in pair for kind in named(one)}
    if isinstance(said, list):
        return {kind for one in said for kind in named(one)}
    return {said[1:]} if isinstance(said, str) and said.startswith(":") else set()
