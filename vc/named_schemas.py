"""Schemas that a credential names itself and that we do not carry: fetched as evidence, and held at arm's length.

Whoever issues a credential may name any schema, and a schema is a small program. So it may refer to nothing but itself,
its patterns run on an engine whose time grows with the text alone, and how often its parts would be looked at for this
document is counted beforehand: parts that repeat each other double with every level.

Spec: https://www.imsglobal.org/spec/vccs/v1p0/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import unquote

import jsonschema_rs

from vc.document import JsonObject, JsonValue, Limits, at, parse, pointer
from vc.evidence import Evidence
from vc.problems import BudgetExceeded, ProblemError, SchemaViolationError, Unsupported
from vc.schema import MAX_VIOLATIONS, refuse_to_retrieve
from vc.urls import parse_url
from vc.wanted import Wanted

LIMITS: Final = Limits(max_bytes=1 << 18, max_depth=32, max_nodes=20_000, max_items=2_000, max_string=1 << 14)
MAX_LOOKS: Final = 30_000
"""How often parts of a schema may be looked at for one document, each of them counted whether it applies or not."""
MAX_PATTERN_BYTES: Final = 1 << 18
MAX_UNEVALUATED: Final = 16
_CHARACTERS_PER_LOOK: Final = 64
_DRAFTS: Final[Mapping[str, Any]] = {
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
}
_USUAL: Final = "https://json-schema.org/draft/2019-09/schema"
_REFERENCES: Final = ("$ref", "$recursiveRef", "$dynamicRef")
_HERE: Final = ("not", "if", "then", "else")
_ALL_HERE: Final = ("allOf", "anyOf", "oneOf")
_EACH_BELOW: Final = (
    "additionalProperties",
    "unevaluatedProperties",
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "prefixItems",
)


def check_fetched(document: JsonObject, entry: JsonObject, *, here: str, evidence: Evidence, loopback: bool) -> None:
    """Hold a document against the schema at the address that it names.

    Raises:
        SchemaViolationError: it does not follow the schema.
        Unsupported, BudgetExceeded: the schema is none that is looked at.
        MalformedValueError: its address is none that is asked.
        MissingEvidence, EvidenceUnavailable: it has not been asked for, or could not be had.

    Spec: https://www.imsglobal.org/spec/vccs/v1p0/#overview

    """
    url = parse_url(entry.get("id"), loopback=loopback, pointer=here + "/id")
    resource = evidence.had(url, wanted=Wanted.SCHEMA)
    try:
        schema = parse(resource.body, limits=LIMITS).value
    except ProblemError as error:
        raise Unsupported(f"What lies at {url} is no schema: {error.detail}", pointer=here) from None
    refuse_unsafe(schema, here=here)
    refuse_costly(schema, document, here=here)
    for broken in islice(_compiled(resource.body, here).iter_errors(document), MAX_VIOLATIONS):
        place = pointer(*broken.instance_path)
        rule = broken.schema_path[-1] if broken.schema_path else "false"
        raise SchemaViolationError(f"It breaks the rule “{rule}” of the schema at {url}.", pointer=place)


@lru_cache(maxsize=32)
def _compiled(body: bytes, here: str) -> Any:
    schema = parse(body, limits=LIMITS).value
    try:
        return _draft(schema, here)(
            schema,
            validate_formats=False,
            retriever=refuse_to_retrieve,
            pattern_options=jsonschema_rs.RegexOptions(size_limit=MAX_PATTERN_BYTES, dfa_size_limit=MAX_PATTERN_BYTES),
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        raise Unsupported("What it names as its schema is none that can be read.", pointer=here) from None


def _draft(schema: JsonObject, here: str) -> Any:
    name = schema.get("$schema", _USUAL)
    found = _DRAFTS.get(name.removesuffix("#")) if isinstance(name, str) else None
    if found is None:
        raise Unsupported(f"Schemas in the language {str(name)[:100]} are not supported.", pointer=here)
    return found


def refuse_unsafe(schema: JsonObject, *, here: str) -> None:
    """Refuse a schema that refers to anything but its own parts, or that cannot be counted.

    Raises:
        Unsupported: it does.

    """
    _draft(schema, here)
    unevaluated = 0
    for part in _objects(schema):
        for name in _REFERENCES:
            target = part.get(name)
            if isinstance(target, str) and target != "#" and not target.startswith("#/"):
                raise Unsupported(
                    f"The schema refers to {target[:200]}; only its own parts are followed.", pointer=here
                )
        if part is not schema and isinstance(part.get("$id"), str):
            raise Unsupported("The schema holds another one with an address of its own.", pointer=here)
        unevaluated += "unevaluatedProperties" in part or "unevaluatedItems" in part
    if unevaluated > MAX_UNEVALUATED:
        raise Unsupported("The schema asks too often what none of its parts has looked at.", pointer=here)


def _objects(schema: JsonObject) -> Iterator[JsonObject]:
    stack: list[JsonValue] = [schema]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            yield value
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def refuse_costly(schema: JsonObject, document: JsonObject, *, here: str) -> None:
    """Refuse a schema whose parts would be looked at too often, or without end, for this document.

    Every part that may apply is counted, whatever the others come to.

    Raises:
        BudgetExceeded: it would.

    """
    looks = 0
    stack: list[tuple[JsonValue, JsonValue]] = [(schema, document)]
    while stack:
        rule, value = stack.pop()
        if not isinstance(rule, Mapping):
            continue
        looks += 1 + _reading(rule, value) // _CHARACTERS_PER_LOOK
        if looks > MAX_LOOKS:
            raise BudgetExceeded("The schema that it names is too tangled to be worked through.", pointer=here)
        same = ((part, value) for part in _parts_here(rule, schema))
        found = list(islice(chain(same, _parts_below(rule, value)), MAX_LOOKS - looks + 1))
        looks += len(found)
        stack += found


def _reading(rule: JsonObject, value: JsonValue) -> int:
    """How many characters the patterns of a rule read."""
    if isinstance(value, str) and "pattern" in rule:
        return len(value)
    patterns = rule.get("patternProperties")
    if isinstance(value, Mapping) and isinstance(patterns, Mapping):
        return len(patterns) * sum(map(len, value))
    return 0


def _parts_here(rule: JsonObject, schema: JsonObject) -> Iterator[JsonValue]:
    """The parts of a rule that apply to the same value."""
    for name in _REFERENCES:
        target = rule.get(name)
        if isinstance(target, str):
            try:
                yield at(schema, unquote(target.removeprefix("#")))
            except KeyError:
                continue  # the compiler refuses it
    yield from (rule[name] for name in _HERE if name in rule)
    for name in _ALL_HERE:
        several = rule.get(name)
        yield from several if isinstance(several, list) else ()
    for name in ("dependentSchemas", "dependencies"):
        several = rule.get(name)
        yield from several.values() if isinstance(several, Mapping) else ()


def _parts_below(rule: JsonObject, value: JsonValue) -> Iterator[tuple[JsonValue, JsonValue]]:
    """The parts of a rule that apply to what a value holds, each with that."""
    if isinstance(value, Mapping):
        named, patterns = (rule.get(name) for name in ("properties", "patternProperties"))
        every = list(patterns.values()) if isinstance(patterns, Mapping) else []
        if isinstance(named, Mapping):
            yield from ((part, value[name]) for name, part in named.items() if name in value)
        yield from ((part, item) for part in every for item in value.values())
        if "propertyNames" in rule:
            yield from ((rule["propertyNames"], name) for name in value)
    held = list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else []
    for name in _EACH_BELOW:
        parts = rule.get(name)
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, Mapping):
                yield from ((part, item) for item in held)
