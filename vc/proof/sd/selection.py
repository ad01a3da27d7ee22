"""JSON Pointers, and the part of a document that they select.

A part keeps the document's ``@context``, and of each object on the way to what was selected its id and types, because
without them it would say something else. Arrays close up. An ordered list is one value: a shorter one would say
something that the issuer never said, so that it is selected whole or not at all.

Spec: https://www.w3.org/TR/vc-di-ecdsa/#selectjsonld, https://www.rfc-editor.org/rfc/rfc6901
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from vc.document import JsonObject, pointer
from vc.problems import BudgetExceeded, ProofGenerationError

MAX_DEPTH: Final = 128
"""Levels of objects and arrays; documents that were read have fewer."""
WHOLE: Final = ""
"""The pointer to a whole document."""

_POINTER: Final = re.compile(r"(?:/(?:[^/~]|~[01])*)*")
_INDEX: Final = re.compile("0|[1-9][0-9]{0,9}")
_ALWAYS: Final = ("@context", "id", "@id", "type", "@type")

_Wanted: TypeAlias = "dict[str, _Wanted | None]"
"""What is wanted of an object or array: by member or position; ``None``: all of it."""


@dataclass(slots=True)
class Selection:
    """A part of a document, which shares no object with it; ``origins``: ``id()`` of each object of the part to
    ``id()`` of the object of the document that it is (a part of).
    """

    document: dict[str, Any]
    origins: dict[int, int] = field(default_factory=dict)


def copied(document: JsonObject) -> dict[str, Any]:
    """The same document, in which no object stands twice.

    Raises:
        BudgetExceeded: it is nested too deep.

    """
    return select(document, [WHOLE], lists=()).document


def select(document: JsonObject, pointers: Sequence[str], *, lists: Collection[tuple[int, str]]) -> Selection:
    """What the pointers select. ``lists`` are the ordered lists: ``id()`` of an object, and the name of its member.

    Raises:
        ProofGenerationError: a pointer is malformed, leads nowhere, or into an ordered list.
        BudgetExceeded: the document is nested too deep.

    Spec: https://www.w3.org/TR/vc-di-ecdsa/#selectpaths

    """
    wanted: _Wanted | None = {}
    for text in pointers:
        wanted = _want(wanted, _tokens(text))
    selection = Selection({})
    selection.document = _Selecting(selection.origins, frozenset(lists)).part(document, wanted, ())
    return selection


def _tokens(text: str) -> list[str]:
    if not isinstance(text, str) or not _POINTER.fullmatch(text):
        raise ProofGenerationError(
            f"“{text!s:.200}” is not a JSON Pointer such as /credentialSubject/achievement/name."
        )
    return [token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:]]


def _want(wanted: _Wanted | None, tokens: list[str]) -> _Wanted | None:
    """The same, and what lies behind these tokens."""
    if not tokens or wanted is None:
        return None
    inner = wanted
    for token in tokens[:-1]:
        below = inner.setdefault(token, {})
        if below is None:
            return wanted
        inner = below
    inner[tokens[-1]] = None
    return wanted


class _Selecting:
    """One selection under way."""

    def __init__(self, origins: dict[int, int], lists: frozenset[tuple[int, str]]) -> None:
        self._origins = origins
        self._lists = lists

    def part(self, value: Any, wanted: _Wanted | None, path: tuple[str, ...]) -> Any:
        """What is wanted of the value that lies at the end of this path."""
        if len(path) > MAX_DEPTH:
            raise BudgetExceeded(f"The document is nested deeper than {MAX_DEPTH} levels.")
        if isinstance(value, Mapping):
            return self._object(value, wanted, path)
        if isinstance(value, list | tuple):
            return self._array(value, wanted, path)
        if wanted:
            raise _nowhere((*path, next(iter(wanted))))
        return value

    def _object(self, value: Mapping[str, Any], wanted: _Wanted | None, path: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, member in value.items():
            if wanted is None or name in _ALWAYS:
                found[name] = self.part(member, None, (*path, name))
            elif name in wanted:
                if wanted[name] is not None and (id(value), name) in self._lists:
                    raise ProofGenerationError(
                        f"The values of {pointer(*path, name)} have an order, so that they are shown together or not "
                        "at all. Select the list itself."
                    )
                found[name] = self.part(member, wanted[name], (*path, name))
        for name in wanted or ():
            if name not in found:
                raise _nowhere((*path, name))
        self._origins[id(found)] = id(value)
        return found

    def _array(self, values: Sequence[Any], wanted: _Wanted | None, path: tuple[str, ...]) -> list[Any]:
        for token in wanted or ():
            if not _INDEX.fullmatch(token) or int(token) >= len(values):
                raise _nowhere((*path, token))
        return [
            self.part(value, None if wanted is None else wanted[str(index)], (*path, str(index)))
            for index, value in enumerate(values)
            if wanted is None or str(index) in wanted
        ]


def _nowhere(path: tuple[str, ...]) -> ProofGenerationError:
    return ProofGenerationError(f"There is nothing at {pointer(*path)} in this document.")
