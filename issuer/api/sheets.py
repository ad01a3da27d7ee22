"""Sheets of awards for programs: bring one, look at its lines, correct them, see one award before it is signed."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import BODY_LIMITS, MOST, Body, Raw, openapi_of, raw_body, read
from issuer.api.desk import Key, Number, Size, needed
from issuer.service.awarding.reading import Problem
from issuer.service.awarding.sheet_views import Edit, LineView, SheetView, Upload
from kit.i18n import Message
from kit.paging import window
from kit.sheets import LIMITS
from kit.web import saying
from kit.web.csrf import media_type
from vc.document import Limits

_PATH: Final = re.compile(r"/api/organisations/[^/]+/sheets")
FILE_LIMITS: Final = Limits(
    max_bytes=LIMITS.file_bytes + 100_000, max_depth=4, max_nodes=50, max_items=20, max_string=LIMITS.file_bytes
)
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}

Say = Callable[[Message | str], str]


def takes_files(path: str) -> bool:
    """Whether a body sent there is somebody's file, of whatever media type."""
    return _PATH.fullmatch(path) is not None


class SheetBody(Body):
    """A sheet as text, with what is otherwise said in the address: CSV, or what was copied from a spreadsheet."""

    achievement: str
    text: str
    name: str = ""


class ColumnsBody(Body):
    """Which column (from 0, or null) holds which field, and what comes first in a day of small numbers."""

    columns: dict[str, int | None] = Field(default_factory=dict, max_length=MOST)
    day_order: str = ""


class LineBody(Body):
    """What is said about one line, by its number in the file."""

    number: int = Field(ge=1, le=2_000_000)
    values: dict[str, str] = Field(default_factory=dict, max_length=MOST)
    accept: bool | None = None
    later: bool | None = None
    again: bool | None = None
    correct: bool | None = None

    def edit(self) -> Edit:
        """The same for the service."""
        return Edit(
            values={member_key(name): value for name, value in self.values.items()},
            accept=self.accept,
            later=self.later,
            again=self.again,
            correct=self.correct,
        )


class LinesBody(Body):
    """What is said about several lines."""

    rows: tuple[LineBody, ...] = Field(max_length=500)


class ReadingBody(Body):
    """Another way to read the file: the encoding of a text, or one of a workbook's sheets."""

    encoding: str = ""
    tab: str = ""


Saying = Annotated[Say, Depends(saying)]


def sheets_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/sheets``."""
    router = APIRouter(prefix="/api/organisations/{slug}/sheets", tags=["sheets"])
    _bringing(router)
    _correcting(router)
    return router


def _bringing(router: APIRouter) -> None:
    extra = openapi_of(SheetBody)
    extra["requestBody"]["content"]["text/csv"] = _FILE
    extra["requestBody"]["content"]["application/octet-stream"] = _FILE

    @router.post("", openapi_extra=extra)
    def bring_sheet(
        request: Request,
        services: All,
        desk: At,
        say: Saying,
        raw: Annotated[bytes, Depends(raw_body)],
        *,
        achievement: Annotated[str, Query(max_length=100)] = "",
        encoding: Annotated[str, Query(max_length=40)] = "",
        tab: Annotated[str, Query(max_length=100)] = "",
        key: Key = "",
    ) -> Response:
        if media_type(request) == "application/json":
            body = read(SheetBody, raw, limits=FILE_LIMITS)
            text = body.text.encode("utf-8", "surrogatepass")
            upload = Upload(data=text, achievement=body.achievement, name=body.name, encoding="utf-8")
        else:
            upload = Upload(data=raw, achievement=achievement, encoding=encoding, tab=tab)
        return shapes.answer(sheet(services.sheets.receive(desk, upload, key=needed(key)), say), status=201)

    @router.get("")
    def list_sheets(services: All, desk: At, say: Saying, page: Number = None, size: Size = None) -> Response:
        found = services.sheets.listing(desk, window(page=page, size=size))
        return shapes.listed(found, lambda item: sheet(item, say))

    @router.get("/{sheet_id}")
    def one_sheet(services: All, desk: At, say: Saying, sheet_id: str) -> Response:
        return shapes.answer(sheet(services.sheets.one(desk, sheet_id), say))

    @router.get("/{sheet_id}/rows")
    def list_lines(
        *,
        services: All,
        desk: At,
        say: Saying,
        sheet_id: str,
        page: Number = None,
        size: Size = None,
        only: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        found = services.sheets.lines(desk, sheet_id, window(page=page, size=size), only=only)
        return shapes.listed(found, lambda item: line(item, say))

    @router.get("/{sheet_id}/preview")
    def preview_sheet(services: All, desk: At, sheet_id: str) -> Response:
        found = services.sheets.preview(desk, sheet_id)
        return shapes.answer(
            {
                "row": found.number,
                "learnerName": found.learner_name,
                "document": dict(found.document),
                "counts": dict(found.counts),
            }
        )

    @router.delete("/{sheet_id}")
    def discard_sheet(services: All, desk: At, sheet_id: str) -> Response:
        services.sheets.discard(desk, sheet_id)
        return Response(status_code=204)


def _correcting(router: APIRouter) -> None:
    @router.put("/{sheet_id}/columns", openapi_extra=openapi_of(ColumnsBody))
    def choose_columns(services: All, desk: At, say: Saying, sheet_id: str, raw: Raw) -> Response:
        body = read(ColumnsBody, raw)
        chosen = {member_key(name): column for name, column in body.columns.items()}
        return shapes.answer(sheet(services.sheets.choose(desk, sheet_id, chosen, day_order=body.day_order), say))

    @router.put("/{sheet_id}/reading", openapi_extra=openapi_of(ReadingBody))
    def read_anew(services: All, desk: At, say: Saying, sheet_id: str, raw: Raw) -> Response:
        body = read(ReadingBody, raw)
        return shapes.answer(sheet(services.sheets.reread(desk, sheet_id, encoding=body.encoding, tab=body.tab), say))

    @router.put("/{sheet_id}/rows", openapi_extra=openapi_of(LinesBody))
    def correct_lines(services: All, desk: At, say: Saying, sheet_id: str, raw: Raw) -> Response:
        body = read(LinesBody, raw, limits=BODY_LIMITS)
        edits = {each.number: each.edit() for each in body.rows}
        return shapes.answer(sheet(services.sheets.fix(desk, sheet_id, edits), say))


def sheet(found: SheetView, say: Say) -> dict[str, Any]:
    """A sheet."""
    return {
        "id": found.id,
        "name": found.name,
        "achievement": found.achievement.id,
        "achievementName": found.achievement.name,
        "headers": list(found.headers),
        "fields": [{"key": to_camel(each.key), "label": say(each.label)} for each in found.fields],
        "columns": {to_camel(key): column for key, column in found.columns.items()},
        "dayOrder": found.day_order or None,
        "total": found.total,
        "ready": found.ready,
        "counts": dict(found.counts),
        "notes": [{"code": note.code, "detail": say(note.words)} for note in found.notes],
        "encoding": found.encoding or None,
        "encodings": list(found.encodings),
        "tab": found.tab or None,
        "tabs": list(found.tabs),
        "state": found.state,
        "version": found.version,
        "created": shapes.at(found.created),
        "expires": shapes.at(found.expires),
    }


def line(found: LineView, say: Say) -> dict[str, Any]:
    """One line of a sheet."""
    return {
        "number": found.number,
        "learnerName": found.name,
        "values": {to_camel(key): value for key, value in found.values.items()},
        "places": {to_camel(key): place for key, place in found.places.items()},
        "fixed": sorted(to_camel(key) for key in found.fixed),
        "state": found.state,
        "problems": [problem(each, say) for each in found.problems],
        "credential": found.credential_id,
        "before": found.before,
        "correction": found.correction,
    }


def problem(found: Problem, say: Say) -> Mapping[str, Any]:
    """What is wrong with a row, or asked about it."""
    return {
        "code": found.code,
        "field": to_camel(found.field),
        "detail": say(found.detail),
        "remedy": None if found.remedy is None else say(found.remedy),
        "choices": list(found.choices),
        "acceptable": found.acceptable,
    }


def member_key(name: str) -> str:
    """A field's key as the service has it: ``givenName`` is ``given_name``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
