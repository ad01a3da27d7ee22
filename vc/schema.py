"""The schemas that documents are held against: our own, compiled once, never fetched.

Spec: https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

import schemas
from vc.checks import DocumentKind
from vc.credential import DataModel, data_model
from vc.document import JsonObject, listed, pointer
from vc.openbadges import SCHEMA_TYPE
from vc.problems import KindError, ProblemError, SchemaViolationError, Unsupported

MAX_VIOLATIONS: Final = 20
_MAX_SHOWN: Final = 200


@cache
def _validator(name: str) -> Draft202012Validator:
    """The compiled schema. Nothing is retrieved: a reference outside the file is an error, not a request."""
    document = schemas.read(name)
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document, format_checker=FormatChecker(formats=()))


def violations(document: JsonObject, *, kind: DocumentKind) -> Iterator[SchemaViolationError]:
    """What the schema of this kind of document finds wrong, at most 20 violations, each with its pointer.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#json-schema
    """
    for count, error in enumerate(_validator(_name_for(document, kind)).iter_errors(document)):
        if count == MAX_VIOLATIONS:
            return
        yield _violation(error)


def _name_for(document: JsonObject, kind: DocumentKind) -> str:
    """The schema of this kind of document, in the edition of the data model that the document follows.

    Without a context that says so it is the newer one, which then tells what is missing.

    Raises:
        Unsupported: we carry none.

    """
    try:
        model = data_model(document)
    except KindError:
        model = DataModel.V2
    name = schemas.NAMES.get((kind.value, model.value))
    if name is None:
        raise Unsupported(f"There is no schema for a {kind.value} of this data model.", pointer="/@context")
    return name


def _violation(error: ValidationError) -> SchemaViolationError:
    place = pointer(*error.absolute_path)
    name = f"“{error.absolute_path[-1]}”" if error.absolute_path else "The document"
    expected: Any = error.validator_value
    rules: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "required":
            missing = ", ".join(f"“{member}”" for member in expected if member not in instance)
            words = f"{name} lacks {missing}"
        case "additionalProperties":
            unknown = sorted(set(instance) - set(rules["properties"]))
            words = f"{name} has members that this type does not allow: {', '.join(unknown)}"
        case "type":
            words = f"{name} must be {expected if isinstance(expected, str) else ' or '.join(expected)}"
        case "const":
            words = f"{name} must be {expected!r}"
        case "contains":
            words = f"{name} must hold {expected.get('const') or ' or '.join(expected['enum'])}"
        case "enum" | "anyOf":
            words = f"{name} has a value that the specification does not list"
        case "pattern":
            words = f"{name} does not have the form that is asked for"
        case _:
            words = f"{name} breaks the rule “{error.validator}”"
    return SchemaViolationError(f"{words[:_MAX_SHOWN]}.", pointer=place)


def check_named(document: JsonObject, entry: JsonObject, *, here: str, kind: DocumentKind) -> None:
    """Hold a document against a schema that it names itself.

    Raises:
        Unsupported: another type of schema, or one that we do not carry.
        SchemaViolationError: it does not follow the schema.

    Spec: https://www.imsglobal.org/spec/vccs/v1p0/

    """
    if SCHEMA_TYPE not in listed(entry.get("type")):
        raise Unsupported(f"Schemas of the type {entry.get('type')!r} are not supported.", pointer=here)
    name = schemas.index().get(str(entry.get("id")))
    if name is None:
        raise Unsupported(f"The schema {entry.get('id')} is not one that we carry.", pointer=here)
    if _name_for(document, kind) == name.file:
        return
    problem: ProblemError | None = next(map(_violation, _validator(name.file).iter_errors(document)), None)
    if problem is not None:
        raise problem
