"""The remembered form of a proof's options is the form worked out anew."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vc import jsonld
from vc.jsonld import CREDENTIAL_BUDGET, PINNED, Processor
from vc.jsonld.plans import Planner
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
        canonical_configuration(
            OPTIONS | {"verificationMethod": f"did:web:coop.example#key-{number}"}, "sha256", PINNED
        )
        assert len(configuration._halves) <= 2


def test_other_hashes_are_remembered_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    canonical_configuration(OPTIONS, "sha256", PINNED)
    canonical_configuration(OPTIONS, "sha384", PINNED)
    assert len(configuration._halves) == 2


def test_options_without_a_date_are_worked_out_each_time() -> None:
    undated = {name: value for name, value in OPTIONS.items() if name != "created"}
    assert canonical_configuration(undated, "sha256", PINNED) == anew(undated)


VARIANTS: list[dict[str, Any]] = [
    {},
    {"created": "2027-01-01T00:00:00.5+14:00"},
    {"verificationMethod": "did:web:coop.example#key-2"},
    {"verificationMethod": "did:web:coop.example#key-3", "created": "2027-01-01T00:00:00Z"},
    {"id": "urn:uuid:1"},
    {"domain": "a.example"},
    {"nonce": "a.example"},
    {"domain": ["a.example"]},
    {"domain": ["a.example", "b.example"]},
    {"@context": CONTEXT[0]},
    {"@context": [*CONTEXT, "https://w3id.org/security/data-integrity/v2"]},
    {"expires": "2026-01-02T03:04:05Z"},
    {"expires": "2027-01-01T00:00:00Z"},
    {"nonce": "2026-01-02T03:04:05Z"},
    {"nonce": '"2026-01-02T03:04:05Z"', "domain": "c.example"},
    {"nonce": "1", "challenge": "2"},
    {"challenge": "1"},
    {"challenge": "2"},
]


@pytest.mark.parametrize("dates", [("2026-01-02T03:04:05Z", "2027-01-01T00:00:00Z"), ("2019-12-31T23:59:59.123Z", "5")])
def test_every_variant_is_the_same_before_and_after_all_others(
    dates: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    for date in (*dates, *dates):
        for variant in VARIANTS:
            options = OPTIONS | {"created": date} | variant
            assert canonical_configuration(options, "sha256", PINNED) == anew(options), variant
            assert canonical_configuration(options, "sha256", PINNED) == anew(options), variant


def test_proofs_that_differ_in_the_date_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    first = canonical_configuration(OPTIONS, "sha256", PINNED)
    assert b'"2026-01-02T03:04:05Z"' in first
    ((key, halves),) = configuration._halves.items()
    assert halves[0] + b"2026-01-02T03:04:05Z" + halves[1] == first
    configuration._halves[key] = (b"<", b">")
    later = OPTIONS | {"created": "2027-01-01T00:00:00Z"}
    assert canonical_configuration(later, "sha256", PINNED) == b"<2027-01-01T00:00:00Z>"


@pytest.mark.parametrize(
    "more",
    [
        {"challenge": "1"},
        {"domain": ["a.example", "b.example"]},
        {"created": "2" * 64},
        {"created": "2026-01-02T03:04:05z"},
        {"created": ""},
        {"expires": "2026-01-02T03:04:05Z"},
    ],
    ids=str,
)
def test_what_is_not_remembered(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    options = OPTIONS | more
    assert canonical_configuration(options, "sha256", PINNED) == anew(options)
    assert configuration._halves == {}


def test_nothing_is_remembered_of_other_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    other = Processor(Planner())
    assert canonical_configuration(OPTIONS, "sha256", other) == anew(OPTIONS)
    assert configuration._halves == {}


@pytest.mark.parametrize("created", [5, None, ["2026-01-02T03:04:05Z"], {}], ids=str)
def test_a_date_that_is_no_text(created: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    options = OPTIONS | {"created": created}
    try:
        expected = anew(options)
    except ProblemError:
        with pytest.raises(ProblemError):
            canonical_configuration(options, "sha256", PINNED)
    else:
        assert canonical_configuration(options, "sha256", PINNED) == expected
    assert configuration._halves == {}


def test_a_context_that_the_options_bring_themselves_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    for context in ([*CONTEXT, {"a": "urn:v:a"}], [{"a": "urn:v:a"}], {"a": "urn:v:a"}):
        with pytest.raises(ProblemError):
            canonical_configuration(OPTIONS | {"@context": context}, "sha256", PINNED)


def test_the_last_that_is_remembered_and_the_first_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_halves", {})
    monkeypatch.setattr(configuration, "_MOST", 2)
    kept = []
    for number in range(4):
        canonical_configuration(OPTIONS | {"nonce": str(number)}, "sha256", PINNED)
        kept.append(len(configuration._halves))
    assert kept == [1, 2, 1, 2]
