"""Rosters on their way in, for programs: brought, looked at, answered, taken over or put away."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, openapi_of, raw_body, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.sheets import FILE_LIMITS, Say, Saying, member_key, problem
from issuer.service.roster.imports import Choices, Report, RosterUpload
from issuer.service.roster.planning import CHANGES, Planned
from kit.paging import paginate, window
from kit.web.csrf import media_type

_PATH: Final = re.compile(r"/api/organisations/[^/]+/(?:imports|oneroster|offerings/[^/]+/marks/imports)")
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}


def takes_files(path: str) -> bool:
    """Whether a body sent there is somebody's file, of whatever media type."""
    return _PATH.fullmatch(path) is not None


class RosterBody(Body):
    """A roster as text: CSV, or what was copied from a spreadsheet."""

    text: str
    name: str = ""


class ChoicesBody(Body):
    """Which column (from 0, or null) holds which field, what comes first in a day, and who rows are: the id of a
    learner, ``new``, or ``accept`` for letters that look odd and are right.
    """

    columns: dict[str, int | None] = Field(default_factory=dict, max_length=MOST)
    day_order: str = ""
    answers: dict[int, str] = Field(default_factory=dict, max_length=MOST)
    version: int | None = None


class ApplyBody(Body):
    """Yes to a report: its ``seen``."""

    seen: str


def imports_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/imports``."""
    router = APIRouter(prefix="/api/organisations/{slug}/imports", tags=["roster"])
    extra = openapi_of(RosterBody)
    extra["requestBody"]["content"]["text/csv"] = _FILE
    extra["requestBody"]["content"]["application/octet-stream"] = _FILE

    @router.post("", openapi_extra=extra)
    def bring_roster(
        request: Request,
        services: All,
        desk: At,
        say: Saying,
        raw: Annotated[bytes, Depends(raw_body)],
        *,
        encoding: Annotated[str, Query(max_length=40)] = "",
        tab: Annotated[str, Query(max_length=100)] = "",
        key: Key = "",
    ) -> Response:
        upload = upload_of(request, raw, encoding=encoding, tab=tab)
        found = services.imports.receive(desk, upload, key=needed(key))
        return shapes.answer(report(found, say, None, None), status=201)

    @router.get("/{import_id}")
    def one_import(
        *, services: All, desk: At, say: Saying, import_id: str, page: Number = None, size: Size = None
    ) -> Response:
        return shapes.answer(report(services.imports.one(desk, import_id), say, page, size))

    @router.put("/{import_id}", openapi_extra=openapi_of(ChoicesBody))
    def choose(services: All, desk: At, say: Saying, import_id: str, raw: Raw) -> Response:
        body = read(ChoicesBody, raw)
        columns = {member_key(name): column for name, column in body.columns.items()}
        choices = Choices(columns=columns, day_order=body.day_order, answers=body.answers)
        found = services.imports.choose(desk, import_id, choices, version=body.version)
        return shapes.answer(report(found, say, None, None))

    @router.post("/{import_id}/apply", openapi_extra=openapi_of(ApplyBody))
    def apply(services: All, desk: At, say: Saying, import_id: str, raw: Raw) -> Response:
        found = services.imports.apply(desk, import_id, seen=read(ApplyBody, raw).seen)
        return shapes.answer(report(found, say, None, None))

    @router.delete("/{import_id}")
    def discard(services: All, desk: At, import_id: str) -> Response:
        services.imports.discard(desk, import_id)
        return Response(status_code=204)

    return router


def upload_of(request: Request, raw: bytes, *, encoding: str, tab: str) -> RosterUpload:
    """A sheet as it was sent: a file, or text in JSON. Raises: BadInput."""
    if media_type(request) != "application/json":
        return RosterUpload(data=raw, encoding=encoding, tab=tab)
    body = read(RosterBody, raw, limits=FILE_LIMITS)
    return RosterUpload(data=body.text.encode("utf-8", "surrogatepass"), name=body.name, encoding="utf-8")


def report(found: Report, say: Say, page: str | None, size: str | None) -> dict[str, Any]:
    """What a roster would do, or did; one page of its rows."""
    lines = paginate(found.plan.lines, window(page=page, size=size))
    return {
        "id": found.id,
        "name": found.name,
        "applied": found.applied,
        "state": found.state,
        "seen": found.plan.seen,
        "version": found.version,
        "counts": {change: found.plan.counted(change) for change in CHANGES if found.plan.counted(change)},
        "headers": list(found.headers),
        "columns": {to_camel(key): column for key, column in found.columns.items()},
        "dayOrder": found.day_order or None,
        "cautions": [say(each) for each in found.cautions],
        "rows": [_line(each, say) for each in lines.items],
        **shapes.place(lines),
    }


def _line(found: Planned, say: Say) -> dict[str, Any]:
    return {
        "number": found.number,
        "name": found.name,
        "change": found.change,
        "does": [say(each) for each in found.does],
        "problems": [problem(each, say) for each in found.problems],
        "candidates": [
            {"id": each.id, "name": each.name, "birthDate": each.birth_date or None, "number": each.number,
             "row": each.line}
            for each in found.candidates
        ],
        "answer": found.answer or None,
    }  # fmt: skip
