"""What programs are answered: plain JSON objects, camelCase, dates as instants in UTC."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from starlette.responses import JSONResponse, Response

from issuer.service.achievements import Achievement
from issuer.service.claims import PrintableClaim
from issuer.service.context import Organisation
from issuer.service.credentials import Credential, VersionLine
from issuer.service.key_lines import KeyLine
from issuer.service.people import Member
from issuer.service.recording import AuditEntry
from issuer.service.status_lists import ListLine
from kit.paging import Page
from vc.timestamps import format_timestamp

T = TypeVar("T")


def at(moment: datetime | None) -> str | None:
    """An instant as text, or null."""
    return None if moment is None else format_timestamp(moment)


def answer(value: Mapping[str, Any], *, status: int = 200) -> Response:
    """A JSON answer."""
    return JSONResponse(dict(value), status_code=status)


def listed(page: Page[T], shape: Callable[[T], dict[str, Any]]) -> Response:
    """One page of a list: ``items``, ``page``, ``size``, ``total``, and ``next`` or null."""
    return answer({"items": [shape(item) for item in page.items], **place(page)})


def place(page: Page[Any]) -> dict[str, Any]:
    """Where in a list an answer is."""
    return {"page": page.number, "size": page.size, "total": page.total, "next": page.next}


def organisation(found: Organisation, role: str | None = None) -> dict[str, Any]:
    """An organisation."""
    value: dict[str, Any] = {
        "slug": found.slug,
        "did": found.did,
        "name": found.name,
        "kind": found.kind,
        "url": found.url,
        "email": found.email,
        "description": found.description,
        "address": found.address,
        "legalName": found.legal_name,
        "phone": found.phone,
        "official": found.official,
        "logo": found.logo,
        "timeZone": found.time_zone,
        "parent": {"id": found.parent.id, "name": found.parent.name} if found.parent else None,
        "otherIdentifiers": [{"identifierType": item.kind, "identifier": item.value} for item in found.identifiers],
        "accreditations": [
            {
                "bodyName": item.body_name,
                "bodyId": item.body_id,
                "state": item.state,
                "since": item.since,
                "until": item.until,
                "documentUrl": item.document_url,
            }
            for item in found.accreditations
        ],
    }
    return value if role is None else value | {"role": role}


def member(found: Member) -> dict[str, Any]:
    """Somebody who works for an organisation."""
    return {"account": found.user_id, "name": found.name, "role": found.role, "since": at(found.since)}


def achievement(found: Achievement) -> dict[str, Any]:
    """An achievement: our own members, and the Open Badges Achievement under ``document``."""
    return {
        "id": found.id,
        "iri": found.iri,
        "name": found.name,
        "version": found.version,
        "active": found.active,
        "format": found.format,
        "awarded": found.awarded,
        "pausable": found.pausable,
        "refreshing": found.refreshing,
        "document": found.document(),
    }


def credential(found: Credential) -> dict[str, Any]:
    """An award."""
    return {
        "id": found.id,
        "achievement": found.achievement_id,
        "achievementName": found.achievement_name,
        "learnerName": found.learner_name,
        "mark": found.mark,
        "state": found.state,
        "handing": found.handing,
        "handingSince": at(found.handing_since),
        "version": found.version,
        "format": found.format,
        "awardedDate": at(found.awarded),
        "created": at(found.created),
        "validUntil": at(found.valid_until),
        "holder": found.holder,
        "suspended": at(found.suspended),
        "refreshes": found.refreshes,
        "revoked": at(found.revoked),
        "revocationReason": found.revocation_reason,
        "replaces": found.replaces,
        "replacedBy": found.replaced_by,
    }


def version(found: VersionLine) -> dict[str, Any]:
    """One signed version."""
    return {
        "version": found.sequence,
        "kind": found.kind,
        "validFrom": at(found.valid_from),
        "signed": at(found.signed),
        "bytes": found.bytes,
    }


def claim(found: PrintableClaim) -> dict[str, Any]:
    """Link and code of an open claim."""
    return {"url": found.url, "code": found.code, "expires": at(found.expires)}


def key(found: KeyLine) -> dict[str, Any]:
    """One signing key."""
    return {
        "name": found.name,
        "id": found.verification_method,
        "multikey": found.multikey,
        "kind": found.kind,
        "use": found.use,
        "state": found.state,
        "created": at(found.created),
        "inUseFrom": at(found.in_use_from),
        "expires": at(found.expires),
        "revoked": at(found.revoked),
    }


def status_list(found: ListLine) -> dict[str, Any]:
    """One status list."""
    return {
        "number": found.number,
        "url": found.url,
        "purpose": found.purpose,
        "length": found.length,
        "taken": found.taken,
        "set": found.withdrawn,
        "full": found.full,
        "signed": at(found.signed),
        "validUntil": at(found.valid_until),
    }


def audit_entry(found: AuditEntry) -> dict[str, Any]:
    """One row of the audit."""
    return {
        "sequence": found.sequence,
        "at": at(found.at),
        "actor": found.actor,
        "action": found.action,
        "object": found.object_id,
        "detail": found.detail,
    }
