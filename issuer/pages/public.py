"""What everybody may read: an organisation, an achievement, a status list in words."""

from starlette.requests import Request
from starlette.responses import Response

from issuer.service.endorsements import TARGETS, WITHDRAWALS
from issuer.service.services import Services
from issuer.service.snapshots import fingerprint
from issuer.service.vocabulary import (
    ACCREDITATION_STATES,
    IDENTIFIER_WORDS,
    ORGANISATION_IDENTIFIERS,
    ORGANISATION_KINDS,
    RESULT_TYPES,
)
from kit.achievement_words import ACHIEVEMENT_TYPES
from kit.paging import Window
from kit.web import Pages

MOST_SHOWN = 200


def wants_page(request: Request) -> bool:
    """Whether a person's browser is asking; programs that accept anything get the document."""
    accept = request.headers.get("accept", "")
    page = accept.find("text/html")
    data = min((place for kind in ("json", "application/vc") if (place := accept.find(kind)) >= 0), default=-1)
    return page >= 0 and (data < 0 or page < data)


def names_document(request: Request) -> bool:
    """Whether a program says that it wants a document. One that accepts anything may be making a preview (J4)."""
    accept = request.headers.get("accept", "")
    return not wants_page(request) and ("json" in accept or "application/vc" in accept)


def organisation_page(request: Request, pages: Pages, services: Services, slug: str) -> Response:
    """The organisation, what it offers, and its identifier. Raises: NotFound."""
    organisation = services.organisations.public(slug)
    return pages.render(
        request,
        "public_organisation.html",
        organisation=organisation,
        earlier=services.moving.earlier(organisation),
        kinds=ORGANISATION_KINDS,
        identifier_types={**IDENTIFIER_WORDS, **ORGANISATION_IDENTIFIERS},
        accreditation_states=ACCREDITATION_STATES,
        today=organisation.local(services.context.now()).date(),
        vouched=services.received.shown(organisation, None),
        types=ACHIEVEMENT_TYPES,
        offered=services.offerings.on_show(organisation),
        found=services.achievements.listing(organisation, Window(number=1, size=MOST_SHOWN), include_retired=False),
    )


def achievement_page(request: Request, pages: Pages, services: Services, slug: str, achievement_id: str) -> Response:
    """What can be earned, and by which rules. Raises: NotFound."""
    organisation, found = services.achievements.public(slug, achievement_id)
    answer = pages.render(
        request,
        "public_achievement.html",
        organisation=organisation,
        found=found,
        types=ACHIEVEMENT_TYPES,
        result_types=RESULT_TYPES,
        vouched=services.received.shown(organisation, found.id),
        identifier_types=IDENTIFIER_WORDS,
    )
    if not found.active:
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"  # nobody should look for what is not awarded any more
    return answer


def endorsement_page(request: Request, pages: Pages, services: Services, slug: str, endorsement_id: str) -> Response:
    """What an organisation vouches for. Raises: NotFound, also where it is about a learner's award."""
    organisation, found, _body, _etag = services.endorsements.public(slug, endorsement_id)
    return pages.render(
        request,
        "public_endorsement.html",
        organisation=organisation,
        found=found,
        targets=TARGETS,
        reasons=WITHDRAWALS,
    )


def closed_page(request: Request, pages: Pages, services: Services, slug: str) -> Response:
    """Since when an organisation awards nothing any more, and who takes care of what it awarded. Raises: NotFound."""
    organisation, snapshot, found = services.closing.public(slug)
    return pages.render(
        request,
        "public_closed.html",
        organisation=organisation,
        found=snapshot,
        place=f"/orgs/{slug}",
        fingerprint=fingerprint(found.body),
        adopted=None,
    )


def status_list_page(request: Request, pages: Pages, services: Services, slug: str, number: int) -> Response:
    """A status list in words: what it is for, never who is on it. Raises: NotFound."""
    organisation, line = services.lists.line(slug, number)
    return pages.render(request, "status_list.html", organisation=organisation, line=line)
