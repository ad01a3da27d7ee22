"""Exports of schools' own systems (OneRoster 1.1, CSV), for programs: brought, looked at, answered, taken over."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, raw_body, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.imports import ApplyBody
from issuer.api.sheets import Say, Saying, problem
from issuer.service.roster.oneroster.assembling import Teacher
from issuer.service.roster.oneroster.imports import Answers, ExportReport, ExportUpload
from issuer.service.roster.oneroster.planning import CHANGES, KINDS, Line
from kit.paging import paginate, window


class AnswersBody(Body):
    """Who rows of users.csv are (by number: the id of a learner, ``new``, or ``accept`` for letters that look odd and
    are right), what a file is (``file/users``: bulk, delta or leave), and who left (by the ``key`` of what is missing:
    ``left``). Empty takes an answer back.
    """

    answers: dict[str, str] = Field(default_factory=dict, max_length=20_000)
    all_missing: bool = False
    version: int | None = None


def oneroster_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/oneroster``."""
    router = APIRouter(prefix="/api/organisations/{slug}/oneroster", tags=["roster"])
    file = {"schema": {"type": "string", "format": "binary"}}
    extra = {"requestBody": {"content": {"application/zip": file, "application/octet-stream": file}, "required": True}}

    @router.post("", openapi_extra=extra)
    def bring_export(
        services: All,
        desk: At,
        say: Saying,
        raw: Annotated[bytes, Depends(raw_body)],
        *,
        guardians: Annotated[bool, Query()] = False,
        key: Key = "",
    ) -> Response:
        upload = ExportUpload(data=raw, guardians=guardians)
        found = services.oneroster.receive(desk, upload, key=needed(key))
        return shapes.answer(report(found, say, None, None), status=201)

    @router.get("/{import_id}")
    def one_export(
        *, services: All, desk: At, say: Saying, import_id: str, page: Number = None, size: Size = None
    ) -> Response:
        return shapes.answer(report(services.oneroster.one(desk, import_id), say, page, size))

    @router.put("/{import_id}", openapi_extra=openapi_of(AnswersBody))
    def answer(services: All, desk: At, say: Saying, import_id: str, raw: Raw) -> Response:
        body = read(AnswersBody, raw)
        answers = Answers(said=body.answers, all_missing=body.all_missing)
        found = services.oneroster.choose(desk, import_id, answers, version=body.version)
        return shapes.answer(report(found, say, None, None))

    @router.post("/{import_id}/apply", openapi_extra=openapi_of(ApplyBody))
    def apply(services: All, desk: At, say: Saying, import_id: str, raw: Raw) -> Response:
        found = services.oneroster.apply(desk, import_id, seen=read(ApplyBody, raw).seen)
        return shapes.answer(report(found, say, None, None))

    @router.get("/{import_id}/teachers")
    def teachers(services: All, desk: At, import_id: str, page: str | None = None, size: str | None = None) -> Response:
        found = paginate(services.oneroster.one(desk, import_id).teachers, window(page=page, size=size))
        return shapes.listed(found, _teacher)

    @router.delete("/{import_id}")
    def discard(services: All, desk: At, import_id: str) -> Response:
        services.oneroster.discard(desk, import_id)
        return Response(status_code=204)

    return router


def report(found: ExportReport, say: Say, page: str | None, size: str | None) -> dict[str, Any]:
    """What an export would do, or did; one page of its rows."""
    lines = paginate(found.plan.lines, window(page=page, size=size))
    counts = {
        of: {change: count for change in CHANGES if (count := found.plan.counted(change, of))} for of in KINDS
    }  # fmt: skip
    return {
        "id": found.id,
        "name": found.name,
        "applied": found.applied,
        "seen": found.plan.seen,
        "version": found.version,
        "guardians": found.guardians,
        "files": dict(found.modes),
        "questions": list(found.questions),
        "schools": list(found.schools),
        "teachers": len(found.teachers),
        "notes": [say(each) for each in found.notes],
        "counts": counts,
        "rows": [_line(each, say) for each in lines.items],
        **shapes.place(lines),
    }  # fmt: skip


def _teacher(found: Teacher) -> dict[str, Any]:
    return {"name": found.name, "mail": found.mail or None, "classes": list(found.classes)}


def _line(found: Line, say: Say) -> dict[str, Any]:
    return {
        "of": found.of,
        "file": found.file,
        "number": found.number or None,
        "key": found.key or None,
        "name": found.name,
        "change": found.change,
        "does": [say(each) for each in found.does],
        "problems": [problem(each, say) for each in found.problems],
        "candidates": [
            {"id": each.id, "name": each.name, "number": each.number, "row": each.line} for each in found.candidates
        ],
        "answer": found.answer or None,
    }
