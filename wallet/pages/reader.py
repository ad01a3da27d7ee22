"""Sharing, as the reader sees it: no account, a link or a code from paper.

One address serves people and programs: GET says that there is something, and nothing about whom; a form's POST shows
it; a
JSON POST answers a verifier's challenge with a presentation.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

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
    misses = Misses(services.tools.clock)
    reading = services.reading

    def guarded(request: Request, look_up: Callable[[], T]) -> T:
        client = visit_of(request).client
        misses.admit(client)
        try:
            return look_up()
        except NotFound:
            misses.missed(client)
            raise

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
        link = f"{services.tools.settings.public_url}/s/{read.opened}"
        return pages.render(
            request, "reader_record.html", shared=read.shared, token=read.opened, link=link, reader=reader
        )

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


def _question(body: bytes) -> Question:
    try:
        return Question.model_validate_json(body)
    except ValidationError:
        remedy = _("Send a JSON object with challenge, domain and, if you like, reader and passcode.")
        raise BadInput(_("This request for a presentation cannot be read."), field="body", remedy=remedy) from None
