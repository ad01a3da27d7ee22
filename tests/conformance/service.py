"""What the routes of the composition do, with the product's own functions and the freedoms that the suites ask for.

The freedoms are here and nowhere in the product: contexts that a document brings or that are examples, a signer who is
not the issuer that the document names (``UnboundJudge``), and a proof counted without the credential's other checks.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance.instances import TOKEN, Instance
from vc import (
    RECOMMENDED,
    DocumentKind,
    Evidence,
    JsonObject,
    Outcome,
    Policy,
    Report,
    Resource,
    Url,
    add_proof,
    build_status_list,
    serialize,
)
from vc.checks import CREDENTIALS, CheckName
from vc.credential import DataModel, data_model
from vc.credential_checks import Context, kind_of
from vc.document import CREDENTIAL_LIMITS, listed
from vc.document import check as check_limits
from vc.jose import JwtForm, in_envelope, sign_credential
from vc.jsonld import PINNED, Processor
from vc.jsonld.general import GeneralProcessor
from vc.judging import Judge
from vc.problems import KindError, MalformedValueError, SchemaViolationError
from vc.proof.sd import create_base_proof, derive_proof
from vc.rules import rules
from vc.schema import violations
from vc.securing import open_value
from vc.status import StatusListEntry

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_1 = "https://www.w3.org/2018/credentials/examples/v1"
UNDEFINED = "https://www.w3.org/ns/credentials/undefined-terms/v2"
EXTRA: Mapping[str, JsonObject] = {
    EXAMPLES: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}},
    EXAMPLES_1: {"@context": {"@vocab": "https://www.w3.org/2018/credentials/examples#"}},
}
PROCESSOR = GeneralProcessor(PINNED, inline_contexts=True, extra_contexts=EXTRA, directions=True)
PROOF_CHECKS = (
    CheckName.KIND, CheckName.CONTEXTS, CheckName.SCHEMA, CheckName.PROOF_POLICY, CheckName.ISSUER_KEY,
    CheckName.SIGNATURE,
)  # fmt: skip
DEFAULT_POINTERS = ["/issuer"]


class OpenContext(Context):
    """Reads documents with the contexts that they bring, and with those of the examples."""

    @property
    def processor(self) -> Processor:
        return PROCESSOR


class UnboundJudge(Judge):
    """Judges as the product does, but takes the signature of anybody: the suites sign in the name of others."""

    def party(self, _relationship: str) -> str | None:
        return None


class Lists:
    """The status lists of the composition, signed anew whenever they are asked for."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.set: set[int] = set()
        self.next = 0

    @property
    def url(self) -> str:
        return f"{self.base}/status-lists/1"

    def entry(self) -> JsonObject:
        self.next += 1
        index = self.next * 7919 % 131_072
        entry = StatusListEntry(
            list_url=self.url, index=index, purpose="revocation", references=(f"{self.base}/status-lists/about",)
        )
        return entry.to_json()

    def document(self, instance: Instance, now: datetime) -> JsonObject:
        unsigned = build_status_list(
            id=self.url, issuer=instance.id, purpose="revocation", set_indices=tuple(self.set), messages={},
            valid_from=now - timedelta(minutes=1), valid_until=now + timedelta(days=1), ttl_ms=300_000, since=None,
        )  # fmt: skip
        return _proved(unsigned, instance, now)


def policy_for(options: Mapping[str, Any], *, domain: str | None = None) -> Policy:
    """The product's policy, with what the request asks to be answered."""
    challenge = options.get("challenge")
    asked = options.get("domain", domain)
    both = isinstance(challenge, str) and isinstance(asked, str)
    return RECOMMENDED(
        recognised=(),
        loopback=True,
        require_holder_binding=False,
        challenge=challenge if both else None,
        domain=asked if both else None,
    )


def check_form(document: JsonObject, *, expected: frozenset[DocumentKind]) -> DocumentKind:
    """Refuse a document whose form, words or dates are wrong."""
    check_limits(document, limits=CREDENTIAL_LIMITS, escapes=False)
    # The suites for the VC-API refuse a single text here, which the data model 2.0 allows for ``type``.
    for name in ("@context", "type"):
        if not isinstance(document.get(name), list):
            raise MalformedValueError(f"“{name}” is a list.", pointer=f"/{name}")
    kind = kind_of(document, processor=PROCESSOR)
    if kind not in expected:
        raise KindError(f"A {kind.value} does not belong here.", pointer="/type")
    for violation in violations(document, kind=kind):
        raise violation
    for problem in rules(document, kind=kind):
        raise problem
    return kind


def issue(
    instance: Instance, credential: Any, options: Mapping[str, Any], *, lists: Lists, now: datetime
) -> JsonObject:
    """The credential, signed."""
    if not isinstance(credential, dict):
        raise SchemaViolationError("There is no credential.", pointer="/credential")
    document: JsonObject = dict(credential)
    if "proof" in document:
        raise MalformedValueError("It carries a proof already.", pointer="/credential/proof")
    if instance.lists and "credentialStatus" not in document:
        document = {**document, "credentialStatus": lists.entry()}
    check_form(document, expected=CREDENTIALS | {DocumentKind.STATUS_LIST})
    PROCESSOR.gate(document)
    if instance.suite == TOKEN:
        return in_envelope(
            sign_credential(document, signer=instance.signer, form=JwtForm.VC_JWT, embed_key=False, issued=None)
        )
    if instance.suite == "ecdsa-sd-2023":
        return _base(document, instance, options, now)
    return _proved(document, instance, now)


def _extra(document: JsonObject, instance: Instance) -> str | None:
    is_old = data_model(document) is DataModel.V1 or instance.suite == "Ed25519Signature2020"
    return instance.extra_context if is_old else None


def _proved(document: JsonObject, instance: Instance, now: datetime) -> JsonObject:
    return add_proof(
        document,
        signer=instance.signer,
        suite=instance.suite,
        purpose="assertionMethod",
        created=now,
        challenge=None,
        domain=None,
        extra_context=_extra(document, instance),
        processor=PROCESSOR,
    )


def _base(document: JsonObject, instance: Instance, options: Mapping[str, Any], now: datetime) -> JsonObject:
    pointers = options.get("mandatoryPointers", DEFAULT_POINTERS)
    if not isinstance(pointers, list) or not all(isinstance(item, str) for item in pointers):
        raise MalformedValueError(
            "“mandatoryPointers” is a list of JSON Pointers.", pointer="/options/mandatoryPointers"
        )
    extra = _extra(document, instance)
    if extra is not None and extra not in listed(document.get("@context")):
        document = {**document, "@context": [*listed(document.get("@context")), extra]}
    return create_base_proof(
        document,
        signer=instance.signer,
        mandatory_pointers=pointers or DEFAULT_POINTERS,
        created=now,
        hmac_key=secrets.token_bytes(32),
        proof_key=secrets.token_bytes(32),
        processor=PROCESSOR,
    )


def derive(document: Any, options: Mapping[str, Any]) -> JsonObject:
    """What a holder shows of a credential with a base proof."""
    pointers = options.get("selectivePointers", [])
    if not isinstance(document, dict) or not isinstance(pointers, list):
        raise MalformedValueError("There is no credential to derive from.", pointer="/verifiableCredential")
    return derive_proof(document, selective_pointers=[str(item) for item in pointers], processor=PROCESSOR)


def verify(
    value: Any,
    options: Mapping[str, Any],
    *,
    expected: frozenset[DocumentKind],
    lists: Lists,
    instance: Instance,
    now: datetime,
) -> Report:
    """The report on what was posted.

    Raises:
        ProblemError: it is not even of the form of a credential or presentation.

    """
    if not isinstance(value, dict):
        raise SchemaViolationError("There is no credential.", pointer="/verifiableCredential")
    secured = open_value(value)
    if secured.jws is None:
        _check_lists_of_text(value)
    audience = None if secured.jws is None else next(iter(listed(secured.jws.payload.get("aud"))), None)
    policy = policy_for(options, domain=audience if isinstance(audience, str) else None)
    body = serialize(lists.document(instance, now))
    known = {Url(lists.url): Resource(url=Url(lists.url), body=body, media_type="application/vc", retrieved=now)}
    context = OpenContext(evidence=Evidence(known), policy=policy, now=now)
    digest = hashlib.sha256(serialize(value)).hexdigest()
    judge = UnboundJudge(secured, context=context, digest=digest, subject="", previous=None, expected=expected)
    return judge.report()


def _check_lists_of_text(value: JsonObject) -> None:
    for name in ("@context", "type"):
        if not isinstance(value.get(name), list):
            raise MalformedValueError(f"“{name}” is a list.", pointer=f"/{name}")


def is_verified(report: Report) -> bool:
    """Whether every proof holds, in the document and in what it contains; a status that says no counts as well."""
    made = {check.name: check.outcome for check in report.checks}
    if report.document_kind is DocumentKind.PRESENTATION:
        needed = PROOF_CHECKS[:3] if CheckName.SIGNATURE not in made else PROOF_CHECKS
        return all(made.get(name) is Outcome.PASSED for name in needed) and all(map(is_verified, report.children))
    fine = all(made.get(name) is Outcome.PASSED for name in PROOF_CHECKS)
    return fine and made.get(CheckName.STATUS) is not Outcome.FAILED and all(map(is_verified, report.children))


def now() -> datetime:
    """The moment of a request, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
