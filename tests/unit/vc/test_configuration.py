"""The remembered form of a proof's options is the form worked out anew."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET, PINNED
from vc.problems import ProblemError
from vc.proof import configuration
from vc.proof.configuration import canonical_configuration

CONTEXT = ["https://www.w3.org/ns/credentials/v2"]
OPTIONS: dict[str, Any] = {
    "@context": CONTEXT,
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-01-02T03:04:05Z",
    "verificationMethod": "did:web:coop.example#key-1",
    "proofPurpose": "assertionMethod",
}
MORE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["urn:uuid:1", "urn:uuid:2"]),
        "domain": st.sampled_from(["a.example", ["a.example"], ["a.example", "b.example"]]),
        "challenge": st.sampled_from(["1", "2"]),
        "expires": st.sampled_from(["2026-01-02T03:04:05Z", "2027-01-01T00:00:00Z"]),
        "nonce": st.sampled_from(["x", '"2026-01-02T03:04:05Z"', "2026-01-02T03:04:05Z"]),
        "@context": st.sampled_from([CONTEXT[0], [*CONTEXT, "https://w3id.org/security/data-integrity/v2"]]),
        "verificationMethod": st.sampled_from(["did:web:coop.example#key-2", "did:web:coop.example#created"]),
    },
)
DATES = st.sampled_from(["2026-01-02T03:04:05Z", "2019-12-31T23:59:59.123Z", "2026-01-02T03:04:05+14:00", "never", '"'])


def anew(options: dict[str, Any]) -> bytes:
    return jsonld.canonicalize(options, hash_name="sha256", budget=CREDENTIAL_BUDGET)


@given(st.lists(st.tuples(MORE, DATES), min_size=1, max_size=6))
def test_it_is_the_same_whatever_came_before(proofs: list[tuple[dict[str, Any], str]]) -> None:
    for more, date in itertools.chain(proofs, proofs):
        options = OPTIONS | more | {"created": date}
        try:
            expected = anew(options)
        except ProblemError:
            with pytest.raises(ProblemError):
                canonical_configuration(options, "sha256", PINNED)
        else:
            assert canonical_configuration(options, "sha256", PINNED) == expected


def test_an_unknown_member_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(ProblemError):
            canonical_configuration(OPTIONS | {"nonceX": "1"}, "sha256", PINNED)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    monkeypatch.setattr(configuration, "_MOST", 2)
    for number in range(5):
        canonical_configuration(OPTIONS | {"verificationMethod": f"did:web:coop.example#key-{number}"}, "sha256", PINNED)
        assert len(configuration._halves) <= 2


def test_other_hashes_are_remembered_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    canonical_configuration(OPTIONS, "sha256", PINNED)
    canonical_configuration(OPTIONS, "sha384", PINNED)
    assert len(configuration._halves) == 2


def test_options_without_a_date_are_worked_out_each_time() -> None:
    undated = {name: value for name, value in OPTIONS.items() if name != "created"}
    assert canonical_configuration(undated, "sha256", PINNED) == anew(undated)
