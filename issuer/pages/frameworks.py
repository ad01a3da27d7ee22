# ruff: noqa: FAST003 - the dependency behind `At` reads the slug
"""Frameworks of standards: taken in as files, searched, and picked from for what an achievement corresponds to."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from issuer.pages.access import All, At
from issuer.pages.forms import version_of
from issuer.service.achievements import Achievement
from issuer.service.case_packages import LARGEST
from issuer.service.context import Desk
from issuer.service.drafts import AlignmentDraft
from issuer.service.frameworks import SHIPPED, Framework, Search
from issuer.service.rights import Right
from issuer.service.services import Services
from issuer.service.vocabulary import GRADES
from kit.errors import BadInput, Conflict, NotFound, RequestError, TooLarge
from kit.i18n import _
from kit.paging import LARGEST_PAGE, Window, window
from kit.web import Pages, flash, form, see_other, whole

FOUND_AT_ONCE = 25


def add(router: APIRouter, pages: Pages) -> None:
    """Add the routes."""
    _frameworks(router, pages)
    _picking(router, pages)


def _frameworks(router: APIRouter, pages: Pages) -> None:
    def listed(
        request: Request, services: Services, desk: Desk, page: str | None, error: RequestError | None = None
    ) -> Response:
        return pages.render(
            request,
            "frameworks.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=services.frameworks.listing(desk, window(page=page)),
            shipped=SHIPPED,
            error=error,
        )

    @router.get("/organisations/{slug}/frameworks", name="frameworks")
    def frameworks(request: Request, services: All, desk: At, page: str | None = None) -> Response:
        desk.require(Right.DESCRIBE)
        return listed(request, services, desk, page)

    @router.post("/organisations/{slug}/frameworks")
    def take_in(request: Request, services: All, desk: At) -> Response:
        desk.require(Right.DESCRIBE)
        try:
            found = _taken_in(request, services, desk)
        except (BadInput, Conflict, TooLarge) as error:
            return listed(request, services, desk, None, error)
        flash(request, _("“%(title)s” is here, with %(count)s items.", title=found.title, count=found.item_count))
        return see_other(f"/organisations/{desk.organisation.slug}/frameworks/{found.id}")

    @router.get("/organisations/{slug}/frameworks/{framework_id}", name="framework")
    def framework(
        request: Request,
        services: All,
        desk: At,
        framework_id: str,
        *,
        q: str = "",
        level: str = "",
        page: str | None = None,
    ) -> Response:
        desk.require(Right.DESCRIBE)
        asked = Search(words=q, framework=framework_id, level=level)
        return pages.render(
            request,
            "framework.html",
            desk=desk,
            organisation=desk.organisation,
            framework=services.frameworks.one(desk, framework_id),
            asked=asked,
            found=services.frameworks.search(desk, asked, window(page=page)),
            grades=GRADES,
        )

    @router.get("/organisations/{slug}/frameworks/{framework_id}/remove", name="remove_framework")
    def sure(request: Request, services: All, desk: At, framework_id: str) -> Response:
        desk.require(Right.DESCRIBE)
        return pages.render(
            request,
            "framework_remove.html",
            desk=desk,
            organisation=desk.organisation,
            framework=services.frameworks.one(desk, framework_id),
        )

    @router.post("/organisations/{slug}/frameworks/{framework_id}/remove")
    def remove(request: Request, services: All, desk: At, framework_id: str) -> Response:
        services.frameworks.remove(desk, framework_id)
        flash(request, _("The framework is removed. What achievements say stays."))
        return see_other(f"/organisations/{desk.organisation.slug}/frameworks")


def _taken_in(request: Request, services: Services, desk: Desk) -> Framework:
    given = form(request)
    if given.get("shipped"):
        return services.frameworks.add_shipped(desk, given.get("shipped"))
    upload = given.file("file", largest=LARGEST)
    if upload is None:
        raise BadInput(_("No file was chosen."), field="file", remedy=_("Choose a CASE package (JSON)."))
    return services.frameworks.add(desk, upload.data)


def _picking(router: APIRouter, pages: Pages) -> None:
    def shown(
        request: Request,
        services: Services,
        desk: Desk,
        found: Achievement,
        *,
        asked: Search,
        at: str,
        page: str | None,
        error: RequestError | None = None,
    ) -> Response:
        looked_for = asked.words or asked.framework or asked.level
        number = window(page=page).number
        items = (
            services.frameworks.search(desk, asked, Window(number=number, size=FOUND_AT_ONCE)) if looked_for else None
        )
        frameworks = services.frameworks.listing(desk, Window(number=1, size=LARGEST_PAGE)).items
        places = _places(found)
        return pages.render(
            request,
            "alignments.html",
            status=error.status if error else 200,
            desk=desk,
            organisation=desk.organisation,
            found=found,
            places=places,
            place_names=[(place["id"], place["name"]) for place in places[1:]],
            at=at,
            asked=asked,
            items=items,
            frameworks=frameworks,
            levels=_levels(frameworks),
            grades=GRADES,
            error=error,
        )

    @router.get("/organisations/{slug}/achievements/{achievement_id}/alignments", name="alignments")
    def alignments(
        request: Request,
        services: All,
        desk: At,
        achievement_id: str,
        *,
        q: str = "",
        framework: str = "",
        level: str = "",
        at: str = "",
        page: str | None = None,
    ) -> Response:
        desk.require(Right.DESCRIBE)
        found = services.achievements.one(desk.organisation, achievement_id)
        asked = Search(words=q, framework=framework, level=level)
        return shown(request, services, desk, found, asked=asked, at=at, page=page)

    @router.post("/organisations/{slug}/achievements/{achievement_id}/alignments")
    def change(request: Request, services: All, desk: At, achievement_id: str) -> Response:
        desk.require(Right.DESCRIBE)
        given = form(request)
        found = services.achievements.one(desk.organisation, achievement_id)
        at = given.get("at")
        try:
            if "remove" in given:
                services.achievements.part(
                    desk, achievement_id, at=at, url=given.get("remove"), version=version_of(given)
                )
                flash(request, _("Taken away. New awards no longer say it."))
            else:
                chosen = _chosen(services, desk, given.values("item"))
                services.achievements.align(desk, achievement_id, chosen, at=at, version=version_of(given))
                flash(request, _("Added. New awards say so."))
        except (BadInput, Conflict) as error:
            asked = Search(words=given.get("q"), framework=given.get("framework"), level=given.get("level"))
            return shown(request, services, desk, found, asked=asked, at=at, page=given.get("page"), error=error)
        return see_other(f"/organisations/{desk.organisation.slug}/achievements/{achievement_id}/alignments")


def _chosen(services: Services, desk: Desk, values: Sequence[str]) -> list[AlignmentDraft]:
    places: dict[str, list[int]] = {}
    for value in values:
        framework, _slash, position = value.partition("/")
        number = whole(position)
        if number is None:
            raise NotFound
        places.setdefault(framework, []).append(number)
    if not places:
        raise BadInput(_("Nothing was chosen."), field="item", remedy=_("Tick what it corresponds to."))
    return [
        item.alignment() for framework, at in places.items() for item in services.frameworks.items(desk, framework, at)
    ]


def _places(found: Achievement) -> list[dict[str, Any]]:
    """Where an achievement can say what it corresponds to: all of it, each mark, each level; and what it says there."""
    places: list[dict[str, Any]] = [{"id": "", "name": "", "alignments": found.body.get("alignment", [])}]
    for result in found.body.get("resultDescription", ()):
        places.append({"id": result["id"], "name": result["name"], "alignments": result.get("alignment", [])})
        places += [
            {"id": level["id"], "name": f"{result['name']} › {level['name']}", "alignments": level.get("alignment", [])}
            for level in result.get("rubricCriterionLevel", ())
        ]
    return places


def _levels(frameworks: Sequence[Framework]) -> list[str]:
    known = {level for framework in frameworks for level in framework.levels}
    return sorted(known, key=lambda level: (list(GRADES).index(level) if level in GRADES else len(GRADES), level))
