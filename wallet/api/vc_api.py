"""The wallet's part of the VC-API: presentations of kept awards, and selections of what a program brings.

Spec: https://w3c-ccg.github.io/vc-api/#presenting
"""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import JSONResponse, Response

from kit.errors import BadInput
from kit.i18n import _
from kit.web.vc_api import (
    CREDENTIAL,
    DERIVE,
    PRESENTATION,
    PROVE,
    TEXT,
    Body,
    Options,
    described,
    json_body,
    members,
    options,
    read,
)
from vc.document import CREDENTIAL_LIMITS
from wallet.api.asking import member
from wallet.service import Actor, Services

_Raw = Annotated[bytes, Depends(json_body)]
_MOST: Final = 200
_LONGEST: Final = 400


class Question(Options):
    """What the presentation answers, and for whom: the asking site's origin."""

    challenge: str = Field(max_length=_LONGEST)
    domain: str = Field(max_length=_LONGEST)


class ToProve(Body):
    """Which awards of which learner, by their ids here; or a share that a guardian has approved since."""

    learner: str | None = Field(default=None, max_length=40)
    credentials: list[str] = Field(default=[], max_length=_MOST)
    share: str | None = Field(default=None, max_length=40)
    options: Question


class Selection(Options):
    """What is shown beside the mandatory part, as JSON Pointers."""

    selective_pointers: list[str] = Field(default=[], max_length=2000)


class ToDerive(Body):
    """A credential with a base proof."""

    verifiable_credential: dict[str, Any]
    options: Selection = Selection()


def vc_api(services: Services) -> APIRouter:
    """The routes."""
    router = APIRouter()
    who = Annotated[Actor, Depends(member(services))]

    @router.post(PROVE, openapi_extra=_PROVE, status_code=201)
    def prove(actor: who, raw: _Raw) -> Response:
        asked = read(ToProve, raw, limits=CREDENTIAL_LIMITS)
        question = {"challenge": asked.options.challenge, "domain": asked.options.domain}
        if (asked.share is None) == (asked.learner is None) or (asked.share is not None and asked.credentials):
            remedy = _("Send the learner with the ids of the awards, or the id of a share alone.")
            raise BadInput(_("It is not clear what is to be presented."), field="/learner", remedy=remedy)
        if asked.share is not None:
            made = services.presenting.answer(actor, asked.share, **question)
            return _presented(asked.share, made)
        proved = services.presenting.prove(actor, asked.learner or "", asked.credentials, **question)
        if proved.presentation is None:
            told = {"share": proved.share_id, "state": "waiting", "waitsFor": proved.waits_for}
            return JSONResponse(told, status_code=202)
        return _presented(proved.share_id, proved.presentation)

    @router.post(DERIVE, openapi_extra=_DERIVE, status_code=201)
    def derive(_actor: who, raw: _Raw) -> Response:
        asked = read(ToDerive, raw, limits=CREDENTIAL_LIMITS)
        shown = services.disclosing.derive(asked.verifiable_credential, asked.options.selective_pointers)
        return JSONResponse({"verifiableCredential": shown}, status_code=201)

    return router


def _presented(share_id: str, presentation: bytes) -> Response:
    return JSONResponse({"verifiablePresentation": json.loads(presentation), "share": share_id}, status_code=201)


_SHARE: Final = "6f1c2d3e-0000-4000-8000-000000000000"
_SAMPLE: Final = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiablePresentation"],
    "verifiableCredential": [],
    "proof": {"type": "DataIntegrityProof", "proofPurpose": "authentication", "proofValue": "z…"},
}
_PROVE: Final = described(
    summary="Present kept awards to whoever asks",
    body=members(
        {
            "options": {
                "type": "object",
                "required": ["challenge", "domain"],
                "properties": {
                    "challenge": {**TEXT, "minLength": 8, "maxLength": 200},
                    "domain": {
                        **TEXT,
                        "description": "The asking site's origin: https, the host and nothing after it.",
                    },
                },
            }
        },
        learner={**TEXT, "description": "Whose awards; with their ids."},
        credentials={"type": "array", "items": TEXT, "maxItems": 100},
        share={**TEXT, "description": "A share that was approved, instead of a learner."},
    ),
    example={
        "learner": "0b9e6c1a-0000-4000-8000-000000000000",
        "credentials": ["1d4f7a2b-0000-4000-8000-000000000000"],
        "options": {"challenge": "4kTq1bX0", "domain": "https://admissions.example"},
    },
    answers={
        201: (
            "The presentation, and the share that records it.",
            {
                "type": "object",
                "required": ["verifiablePresentation", "share"],
                "properties": {"verifiablePresentation": PRESENTATION, "share": TEXT},
            },
            {"verifiablePresentation": _SAMPLE, "share": _SHARE},
        ),
        202: (
            "A guardian has to approve: come back with the share.",
            {"type": "object", "properties": {"share": TEXT, "state": {"const": "waiting"}, "waitsFor": TEXT}},
            {"share": _SHARE, "state": "waiting", "waitsFor": "Teresa Hadley"},
        ),
    },
    faults=(401, 403, 404, 409, 413, 415, 422, 503),
    signed_in=True,
)
_DERIVED: Final = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:school.example",
    "credentialSubject": {"achievement": {"name": "Algebra I"}},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023", "proofValue": "u2V0B…"},
}
_DERIVE: Final = described(
    summary="Choose what is shown of a credential that was issued for it",
    body=members(
        {"verifiableCredential": CREDENTIAL},
        options=options(selectivePointers={"type": "array", "items": TEXT, "description": "JSON Pointers."}),
    ),
    example={
        "verifiableCredential": _DERIVED,
        "options": {"selectivePointers": ["/credentialSubject/achievement/name"]},
    },
    answers={
        201: (
            "The selection, with a derived proof.",
            {
                "type": "object",
                "required": ["verifiableCredential"],
                "properties": {"verifiableCredential": CREDENTIAL},
            },
            {"verifiableCredential": _DERIVED},
        )
    },
    faults=(401, 413, 415, 422, 503),
    signed_in=True,
)
