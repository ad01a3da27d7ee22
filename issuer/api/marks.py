"""Marks of a class from a sheet, for programs: brought, looked at, put right, saved or put away."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, openapi_of, raw_body, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.imports import ApplyBody, RosterBody, upload_of
from issuer.api.sheets import Say, Saying, member_key, problem
from issuer.service.roster.marks.changes import CHANGES, Line
from issuer.service.roster.marks.imports import MarksChoices, MarksReport
from kit.paging import paginate, window


class MarksChoicesBody(Body):
    """Which column (from 0, or null) holds which field, what comes first in a day, and what is put right: ``7/mark0``
    is a field of row 7 as ``columns`` names it, ``7/who`` the id of its learner; empty takes it back.
    """

    columns: dict[str, int | None] = Field(default_factory=dict, max_length=MOST)
    day_order: str = ""
    fixed: dict[str, str] = Field(default_factory=dict, max_length=MOST)
    version: int | None = None


def marks_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/offerings/{offering_id}/marks/imports``."""
    router = APIRouter(prefix="/api/organisations/{slug}/offerings/{offering_id}/marks/imports", tags=["classes"])
    file = {"schema": {"type": "string", "format": "binary"}}
    extra = openapi_of(RosterBody)
    extra["requestBody"]["content"] |= {"text/csv": file, "application/octet-stream": file}

    @router.post("", openapi_extra=extra)
    def bring_marks(
        request: Request,
        services: All,
        desk: At,
        say: Saying,
        *,
        offering_id: str,
        raw: Annotated[bytes, Depends(raw_body)],
        encoding: Annotated[str, Query(max_length=40)] = "",
        tab: Annotated[str, Query(max_length=100)] = "",
        key: Key = "",
    ) -> Response:
        upload = upload_of(request, raw, encoding=encoding, tab=tab)
        found = services.marks.receive(desk, offering_id, upload, key=needed(key))
        return shapes.answer(report(found, say, None, None), status=201)

    @router.get("/{import_id}")
    def one_sheet(
        *, services: All, desk: At, say: Saying, offering_id: str, import_id: str, page: Number = None,
        size: Size = None,
    ) -> Response:  # fmt: skip
        return shapes.answer(report(services.marks.one(desk, offering_id, import_id), say, page, size))

    @router.put("/{import_id}", openapi_extra=openapi_of(MarksChoicesBody))
    def choose(services: All, desk: At, say: Saying, *, offering_id: str, import_id: str, raw: Raw) -> Response:
        body = read(MarksChoicesBody, raw)
        columns = {member_key(name): column for name, column in body.columns.items()}
        fixed = {f"{row}/{member_key(name)}": text for (row, _slash, name), text in
                 ((key.partition("/"), text) for key, text in body.fixed.items())}  # fmt: skip
        choices = MarksChoices(columns=columns, day_order=body.day_order, fixed=fixed)
        found = services.marks.choose(desk, offering_id, import_id, choices, version=body.version)
        return shapes.answer(report(found, say, None, None))

    @router.post("/{import_id}/apply", openapi_extra=openapi_of(ApplyBody))
    def apply(services: All, desk: At, say: Saying, *, offering_id: str, import_id: str, raw: Raw) -> Response:
        found = services.marks.apply(desk, offering_id, import_id, seen=read(ApplyBody, raw).seen)
        return shapes.answer(report(found, say, None, None))

    @router.delete("/{import_id}")
    def discard(services: All, desk: At, offering_id: str, import_id: str) -> Response:
        services.marks.discard(desk, offering_id, import_id)
        return Response(status_code=204)

    return router


def report(found: MarksReport, say: Say, page: str | None, size: str | None) -> dict[str, Any]:
    """What a sheet of marks would do, or did; one page of its rows."""
    lines = paginate(found.lines, window(page=page, size=size))
    return {
        "id": found.id,
        "name": found.name,
        "offering": found.offering_id,
        "applied": found.applied,
        "seen": found.seen,
        "version": found.version,
        "counts": {change: found.counted(change) for change in CHANGES if found.counted(change)},
        "headers": list(found.headers),
        "columns": {to_camel(key): column for key, column in found.columns.items()},
        "dayOrder": found.day_order or None,
        "cautions": [say(each) for each in found.cautions],
        "rows": [_line(each, say) for each in lines.items],
        **shapes.place(lines),
    }


def _line(found: Line, say: Say) -> dict[str, Any]:
    return {
        "number": found.number,
        "learner": found.learner_id or None,
        "name": found.name,
        "change": found.change,
        "cells": [
            {"column": each.key, "before": each.before, "value": each.after, "words": list(each.words)}
            for each in found.changes
        ],
        "problems": [problem(each, say) for each in found.problems],
    }
