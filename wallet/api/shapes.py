"""What the API says: the service's views as JSON, camelCase, dates written the ISO way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from kit.i18n import Message
from vc.checks import Report


def to_json(value: Any) -> Any:
    """A view as JSON values. Messages are said in English: programs read the problem's type, people read pages."""
    if isinstance(value, Report):
        return value.to_json()
    if isinstance(value, Message):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {camel(field.name): to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): to_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    if isinstance(value, frozenset | set):
        return sorted(to_json(inner) for inner in value)
    return value


def camel(name: str) -> str:
    """A Python name as JSON spells it."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
