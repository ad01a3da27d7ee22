"""Sharing, as the reader sees it: no account, a link or a code from paper.

One address serves people and programs: GET says that there is something, and nothing about whom; a form's POST shows
it; a
JSON POST answers a verifier's challenge with a presentation.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from kit.errors import BadInput, NotFound
from kit.i18n import _
from kit.limits import Misses
from kit.web import Pages, form, see_other, visit_of
from kit.web.csrf import FORM_TYPES, media_type
from wallet.pages.asking import PDF, attachment, setting
from wallet.service import Services
from wallet.service.admitting import PasscodeWanted
from wallet.service.reading import Read

T = TypeVar("T")
VP_MEDIA_TYPE = "application/vp"


class Question(BaseModel):
    """A verifier's request: a presentation for this challenge and this domain, and who is reading."""

    model_config = ConfigDict(extra="forbid")

    challenge: str = Field(max_length=400)
    domain: str = Field(max_length=400)
    reader: str = Field(default="", max_length=400)
    passcode: str = Field(default="", max_length=200)


async def json_body(request: Request) -> bytes:
    """The body of a program's request; empty for a form, which the outer layer has read already."""
    return b"" if media_type(request) in FORM_TYPES else await request.body()


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes for readers."""
    guarded = _guard(services)
    _add_reading(router, services, pages, guarded)
    _add_taking(router, services, guarded)
    _add_answering(router, services, pages, guarded)


class _Guarded(Protocol):
    def __call__(self, request: Request, look_up: Callable[[], T]) -> T: ...


def _guard(services: Services) -> _Guarded:
    """What lets a reader look something up, and counts those who find nothing."""
    misses = Misses(services.tools.clock)

    def guarded(request: Request, look_up: Callable[[], T]) -> T:
        client = visit_of(request).client
        misses.admit(client)
        try:
            return look_up()
        except NotFound:
            misses.missed(client)
            raise

    return guarded


def _add_reading(router: APIRouter, services: Services, pages: Pages, guarded: _Guarded) -> None:
    reading = services.reading

    @router.get("/s", name="code_page")
    def code_page(request: Request) -> Response:
        return pages.render(request, "reader_code.html", error=None, values={})

    @router.post("/s")
    def code(request: Request) -> Response:
        typed = form(request).get("code")
        try:
            token = guarded(request, lambda: reading.token_of_code(typed))
        except NotFound as error:
            return pages.render(request, "reader_code.html", status=404, error=error, values={"code": typed[:60]})
        return see_other(f"/s/{token}")

    @router.get("/s/{token}", name="read_share")
    def front(request: Request, token: str) -> Response:
        found = guarded(request, lambda: reading.front(token))
        return pages.render(request, "reader_front.html", front=found, token=token, error=None, reader="")

    @router.post("/s/{token}")
    def record(request: Request, token: str, body: Annotated[bytes, Depends(json_body)]) -> Response:
        if media_type(request) not in FORM_TYPES:
            question = _question(body)
            presentation = guarded(
                request,
                lambda: reading.present(
                    token,
                    challenge=question.challenge,
                    domain=question.domain,
                    reader=question.reader,
                    passcode=question.passcode,
                ),
            )
            return Response(presentation, media_type=VP_MEDIA_TYPE)
        given = form(request)
        reader, passcode = given.get("reader")[:120], given.get("passcode")[:200]
        try:
            read = guarded(request, lambda: reading.record(token, reader=reader, passcode=passcode))
        except PasscodeWanted as error:
            front = reading.front(token)
            return pages.render(
                request,
                "reader_front.html",
                status=error.status,
                front=front,
                token=token,
                error=error if passcode else None,
                reader=reader,
            )
        return _recorded(request, services, pages, read, reader)


def _add_taking(router: APIRouter, services: Services, guarded: _Guarded) -> None:
    reading = services.reading

    @router.post("/s/{token}/files", name="share_files")
    def files(request: Request, token: str) -> Response:
        given = form(request)
        reader, passcode = given.get("reader")[:120], given.get("passcode")[:200]
        found = guarded(request, lambda: reading.files(token, reader=reader, passcode=passcode))
        return Response(found.data, media_type=found.media_type, headers=attachment(found.name))

    @router.post("/s/{token}/paper", name="share_record_paper")
    def paper(request: Request, token: str) -> Response:
        given = form(request)
        reader, passcode = given.get("reader")[:120], given.get("passcode")[:200]
        how = setting(request, given.get("paper"))
        made = guarded(request, lambda: reading.paper(token, how, reader=reader, passcode=passcode))
        return Response(made, media_type=PDF, headers=attachment("record.pdf"))


def _add_answering(router: APIRouter, services: Services, pages: Pages, guarded: _Guarded) -> None:
    confirming = services.confirming

    @router.post("/s/{token}/answer", name="answer_ask")
    def answer(request: Request, token: str) -> Response:
        given = form(request)
        who = {"reader": given.get("reader")[:120], "passcode": given.get("passcode")[:200]}
        said, offer = given.get("said")[:2000], given.get("offer")
        try:
            if given.get("do") == "decline":
                guarded(request, lambda: confirming.decline(token, said=said, **who))
            else:
                guarded(request, lambda: confirming.confirm(token, offer, said=said, **who))
        except BadInput as error:
            read = guarded(request, lambda: services.reading.record(token, **who))
            return _recorded(request, services, pages, read, who["reader"], error=error, values=given.fields())
        return pages.render(request, "reader_thanks.html")


def _recorded(
    request: Request,
    services: Services,
    pages: Pages,
    read: Read,
    reader: str,
    *,
    error: BadInput | None = None,
    values: Mapping[str, str] | None = None,
) -> Response:
    return pages.render(
        request,
        "reader_record.html",
        status=200 if error is None else error.status,
        shared=read.shared,
        ask=read.ask,
        token=read.opened,
        link=f"{services.tools.settings.public_url}/s/{read.opened}",
        reader=reader,
        error=error,
        values=values or {},
    )


def _question(body: bytes) -> Question:
    try:
        return Question.model_validate_json(body)
    except ValidationError:
        remedy = _("Send a JSON object with challenge, domain and, if you like, reader and passcode.")
        raise BadInput(_("This request for a presentation cannot be read."), field="body", remedy=remedy) from None
