"""The one place where an error becomes an answer: a page for people, `application/problem+json` for programs.

Every answer carries a reference that is also in the log, and nothing of our insides: an error we did not foresee says
only that it happened.

Spec: https://www.rfc-editor.org/rfc/rfc9457
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kit import disk, log
from kit.db import translated
from kit.errors import (
    PROBLEM_BASE,
    BadInput,
    Gone,
    NoRoom,
    NotFound,
    Refused,
    RequestError,
    SignInRequired,
    TooLarge,
    TooMany,
    Unavailable,
    Words,
    WrongMedia,
)
from kit.i18n import _
from kit.verdict_words import sentence_for
from kit.web.pages import Pages
from kit.web.vc_api import is_for_programs
from kit.web.visit import visit_of
from vc.problems import ProblemError

TELL_KEY = "satchel.tell"
"""How a role tells of problems at addresses whose standard has words of its own: `Tell`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A problem ready to be shown: words in the reader's language. The template `problem.html` gets it as `problem`."""

    status: int
    type: str
    title: str
    detail: str
    reference: str
    field: str | None = None
    remedy: str | None = None
    pointer: str | None = None
    fields: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The members of a problem object."""
        members: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "reference": self.reference,
        }
        optional = {"field": self.field, "remedy": self.remedy, "pointer": self.pointer, "errors": list(self.fields)}
        return members | {name: value for name, value in optional.items() if value}


Tell = Callable[[str, ProblemView], Response | None]
"""A path and a problem there → the answer by that address's own standard; None for the answer of all others."""


def as_everywhere(_path: str, _view: ProblemView) -> Response | None:
    """No address has words of its own."""
    return None


class MethodNotAllowed(RequestError):  # noqa: N818 - an answer, not a defect
    """The address exists, but not for this method."""

    status = 405
    kind = "method-not-allowed"
    words = _("That cannot be done at this address")


class Broken(RequestError):  # noqa: N818 - an answer, not a defect
    """Something went wrong on our side that we did not foresee."""

    status = 500
    kind = "internal"
    words = _("Something went wrong on our side")


def understand(error: Exception) -> RequestError:
    """The request error that `error` amounts to; whatever is unknown becomes `Broken`."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, HTTPException):
        return _from_status(error.status_code, str(error.detail))
    if isinstance(error, OSError) and disk.takes_nothing(error):  # a file on its way in is laid on the disk
        return NoRoom()
    if isinstance(error, DBAPIError):
        try:
            with translated():
                raise error
        except Unavailable as known:
            return known
        except DBAPIError:
            pass
    return Broken(_("Nothing you did caused this. Try again; if it stays, tell us the reference below."))


def _from_status(status: int, detail: str) -> RequestError:
    if status == 413 or detail.startswith("Too many f") or "exceeded maximum size" in detail:
        return TooLarge(_("More was sent than is read here. Send less at a time."))
    if status == 405:
        return MethodNotAllowed(_("This address does not take that kind of request."))
    if status == 401:
        return SignInRequired()
    if status == 403:
        return Refused(_("You may not do that here."))
    if status == 404:
        return NotFound()
    if status == 410:
        return Gone(_("What was here has ended."))
    if status == 415:
        return WrongMedia(_("Send JSON or a form."))
    if status == 429:
        return TooMany(retry_after=60)
    return BadInput(_("What was sent cannot be read.")) if status < 500 else Unavailable()


def wants_json(request: Request) -> bool:
    """Whether the caller is a program: an API path, a JSON body, or an Accept header without pages in it."""
    if is_for_programs(request.url.path):
        return True
    accept = request.headers.get("accept", "")
    if "text/html" in accept:
        return False
    sent = request.headers.get("content-type", "")
    return "json" in accept or "json" in sent


def respond(request: Request, error: Exception, pages: Pages) -> Response:
    """Answer for `error`, and log it under the visit's reference when it is our fault."""
    visit = visit_of(request)
    if isinstance(error, ProblemError):
        # Programs get the standard's own words; people get ours, in their language, and the particulars beneath.
        title = error.title if wants_json(request) else pages.say(request, sentence_for(error.type))
        view = ProblemView(
            status=422,
            type=error.type,
            title=title,
            detail=error.detail,
            pointer=error.pointer,
            reference=visit.reference,
        )
        return _show(request, view, pages)
    if isinstance(error, RequestValidationError):
        return _show(request, _validation(request, error, pages), pages)
    known = understand(error)
    if known.status >= 500:
        level = logging.ERROR if known.status == 500 else logging.WARNING
        log.write(pages.role, "problem", level=level, error=error, reference=visit.reference, status=known.status)
    if isinstance(known, SignInRequired) and not wants_json(request):
        return _to_sign_in(request, pages)

    def say(words: Words) -> str:
        return pages.catalogues.say(visit.language, words)

    view = ProblemView(
        status=known.status,
        type=known.type,
        title=say(known.title),
        detail=say(known.detail),
        field=known.field,
        remedy=say(known.remedy) if known.remedy is not None else None,
        reference=visit.reference,
        headers=known.headers,
    )
    return _show(request, view, pages)


def _to_sign_in(request: Request, pages: Pages) -> Response:
    """Send a person to the sign-in page; a page that was only looked at is come back to afterwards."""
    target = pages.sign_in_path
    if request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target += f"?next={quote(here, safe='')}"
    return RedirectResponse(target, status_code=303)


def _validation(request: Request, error: RequestValidationError, pages: Pages) -> ProblemView:
    language = visit_of(request).language
    found: list[dict[str, str]] = []
    for item in error.errors()[:20]:
        place = [str(part) for part in item["loc"] if part not in {"body", "query", "path"}]
        unknown = item["type"] == "extra_forbidden"
        remedy = _("Leave this field out.") if unknown else _("Send this field as the documentation says.")
        found.append(
            {
                "field": ".".join(place) or "body",
                "detail": str(item["msg"])[:200],
                "remedy": pages.catalogues.say(language, remedy),
            }
        )
    words = _("Something that was sent is missing, or is not what it should be.")
    return ProblemView(
        status=422,
        type=PROBLEM_BASE + "bad-input",
        title=pages.catalogues.say(language, BadInput.words),
        detail=pages.catalogues.say(language, words),
        field=found[0]["field"] if found else None,
        remedy=found[0]["remedy"] if found else None,
        fields=found,
        reference=visit_of(request).reference,
    )


def _show(request: Request, view: ProblemView, pages: Pages) -> Response:
    told: Response | None = request.scope[TELL_KEY](request.url.path, view)
    if told is not None:
        return told
    if wants_json(request):
        return problem_json(view.to_json(), headers=view.headers)
    try:
        response: Response = pages.render(request, "problem.html", status=view.status, problem=view)
    except Exception as error:  # noqa: BLE001 - the page that tells of an error must not fail itself
        log.write(pages.role, "problem page failed", level=logging.ERROR, error=error, reference=view.reference)
        text = f"{view.title}\n\n{view.detail}\n\n{view.reference}\n"
        response = Response(text, status_code=view.status, media_type="text/plain; charset=utf-8")
    response.headers.update(dict(view.headers or {}))
    return response


def problem_json(members: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Response:
    """`members` as `application/problem+json`, with the status that they name."""
    return Response(
        json.dumps(dict(members), ensure_ascii=False).encode(),
        status_code=int(members["status"]),
        media_type="application/problem+json",
        headers=dict(headers or {}),
    )
