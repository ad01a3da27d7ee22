"""Canonical texts that others have published: the Open Badges and CLR examples, and the EdDSA test vectors, bit for bit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import contexts
from tests.bench.samples import CLR, OB, V2
from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET
from vc.jsonld.plans import Planner

pytestmark = pytest.mark.shared

EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
ISSUER = "https://example.edu/issuers/565049"
SUBJECT = "did:example:ebfeb1f712ebc6f1c276e12ec21"
FIRST, SECOND, NESTED = (
    f"urn:uuid:{part}-56cb-11ec-bf63-0242ac130002" for part in ("a7467ef6", "dd887f0a", "91537dba")
)
PROOF = {
    "type": "DataIntegrityProof",
    "created": "2010-01-01T19:23:24Z",
    "verificationMethod": f"{ISSUER}#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
    "cryptosuite": "eddsa-rdfc-2022",
    "proofPurpose": "assertionMethod",
}


def _achievement(identifier: str, number: int) -> dict[str, Any]:
    return {
        "id": identifier,
        "type": ["Achievement"],
        "creator": {"id": ISSUER, "type": "Profile"},
        "name": f"Achievement {number}",
        "description": f"Achievement {number}",
        "criteria": {"id": f"https://example.edu/achievements/{identifier.removeprefix('urn:uuid:')}/criteria"},
        "image": {"id": "https://example.edu/achievements/sample.png", "type": "Image"},
    }


def _schema(product: str, kind: str) -> dict[str, str]:
    address = f"https://purl.imsglobal.org/spec/{product}/v{'2p0' if product == 'clr' else '3p0'}/schema/json"
    name = f"{product}_v{'2p0' if product == 'clr' else '3p0'}_{kind}credential_schema.json"
    return {"id": f"{address}/{name}", "type": "1EdTechJsonSchemaValidator2019"}


def _badge() -> dict[str, Any]:
    return {
        "@context": [V2, OB, EXTENSIONS],
        "id": "http://example.com/credentials/3527",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER, "type": ["Profile"], "name": "Example Corp", "url": "https://www.imsglobal.org"},
        "validFrom": "2010-01-01T00:00:00Z",
        "name": "Teamwork Badge",
        "credentialSubject": {
            "id": SUBJECT,
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://example.com/achievements/21st-century-skills/teamwork",
                "type": ["Achievement"],
                "criteria": {
                    "narrative": "Team members are nominated for this badge by their peers and recognized upon review by "
                    "Example Corp management."
                },
                "description": "This badge recognizes the development of the capacity to collaborate within a group "
                "environment.",
                "name": "Teamwork",
            },
        },
    }


def _record() -> dict[str, Any]:
    value = "z45QnLySMt2mWuW787G6cf3SLkP97ZkMZxLeXH5yaaTQPCtTup4GCV95tU8HEnQJSyGCokSj3AvUhmJtvveTmN4Vu"
    nested = {
        "@context": [V2, OB, EXTENSIONS],
        "id": NESTED,
        "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": ISSUER, "type": "Profile"},
        "validFrom": "2010-01-01T00:00:00Z",
        "name": "Example University Degree",
        "credentialSubject": {"id": SUBJECT, "type": "AchievementSubject", "achievement": _achievement(FIRST, 1)},
        "credentialSchema": [_schema("ob", "achievement")],
        "proof": [{**PROOF, "proofValue": value}],
    }
    return {
        "@context": [V2, CLR, OB, EXTENSIONS],
        "id": "http://example.edu/credentials/3732",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Sample Transcript",
        "issuer": {"id": ISSUER, "type": "Profile", "name": "Example University"},
        "validFrom": "2010-01-01T00:00:00Z",
        "credentialSubject": {
            "id": SUBJECT,
            "type": "ClrSubject",
            "verifiableCredential": [nested],
            "achievement": [_achievement(FIRST, 1), _achievement(SECOND, 2)],
            "association": [
                {"type": "Association", "associationType": "isParentOf", "sourceId": FIRST, "targetId": SECOND}
            ],
        },
        "credentialSchema": [_schema("clr", "clr")],
    }


def canonical(document: Any) -> bytes:
    return jsonld.canonicalize(document, hash_name="sha256", budget=CREDENTIAL_BUDGET)


@pytest.mark.parametrize(
    ("folder", "document"), [("obv3p0", _badge()), ("clrv2p0", _record())], ids=["badge", "record"]
)
def test_the_forms_that_1edtech_publishes(shared: Path, folder: str, document: dict[str, Any]) -> None:
    published = shared / "vectors" / "1edtech" / folder
    assert canonical(document) == (published / "document-canon.txt").read_bytes()
    assert canonical({"@context": document["@context"], **PROOF}) == (published / "proof-canon.txt").read_bytes()


@pytest.fixture
def with_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vectors use a context that swallows unknown words, which we do not pin: two words of it, for this test."""
    words = {name: f"https://www.w3.org/ns/credentials/examples#{name}" for name in ("alumniOf", "AlumniCredential")}
    index, read = contexts.index(), contexts.read
    entry = contexts.ContextEntry(url=EXAMPLES, file="examples", sha256="", source="", licence="")
    monkeypatch.setattr(contexts, "index", lambda: {**index, EXAMPLES: entry})
    monkeypatch.setattr(
        contexts, "read", lambda file: json.dumps({"@context": words}).encode() if file == "examples" else read(file)
    )
    monkeypatch.setattr(jsonld.PINNED, "planner", Planner())


@pytest.mark.usefixtures("with_examples")
@pytest.mark.parametrize(
    ("suite", "ending"), [("eddsa-rdfc-2022", "DataInt"), ("Ed25519Signature2020", "EdSig")], ids=["rdfc", "2020"]
)
def test_the_texts_and_hashes_of_the_eddsa_vectors(shared: Path, suite: str, ending: str) -> None:
    folder = shared / "vectors" / "w3c" / "vc-di-eddsa" / suite
    signed = json.loads((folder / f"signed{ending}.json").read_text())
    document = canonical({name: value for name, value in signed.items() if name != "proof"})
    options = canonical(json.loads((folder / f"proofConfig{ending}.json").read_text()))
    for data, text, digest in ((document, "canonDoc", "docHash"), (options, "proofCanon", "proofHash")):
        assert data == (folder / f"{text}{ending}.txt").read_bytes()
        assert hashlib.sha256(data).hexdigest() == (folder / f"{digest}{ending}.txt").read_text().strip()
