"""The family page: who belongs, who may do what for whom."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.i18n import _
from kit.web import Pages, flash, form, see_other
from wallet.pages.asking import again, member
from wallet.service import Actor, Services
from wallet.service.authority import Scope


def add_routes(router: APIRouter, services: Services, pages: Pages) -> None:
    """Add the routes about people."""
    who = Annotated[Actor, Depends(member(services))]
    people = services.people
    _add_removing(router, services, pages)

    @router.get("/people", name="people")
    def family_page(request: Request, actor: who) -> Response:
        return pages.render(
            request,
            "people.html",
            family=people.family(actor),
            handovers=services.handover.notices(actor),
            codes=services.recovery.codes_left(actor),
        )

    @router.get("/people/add", name="add_learner")
    def add_page(request: Request, actor: who) -> Response:
        return pages.render(request, "learner_add.html", family=people.family(actor), error=None, values={})

    @router.post("/people/add")
    def add(request: Request, actor: who) -> Response:
        given = form(request)

        def act() -> Response:
            learner_id = people.add_learner(
                actor,
                name=given.get("name"),
                birth_date=given.day("birth_date", required=False),
                myself=given.get("who") == "myself",
            )
            return see_other(f"/learners/{learner_id}")

        return again(act, request, pages, "learner_add.html", given, family=lambda: people.family(actor))

    @router.get("/learners/{learner_id}/about", name="learner_about")
    def about_page(request: Request, actor: who, learner_id: str) -> Response:
        return _about(request, actor, learner_id)

    @router.post("/learners/{learner_id}/about")
    def change(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)

        def act() -> Response:
            birth_date = given.day("birth_date", required=False)
            typed = given.get("sign_in_age")
            whole = given.whole("sign_in_age", digits=3)
            age = None if not typed else -1 if whole is None else whole
            people.change_learner(actor, learner_id, name=given.get("name"), birth_date=birth_date, sign_in_age=age)
            flash(request, _("Saved."))
            return see_other(f"/learners/{learner_id}/about")

        return again(
            act,
            request,
            pages,
            "learner_about.html",
            given,
            details=lambda: people.learner(actor, learner_id),
            family=lambda: people.family(actor),
            scopes=lambda: tuple(Scope),
        )

    @router.post("/learners/{learner_id}/guardians", name="entrust")
    def entrust(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)
        people.entrust(
            actor,
            learner_id,
            member_id=given.get("member"),
            scopes=given.values("scopes"),
            valid_until=given.day("valid_until", required=False),
        )
        flash(request, _("Saved. It holds from now on."))
        return see_other(f"/learners/{learner_id}/about")

    @router.post("/guardianships/{guardianship_id}/end", name="end_guardianship")
    def end_guardianship(request: Request, actor: who, guardianship_id: str) -> Response:
        people.end_guardianship(actor, guardianship_id)
        flash(request, _("Ended. It holds from now on."))
        return see_other("/people")

    @router.post("/learners/{learner_id}/sign-in/remove", name="detach_sign_in")
    def detach_sign_in(request: Request, actor: who, learner_id: str) -> Response:
        people.detach_sign_in(actor, learner_id)
        flash(request, _("The sign-in no longer reaches these awards. You can make a link for a new one."))
        return see_other(f"/learners/{learner_id}/about")

    @router.post("/learners/{learner_id}/invitations", name="invite")
    def invite(request: Request, actor: who, learner_id: str) -> Response:
        given = form(request)
        token = services.invitations.invite(
            actor,
            kind=given.get("kind"),
            name=given.get("name"),
            learner_id=learner_id,
            scopes=given.values("scopes"),
            valid_until=given.day("valid_until", required=False),
        )
        link = f"{services.tools.settings.public_url}/join/{token}"
        return pages.render(request, "invitation_made.html", link=link, back=f"/learners/{learner_id}/about")

    @router.post("/invitations/{invitation_id}/withdraw", name="withdraw_invitation")
    def withdraw(request: Request, actor: who, invitation_id: str) -> Response:
        services.invitations.withdraw(actor, invitation_id)
        flash(request, _("The invitation's link no longer works."))
        return see_other("/people")

    def _about(request: Request, actor: Actor, learner_id: str) -> Response:
        return pages.render(
            request,
            "learner_about.html",
            details=people.learner(actor, learner_id),
            family=people.family(actor),
            scopes=tuple(Scope),
            error=None,
            values={},
        )


def _add_removing(router: APIRouter, services: Services, pages: Pages) -> None:
    who = Annotated[Actor, Depends(member(services))]
    people = services.people

    @router.get("/learners/{learner_id}/remove", name="remove_learner")
    def remove_page(request: Request, actor: who, learner_id: str) -> Response:
        settings = services.tools.settings
        return pages.render(
            request,
            "learner_remove.html",
            details=people.learner(actor, learner_id),
            days=settings.bin_days,
            backup_days=settings.backup_days,
        )

    @router.post("/learners/{learner_id}/remove")
    def remove(request: Request, actor: who, learner_id: str) -> Response:
        services.erasure.remove_learner(actor, learner_id)
        flash(request, _("Removed. You can take it back from this page."))
        return see_other("/people")

    @router.post("/learners/{learner_id}/restore", name="restore_learner")
    def restore(request: Request, actor: who, learner_id: str) -> Response:
        services.erasure.restore_learner(actor, learner_id)
        flash(request, _("Taken back. Links that were stopped stay stopped."))
        return see_other(f"/learners/{learner_id}")

    @router.get("/learners/{learner_id}/erase", name="erase_learner")
    def erase_page(request: Request, actor: who, learner_id: str) -> Response:
        learner = services.erasure.in_bin(actor, learner_id)
        days = services.tools.settings.backup_days
        return pages.render(request, "learner_erase.html", learner=learner, backup_days=days)

    @router.post("/learners/{learner_id}/erase")
    def erase(request: Request, actor: who, learner_id: str) -> Response:
        services.erasure.erase_learner(actor, learner_id)
        flash(request, _("Deleted for good."))
        return see_other("/people")
