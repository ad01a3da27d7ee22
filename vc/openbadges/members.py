"""How a class of the data model is written down here: its members, one a line, each with the form that it has.

A class of the data model is a ``View``: a JSON object, and where it stands. Its members are read when they are asked
for. A member that is absent is ``None`` or an empty tuple; one of another form raises ``MalformedValueError`` with its
place. Nothing is judged.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#data-model
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from vc.credential import number_of, object_of, objects_of, text_of, texts_of
from vc.document import JsonObject, pointer
from vc.problems import MalformedValueError

T = TypeVar("T")
V = TypeVar("V", bound="View")


@dataclass(frozen=True, slots=True)
class View:
    """Something that a document says: the object, and the JSON Pointer of where it stands."""

    value: JsonObject
    here: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """The types as written."""
        return texts_of(self.value, "type", self.here)


class Member(Generic[T]):
    """A member of a class: its name in JSON, and how it is read."""

    def __init__(self, name: str, read: Callable[[JsonObject, str, str], T]) -> None:
        self._name = name
        self._read = read

    def __get__(self, view: View, kind: type[View]) -> T:
        """What the document says there."""
        return self._read(view.value, self._name, view.here)


def text(name: str) -> Member[str | None]:
    """A text: also a URI, Markdown, a term of an enumeration."""
    return Member(name, text_of)


def texts(name: str) -> Member[tuple[str, ...]]:
    """Any number of texts."""
    return Member(name, texts_of)


def objects(name: str) -> Member[tuple[JsonObject, ...]]:
    """Any number of objects, as they are written: credentials, which are judged by themselves."""
    return Member(name, objects_of)


def number(name: str) -> Member[int | float | None]:
    """A number."""
    return Member(name, number_of)


def flag(name: str) -> Member[bool | None]:
    """True or false."""
    return Member(name, flag_of)


def flag_of(value: JsonObject, name: str, here: str = "") -> bool | None:
    """A member that is true or false, ``None`` when it is absent.

    Raises:
        MalformedValueError: it is something else.

    """
    found = value.get(name)
    if found is not None and not isinstance(found, bool):
        raise MalformedValueError(f"“{name}” is neither true nor false.", pointer=here + pointer(name))
    return found


def one(name: str, kind: Callable[[], type[V]]) -> Member[V | None]:
    """An object of a class."""

    def read(value: JsonObject, name: str, here: str) -> V | None:
        found = object_of(value, name, here)
        return kind()(found, here + pointer(name)) if name in value else None

    return Member(name, read)


def many(name: str, kind: Callable[[], type[V]]) -> Member[tuple[V, ...]]:
    """Any number of objects of a class."""
    member = pointer(name)

    def read(value: JsonObject, name: str, here: str) -> tuple[V, ...]:
        found, view, place = objects_of(value, name, here), kind(), here + member
        if found and not isinstance(value[name], list):
            return (view(found[0], place),)
        return tuple([view(item, f"{place}/{index}") for index, item in enumerate(found)])

    return Member(name, read)
