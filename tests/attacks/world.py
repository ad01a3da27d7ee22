"""A small world of one school, one learner and one attacker, in which every document is honest until a test changes it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from vc import (
    RECOMMENDED,
    Ed25519Signer,
    Evidence,
    Policy,
    RecognisedIssuer,
    Report,
    Resource,
    Url,
    add_proof,
    build_status_list,
    jsonld,
    openbadges,
    presentation,
    serialize,
    verify,
)
from vc.did import DidKey, did_document, key_did
from vc.multibase import encode_multibase
from vc.status import Reason, StatusListEntry

NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
DAY = timedelta(days=1)
SUITE = "eddsa-rdfc-2022"
SCHOOL = "did:web:school.example:orgs:river"
SCHOOL_DOCUMENT = Url("https://school.example/orgs/river/did.json")
REVOCATIONS = Url("https://school.example/orgs/river/status/1")
SUSPENSIONS = Url("https://school.example/orgs/river/status/2")
REASONS = Url("https://school.example/orgs/river/status/3")
INDEX = 70_001
ACHIEVEMENT = "https://school.example/orgs/river/achievements/1"
GRADE = "urn:uuid:5b6a5a7e-0000-4000-8000-0000000000aa"


def signer_of(number: int, did: str | None = None) -> Ed25519Signer:
    """The signer of a seed: its did:key's, or key-1 of the DID given."""
    key = Ed25519Signer(bytes([number]) * 32, "").public_key
    method = f"{did}#key-1" if did else f"{key_did(key)}#{key.multikey}"
    return Ed25519Signer(bytes([number]) * 32, method)


SCHOOL_SIGNER = signer_of(1, SCHOOL)
LEARNER_SIGNER = signer_of(2)
ATTACKER_SIGNER = signer_of(3)
LEARNER = LEARNER_SIGNER.verification_method.split("#")[0]
ATTACKER = ATTACKER_SIGNER.verification_method.split("#")[0]


def unsigned(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A badge with everything a badge may have, not yet signed."""
    achievement = {
        "id": ACHIEVEMENT,
        "type": ["Achievement"],
        "name": "Welding I",
        "description": "Joins two plates.",
        "achievementType": "Course",
        "creditsAvailable": 1.5,
        "criteria": {"narrative": "Weld a sound seam."},
        "alignment": [
            {
                "type": ["Alignment"],
                "targetName": "Joining",
                "targetUrl": "https://frameworks.example/j",
                "targetCode": "J1",
            }
        ],
        "resultDescription": [
            {
                "id": GRADE,
                "type": ["ResultDescription"],
                "name": "Final grade",
                "resultType": "LetterGrade",
                "allowedValue": ["C", "B", "A"],
            }
        ],
    }
    document = openbadges.build(
        credential_id=f"urn:uuid:5b6a5a7e-0000-4000-8000-{number:012d}",
        issuer=openbadges.IssuerProfile(id=SCHOOL, name="River School", url="https://school.example/"),
        achievement=achievement,
        subject=openbadges.SubjectClaims(
            id=LEARNER,
            identifiers=[openbadges.identity_object("jonah@mail.example", identity_type="emailAddress", salt="5" * 22)],
            results=[{"type": ["Result"], "resultDescription": GRADE, "value": "A"}],
            credits_earned=1.5,
            term="Spring",
            narrative="Careful work.",
        ),
        valid_from=NOW - 60 * DAY,
        awarded_date=NOW - 61 * DAY,
        valid_until=NOW + 900 * DAY,
        status=[
            StatusListEntry(list_url=REVOCATIONS, index=INDEX, purpose="revocation"),
            StatusListEntry(list_url=SUSPENSIONS, index=INDEX, purpose="suspension"),
            StatusListEntry.reason(list_url=REASONS, index=INDEX),
        ],
        evidence=[{"id": "https://school.example/photographs/1", "type": ["Evidence"], "name": "A photograph"}],
        name="Welding I",
    )
    return plain(document) | changes


def plain(value: Any) -> Any:
    """A deep copy that a test may change."""
    return json.loads(json.dumps(value)) if isinstance(value, Mapping) else copy.deepcopy(value)


def sign(
    document: Mapping[str, Any],
    *,
    signer: Ed25519Signer = SCHOOL_SIGNER,
    created: datetime = NOW - 60 * DAY,
) -> dict[str, Any]:
    """The document with an assertion."""
    return plain(
        add_proof(
            document,
            signer=signer,
            suite=SUITE,
            purpose="assertionMethod",
            created=created,
            challenge=None,
            domain=None,
        )
    )


def signed(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An honest badge of the school."""
    return sign(unsigned(number, **changes))


def present(
    *credentials: Mapping[str, Any],
    signer: Ed25519Signer = LEARNER_SIGNER,
    holder: str | None = LEARNER,
    challenge: str = "c-1",
    domain: str = "https://reader.example",
    created: datetime = NOW,
) -> dict[str, Any]:
    """A presentation by the learner in answer to the reader's question."""
    document = presentation.build(list(credentials), id=None, holder=holder)
    return plain(
        add_proof(
            document,
            signer=signer,
            suite=SUITE,
            purpose="authentication",
            created=created,
            challenge=challenge,
            domain=domain,
        )
    )


def status_list(
    url: str = REVOCATIONS,
    *,
    purpose: Any = "revocation",
    set_indices: tuple[int, ...] = (),
    reasons: Mapping[int, Reason] | None = None,
    since: Mapping[int, date] | None = None,
    issuer: str = SCHOOL,
    signer: Ed25519Signer = SCHOOL_SIGNER,
    valid_from: datetime = NOW - DAY,
    valid_until: datetime = NOW + DAY,
    change: Callable[[dict[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """A signed status list; ``change`` may alter it before it is signed."""
    document = plain(
        build_status_list(
            id=url,
            issuer=issuer,
            purpose=purpose,
            set_indices=set_indices,
            messages=reasons or {},
            valid_from=valid_from,
            valid_until=valid_until,
            ttl_ms=86_400_000,
            since=since,
        )
    )
    if change:
        change(document)
    return sign(document, signer=signer, created=valid_from)


def resource(url: str, body: Mapping[str, Any] | bytes, **changes: Any) -> Resource:
    """A fetched resource."""
    data = body if isinstance(body, bytes) else serialize(body)
    members: dict[str, Any] = {
        "url": Url(url),
        "body": data,
        "media_type": "application/vc",
        "retrieved": NOW - DAY / 4,
    }
    return Resource(**(members | changes))


def did_json(**changes: Any) -> dict[str, Any]:
    """The school's DID document."""
    key = DidKey(fragment="key-1", public_key=SCHOOL_SIGNER.public_key)
    return plain(did_document(SCHOOL, [key])) | changes


_LISTS: dict[str, dict[str, Any]] = {}


def evidence(*more: Resource) -> Evidence:
    """Everything that a verdict on an honest badge needs, and what a test puts in its place."""
    if not _LISTS:
        _LISTS[REVOCATIONS] = status_list()
        _LISTS[SUSPENSIONS] = status_list(SUSPENSIONS, purpose="suspension")
        _LISTS[REASONS] = status_list(REASONS, purpose="message")
    found = {Url(url): resource(url, value) for url, value in _LISTS.items()}
    found[SCHOOL_DOCUMENT] = resource(SCHOOL_DOCUMENT, did_json())
    return Evidence(found) | {item.url: item for item in more}


def policy(**changes: Any) -> Policy:
    """The recommended policy of a reader who recognises the school."""
    members: dict[str, Any] = {
        "recognised": [RecognisedIssuer(did=SCHOOL, name="River School", list_name="Our list")],
        "loopback": False,
        "require_holder_binding": False,
        "challenge": None,
        "domain": None,
    }
    return RECOMMENDED(**(members | changes))


ASKED: dict[str, Any] = {"challenge": "c-1", "domain": "https://reader.example"}


def judge(document: Mapping[str, Any] | bytes, *more: Resource, now: datetime = NOW, **changes: Any) -> Report:
    """The verdict on a document in this world; ``changes`` are the policy's."""
    data = document if isinstance(document, bytes) else serialize(document)
    return verify(data, evidence=evidence(*more), policy=policy(**changes), now=now)


def types(report: Report) -> set[str]:
    """The last parts of the types of every problem found."""
    return {problem.type.rsplit("#", 1)[1] for problem in report.problems}


def sign_options(
    document: Mapping[str, Any],
    *,
    signer: Any = SCHOOL_SIGNER,
    drop: tuple[str, ...] = (),
    budget: jsonld.Budget = jsonld.CREDENTIAL_BUDGET,
    **options: Any,
) -> dict[str, Any]:
    """The document with a proof of exactly these options, signed as if nobody had objected to them."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": "2027-01-02T10:02:00Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    } | options
    for name in drop:
        del proof[name]
    bare = {name: value for name, value in document.items() if name != "proof"}
    digests = [
        hashlib.sha256(jsonld.canonicalize(value, hash_name="sha256", budget=budget)).digest()
        for value in (proof | {"@context": bare["@context"]}, bare)
    ]
    value = encode_multibase(signer.sign(b"".join(digests)), encoding="z")
    return plain(bare) | {"proof": proof | {"proofValue": value}}
