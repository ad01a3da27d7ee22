"""Attacks with one id in several places: what is moved between them changes no statement, and must change no view."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.world import ACHIEVEMENT, GRADE, NOW, SCHOOL, judge, plain, sign, signed, unsigned
from vc import Verdict, jsonld, openbadges
from vc.nodes import Nodes, described
from vc.openbadges import AchievementCredential
from vc.problems import ProblemError, SchemaViolationError, Unsupported

URL = "https://school.example/"


def with_creator() -> dict[str, Any]:
    """A badge whose achievement names its creator, the issuer, as many do."""
    document = unsigned()
    document["credentialSubject"]["achievement"]["creator"] = {
        "id": SCHOOL,
        "type": ["Profile"],
        "name": "River School",
    }
    return document


CREATED = sign(with_creator())


def seen(document: dict[str, Any]) -> list[Any]:
    """What the views return."""
    view = AchievementCredential.view(document)
    issuer, achievement = dict(view.issuer), dict(view.achievement.value)
    creator = dict(achievement.pop("creator"))
    return [view.issuer_id, view.issuer_name, issuer, creator, achievement, view.evidence, view.results]


def creator_of(document: dict[str, Any]) -> dict[str, Any]:
    return document["credentialSubject"]["achievement"]["creator"]


def moved(document: dict[str, Any]) -> None:
    creator_of(document)["url"] = document["issuer"].pop("url")


def bare(document: dict[str, Any]) -> None:
    creator_of(document).update(document["issuer"])
    document["issuer"] = SCHOOL


def stripped(document: dict[str, Any]) -> None:
    creator_of(document).update(document["issuer"])
    document["issuer"] = {"id": SCHOOL, "type": ["Profile"]}


def emptied(document: dict[str, Any]) -> None:
    creator_of(document).clear()
    creator_of(document).update({"id": SCHOOL, "type": ["Profile"]})


@pytest.mark.parametrize("change", [moved, bare, stripped, emptied], ids=lambda change: change.__name__)
def test_S1_moving_between_issuer_and_creator_changes_nothing_that_is_read(change: Any) -> None:
    document = plain(CREATED)
    change(document)
    assert judge(CREATED).verdict is judge(document).verdict is Verdict.GENUINE_AND_CURRENT
    assert seen(document) == seen(CREATED)
    assert AchievementCredential.view(document).issuer["url"] == URL


def naively_signed(evidence: list[dict[str, Any]]) -> dict[str, Any]:
    """An honest badge with this evidence put in."""
    return {**signed(), "evidence": evidence}


@pytest.mark.parametrize(
    "evidence",
    [
        {"id": ACHIEVEMENT, "type": ["Evidence"], "name": "Master Welder"},
        {"id": SCHOOL, "type": ["Evidence"], "name": "Harvard University"},
        {"id": SCHOOL, "type": ["Profile"], "name": "Harvard University"},
        {"id": GRADE, "type": ["Evidence"], "name": "Final grade"},
        {"id": unsigned()["id"], "name": "Welding I"},
    ],
)
def test_S2_evidence_that_is_something_else_cannot_be_signed_or_read(evidence: dict[str, Any]) -> None:
    with pytest.raises(ProblemError, match=r"differently|second time"):
        jsonld.gate(unsigned(evidence=[evidence]))
    assert judge(naively_signed([evidence])).verdict is Verdict.COULD_NOT_BE_CHECKED


def test_S3_swapped_names_are_refused() -> None:
    document = plain(CREATED)
    creator_of(document)["name"] = "Harvard University"
    assert judge(document).verdict is Verdict.COULD_NOT_BE_CHECKED


@pytest.mark.parametrize("times", [2, 40])
def test_S4_repeated_and_split_items_are_refused(times: int) -> None:
    item = signed()["evidence"][0]
    assert judge(naively_signed([item] * times)).verdict is Verdict.COULD_NOT_BE_CHECKED
    halves = [{"id": item["id"], "type": ["Evidence"]}, item]
    assert judge(naively_signed(halves)).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert judge({**signed(), "name": ["Welding I"] * times}).verdict is Verdict.COULD_NOT_BE_CHECKED
    assert judge({**signed(), "type": [*signed()["type"], signed()["type"][0]]}).verdict is Verdict.COULD_NOT_BE_CHECKED


def renamed(document: dict[str, Any], old: str, new: str) -> None:
    document[new] = document.pop(old)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: renamed(d["credentialSubject"], "id", "@id"),
        lambda d: renamed(d["evidence"][0], "id", "@id"),
        lambda d: renamed(d, "type", "@type"),
        lambda d: d.update(name={"@value": "Welding I"}),
        lambda d: d["credentialSubject"].update(narrative={"@value": "Careful work."}),
        lambda d: d.update(type=[d["type"][0], "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"]),
        lambda d: d["issuer"].update({"@context": d["@context"]}),
    ],
    ids=["subject id", "evidence id", "type", "name", "narrative", "address", "context"],
)
def test_S5_forms_that_hide_from_readers_are_refused(change: Any) -> None:
    document = signed()
    change(document)
    assert judge(document).verdict in {Verdict.NOT_GENUINE, Verdict.COULD_NOT_BE_CHECKED}


@pytest.mark.parametrize("taken", [ACHIEVEMENT, SCHOOL, GRADE])
@pytest.mark.parametrize("kind", ["evidence", "result"])
def test_S6_nothing_is_issued_under_the_id_of_something_else(taken: str, kind: str) -> None:
    item = {"id": taken, "type": [kind.title()], "name": "x"}
    with pytest.raises(SchemaViolationError, match="its own"):
        openbadges.build(
            credential_id="urn:uuid:1",
            issuer=openbadges.IssuerProfile(id=SCHOOL, name="River School"),
            achievement=unsigned()["credentialSubject"]["achievement"],
            subject=openbadges.SubjectClaims(id="urn:uuid:2", results=[item] if kind == "result" else []),
            valid_from=NOW,
            awarded_date=NOW,
            valid_until=None,
            status=[],
            evidence=[item] if kind == "evidence" else [],
            name=None,
        )


def test_S7_nodes_that_name_one_another_are_read_to_an_end() -> None:
    ring = {"issuer": {"id": "urn:a", "creator": {"id": "urn:b", "image": "urn:a", "name": "b"}}}
    found: Any = described(ring, "urn:a")
    assert found["creator"]["image"] is found
    assert described(ring, "urn:c") == {"id": "urn:c"}
    chain = {"evidence": [{"id": f"urn:{number}", "image": f"urn:{number + 1}"} for number in range(3_000)]}
    assert Nodes(chain).described("urn:0")["id"] == "urn:0"
    two = [{"id": "urn:t", "type": ["B", "A"]}, {"id": "urn:t", "type": "A", "image": [{"id": "urn:i"}], "proof": {}}]
    assert described({"evidence": two}, "urn:t") == {
        "id": "urn:t", "type": ["A", "B"], "image": [{"id": "urn:i"}], "proof": {}
    }  # fmt: skip
    assert described({"a": [{"id": "urn:t", "tag": ["x"]}, {"id": "urn:t", "tag": ["x"]}]}, "urn:t")["tag"] == ["x"]


def test_a_badge_that_somebody_gave_themselves_is_not_called_forged() -> None:
    document = signed()
    document["credentialSubject"] = {**document["credentialSubject"], "id": SCHOOL}
    with pytest.raises(Unsupported, match="to themselves"):
        jsonld.gate(document)
    assert judge(document).verdict is Verdict.COULD_NOT_BE_CHECKED
