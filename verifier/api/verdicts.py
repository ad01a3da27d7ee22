"""The verifier for programs. Every page has its twin here, through the same services.

Judging needs no account and is open to pages of any origin, without cookies; the list of recognised issuers needs a
session (``POST /api/session``, then ``Authorization: Bearer …``).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.accounts import Account, require_user
from kit.errors import BadInput, WrongMedia
from kit.i18n import Message, _
from kit.paging import Numbered, window
from kit.verdict import verdict_view
from kit.web import Form, Pages, form, visit_of
from kit.web.csrf import FORM_TYPES, media_type
from vc.document import PRESENTATION_LIMITS, parse
from verifier.service.inputs import MAX_INPUT_BYTES
from verifier.service.judging import Judging
from verifier.service.recognition import Draft, Recognition
from verifier.service.verdicts import Judged

User = Annotated[Account, Depends(require_user)]
_WRAPPERS: Final = frozenset({"", "application/json"})
OPEN: Final = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT: Final = {
    **OPEN,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}


class Options(BaseModel):
    """How to judge: ``recognition`` "list" uses this office's list, "ignore" no list at all; ``newer`` asks the issuer
    for a newer version, where the credential names an address for that.
    """

    model_config = ConfigDict(extra="forbid")

    recognition: Literal["list", "ignore"] = "list"
    newer: bool = False


class Submitted(BaseModel):
    """What to judge: a link, or a credential or presentation as an object or as text."""

    model_config = ConfigDict(extra="forbid")

    input: str | dict[str, Any]
    reader: str = Field(default="", max_length=120)
    options: Options = Options()


class EntryBody(BaseModel):
    """An issuer for the list."""

    model_config = ConfigDict(extra="forbid")

    did: str = Field(max_length=300)
    name: str = Field(max_length=200)
    list: str = Field(max_length=200)
    note: str = Field(default="", max_length=2000)

    def draft(self) -> Draft:
        """The same, for the service."""
        return Draft(did=self.did, name=self.name, list_name=self.list, note=self.note)


class Batch(BaseModel):
    """A change to be taken back."""

    model_config = ConfigDict(extra="forbid")

    batch: str = Field(max_length=36)


def verifier_api(*, judging: Judging, recognition: Recognition, pages: Pages) -> APIRouter:
    """The routes under ``/api``; ``pages`` lends its words."""
    router = APIRouter(prefix="/api")
    _add_judging(router, judging, pages)
    _add_recognised(router, recognition)
    return router


def verdict_json(judged: Judged, *, language: str, say: Callable[[Message], str]) -> dict[str, Any]:
    """A stored verdict as JSON: where it is, and what was found."""
    return {
        "id": judged.id,
        "url": f"/verdicts/{judged.id}",
        "record": f"/api/verdicts/{judged.id}/record",
        "keptUntil": judged.expires.isoformat(),
        "input": judged.submission.kind.value,
        "earlier": judged.earlier,
        **findings_json(judged, language=language, say=say),
    }


def findings_json(judged: Judged, *, language: str, say: Callable[[Message], str]) -> dict[str, Any]:
    """What was found, as JSON: what the page says, in words and for programs."""
    return {
        "verdict": judged.report.verdict.value,
        "recognition": judged.report.recognition.value,
        "headlineGreen": judged.report.headline_green,
        "checked": judged.record.now.isoformat(),
        "lastGood": {url: moment.isoformat() for url, moment in judged.last_good.items()},
        "rolledBack": list(judged.rolled_back),
        "warnings": {
            did: [
                {"resembles": alike.recognised_name, "did": alike.recognised_did, "list": alike.list_name}
                for alike in found
            ]
            for did, found in judged.warnings.items()
        },
        "words": verdict_view(judged.report, language, judged.record.now).to_json(say),
        "report": judged.report.to_json(),
    }


def _add_judging(router: APIRouter, judging: Judging, pages: Pages) -> None:
    def answer(request: Request, verdict_id: str, *, made: bool) -> Response:
        visit = visit_of(request)
        judged = judging.find(verdict_id, client=visit.client)
        words = verdict_json(judged, language=visit.language, say=lambda message: pages.say(request, message))
        location = {"Location": f"/api/verdicts/{verdict_id}"} if made else {}
        return JSONResponse(words, headers={**OPEN, **location})

    @router.post("/verify")
    def verify(request: Request, given: Annotated[_HandedIn, Depends(_handed_in)]) -> Response:
        made = judging.check(
            given.data,
            reader=given.reader,
            recognition=given.recognition,
            newer=given.newer,
            client=visit_of(request).client,
            media_type=given.media_type,
        )
        return answer(request, made, made=True)

    @router.get("/verdicts/{verdict_id}")
    def verdict(request: Request, verdict_id: str) -> Response:
        return answer(request, verdict_id, made=False)

    @router.get("/verdicts/{verdict_id}/record")
    def record(request: Request, verdict_id: str) -> Response:
        judged = judging.find(verdict_id, client=visit_of(request).client)
        return JSONResponse(dict(judged.record.to_json()), headers=OPEN)

    @router.post("/verdicts/{verdict_id}/check-again")
    def check_again(request: Request, verdict_id: str) -> Response:
        made = judging.check_again(verdict_id, client=visit_of(request).client)
        return answer(request, made, made=True)

    @router.post("/replay")
    def replay_record(request: Request, body: Annotated[bytes, Depends(_body)]) -> Response:
        return JSONResponse(judging.replay(body, client=visit_of(request).client), headers=OPEN)

    @router.options("/{path:path}")
    def preflight(path: str) -> Response:
        open_to_all = path in {"verify", "replay"} or path.startswith("verdicts/")
        return Response(status_code=204, headers=PREFLIGHT if open_to_all else {})


def _add_recognised(router: APIRouter, recognition: Recognition) -> None:
    @router.get("/recognised")
    def see(_user: User, page: str = "1", size: str = "50", q: str = "") -> dict[str, Any]:
        shown = recognition.page(search=q[:200], window=window(page=page, size=size))
        items = [{"id": entry_id, **entry.to_json()} for entry_id, entry in shown.items]
        return {"items": items, "page": shown.number, "pages": shown.pages, "total": shown.total}

    @router.post("/recognised", status_code=201)
    def add(body: EntryBody, user: User) -> dict[str, str]:
        return {"batch": recognition.add(body.draft(), actor=user.name)}

    @router.put("/recognised/{entry_id}")
    def edit(entry_id: Numbered, body: EntryBody, user: User) -> dict[str, str]:
        return {"batch": recognition.edit(entry_id, body.draft(), actor=user.name)}

    @router.delete("/recognised/{entry_id}")
    def remove(entry_id: Numbered, user: User) -> dict[str, str]:
        batch, _name = recognition.remove(entry_id, actor=user.name)
        return {"batch": batch}

    @router.post("/recognised/undo")
    def undo(body: Batch, user: User) -> dict[str, int]:
        return {"undone": recognition.undo(body.batch, actor=user.name)}

    @router.get("/recognised/export")
    def export(_user: User) -> dict[str, Any]:
        return recognition.export()

    @router.post("/recognised/import")
    def import_list(body: Annotated[bytes, Depends(_body)], user: User) -> dict[str, Any]:
        done = recognition.import_list(body, actor=user.name)
        return {"batch": done.batch, "added": done.added, "changed": done.changed, "unchanged": done.unchanged}


async def _body(request: Request) -> bytes:
    if media_type(request) in FORM_TYPES:  # its bytes were read as a form already
        raise WrongMedia(_("Send JSON as application/json here."))
    return await request.body()


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedIn:
    """The input as bytes, what a program says that they are, who reads, and how to judge."""

    data: bytes
    media_type: str | None
    reader: str = ""
    recognition: Literal["list", "ignore"] = "list"
    newer: bool = False


async def _handed_in(request: Request) -> _HandedIn:
    """The input of a check: a form with a file, JSON with options around it, or the bytes themselves."""
    declared = media_type(request)
    if declared in FORM_TYPES:
        return _from_form(form(request))
    body = await request.body()
    return _submitted(body) if declared in _WRAPPERS else _HandedIn(data=body, media_type=declared)


def _from_form(given: Form) -> _HandedIn:
    uploaded = given.file("file", largest=MAX_INPUT_BYTES)
    data = uploaded.data if uploaded is not None else given.get("input").encode()
    use: Literal["list", "ignore"] = "ignore" if given.get("recognition") == "ignore" else "list"
    reader = " ".join(given.get("reader").split())[:120]
    newer = given.get("newer") == "yes"
    return _HandedIn(data=data, media_type=None, reader=reader, recognition=use, newer=newer)


def _submitted(body: bytes) -> _HandedIn:
    """What a JSON body asks for. One that has no ``input`` is the document itself."""
    itself = _HandedIn(data=body, media_type=None)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return itself
    if not isinstance(value, dict) or "input" not in value or "@context" in value:
        return itself
    if isinstance(value["input"], dict):
        value = dict(parse(body, limits=PRESENTATION_LIMITS).value)  # refuses what two programs would read differently
    try:
        given = Submitted.model_validate(value)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        remedy = _('Send {"input": …, "reader": …, "options": {"recognition": "list"}}, or the document itself.')
        words = _("This member is missing, unknown or not what it should be.")
        raise BadInput(words, field=field, remedy=remedy) from None
    data = given.input if isinstance(given.input, str) else json.dumps(given.input, ensure_ascii=False)
    reader = " ".join(given.reader.split())
    wish = given.options
    return _HandedIn(data=data.encode(), media_type=None, reader=reader, recognition=wish.recognition, newer=wish.newer)
