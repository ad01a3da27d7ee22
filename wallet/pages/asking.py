"""Who asks, and forms that are shown again with what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import require_user
from kit.errors import RequestError
from kit.web import Form, Pages, saying, visit_of
from wallet.service import Actor, Services
from wallet.service.papers import Setting, setting_of

PDF: Final = "application/pdf"


def member(services: Services) -> Callable[[Request], Actor]:
    """A dependency that gives the member who asks. It raises SignInRequired, or NoFamily (which leads to /start)."""

    def who(request: Request) -> Actor:
        return services.people.require_actor(require_user(request).id)

    return who


def again(
    act: Callable[[], Response],
    request: Request,
    pages: Pages,
    template: str,
    given: Form,
    **context: Callable[[], Any],
) -> Response:
    """Do it, or show the form once more: `error` says what was wrong, `values` is what was typed.

    What else the template needs is computed only then.
    """
    try:
        return act()
    except RequestError as error:
        if error.field is None or error.status not in {403, 409, 422}:
            raise
        made = {name: make() for name, make in context.items()}
        return pages.render(request, template, status=error.status, error=error, values=given.fields(), **made)


def attachment(name: str) -> dict[str, str]:
    """The header that makes a browser save a response; `name` is one of ours, never somebody's words."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def setting(request: Request, paper: str) -> Setting:
    """How a PDF is set for whoever asks: in the page's language, on "a4", "letter" or (empty) what is usual."""
    return setting_of(paper, language=visit_of(request).language, say=saying(request))
