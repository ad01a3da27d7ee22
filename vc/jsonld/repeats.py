"""What a document says twice: a value in one set, or a node in two places.

A set of statements holds each one once, so a signature covers neither a repetition nor the place where it was written.
Whether an honest issuer wrote it so, or somebody moved it since, cannot be told: such a document is not judged, neither
genuine nor forged. A repetition in one set is refused. A node may be described in several places as long as they agree:
whatever two of them say has to be the same, down to the word. Then the descriptions taken together are what is signed,
and it makes no difference in which of them a reader finds a thing, as long as he reads them together
(`vc.nodes.Nodes`).

Spec: https://www.w3.org/TR/json-ld11-api/#node-map-generation (which merges the descriptions)
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

from vc.jsonld.grammar import RDF
from vc.jsonld.plans import Plan, Refused, Slot
from vc.problems import DataLossError, Unsupported

Description: TypeAlias = tuple[str, "str | None", Plan, "dict[str, Any]", int, "list[str]"]
"""One place that describes a node: the names of its id and its types there, its plan, itself, in which embedded
credential it stands (0: in none), its middles."""

_DIFFERENTLY: Final = "The same thing is described twice, differently, and a signature would not cover which is where."
_TYPES: Final = "@type"
_VOCABULARY: Final = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_ENDORSED: Final = _VOCABULARY + "EndorsementSubject"
_GIVER_AND_GIVEN: Final = {
    frozenset({f" <{RDF}type> <{_VOCABULARY}{name}>"}) for name in ("Profile", "AchievementSubject")
}


class DescribedNode:
    """A node with an id that several places of one graph describe.

    They agree, other than those in two different embedded credentials: each of these has its own signature to say
    where a thing stands. With such a credential the document around it agrees on all that both say of the node; there
    the node may have other types, and words another meaning through them.
    """

    __slots__ = ("_alike", "_first", "_keys", "_said", "_statements", "is_endorsed_only")

    def __init__(self, first: Description) -> None:
        self.is_endorsed_only = is_endorsed(first)
        self._said: dict[str, dict[int, Any]] = {}
        self._keys: dict[tuple[int, str], str] = {}
        self._first = first
        self._alike = [first]
        self._statements = set(first[-1])

    def add(self, found: Description) -> list[str]:
        """The statements of one more description that are new.

        One that is the first one again, word for word, agrees with it; what it has to agree with besides is looked at
        when there is something else to compare (a record names its issuer a hundred times, and always alike).

        Raises:
            Refused: it says something else than the others, or the same in another way.

        """
        self.is_endorsed_only = self.is_endorsed_only and is_endorsed(found)
        if found[2] is self._first[2] and found[-1] == self._first[-1] and found[3] == self._first[3]:
            self._alike.append(found)
            return []
        alike, self._alike = self._alike, []
        for earlier in alike:
            self._compare(earlier)
        self._compare(found)
        new = [middle for middle in found[-1] if middle not in self._statements]
        self._statements.update(new)
        return new

    def _compare(self, found: Description) -> None:
        _, type_key, plan, value, scope, middles = found
        if type_key is not None:
            types = frozenset(plan.type_middles)
            known = self._said.setdefault(_TYPES, {}).setdefault(scope, types)
            if known != types:
                if {known, types} == _GIVER_AND_GIVEN:
                    refuse_self_award(type_key)
                refuse_difference(type_key)
        stated: dict[str, list[str]] = {}
        for middle in middles:
            stated.setdefault(middle[: middle.index("> ") + 2], []).append(middle)
        for slot in plan.slots:
            if slot is not None:
                own = frozenset(stated.get(slot.predicate, ()))
                said = (slot.key, _written(slot, value[slot.key], own), own)
                self._agree(slot, scope, said)

    def _agree(self, slot: Slot, scope: int, said: Any) -> None:
        known = self._said.setdefault(slot.predicate, {})
        rivals = [known[0]] if 0 in known else list(known.values()) if scope == 0 else []
        elsewhere = self._keys.setdefault((scope, slot.key), slot.predicate) != slot.predicate
        if known.setdefault(scope, said) != said or elsewhere:
            refuse_difference(slot.key)
        if any(rival != said for rival in rivals):
            refuse_other_signer(slot.key)


def _written(slot: Slot, value: Any, own: frozenset[str]) -> list[str] | None:
    """The values that no statement shows (nodes without an id, ordered lists), as texts; None if there are none."""
    items = value if isinstance(value, list) else [value]
    if slot.container is None and len(own) == len(items):
        return None
    texts = [json.dumps(item, sort_keys=True) for item in items]
    if slot.container == "@list":
        return texts
    if len(set(texts)) != len(texts):
        refuse_difference(slot.key)
    return sorted(texts)


def refuse_difference(key: str) -> None:
    """Refuse a description that differs from another one of the same node."""
    raise Refused(Unsupported, _DIFFERENTLY, key)


def refuse_other_signer(key: str) -> None:
    """Refuse to judge a document that says something else of a node than a credential inside it does.

    That can be honest (an issuer has changed its name since); only, which of the two says what is not signed.
    """
    raise Refused(
        Unsupported, "A credential inside says something else of this; the signature does not tell who says which.", key
    )


def refuse_self_award(key: str) -> None:
    """Refuse to judge a badge that somebody gave themselves: honest, but who is described where is not signed."""
    raise Refused(Unsupported, "This was awarded by somebody to themselves, which cannot be checked yet.", key)


def is_endorsed(found: Description) -> bool:
    """Whether this is what a credential inside says of what it endorses: it signs that by itself."""
    return found[4] != 0 and _ENDORSED in found[2].type_iris


def refuse_second_top(key: str) -> None:
    """Refuse a description of a document's own node from another place: readers look for it at the top."""
    raise Refused(Unsupported, "The document is described a second time, inside itself.", key)


def refuse_repeated(middles: list[str], start: int, ends: list[int]) -> None:
    """Refuse a statement that a set makes twice; ``ends`` says how many there were after each of the set's values."""
    own = middles[start:]
    if len(set(own)) != len(own):
        seen: set[str] = set()
        again = next(index for index, middle in enumerate(own) if middle in seen or seen.add(middle))  # type: ignore[func-returns-value]
        place = next(index for index, end in enumerate(ends) if end > start + again)
        raise Refused(Unsupported, "This stands here twice, and a signature covers it once; keep one.", place)


def refuse_written_out(key: str) -> None:
    """Refuse a literal that is written out though it says what plain JSON says: readers look for plain JSON."""
    raise Refused(
        DataLossError, "This literal says no more than plain JSON and hides from its readers; write it plainly.", key
    )


def refuse_nested_context(plan: Plan, secured: frozenset[str]) -> None:
    """Refuse contexts in the middle of a document, other than those of a credential or envelope in a credential."""
    if secured.isdisjoint(plan.type_iris):
        raise Refused(DataLossError, "Contexts belong to the document, not to a part of it.", "@context")
