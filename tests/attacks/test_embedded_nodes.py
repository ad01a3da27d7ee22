"""Attacks with one id inside and outside an embedded credential: no statement moves, so nothing that is read may.

An endorsement, or a credential in a learner record, stands in the same graph as what contains it. What it says of a
node may be copied to the outside without a change to what is signed there; and two of them may disagree.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests import whole_documents as whole
from vc import jsonld
from vc.nodes import Nodes
from vc.openbadges import AchievementCredential, ClrCredential
from vc.problems import Unsupported

ASSOCIATION = "https://association.example/1"


def statements(document: dict[str, Any]) -> bytes:
    """What is signed."""
    document = {name: value for name, value in document.items() if name != "proof"}
    return jsonld.canonicalize(document, hash_name="sha256", budget=jsonld.Budget.for_credentials(1))


def endorsed() -> dict[str, Any]:
    """A badge with one endorsement, whose issuer is also the creator of the achievement, described less fully there."""
    document = whole.badge()
    for holder in (document["issuer"], document["credentialSubject"]["achievement"]):
        del holder["endorsement"]
    document["endorsement"][0]["issuer"]["url"] = "https://association.example/"
    document["credentialSubject"]["achievement"]["creator"] = {"id": ASSOCIATION, "type": ["Profile"]}
    return document


def creator(document: dict[str, Any]) -> dict[str, Any]:
    return document["credentialSubject"]["achievement"]["creator"]


def test_S8_copying_out_of_an_endorsement_changes_neither_statements_nor_views() -> None:
    document, changed = endorsed(), endorsed()
    creator(changed)["url"] = "https://association.example/"
    creator(changed)["name"] = "Trade Association"
    assert statements(changed) == statements(document)
    for one in (document, changed):
        found = AchievementCredential.view(one).achievement.creator
        assert found is not None
        assert (found.name, found.url) == ("Trade Association", "https://association.example/")
    assert AchievementCredential.view(changed).whole == AchievementCredential.view(document).whole


def test_S8_what_an_endorsement_says_otherwise_cannot_be_put_outside() -> None:
    changed = endorsed()
    creator(changed)["name"] = "Another Association"
    with pytest.raises(Unsupported, match="something else"):
        statements(changed)


def disagreeing() -> dict[str, Any]:
    """A badge with two endorsements by one association that has moved in between."""
    document = endorsed()
    second = copy.deepcopy(document["endorsement"][0]) | {"id": "urn:example:second"}
    second["issuer"]["url"] = "https://elsewhere.example/"
    document["endorsement"].append(second)
    return document


def test_S9_endorsements_that_disagree_add_nothing_to_what_contains_them() -> None:
    document = disagreeing()
    assert statements(document)
    found = AchievementCredential.view(document).achievement.creator
    assert found is not None
    assert (found.name, found.url) == ("Trade Association", None)
    creator(document)["url"] = "https://elsewhere.example/"
    with pytest.raises(Unsupported, match="something else"):
        statements(document)


def test_S10_a_credential_inside_is_read_as_it_was_signed() -> None:
    record = whole.record()
    inside = record["credentialSubject"]["verifiableCredential"][0]
    inside["issuer"] = {"id": whole.SCHOOL, "type": ["Profile"], "name": "River School"}
    assert statements(record)
    (contained,) = ClrCredential.view(record).contained
    assert contained.document is inside
    assert AchievementCredential.view(contained.document).issuer_profile.url is None
    assert ClrCredential.view(record).issuer_profile.url == "https://school.example/"
    assert Nodes(record).read(record["credentialSubject"]["verifiableCredential"])[0] is inside  # type: ignore[index]


def test_S10_proofs_inside_say_nothing_of_what_is_outside() -> None:
    document = {
        "evidence": {"id": "urn:x:1"},
        "endorsement": {"@context": [], "id": "urn:x:1", "proof": {}, "name": "x"},
    }
    assert Nodes(document).described("urn:x:1") == {"id": "urn:x:1", "name": "x"}
