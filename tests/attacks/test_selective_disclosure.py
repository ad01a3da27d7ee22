"""A32: what a holder, or anybody who has seen a disclosure, could try with it. And what it tells, beyond what it shows."""

import copy
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2
import pytest

from tests.selective import (
    CREATED,
    DID,
    HMAC_KEY,
    KEY,
    PROOF_KEY,
    SIGNER,
    derive,
    issue,
    judge,
    places,
    plain,
    rich,
    value_of,
    with_value,
)
from vc import P256Signer, Verdict
from vc.checks import Outcome
from vc.presentation import build
from vc.problems import BaseProofShown
from vc.proof import sd
from vc.proof.sd.encoding import multikey_bytes

OTHER_KEY = P256Signer(b"\x21" * 32, "").public_key
ACHIEVEMENT = "/credentialSubject/achievement"
RESULTS = ("/credentialSubject/result/1", "/credentialSubject/result/3")


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return issue(rich())


@pytest.fixture
def shown(base: dict[str, Any]) -> dict[str, Any]:
    return derive(base, *RESULTS, "/evidence/0", "/credentialSubject/achievement/tag")


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same document with another proof value."""
    return with_value(document, replace(value_of(document), **changes).to_bytes())


def test_A32_a_base_proof_shown_as_derived() -> None:
    base = issue(plain())
    report = judge(base)
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert [problem.type for problem in report.check("proof-policy").problems] == [BaseProofShown.type]
    assert judge(derive(base)).verdict is Verdict.GENUINE_AND_CURRENT


def test_A32_a_base_proof_in_a_presentation() -> None:
    base = issue(plain())
    report = judge(dict(build([base], id=None, holder=None)))
    assert report.verdict is Verdict.COULD_NOT_BE_CHECKED
    assert judge(dict(build([derive(base)], id=None, holder=None))).children[0].verdict is Verdict.GENUINE_AND_CURRENT


def test_A32_a_base_proof_under_the_head_of_a_derived_one() -> None:
    base = issue(plain())
    data = sd.proof_value_of(base["proof"]["proofValue"])
    assert judge(with_value(base, b"\xd9\x5d\x01" + data[3:])).verdict is Verdict.NOT_GENUINE
    derived = derive(base)
    data = sd.proof_value_of(derived["proof"]["proofValue"])
    assert judge(with_value(derived, b"\xd9\x5d\x00" + data[3:])).verdict is Verdict.NOT_GENUINE
    assert judge(with_value(derived, b"\xd9\x5d\x02" + data[3:])).verdict is Verdict.NOT_GENUINE


INDEX_TRICKS: dict[str, Callable[[list[int]], list[int]]] = {
    "the first twice": lambda indexes: [indexes[0], *indexes],
    "the last twice": lambda indexes: [*indexes, indexes[-1]],
    "from the back": lambda indexes: indexes[::-1],
    "two exchanged": lambda indexes: [indexes[1], indexes[0], *indexes[2:]],
    "one beyond the end": lambda indexes: [*indexes, 10_000],
    "one far beyond the end": lambda indexes: [*indexes, 2**64 - 1],
    "one too many": lambda indexes: sorted({*indexes, next(i for i in range(99) if i not in indexes)}),
    "one too few": lambda indexes: indexes[:-1],
    "none": lambda indexes: [],
    "all": lambda indexes: list(range(max(indexes) + 40)),
}


@pytest.mark.parametrize("trick", list(INDEX_TRICKS))
def test_A32_mandatory_indexes(trick: str, shown: dict[str, Any]) -> None:
    indexes = INDEX_TRICKS[trick](list(value_of(shown).mandatory_indexes))
    assert judge(changed(shown, mandatory_indexes=tuple(indexes))).verdict is Verdict.NOT_GENUINE


def all_optional(document: dict[str, Any]) -> dict[str, Any]:
    """No statement is mandatory any more, and each of the former ones has a signature of somebody."""
    value = value_of(document)
    secret = P256Signer(b"\x21" * 32, "")
    signatures = [*value.signatures, *(secret.sign(b"x") for _ in value.mandatory_indexes)]
    return changed(document, mandatory_indexes=(), signatures=tuple(signatures))


def all_by_another(document: dict[str, Any]) -> dict[str, Any]:
    """Everything signed again with another key made for the proof."""
    document = copy.deepcopy(document)
    document["name"] = "Doctor of Beekeeping"
    own = {name: value for name, value in document.items() if name != "proof"}
    forged = sd.create_base_proof(
        own,
        signer=SIGNER_WITHOUT_THE_KEY,
        mandatory_pointers=["/issuer"],
        created=CREATED,
        hmac_key=HMAC_KEY,
        proof_key=b"\x21" * 32,
    )
    found = copy.deepcopy(dict(sd.reveal_all(forged)))
    return changed(found, signature=value_of(document).signature)


class SignerWithoutTheKey:
    """Signs with another key than the one that it names."""

    public_key = OTHER_KEY
    verification_method = SIGNER.verification_method

    def sign(self, message: bytes) -> bytes:
        return P256Signer(b"\x21" * 32, "").sign(message)


SIGNER_WITHOUT_THE_KEY = SignerWithoutTheKey()


def labels_exchanged(document: dict[str, Any]) -> dict[str, Any]:
    labels = dict(value_of(document).labels)
    labels[0], labels[1] = labels[1], labels[0]
    return changed(document, labels=labels)


def values_exchanged(document: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(document)
    first, second = document["credentialSubject"]["result"]
    first["value"], second["value"] = second["value"], first["value"]
    return document


def from_another_badge(document: dict[str, Any]) -> dict[str, Any]:
    """A result of another learner's badge, with its signatures."""
    other = derive(issue(rich(2)), *RESULTS)
    return {**document, "proof": other["proof"]}


def without_the_end(document: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(document)
    del document["validUntil"]
    return document


def without_the_end_and_its_index(document: dict[str, Any]) -> dict[str, Any]:
    """A mandatory member left out, its index and all others moved to fit."""
    shorter = without_the_end(document)
    indexes = value_of(document).mandatory_indexes[:-1]
    return changed(shorter, mandatory_indexes=indexes)


TRICKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no statement is mandatory": all_optional,
    "signed by another key made for the proof": all_by_another,
    "another key in the proof": lambda document: changed(document, public_key=OTHER_KEY),
    "the issuer's own key in its place": lambda document: changed(document, public_key=KEY),
    "labels exchanged": labels_exchanged,
    "values exchanged": values_exchanged,
    "the proof of another badge": from_another_badge,
    "the end of validity left out": without_the_end,
    "the end of validity and an index left out": without_the_end_and_its_index,
    "a statement more": lambda document: {**document, "description": "With honours."},
    "a signature too many": lambda document: changed(
        document, signatures=(*value_of(document).signatures, value_of(document).signatures[0])
    ),
    "a signature too few": lambda document: changed(document, signatures=value_of(document).signatures[:-1]),
    "no signatures": lambda document: changed(document, signatures=()),
    "two signatures exchanged": lambda document: changed(
        document, signatures=(*value_of(document).signatures[1::-1], *value_of(document).signatures[2:])
    ),
    "a label too many": lambda document: changed(
        document, labels={**value_of(document).labels, len(value_of(document).labels): b"\7" * 32}
    ),
    "a label twice": lambda document: changed(document, labels=dict.fromkeys(value_of(document).labels, bytes(32))),
    "a label too few": lambda document: changed(
        document, labels=dict(list(value_of(document).labels.items())[:-1])
    ),
    "another date in the proof": lambda document: {
        **document,
        "proof": {**document["proof"], "created": "2026-05-01T09:00:01Z"},
    },
    "another suite": lambda document: {
        **document,
        "proof": {**document["proof"], "cryptosuite": "ecdsa-rdfc-2019"},
    },
}  # fmt: skip


@pytest.mark.parametrize("trick", list(TRICKS))
def test_A32_tricks(trick: str, shown: dict[str, Any]) -> None:
    assert judge(shown).check("signature").outcome is Outcome.PASSED
    assert judge(TRICKS[trick](shown)).verdict is Verdict.NOT_GENUINE


def test_A32_without_its_guard_an_unsigned_statement_would_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # A statement that sorts behind all others: its object is the greatest.
    base = issue(plain())
    forged = {**derive(base, "/validUntil"), "description": "With honours."}
    assert judge(forged).verdict is Verdict.NOT_GENUINE
    value = value_of(forged)
    statement = next(index for index in itertools.count() if index not in value.mandatory_indexes)
    moved = tuple(index + (index >= statement) for index in value.mandatory_indexes)
    monkeypatch.setattr("vc.proof.sd.verify.paired", zip)
    verdicts = {
        judge(changed(forged, mandatory_indexes=tuple(i + (i >= place) for i in value.mandatory_indexes))).verdict
        for place in range(len(moved) + 1)
    }
    assert Verdict.GENUINE_AND_CURRENT in verdicts


def test_A32_a_tag_or_another_spelling_in_the_proof(shown: dict[str, Any]) -> None:
    value = value_of(shown)
    components = [value.signature, multikey_bytes(value.public_key), list(value.signatures), value.labels]
    head = b"\xd9\x5d\x01"
    indexes = list(value.mandatory_indexes)
    for body in (
        cbor2.dumps([*components, cbor2.CBORTag(1000, indexes)]),
        cbor2.dumps([*components, [str(index) for index in indexes]]),
        cbor2.dumps([*components, [float(index) for index in indexes]]),
        cbor2.dumps([*components, indexes]) + b"\0",
    ):
        assert judge(with_value(shown, head + body)).verdict is Verdict.NOT_GENUINE
    assert judge(with_value(shown, head + cbor2.dumps([*components, indexes]))).verdict is judge(shown).verdict


def test_A32_a_proof_value_that_is_too_large(shown: dict[str, Any]) -> None:
    flood = changed(shown, signatures=value_of(shown).signatures * 400)
    assert judge(flood).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_every_value_that_is_shown_is_covered(shown: dict[str, Any]) -> None:
    """Every text, number and truth value outside the proof and the contexts, altered one at a time."""
    for path in places({name: value for name, value in shown.items() if name not in {"proof", "@context"}}):
        if "endorsement" in path:
            continue
        forged = copy.deepcopy(shown)
        holder: Any = forged
        for step in path[:-1]:
            holder = holder[step]
        old = holder[path[-1]]
        if isinstance(old, dict | list):
            continue
        holder[path[-1]] = f"{old}x" if isinstance(old, str) else (not old) if isinstance(old, bool) else old + 1
        assert judge(forged).verdict is not Verdict.GENUINE_AND_CURRENT, path
        assert judge(forged).check("signature").outcome is not Outcome.PASSED, path


def test_nothing_that_was_not_selected_can_be_read_off(base: dict[str, Any], shown: dict[str, Any]) -> None:
    """No text of what was left out is in it, nor how many statements there are, nor the key that hides their order."""
    text = json.dumps(shown, ensure_ascii=False)
    hidden = {
        str(item)
        for item in leaves({name: value for name, value in base.items() if name != "proof"})
        if isinstance(item, str) and len(item) > 3
    } - {str(item) for item in leaves(shown)}
    assert len(hidden) > 100
    assert not [item for item in hidden if json.dumps(item, ensure_ascii=False) in text]
    data = sd.proof_value_of(shown["proof"]["proofValue"])
    assert HMAC_KEY not in data
    assert PROOF_KEY not in data
    original = sd.parse_proof_value(sd.proof_value_of(base["proof"]["proofValue"]))
    kept = set(value_of(shown).signatures)
    assert kept < set(original.signatures)
    assert not [item for item in original.signatures if item not in kept and item in data]
    assert max(value_of(shown).mandatory_indexes) < len(kept) + len(value_of(shown).mandatory_indexes)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def test_labels_do_not_tell_the_order_of_what_is_hidden(base: dict[str, Any]) -> None:
    """Two results have labels from a key that the verifier never sees, so that their places among all cannot be read."""
    labels = value_of(derive(base, *RESULTS)).labels
    assert len(set(labels.values())) == len(labels)
    other = value_of(derive(reissued(rich()), *RESULTS)).labels
    assert set(labels.values()).isdisjoint(other.values())


def reissued(document: dict[str, Any]) -> dict[str, Any]:
    return dict(
        sd.create_base_proof(
            document,
            signer=SIGNER,
            mandatory_pointers=["/issuer"],
            created=CREATED,
            hmac_key=b"\x55" * 32,
            proof_key=PROOF_KEY,
        )
    )


def test_the_issuer_is_the_one_who_signed(shown: dict[str, Any]) -> None:
    assert shown["issuer"]["id"] == DID
    other = copy.deepcopy(shown)
    other["issuer"]["id"] = "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
    assert judge(other).verdict is Verdict.NOT_GENUINE
