"""Who asks, and what came byte for byte: dependencies of the API's routes."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import require_user
from kit.errors import WrongMedia
from kit.i18n import _
from kit.web import saying, visit_of
from kit.web.csrf import FORM_TYPES, media_type
from wallet.service import Actor, Services
from wallet.service.papers import Setting, setting_of


def member(services: Services) -> Callable[[Request], Actor]:
    """A dependency that gives the member who asks. It raises SignInRequired or NoFamily."""

    def who(request: Request) -> Actor:
        return services.people.require_actor(require_user(request).id)

    return who


async def raw_body(request: Request) -> bytes:
    """The body as it came: a credential is kept byte for byte, so nothing may parse and rewrite it on the way.

    Raises: WrongMedia for a form, whose body was read by then; every other media type is a file's.
    """
    if media_type(request) in FORM_TYPES:
        raise WrongMedia(_("Send the file itself, with its own media type."))
    return await request.body()


def paper_for(made: Callable[[Setting], bytes], request: Request, paper: str) -> Response:
    """A PDF in the language that was asked for, on "a4", "letter" or (empty) what is usual."""
    setting = setting_of(paper, language=visit_of(request).language, say=saying(request))
    return Response(made(setting), media_type="application/pdf")
