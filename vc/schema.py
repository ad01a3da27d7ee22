"""The schemas that documents are held against: our own, compiled once, never fetched.

Two libraries read them. The quick one decides. Only when it says no, the other one is asked what is wrong and where; if
that one finds nothing, the document still violates its schema.

Spec: https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final, NoReturn

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

import schemas
from vc.checks import DocumentKind
from vc.credential import DataModel, data_model
from vc.document import JsonObject, listed, pointer
from vc.openbadges import SCHEMA_TYPE
from vc.problems import KindError, SchemaViolationError, UncarriedSchema, Unsupported

MAX_VIOLATIONS: Final = 20
_MAX_SHOWN: Final = 200
_LANGUAGE: Final = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


def refuse_to_retrieve(uri: str) -> NoReturn:
    """Nothing is retrieved: a reference to anything but our own files is an error, not a request.

    Raises:
        LookupError: always.

    """
    raise LookupError(f"{uri} is none of our schemas.")


@dataclass(frozen=True, slots=True)
class Schema:
    """One compiled schema: what decides, and what explains."""

    decides: jsonschema_rs.Draft202012Validator
    explains: Draft202012Validator

    def violations(self, document: JsonObject) -> Iterator[SchemaViolationError]:
        """What is wrong with a document, at most 20 violations; nothing if it follows the schema."""
        if not self._allows(document):
            found = list(islice(self._explained(document), MAX_VIOLATIONS))
            yield from found or [SchemaViolationError("The document does not have the form of its type.", pointer="")]

    def _explained(self, document: JsonObject) -> Iterator[SchemaViolationError]:
        """Each violation once: the library tells one for each member that an object lacks, we tell them together."""
        told: set[tuple[str | None, str]] = set()
        for error in self.explains.iter_errors(document):
            problem = _violation(error)
            if (problem.pointer, problem.detail) not in told:
                told.add((problem.pointer, problem.detail))
                yield problem

    def _allows(self, document: JsonObject) -> bool:
        try:
            return self.decides.is_valid(document)
        except (TypeError, ValueError):  # a value that is not JSON
            return False


@cache
def compiled(file: str) -> Schema:
    """The compiled schema of one of our files, and of those that it refers to."""
    everything = {entry.file: schemas.read(entry.file) for entry in schemas.entries()}
    document = everything[file]
    ours = [(str(value["$id"]), value) for value in everything.values()]
    quick = jsonschema_rs.Registry(ours, retriever=refuse_to_retrieve)
    slow: Registry[Any] = Registry().with_resources((uri, DRAFT202012.create_resource(value)) for uri, value in ours)
    return Schema(
        jsonschema_rs.Draft202012Validator(
            document, registry=quick, retriever=refuse_to_retrieve, validate_formats=False
        ),
        Draft202012Validator(document, registry=slow, format_checker=FormatChecker(formats=())),
    )


def violations(document: JsonObject, *, kind: DocumentKind) -> Iterator[SchemaViolationError]:
    """What the schema of this kind of document finds wrong, at most 20 violations, each with its pointer.

    Raises:
        Unsupported: we carry no schema for this kind in the edition of the data model that the document follows.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#json-schema

    """
    yield from compiled(_name_for(document, kind)).violations(document)


def _name_for(document: JsonObject, kind: DocumentKind) -> str:
    """The schema of this kind of document, in the edition of the data model that the document follows.

    Raises:
        Unsupported: we carry none.

    """
    name = schemas.NAMES.get((kind.value, _model_of(document).value))
    if name is None:
        raise Unsupported(f"There is no schema for a {kind.value} of this data model.", pointer="/@context")
    return name


def _violation(error: ValidationError) -> SchemaViolationError:
    return SchemaViolationError(f"{_words(error)[:_MAX_SHOWN]}.", pointer=pointer(*error.absolute_path))


def _words(error: ValidationError) -> str:
    name = _name(error)
    expected: Any = error.validator_value
    rules: Any = error.schema
    instance: Any = error.instance
    if error.validator in {"type", "const", "enum", "anyOf"} and _by_language(instance):
        return f"{name} is given by language, in a form that no signature covers; write one text, in one language"
    match error.validator:
        case "required":
            missing = ", ".join(f"“{member}”" for member in expected if member not in instance)
            return f"{name} lacks {missing}"
        case "additionalProperties":
            unknown = sorted(set(instance) - set(rules["properties"]))
            return f"{name} has members that this type does not allow: {', '.join(unknown)}"
        case "type":
            return f"{name} must be {expected if isinstance(expected, str) else ' or '.join(expected)}"
        case "const":
            return f"{name} must be {expected!r}"
        case "contains":
            return f"{name} must hold {expected.get('const') or ' or '.join(expected['enum'])}"
        case "enum" | "anyOf":
            return f"{name} has a value that the specification does not list"
        case "pattern" | "minLength":
            return f"{name} does not have the form that is asked for"
        case "minItems" | "minProperties":
            return f"{name} holds too little: at least {expected} belong here"
        case "not":
            return f"{name} does not belong here"
    return f"{name} breaks the rule “{error.validator}”"


def _name(error: ValidationError) -> str:
    path: list[Any] = list(error.absolute_path)
    if not path:
        return "The document"
    return f"Item {path[-1] + 1} of “{path[-2]}”" if isinstance(path[-1], int) else f"“{path[-1]}”"


def _by_language(value: object) -> bool:
    """Whether this is a text by languages, as published schemas allow; its names mean nothing in JSON-LD."""
    return (
        isinstance(value, Mapping)
        and value.keys() not in (set(), {"id"})  # an object by its id, not a text in Indonesian
        and all(_LANGUAGE.fullmatch(name) and isinstance(text, str) for name, text in value.items())
    )


def check_named(document: JsonObject, entry: JsonObject, *, here: str, kind: DocumentKind) -> None:
    """Hold a document against a schema that it names itself.

    Raises:
        Unsupported: another type of schema.
        UncarriedSchema: one that we do not carry (``vc.named_schemas`` fetches it).
        SchemaViolationError: it does not follow the schema.

    Spec: https://www.imsglobal.org/spec/vccs/v1p0/

    """
    if SCHEMA_TYPE not in listed(entry.get("type")):
        raise Unsupported(f"Schemas of the type {entry.get('type')!r} are not supported.", pointer=here)
    carried = schemas.index().get(str(entry.get("id")))
    if carried is None:
        raise UncarriedSchema(f"The schema {entry.get('id')} is not one that we carry.", pointer=here)
    file = _edition_of(carried.file, document)
    if _name_for(document, kind) == file:
        return
    for problem in compiled(file).violations(document):
        raise problem


def _edition_of(file: str, document: JsonObject) -> str:
    """The edition of a schema for the data model that a document follows: one URL has stood for both in its time."""
    older = file.replace(".json", "-vcdm1.json")
    return older if _model_of(document) is DataModel.V1 and older in schemas.NAMES.values() else file


def _model_of(document: JsonObject) -> DataModel:
    """The data model that a document follows; without a context that says so the newer, which tells what is missing."""
    try:
        return data_model(document)
    except KindError:
        return DataModel.V2
