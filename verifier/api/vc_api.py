"""The verifier's part of the VC-API: credentials, presentations and identifiers, for programs of anybody.

Open to pages of any origin, without an account or a cookie, through the services of ``/api/verify`` and within their
limits. Nothing that is handed in is stored, and no verdict: the answer is all there is.

Spec: https://w3c-ccg.github.io/vc-api/#verifying, https://www.w3.org/TR/did-resolution/#bindings-https
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kit.web import Pages, visit_of
from kit.web.vc_api import (
    CREDENTIAL,
    IDENTIFIERS,
    PRESENTATION,
    REPORT,
    TEXT,
    VERIFY_CREDENTIAL,
    VERIFY_PRESENTATION,
    Body,
    Options,
    described,
    json_body,
    members,
    options,
    read,
)
from vc.checks import CREDENTIALS, DocumentKind, Report, Verdict
from vc.document import CREDENTIAL_LIMITS, PRESENTATION_LIMITS, Limits, parse, serialize
from vc.problems import KindError, MalformedValueError, Problem, ProblemError
from verifier.api.verdicts import OPEN, PREFLIGHT, findings_json
from verifier.service.judging import Judging
from verifier.service.obtaining import Obtained
from verifier.service.resolving import Resolving

_Raw = Annotated[bytes, Depends(json_body)]
_LONGEST: Final = 400


class Question(Options):
    """What a presentation has to answer: a challenge and a domain, both or neither. Everything else is ignored."""

    challenge: str | None = Field(default=None, min_length=1, max_length=_LONGEST)
    domain: str | None = Field(default=None, min_length=1, max_length=_LONGEST)


class CredentialToVerify(Body):
    """A credential, or the envelope around one that is a token."""

    verifiable_credential: dict[str, Any]
    options: Question = Question()


class PresentationToVerify(Body):
    """A presentation, or the envelope around one that is a token."""

    verifiable_presentation: dict[str, Any]
    options: Question = Question()


def vc_api(*, judging: Judging, resolving: Resolving, pages: Pages) -> APIRouter:
    """The routes; ``pages`` lends its words."""
    router = APIRouter()
    _add_verifying(router, judging, pages)
    _add_resolving(router, resolving)
    for path in (VERIFY_CREDENTIAL, VERIFY_PRESENTATION, f"{IDENTIFIERS}/{{identifier:path}}"):
        router.add_api_route(path, _preflight, methods=["OPTIONS"], include_in_schema=False)
    return router


def _add_verifying(router: APIRouter, judging: Judging, pages: Pages) -> None:
    def answered(request: Request, asked: Callable[[], Obtained], expected: frozenset[DocumentKind]) -> Response:
        visit = visit_of(request)
        try:
            judged = judging.judge(asked, client=visit.client)
        except ProblemError as error:
            return _refused([error.problem])
        found = findings_json(judged, language=visit.language, say=lambda message: pages.say(request, message))
        problems = list(_problems(judged.report, expected))
        if problems:
            return _refused(problems, found)
        return JSONResponse({"verified": True, "problemDetails": [], **found}, headers=OPEN)

    @router.post(VERIFY_CREDENTIAL, openapi_extra=_VERIFY_CREDENTIAL)
    def verify_credential(request: Request, raw: _Raw) -> Response:
        def asked() -> Obtained:
            body = read(CredentialToVerify, raw, limits=PRESENTATION_LIMITS)
            return _obtained(body.verifiable_credential, body.options, CREDENTIAL_LIMITS)

        return answered(request, asked, CREDENTIALS)

    @router.post(VERIFY_PRESENTATION, openapi_extra=_VERIFY_PRESENTATION)
    def verify_presentation(request: Request, raw: _Raw) -> Response:
        def asked() -> Obtained:
            body = read(PresentationToVerify, raw, limits=PRESENTATION_LIMITS)
            return _obtained(body.verifiable_presentation, body.options, PRESENTATION_LIMITS)

        return answered(request, asked, frozenset({DocumentKind.PRESENTATION}))


def _add_resolving(router: APIRouter, resolving: Resolving) -> None:
    @router.get(f"{IDENTIFIERS}/{{identifier:path}}", openapi_extra=_RESOLVE)
    def resolve(request: Request, identifier: str) -> Response:  # noqa: ARG001 - read from the path as it was sent
        path: bytes = request.scope["raw_path"]
        sent = path.partition(f"{IDENTIFIERS}/".encode())[2]
        answer = resolving.resolve(
            unquote(sent.decode("ascii", "replace"), errors="replace"),
            accept=request.headers.get("accept", "*/*"),
            options=dict(request.query_params),
            client=visit_of(request).client,
        )
        return Response(
            serialize(answer.body), status_code=answer.status, media_type=answer.media_type, headers={**OPEN, **_VARY}
        )


def _preflight() -> Response:
    return Response(status_code=204, headers=PREFLIGHT)


def _obtained(value: dict[str, Any], question: Question, limits: Limits) -> Obtained:
    """What is judged. Raises: ProblemError when it is too large, or only half of a question was sent."""
    challenge, domain = question.challenge, question.domain
    if (challenge is None) != (domain is None):
        missing = "challenge" if challenge is None else "domain"
        raise MalformedValueError(
            "A challenge and a domain are asked for together or not at all.", pointer=f"/options/{missing}"
        )
    return Obtained(document=parse(serialize(value), limits=limits), challenge=challenge, domain=domain)


def _problems(report: Report, expected: frozenset[DocumentKind]) -> Iterator[Problem]:
    """Why a document does not count as verified; nothing when it does: it is genuine, and nothing limits it."""
    if report.document_kind is not None and report.document_kind not in expected:
        yield KindError(f"A {report.document_kind.value} is not verified at this address.", pointer="/type").problem
    elif report.verdict is not Verdict.GENUINE_AND_CURRENT:
        found = list(_told(report))
        yield from found or [KindError("There is nothing in it that was signed.").problem]


def _told(report: Report) -> Iterator[Problem]:
    """Every problem of a document and of what it contains, each with its place in the whole."""
    for check in report.checks:
        for problem in check.problems:
            place = check.subject + (problem.pointer or "")
            yield Problem(type=problem.type, title=problem.title, detail=problem.detail, pointer=place or None)
    for child in report.children:
        yield from _told(child)


def _refused(problems: list[Problem], found: dict[str, Any] | None = None) -> Response:
    told = {"verified": False, "problemDetails": [problem.to_json() for problem in problems], **(found or {})}
    return JSONResponse(told, status_code=400, headers=OPEN)


_VARY: Final = {"Vary": "Accept"}
_FAULTS: Final = (413, 415, 429, 503)
_SAMPLE: Final = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:web:school.example",
    "credentialSubject": {"id": "did:key:z6Mk…"},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z…"},
}
_GOOD: Final = {"verified": True, "problemDetails": [], "verdict": "genuineAndCurrent", "recognition": "notRecognised"}
_BAD: Final = {
    "verified": False,
    "problemDetails": [
        {
            "type": "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR",
            "title": "Cryptographic security error",
            "detail": "The signature does not fit the document.",
        }
    ],
    "verdict": "notGenuine",
}
_ASKED: Final = options(
    challenge={**TEXT, "maxLength": _LONGEST, "description": "What the presentation has to answer; with a domain."},
    domain={**TEXT, "maxLength": _LONGEST, "description": "For whom it has to be made; with a challenge."},
    checks={"type": "array", "items": TEXT, "description": "Ignored: every check is made."},
)
_ANSWERS: Final = {
    200: ("Genuine, and nothing limits it.", REPORT, _GOOD),
    400: ("Not verified: every reason, with its place in what was sent.", REPORT, _BAD),
}
_VERIFY_CREDENTIAL: Final = described(
    summary="Verify a credential",
    body=members({"verifiableCredential": CREDENTIAL}, options=_ASKED),
    example={"verifiableCredential": _SAMPLE, "options": {}},
    answers=_ANSWERS,
    faults=_FAULTS,
    signed_in=False,
)
_VERIFY_PRESENTATION: Final = described(
    summary="Verify a presentation and every credential in it",
    body=members({"verifiablePresentation": PRESENTATION}, options=_ASKED),
    example={
        "verifiablePresentation": {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [_SAMPLE],
        },
        "options": {"challenge": "4kTq1bX0", "domain": "https://admissions.example"},
    },
    answers=_ANSWERS,
    faults=_FAULTS,
    signed_in=False,
)
_RESOLUTION: Final = {
    "didResolutionMetadata": {"contentType": "application/did-resolution"},
    "didDocument": {"id": "did:web:school.example"},
    "didDocumentMetadata": {},
}
_NOWHERE: Final = {
    "didResolutionMetadata": {"error": {"type": "https://www.w3.org/ns/did#NOT_FOUND"}},
    "didDocument": None,
    "didDocumentMetadata": {},
}
_RESOLVED: Final = {"type": "object", "description": "A result in the dialect that Accept asks for."}
_RESOLVE: Final = described(
    summary="Resolve a DID, or what a DID URL names in its document",
    body=None,
    example=None,
    answers={
        200: ("The document, or the part of it that the fragment names.", _RESOLVED, _RESOLUTION),
        400: ("It is no identifier.", _RESOLVED, _NOWHERE),
        404: ("It leads nowhere.", _RESOLVED, _NOWHERE),
        406: ("There is no answer in the form that Accept asks for.", _RESOLVED, _NOWHERE),
        410: ("It was given up.", _RESOLVED, _NOWHERE),
        501: ("Its method or its kind of key is not known here.", _RESOLVED, _NOWHERE),
    },
    faults=(429, 503),
    signed_in=False,
)
