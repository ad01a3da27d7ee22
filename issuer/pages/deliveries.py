# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Who was told, and who has what: letters with links, letters that came back, and people to tell by word of mouth."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.deliveries import CHANNELS, MAIL, STATES, WORD, Delivery
from issuer.service.posting import PROBLEMS
from issuer.service.services import Services
from kit.errors import BadInput, Conflict
from kit.i18n import Message, _, ngettext
from kit.paging import window
from kit.web import Pages, flash, form, see_other

NOTICES: Final = MappingProxyType(
    {"claim": _("The link to keep it"), "correction": _("It was corrected"), "withdrawal": _("It was withdrawn")}
)
BY_LETTER: Final = MappingProxyType(
    {
        "waiting": _("Waits to go out"),
        "sent": _("Sent"),
        "bounced": _("Came back"),
        "failed": _("Given up"),
        "cancelled": _("Not sent"),
    }
)
BY_WORD: Final = MappingProxyType({"waiting": _("To be told"), "sent": _("Told"), "cancelled": _("No longer needed")})
TONES: Final = MappingProxyType(
    {"waiting": "waiting", "sent": "genuine", "bounced": "forged", "failed": "forged", "cancelled": "plain"}
)
WAYS: Final = MappingProxyType({MAIL: _("Letters"), WORD: _("By word of mouth")})


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _looking(router, pages)
    _sending(router)
    _marking(router)


def state_of(found: Delivery) -> Message:
    """How a piece of news stands, in words."""
    return (BY_WORD if found.channel == WORD else BY_LETTER).get(found.state, BY_LETTER["cancelled"])


def words() -> dict[str, Any]:
    """What templates need to say how news stands."""
    return {"notices": NOTICES, "state_of": state_of, "news_tones": TONES, "by_letter": BY_LETTER}


def _looking(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/deliveries", name="deliveries")
    def deliveries(
        request: Request, services: All, desk: At, *, page: str | None = None, state: str = "", channel: str = ""
    ) -> Response:
        found = services.deliveries.listing(desk, window(page=page), state=state, channel=channel)
        trouble = services.deliveries.trouble(desk)
        return pages.render(
            request,
            "deliveries.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            state=state,
            channel=channel,
            states=STATES,
            channels=CHANNELS,
            ways=WAYS,
            counts=services.deliveries.counts(desk, MAIL),
            mails=services.deliveries.sends_mail,
            trouble=trouble,
            problem=PROBLEMS.get(trouble.problem) if trouble else None,
            **words(),
        )


def _sending(router: APIRouter) -> None:
    @router.post("/organisations/{slug}/credentials/{credential_id}/deliveries")
    def send(request: Request, services: All, desk: At, credential_id: str) -> Response:
        found = services.credentials.one(desk, credential_id)
        try:
            services.deliveries.send(desk, credential_id, address=form(request).get("address"))
        except (BadInput, Conflict) as error:
            flash(request, error.detail, tone="caution")
        else:
            flash(request, _("The letter goes out in a moment. It holds the link and no name."))
        return see_other(f"/organisations/{desk.organisation.slug}/credentials/{found.uuid}#letters")

    @router.post("/organisations/{slug}/jobs/{job_id}/deliveries")
    def send_all(request: Request, services: All, desk: At, job_id: str) -> Response:
        services.award_jobs.one(desk, job_id)
        try:
            count = services.deliveries.send_job(desk, job_id)
        except Conflict as error:
            flash(request, error.detail, tone="caution")
        else:
            flash(request, ngettext("One letter goes out.", "%(count)s letters go out.", count))
        return see_other(f"/organisations/{desk.organisation.slug}/jobs/{job_id}#letters")


def _marking(router: APIRouter) -> None:
    base = "/organisations/{slug}/deliveries"

    @router.post(f"{base}/try")
    def try_again(request: Request, services: All, desk: At) -> Response:
        services.deliveries.try_again(desk)
        flash(request, _("The mail server is tried now."))
        return see_other(f"/organisations/{desk.organisation.slug}/deliveries")

    @router.post(f"{base}/{{delivery_id}}/told")
    def told(request: Request, services: All, desk: At, delivery_id: str) -> Response:
        return _marked(request, services, desk, lambda: services.deliveries.told(desk, delivery_id), _("Noted."))

    @router.post(f"{base}/{{delivery_id}}/cancel")
    def cancel(request: Request, services: All, desk: At, delivery_id: str) -> Response:
        said = _("The letter is not sent.")
        return _marked(request, services, desk, lambda: services.deliveries.cancel(desk, delivery_id), said)

    @router.post(f"{base}/{{delivery_id}}/bounced")
    def came_back(request: Request, services: All, desk: At, delivery_id: str) -> Response:
        said = _("Noted. The award counts as not handed over.")
        return _marked(request, services, desk, lambda: services.deliveries.came_back(desk, delivery_id), said)


def _marked(request: Request, _services: Services, desk: Desk, act: Callable[[], None], said: Message) -> Response:
    """Do it, or say why it came too late; then back to where the form stood."""
    back = form(request).get("back")
    try:
        act()
    except Conflict as error:
        flash(request, error.detail, tone="caution")
    else:
        flash(request, said)
    base = f"/organisations/{desk.organisation.slug}"
    return see_other(f"{base}/credentials/{back}#letters" if _is_uuid(back) else f"{base}/deliveries")


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(sign in "0123456789abcdef-" for sign in text)
