# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""An organisation's signing keys and status lists: what each is for, and how a key is made."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.service.context import Desk
from issuer.service.keys import ANNOUNCED, IN_USE
from issuer.service.services import Services
from issuer.service.vocabulary import FURTHER_KEYS, KEY_KINDS, KEY_STATES, KEY_USES
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _
from kit.web import Pages, flash, form, see_other


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(request: Request, services: Services, desk: Desk, *, error: RequestError | None = None) -> Response:
        keys = services.keys.keys(desk.organisation)
        taken = {key.use for key in keys if key.state in (ANNOUNCED, IN_USE)}
        return pages.render(
            request,
            "signing.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            keys=keys,
            lists=services.lists.lines(desk.organisation),
            uses=KEY_USES,
            kinds=KEY_KINDS,
            states=KEY_STATES,
            further=[(use, kind) for use, kind in FURTHER_KEYS if use not in taken],
            error=error,
        )

    @router.get("/organisations/{slug}/signing", name="signing")
    def signing(request: Request, services: All, desk: At) -> Response:
        return shown(request, services, desk)

    @router.post("/organisations/{slug}/signing/keys")
    def add_key(request: Request, services: All, desk: At) -> Response:
        use, _dash, kind = form(request).get("key").partition("/")
        try:
            made = services.keys.add(desk, kind=kind, use=use)
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, error=error)
        flash(request, _("The key %(name)s is announced. It signs in five minutes.", name=made.name))
        return see_other(f"/organisations/{desk.organisation.slug}/signing")
