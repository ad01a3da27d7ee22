"""What proofs cover is worked out once for all of them, and not at all where it is known."""

from typing import Any

import pytest

from tests.attacks.signers import SIGNERS, signed_as
from vc.jsonld import CREDENTIAL_BUDGET, PINNED, Processor
from vc.keys import KeyKind
from vc.proof import SUITES, Transformed, parse_proofs, verify_proof
from vc.proof.transforming import JCS, RDFC

DOCUMENT: dict[str, Any] = {
    "name": "b",
    "proof": [{"id": "urn:1"}, {"id": "urn:2"}, "junk", {"id": "urn:3"}],
}


def transformed(document: Any, digest: bytes | None = None) -> Transformed:
    return Transformed(document, budget=CREDENTIAL_BUDGET, digest=digest, processor=PINNED)


def test_each_form_is_written_once_for_all_proofs_that_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    document = signed_as("eddsa-rdfc-2022", KeyKind.ED25519)
    document["proof"] = [document["proof"], document["proof"]]
    proofs = parse_proofs(document, max_proofs=2, suites=frozenset(SUITES), party=None).claimed
    written: list[object] = []
    canonicalize = Processor.canonicalize

    def noted(self: Processor, value: Any, **more: Any) -> bytes:
        written.append("achievement" in str(value))
        return canonicalize(self, value, **more)

    monkeypatch.setattr(Processor, "canonicalize", noted)
    whole = transformed(document)
    for proof in proofs:
        verify_proof(proof, public_key=SIGNERS[KeyKind.ED25519].public_key, transformed=whole)
    assert written.count(True) == 1


def test_what_is_known_is_not_worked_out() -> None:
    known = transformed(DOCUMENT, bytes(32)).covered(())
    assert known.digest(RDFC, "sha256") == bytes(32)
    assert known.digest(JCS, "sha256") != bytes(32)
    assert transformed(DOCUMENT, bytes(32)).covered(("urn:1",)).digests == {}


@pytest.mark.parametrize(
    ("previous", "covered"),
    [
        ((), b'{"name":"b"}'),
        (("urn:2",), b'{"name":"b","proof":[{"id":"urn:2"}]}'),
        (("urn:3", "urn:1"), b'{"name":"b","proof":[{"id":"urn:1"},{"id":"urn:3"}]}'),
    ],
)
def test_a_proof_covers_the_document_with_those_that_it_builds_on(previous: tuple[str, ...], covered: bytes) -> None:
    assert transformed(DOCUMENT).covered(previous).canonical(JCS, "sha256") == covered
