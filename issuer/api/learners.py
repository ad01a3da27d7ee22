"""The roster for programs: learners found, added, edited and erased."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from issuer.api import shapes
from issuer.api.access import All, At
from issuer.api.bodies import Body, Raw, openapi_of, read
from issuer.api.desk import Number, Size
from issuer.service.roster.learners import Enrolment, Learner
from issuer.service.roster.values import LearnerDraft
from kit.paging import window


class LearnerBody(Body):
    """A learner. ``version`` guards an edit: it is refused when somebody else was faster."""

    given_name: str = ""
    family_name: str = ""
    number: str = ""
    birth_date: str = ""
    mail: str = ""
    guardian_name: str = ""
    guardian_mail: str = ""
    note: str = ""
    state: str = "active"
    version: int | None = None

    def draft(self) -> LearnerDraft:
        """The same for the service."""
        return LearnerDraft(**self.model_dump(exclude={"version"}))


def learners_api() -> APIRouter:
    """The routes under ``/api/organisations/{slug}/learners``."""
    router = APIRouter(prefix="/api/organisations/{slug}/learners", tags=["roster"])

    @router.get("")
    def list_learners(
        *,
        services: All,
        desk: At,
        page: Number = None,
        size: Size = None,
        q: Annotated[str, Query(max_length=200)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        offering: Annotated[str, Query(max_length=36)] = "",
    ) -> Response:
        at = window(page=page, size=size)
        return shapes.listed(services.learners.listing(desk, at, words=q, state=state, offering=offering), brief)

    @router.post("", openapi_extra=openapi_of(LearnerBody))
    def add_learner(services: All, desk: At, raw: Raw) -> Response:
        return shapes.answer(learner(services.learners.add(desk, read(LearnerBody, raw).draft())), status=201)

    @router.get("/{learner_id}")
    def one_learner(services: All, desk: At, learner_id: str) -> Response:
        found = services.learners.one(desk, learner_id)
        awards = [shapes.credential(each) for each in services.learners.awards(desk, learner_id)]
        enrolled = [enrolment(each) for each in services.learners.enrolments(desk, learner_id)]
        return shapes.answer(learner(found) | {"enrolments": enrolled, "awards": awards})

    @router.put("/{learner_id}", openapi_extra=openapi_of(LearnerBody))
    def edit_learner(services: All, desk: At, learner_id: str, raw: Raw) -> Response:
        body = read(LearnerBody, raw)
        return shapes.answer(learner(services.learners.edit(desk, learner_id, body.draft(), version=body.version)))

    @router.delete("/{learner_id}")
    def erase_learner(services: All, desk: At, learner_id: str) -> Response:
        services.erasing.erase(desk, learner_id)
        return Response(status_code=204)

    return router


def brief(found: Learner) -> dict[str, Any]:
    """A learner in a list: what is needed to tell one from another."""
    values = found.values
    assert values is not None, "erased learners are not listed"
    return {
        "id": found.id,
        "givenName": values.given_name,
        "familyName": values.family_name,
        "number": values.number,
        "state": found.state,
        "version": found.version,
    }


def learner(found: Learner) -> dict[str, Any]:
    """A learner."""
    values = found.values
    assert values is not None, "erased learners are not found"
    return brief(found) | {
        "birthDate": values.birth_date.isoformat() if values.birth_date else None,
        "mail": values.mail,
        "guardianName": values.guardian_name,
        "guardianMail": values.guardian_mail,
        "note": values.note,
        "updated": shapes.at(found.updated),
    }


def enrolment(found: Enrolment) -> dict[str, Any]:
    """A learner's place in an offering."""
    return {
        "offering": found.offering_id,
        "code": found.code,
        "title": found.title,
        "status": found.status,
        "enrolledOn": found.enrolled_on.isoformat() if found.enrolled_on else None,
    }
