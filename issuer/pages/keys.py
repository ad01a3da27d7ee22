# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""An organisation's signing keys and status lists: what each is for, and how a key is made."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.approvals import asked as asked_for
from issuer.service.approvals import acts
from issuer.service.approvals.deciding import Approval
from issuer.service.context import Desk
from issuer.service.endorsements import Endorsement
from issuer.service.key_lines import ANNOUNCED, IN_USE, REVOKED
from issuer.service.keys import ANNOUNCED_FOR
from issuer.service.rights import Right
from issuer.service.second_person import SecondPersonWanted
from issuer.service.services import Services
from issuer.service.vocabulary import FURTHER_KEYS, KEY_KINDS, KEY_STATES, KEY_USES, STATES
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import _, ngettext
from kit.paging import window
from kit.web import Pages, flash, form, see_other

SHOWN: Final = 50


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""

    def shown(request: Request, services: Services, desk: Desk, *, error: RequestError | None = None) -> Response:
        keys = services.keys.keys(desk.organisation)
        in_use = [key for key in keys if key.state == IN_USE]
        exchangeable = any(not key.is_name for key in keys)
        taken = {key.use for key in keys if key.state in (ANNOUNCED, IN_USE)}
        return pages.render(
            request,
            "signing.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            keys=keys,
            lists=services.lists.lines(desk.organisation),
            identities=services.moving.identities(desk.organisation),
            lost=all(key.is_name and key.state == REVOKED for key in keys),
            uses=KEY_USES,
            kinds=KEY_KINDS,
            states=KEY_STATES,
            further=[(use, kind) for use, kind in FURTHER_KEYS if use not in taken] if exchangeable else [],
            exchanged=[key for key in in_use if key.expires is None and not key.is_name],
            error=error,
        )

    @router.get("/organisations/{slug}/signing", name="signing")
    def signing(request: Request, services: All, desk: At) -> Response:
        return shown(request, services, desk)

    @router.post("/organisations/{slug}/signing/keys")
    def add_key(request: Request, services: All, desk: At) -> Response:
        use, _dash, kind = form(request).get("key").partition("/")
        try:
            made = services.approvals.do(desk, acts.new_key(kind=kind, use=use))
        except (BadInput, Conflict) as error:
            return shown(request, services, desk, error=error)
        if isinstance(made, Approval):
            return asked_for(request, desk, made)
        flash(request, _("The key %(name)s is announced. It signs in five minutes.", name=made.name))
        return see_other(_signing(desk))

    _add_exchange(router, pages)
    _add_compromise(router, pages)
    _add_repair(router, pages)


def _add_exchange(router: APIRouter, pages: Pages) -> None:
    @router.get("/organisations/{slug}/signing/keys/{name}/exchange")
    def sure_to_exchange(request: Request, services: All, desk: At, name: str) -> Response:
        desk.require(Right.KEYS)
        key = services.keys.key(desk, name)
        return pages.render(
            request,
            "key_exchange.html",
            desk=desk,
            organisation=desk.organisation,
            key=key,
            uses=KEY_USES,
            minutes=ANNOUNCED_FOR.seconds // 60,
        )

    @router.post("/organisations/{slug}/signing/keys/{name}/exchange")
    def exchange(request: Request, services: All, desk: At, name: str) -> Response:
        key = services.keys.key(desk, name)
        if key.is_name:
            return sure_to_exchange(request, services, desk, name)
        made = services.approvals.do(desk, acts.exchange(kind=key.kind, use=key.use))
        if isinstance(made, Approval):
            return asked_for(request, desk, made)
        flash(request, _("The key %(name)s is announced. It signs in five minutes.", name=made.name))
        return see_other(_signing(desk))


def _add_compromise(router: APIRouter, pages: Pages) -> None:
    def asked(
        request: Request, services: Services, desk: Desk, name: str, *, error: RequestError | None = None
    ) -> Response:
        return pages.render(
            request,
            "key_compromised.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            key=services.keys.key(desk, name),
            uses=KEY_USES,
            values=form(request).fields() if error else {},
            error=error,
        )

    @router.get("/organisations/{slug}/signing/keys/{name}/compromised")
    def sure_it_is_compromised(request: Request, services: All, desk: At, name: str) -> Response:
        desk.require(Right.KEYS)
        return asked(request, services, desk, name)

    @router.post("/organisations/{slug}/signing/keys/{name}/compromised")
    def compromised(request: Request, services: All, desk: At, name: str) -> Response:
        given = form(request)
        try:
            wanted = acts.compromise(name, since=given.get("since"), words=given.get("words"))
            key = services.approvals.do(desk, wanted)
        except BadInput as error:
            return asked(request, services, desk, name, error=error)
        if isinstance(key, Approval):
            return asked_for(request, desk, key)
        flash(request, _("%(name)s signs nothing any more. This is what it signed after that moment.", name=key.name))
        return see_other(f"{_signing(desk)}/keys/{name}/after")


def _add_repair(router: APIRouter, pages: Pages) -> None:
    def listed(
        request: Request,
        services: Services,
        desk: Desk,
        name: str,
        *,
        page: str | None,
        error: RequestError | None = None,
    ) -> Response:
        key = services.keys.key(desk, name)
        return pages.render(
            request,
            "key_after.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            key=key,
            found=services.keys.signed_after(desk, name, window(page=page, size=str(SHOWN))),
            vouched=services.keys.vouched_after(desk, name, window(page=page, size=str(SHOWN))),
            note=services.keys.note(desk, name) if desk.may(Right.KEYS) else "",
            states=STATES,
            error=error,
        )

    @router.get("/organisations/{slug}/signing/keys/{name}/after")
    def after(request: Request, services: All, desk: At, name: str, page: str | None = None) -> Response:
        return listed(request, services, desk, name, page=page)

    @router.post("/organisations/{slug}/signing/keys/{name}/after")
    def repair(request: Request, services: All, desk: At, name: str) -> Response:
        given = form(request)
        chosen = [each for value in given.values("chosen") for each in value.split()]
        act = given.get("act")
        if act in ("renew", "withdraw") and chosen and not given.flag("sure"):
            desk.require(Right.KEYS)
            key = services.keys.key(desk, name)
            for each in chosen[:SHOWN]:
                services.keys.signed_thing(desk, each)
            return pages.render(
                request,
                "key_after_sure.html",
                desk=desk,
                organisation=desk.organisation,
                key=key,
                act=act,
                chosen=chosen[:SHOWN],
            )
        mend = services.keys.withdraw if act == "withdraw" else services.keys.renew
        try:
            found = mend(desk, name, chosen)
        except (BadInput, SecondPersonWanted) as error:
            return listed(request, services, desk, name, page=None, error=error)
        vouched = [each for each in chosen if isinstance(services.keys.signed_thing(desk, each), Endorsement)]
        if vouched and found.done:
            flash(
                request,
                _("Withdrawn. Whoever checks it sees that the key was no longer safe.")
                if act == "withdraw"
                else _("Signed anew. Send the new file to those you vouch for."),
            )
        elif act == "withdraw":
            flash(request, ngettext("%(count)s award is withdrawn.", "%(count)s awards are withdrawn.", found.done))
        else:
            flash(request, ngettext("%(count)s award is signed anew.", "%(count)s awards are signed anew.", found.done))
        for refused in found.failed.values():
            flash(request, refused.detail, tone="caution")
        return see_other(f"{_signing(desk)}/keys/{name}/after")


def _signing(desk: Desk) -> str:
    return f"/organisations/{desk.organisation.slug}/signing"
