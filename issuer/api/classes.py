"""Classes for programs: marks read and written, who teaches, enrolments, and a sheet of awards of a class."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import MOST, Body, Raw, openapi_of, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.api.sheets import Say, Saying, sheet
from issuer.service.roster.classes import Grid
from issuer.service.roster.grid import Cell
from kit.paging import window


class CellBody(Body):
    """A cell: a mark (by its description’s id), ``hours``, ``finished`` or ``completedOn``. ``before`` is what stood
    there when somebody looked: when something else does by now, nothing is written.
    """

    learner: str = Field(max_length=36)
    column: str = Field(max_length=100)
    value: str
    before: str | None = None


class MarksBody(Body):
    """What is written into cells, all of it or nothing."""

    cells: tuple[CellBody, ...] = Field(max_length=500)


class InstructorsBody(Body):
    """The accounts of those who mark a class, all of them."""

    accounts: tuple[str, ...] = Field(max_length=MOST)


class StatusBody(Body):
    """Where an enrolment stands: active, completed or withdrawn."""

    status: str = "active"


def classes_api() -> APIRouter:
    """The routes under an offering, and a learner's enrolments."""
    router = APIRouter(prefix="/api/organisations/{slug}", tags=["classes"])

    @router.get("/offerings/{offering_id}/marks")
    def marks(
        *, services: All, desk: At, say: Saying, offering_id: str, page: Number = None, size: Size = None
    ) -> Response:
        return shapes.answer(grid(services.classes.grid(desk, offering_id, window(page=page, size=size)), say))

    @router.put("/offerings/{offering_id}/marks", openapi_extra=openapi_of(MarksBody))
    def mark(services: All, desk: At, offering_id: str, raw: Raw) -> Response:
        body = read(MarksBody, raw)
        cells = [Cell(learner_id=each.learner, key=each.column, value=each.value, before=each.before)
                 for each in body.cells]  # fmt: skip
        return shapes.answer({"changed": services.classes.mark(desk, offering_id, cells)})

    @router.put("/offerings/{offering_id}/instructors", openapi_extra=openapi_of(InstructorsBody))
    def teach(services: All, desk: At, offering_id: str, raw: Raw) -> Response:
        services.classes.teach(desk, offering_id, read(InstructorsBody, raw).accounts)
        return Response(status_code=204)

    @router.post("/offerings/{offering_id}/award")
    def award(services: All, desk: At, say: Saying, offering_id: str, key: Key = "") -> Response:
        return shapes.answer(sheet(services.classes.award(desk, offering_id, key=needed(key)), say), status=201)

    @router.put("/learners/{learner_id}/enrolments/{offering_id}", openapi_extra=openapi_of(StatusBody))
    def enrol(services: All, desk: At, learner_id: str, offering_id: str, raw: Raw) -> Response:
        services.classes.enrol(desk, learner_id, offering_id, status=read(StatusBody, raw).status)
        return Response(status_code=204)

    return router


def grid(found: Grid, say: Say) -> dict[str, Any]:
    """A class with one page of its learners."""
    return {
        "offering": found.offering_id,
        "title": found.title,
        "term": found.term,
        "achievement": found.achievement.id if found.achievement else None,
        "instructors": sorted(found.instructors),
        "columns": [
            {"key": each.key, "label": say(each.label), "options": [{"value": v, "label": w} for v, w in each.options]}
            for each in found.columns
        ],
        "items": [
            {"learner": each.learner_id, "name": each.name, "cells": dict(each.cells)} for each in found.rows.items
        ],
        "page": found.rows.number,
        "size": found.rows.size,
        "total": found.rows.total,
        "next": found.rows.next,
    }
