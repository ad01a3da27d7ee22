"""The issuer's part of the VC-API: issuing, withdrawing, pausing, for programs of people who work at an organisation.

All go the way of every award: the organisation's key and lint, a place in its status list, one award for one key, the
audit. Status lists are public at their own addresses.

Spec: https://w3c-ccg.github.io/vc-api/#issuing
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from issuer.api.access import All, Who
from issuer.api.desk import Key, needed
from issuer.api.proposed import ToIssue, ToSet
from issuer.api.shapes import at
from issuer.service.securing import FORMS
from kit.errors import BadInput
from kit.i18n import _
from kit.web.vc_api import CREDENTIAL, ISSUE, STATUS, TEXT, described, json_body, members, options, read
from vc.document import CREDENTIAL_LIMITS

_Raw = Annotated[bytes, Depends(json_body)]


def vc_api() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post(ISSUE, openapi_extra=_ISSUE, status_code=201)
    def issue(services: All, who: Who, raw: _Raw, key: Key = "") -> Response:
        proposal = read(ToIssue, raw, limits=CREDENTIAL_LIMITS).proposal()
        issued = services.proposals.issue(who, proposal, key=needed(key))
        headers = {"Idempotency-Replayed": "true"} if issued.answer.repeated else {}
        told = {"verifiableCredential": issued.credential, "award": issued.answer.value}
        return JSONResponse(told, status_code=201, headers=headers)

    @router.post(STATUS, openapi_extra=_STATUS)
    def set_status(services: All, who: Who, raw: _Raw) -> Response:
        asked = read(ToSet, raw, limits=CREDENTIAL_LIMITS)
        entry = asked.credential_status.model_dump(by_alias=True, exclude_none=True)
        if asked.credential_status.status_purpose == "suspension":
            paused = services.proposals.pause(
                who, asked.credential_id, entry, suspended=asked.status, reason=asked.options.reason
            )
            return JSONResponse(
                {"credentialId": paused.id, "status": paused.suspended is not None, "since": at(paused.suspended)}
            )
        if not asked.status:
            raise BadInput(
                _("A withdrawal cannot be taken back."),
                field="/status",
                remedy=_("Send true to withdraw it for good; award it anew to repair a mistake."),
            )
        reason = "notStated" if asked.options.reason is None else asked.options.reason
        found = services.proposals.withdraw(who, asked.credential_id, entry, reason=reason)
        told = {"credentialId": found.id, "status": True, "reason": found.revocation_reason, "since": at(found.revoked)}
        return JSONResponse(told)

    return router


_FAULTS: Final = (401, 403, 404, 409, 413, 415, 422, 503)
_UNSIGNED: Final = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": "did:web:issuer.example:orgs:maple-co-op",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": "R-1017", "identityType": "identifier"}
        ],
        "achievement": {"id": "https://issuer.example/orgs/maple-co-op/achievements/3f6c"},
        "creditsEarned": 0.5,
    },
    "awardedDate": "2027-03-01T12:00:00Z",
}
_ISSUED: Final = {
    "type": "object",
    "required": ["verifiableCredential", "award"],
    "properties": {
        "verifiableCredential": CREDENTIAL,
        "award": {
            "type": "object",
            "description": "The award: its id, its addresses, and the claim for the learner's wallet, if there is one.",
        },
    },
}
_FORMAT: Final = {
    **TEXT,
    "enum": ["", *FORMS],
    "description": "In which form it is signed; empty: as the achievement says. A token comes in an envelope.",
}
_ISSUE: Final = described(
    summary="Issue a credential of one of your organisation's achievements",
    body=members({"credential": CREDENTIAL}, options=options(learnerName={**TEXT, "maxLength": 200}, format=_FORMAT)),
    example={"credential": _UNSIGNED, "options": {"learnerName": "Jonah Hadley"}},
    answers={
        201: (
            "Signed, and kept as an award.",
            _ISSUED,
            {
                "verifiableCredential": {**_UNSIGNED, "id": "urn:uuid:…", "proof": {"type": "DataIntegrityProof"}},
                "award": {"id": "urn:uuid:…", "version": 1, "claim": {"url": "https://issuer.example/claim/…"}},
            },
        )
    },
    faults=_FAULTS,
    signed_in=True,
)
_ENTRY: Final = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"const": "BitstringStatusListEntry"},
        "id": TEXT,
        "statusPurpose": {"enum": ["revocation", "suspension"]},
        "statusListIndex": TEXT,
        "statusListCredential": TEXT,
    },
    "additionalProperties": False,
}
_STATUS: Final = described(
    summary="Withdraw a credential for good, or pause it and lift the pause",
    body=members(
        {
            "credentialId": TEXT,
            "credentialStatus": _ENTRY,
            "status": {"type": "boolean", "description": "For a revocation true; for a suspension false lifts it."},
        },
        options=options(
            reason={
                **TEXT,
                "maxLength": 2000,
                "description": "Of a revocation one of the reasons that are published (notStated is one); "
                "of a suspension words that are kept private.",
            }
        ),
    ),
    example={
        "credentialId": "urn:uuid:0f1c2d3e-0000-4000-8000-000000000000",
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
        "options": {"reason": "issuedInError"},
    },
    answers={
        200: (
            "Set: the published list says so within a second.",
            {
                "type": "object",
                "properties": {
                    "credentialId": TEXT,
                    "status": {"type": "boolean"},
                    "reason": TEXT,
                    "since": {"type": ["string", "null"]},
                },
            },
            {
                "credentialId": "urn:uuid:0f1c2d3e-0000-4000-8000-000000000000",
                "status": True,
                "reason": "issuedInError",
            },
        )
    },
    faults=_FAULTS,
    signed_in=True,
)
