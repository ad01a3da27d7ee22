"""The roster: the list, one learner, the form, and the one question before somebody is erased."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import version_of
from issuer.service.context import Desk
from issuer.service.offerings import Filters
from issuer.service.rights import Right
from issuer.service.roster.fields import STATUSES
from issuer.service.roster.learners import Learner
from issuer.service.roster.values import ACTIVE, LEFT, LearnerDraft
from issuer.service.vocabulary import STATES as AWARD_STATES
from kit.errors import BadInput, Conflict, RequestError
from kit.i18n import Message, _
from kit.paging import Window, window
from kit.web import Form, Pages, flash, form, see_other

BASE: Final = "/organisations/{slug}/learners"
MOST_CHOICES: Final = 200
"""Offerings in one list to choose from; the others are searched for."""
STATES: Final[Mapping[str, Message]] = {ACTIVE: _("Here"), LEFT: _("Left")}
_TYPED: Final = (
    "givenName", "familyName", "number", "birthDate", "mail", "guardianName", "guardianMail", "note", "state",
)  # fmt: skip


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _list(router, pages)
    _one(router, pages)
    _erasing(router, pages)


def _list(router: APIRouter, pages: Pages) -> None:
    @router.get(BASE, name="learners")
    def learners(
        *, request: Request, services: All, desk: At, page: str | None = None, q: str = "", state: str = ""
    ) -> Response:
        used = {name: value for name, value in (("q", q), ("state", state)) if value}
        return pages.render(
            request,
            "learners.html",
            desk=desk,
            organisation=desk.organisation,
            found=services.learners.listing(desk, window(page=page), words=q, state=state),
            q=q,
            state=state,
            states=STATES,
            used=used,
            more_href=f"?{urlencode(used)}&page=" if used else "?page=",
        )

    @router.get(f"{BASE}/new", name="new_learner")
    def new_learner(request: Request, desk: At) -> Response:
        desk.require(Right.ROSTER)
        return _form(request, pages, desk, found=None, values={}, error=None)

    @router.post(f"{BASE}/new")
    def add_learner(request: Request, services: All, desk: At) -> Response:
        given = form(request)
        try:
            made = services.learners.add(desk, _draft(given))
        except (BadInput, Conflict) as error:
            return _form(request, pages, desk, found=None, values=given.fields(), error=error)
        flash(request, _("%(name)s is on the roster.", name=made.name))
        return see_other(_at(desk, made.id))


def _one(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/{{learner_id}}", name="learner")
    def learner(request: Request, services: All, desk: At, learner_id: str, q: str = "") -> Response:
        found = services.learners.one(desk, learner_id)
        choices = services.offerings.listing(desk, Window(number=1, size=MOST_CHOICES), Filters(words=q[:200]))
        return pages.render(
            request,
            "learner.html",
            desk=desk,
            organisation=desk.organisation,
            found=found,
            awards=services.learners.awards(desk, learner_id),
            enrolments=services.learners.enrolments(desk, learner_id),
            offerings=[(each.id, f"{each.values.title} ({each.values.code})") for each in choices.items],
            more_offerings=choices.total - len(choices.items),
            q=q[:200],
            states=STATES,
            statuses=STATUSES,
            award_states=AWARD_STATES,
        )

    @router.get(f"{BASE}/{{learner_id}}/edit", name="edit_learner")
    def edit_page(request: Request, services: All, desk: At, learner_id: str) -> Response:
        found = services.learners.one(desk, learner_id)
        return _form(request, pages, desk, found=found, values=_values(found), error=None)

    @router.post(f"{BASE}/{{learner_id}}/edit")
    def edit(request: Request, services: All, desk: At, learner_id: str) -> Response:
        given = form(request)
        found = services.learners.one(desk, learner_id)
        try:
            made = services.learners.edit(desk, learner_id, _draft(given), version=version_of(given))
        except (BadInput, Conflict) as error:
            return _form(request, pages, desk, found=found, values=given.fields(), error=error)
        flash(request, _("%(name)s was changed.", name=made.name))
        return see_other(_at(desk, made.id))


def _erasing(router: APIRouter, pages: Pages) -> None:
    @router.get(f"{BASE}/{{learner_id}}/erase", name="erase_learner")
    def sure(request: Request, services: All, desk: At, learner_id: str) -> Response:
        found = services.learners.one(desk, learner_id)
        awards = services.learners.awards(desk, learner_id)
        return pages.render(
            request, "learner_erase.html", desk=desk, organisation=desk.organisation, found=found, awards=awards
        )

    @router.post(f"{BASE}/{{learner_id}}/erase")
    def erase(request: Request, services: All, desk: At, learner_id: str) -> Response:
        done = services.erasing.erase(desk, learner_id)
        flash(request, _("Erased. Awards that stay valid without a name: %(count)s.", count=done.awards))
        return see_other(f"/organisations/{desk.organisation.slug}/learners")


def _at(desk: Desk, learner_id: str) -> str:
    return f"/organisations/{desk.organisation.slug}/learners/{learner_id}"


def _draft(given: Form) -> LearnerDraft:
    return LearnerDraft(
        given_name=given.get("givenName"),
        family_name=given.get("familyName"),
        number=given.get("number"),
        birth_date=given.get("birthDate"),
        mail=given.get("mail"),
        guardian_name=given.get("guardianName"),
        guardian_mail=given.get("guardianMail"),
        note=given.get("note"),
        state=given.get("state") or ACTIVE,
    )


def _values(found: Learner) -> dict[str, str]:
    values = found.values
    assert values is not None, "erased learners are not found"
    born = values.birth_date.isoformat() if values.birth_date else ""
    texts = (
        values.given_name, values.family_name, values.number, born, values.mail, values.guardian_name,
        values.guardian_mail, values.note, values.state,
    )  # fmt: skip
    return dict(zip(_TYPED, texts, strict=True))


def _form(
    request: Request,
    pages: Pages,
    desk: Desk,
    *,
    found: Learner | None,
    values: Mapping[str, str],
    error: RequestError | None,
) -> Response:
    return pages.render(
        request,
        "learner_form.html",
        status=error.status if error else 200,
        desk=desk,
        organisation=desk.organisation,
        found=found,
        values=values,
        error=error,
        states=STATES,
    )
