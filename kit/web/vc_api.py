"""What the routes of the VC-API have in common, whichever role they are of: where they are, how a body is read and
how an API description tells of them.

Spec: https://w3c-ccg.github.io/vc-api/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from kit.errors import WrongMedia
from kit.i18n import _
from kit.web.csrf import media_type
from vc.document import Limits, parse, pointer
from vc.problems import MalformedValueError

B = TypeVar("B", bound="Body")

ISSUE: Final = "/credentials/issue"
STATUS: Final = "/credentials/status"
VERIFY_CREDENTIAL: Final = "/credentials/verify"
VERIFY_PRESENTATION: Final = "/presentations/verify"
PROVE: Final = "/presentations/prove"
DERIVE: Final = "/credentials/derive"
IDENTIFIERS: Final = "/1.0/identifiers"
OPEN_BADGES: Final = ("/ims/ob/v3p0/", "/ims/clr/v2p0/")
"""The addresses of the APIs of Open Badges and of the Comprehensive Learner Record."""
_ALL: Final = frozenset({ISSUE, STATUS, VERIFY_CREDENTIAL, VERIFY_PRESENTATION, PROVE, DERIVE})


def is_for_programs(path: str) -> bool:
    """Whether only programs use an address: every answer there is JSON, and a form is not read."""
    return path.startswith(("/api/", f"{IDENTIFIERS}/", *OPEN_BADGES)) or path in _ALL or path == IDENTIFIERS


class Body(BaseModel):
    """A request body: camelCase outside, nothing unknown."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class Options(Body):
    """Options of a request. The VC-API lets clients send options that a server does not know: they change nothing."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


async def json_body(request: Request) -> bytes:
    """The body of a request, which is JSON and nothing else. Raises: WrongMedia."""
    declared = media_type(request)
    if declared != "application/json" and not declared.endswith("+json"):
        raise WrongMedia(_("Send JSON as application/json here."))
    return await request.body()


def read(model: type[B], raw: bytes, *, limits: Limits) -> B:
    """The body as ``model``, read strictly: no member twice, none unknown.

    Raises:
        ProblemError: with a pointer into the body.

    """
    value = parse(raw, limits=limits).value
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = pointer(*(str(part) for part in first["loc"]))
        raise MalformedValueError(f"“{place}” cannot be used: {first['msg']}.", pointer=place) from None


_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "pointer": {"type": "string", "description": "A JSON Pointer to the place."},
    },
}
CREDENTIAL: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "A verifiable credential of the data model 2.0 or 1.1, or an enveloped one.",
}
PRESENTATION: Final[Mapping[str, Any]] = {
    "type": "object",
    "description": "A verifiable presentation of the data model 2.0 or 1.1, or an enveloped one.",
}
REPORT: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["verified", "problemDetails"],
    "properties": {
        "verified": {"type": "boolean"},
        "problemDetails": {"type": "array", "items": _PROBLEM},
        "verdict": {"type": "string"},
        "recognition": {"type": "string"},
        "report": {"type": "object", "description": "Every check with its outcome and facts."},
    },
}
FAULT: Final[Mapping[str, Any]] = {
    **_PROBLEM,
    "properties": {
        **_PROBLEM["properties"],  # type: ignore[dict-item]
        "status": {"type": "integer"},
        "field": {"type": "string"},
        "remedy": {"type": "string"},
        "reference": {"type": "string"},
    },
}
_FAULTS: Final[Mapping[int, str]] = {
    401: "Nobody is signed in.",
    403: "You may not do that.",
    404: "There is no such thing, or it is not yours.",
    409: "It clashes with what is there.",
    413: "More was sent than is read.",
    415: "What was sent is not JSON.",
    422: "Something that was sent cannot be used; the answer names the place and the remedy.",
    429: "Too often; Retry-After says when to come back.",
    503: "Not available for the moment; Retry-After says when to come back.",
}


def described(
    *,
    summary: str,
    body: Mapping[str, Any] | None,
    example: Mapping[str, Any] | None,
    answers: Mapping[int, tuple[str, Mapping[str, Any], Mapping[str, Any]]],
    faults: tuple[int, ...],
    signed_in: bool,
) -> dict[str, Any]:
    """A route's entry in the API description, beside what the framework writes itself.

    ``body`` is the schema of what is sent and ``example`` one of it, None where nothing is; ``answers`` have, for each
    status, words, a schema and an example; ``faults`` are the statuses of problems (``application/problem+json``).
    """
    responses: dict[str, Any] = {
        str(status): {
            "description": words,
            "content": {"application/json": {"schema": dict(schema), "example": shown}},
        }
        for status, (words, schema, shown) in answers.items()
    }
    for status in faults:
        responses[str(status)] = {
            "description": _FAULTS[status],
            "content": {"application/problem+json": {"schema": dict(FAULT)}},
        }
    sent = {"application/json": {"schema": dict(body), "example": example}} if body is not None else {}
    return {
        "summary": summary,
        "tags": ["VC-API"],
        "security": [{"session": []}] if signed_in else [],
        **({"requestBody": {"required": True, "content": sent}} if sent else {}),
        "responses": responses,
    }


def members(required: Mapping[str, Mapping[str, Any]], **optional: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with these members and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def options(**known: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of options: those that count; others change nothing."""
    return {"type": "object", "properties": known}


TEXT: Final[Mapping[str, Any]] = {"type": "string"}
