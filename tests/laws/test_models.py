"""Laws of the data models: rules and views end, whatever a document holds, and identities match nobody else."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests import whole_documents as whole
from vc import DocumentKind, serialize
from vc.credential import CONTEXT, CONTEXT_1
from vc.nodes import Nodes
from vc.openbadges import AchievementCredential, ClrCredential, IdentityObject, View, identity_hash, identity_object
from vc.problems import ProblemError
from vc.rules import rules
from vc.schema import compiled, violations

KINDS = [kind for kind in DocumentKind if kind not in {DocumentKind.UNKNOWN, DocumentKind.OPEN_BADGE_2}]
NAMES = [
    "id", "type", "issuer", "credentialSubject", "achievement", "result", "resultDescription", "identifier", "hashed",
    "identityHash", "salt", "criteria", "verifiableCredential", "association", "sourceId", "endorsement", "evidence",
    "relatedResource", "digestSRI", "digestMultibase", "validFrom", "awardedDate", "dateOfBirth", "credentialSchema",
    "rubricCriterionLevel", "requiredLevel", "achievedLevel", "@context", "proof",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(-2, 2), st.sampled_from(["", "x", "urn:x:1", "sha256$00"])
)
VALUES = st.recursive(
    LEAVES,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.sampled_from(NAMES), below, max_size=5)),
    max_leaves=25,
)
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
SALTS = st.text(st.characters(codec="utf-8"), min_size=16, max_size=24)


@given(document=DOCUMENTS, context=st.sampled_from([CONTEXT, CONTEXT_1]), kind=st.sampled_from(KINDS))
def test_rules_and_schemas_only_find_problems(document: dict[str, Any], context: str, kind: DocumentKind) -> None:
    document["@context"] = [context]
    before = copy.deepcopy(document)
    for problem in (*rules(document, kind=kind), *violations(document, kind=kind)):
        assert isinstance(problem, ProblemError)
        assert problem.detail.endswith(".")
    assert document == before


@given(document=DOCUMENTS)
def test_views_only_raise_problems(document: dict[str, Any]) -> None:
    for view in (AchievementCredential.view(document), ClrCredential.view(document)):
        for name in (name for name in dir(type(view)) if not name.startswith("_") and name != "view"):
            try:
                found = getattr(view, name)
            except ProblemError:
                continue
            for item in found if isinstance(found, tuple) else ():
                assert not isinstance(item, View) or item.here


@given(identity=TEXTS, other=TEXTS, salt=SALTS)
def test_an_identity_matches_itself_and_nobody_else(identity: str, other: str, salt: str) -> None:
    hidden = IdentityObject(identity_object(identity, identity_type="emailAddress", salt=salt))
    assert hidden.matches(identity)
    assert hidden.matches(other) is (identity == other)
    stated = identity_hash(identity, salt=salt)
    assert IdentityObject({**hidden.value, "identityHash": stated.upper().replace("SHA", "sha")}).matches(identity)
    assert not IdentityObject({**hidden.value, "identityHash": stated[:-1]}).matches(identity)
    assert not IdentityObject({**hidden.value, "identityHash": identity}).matches(identity)
    plain = IdentityObject({**hidden.value, "hashed": False, "identityHash": identity})
    assert plain.matches(identity)
    assert plain.matches(other) is (identity == other)


@given(st.permutations(list(whole.badge())), st.permutations(list(whole.badge()["credentialSubject"])))
def test_the_order_of_members_decides_nothing(names: list[str], subject: list[str]) -> None:
    document = whole.badge()
    turned = {name: document[name] for name in names}
    turned["credentialSubject"] = {name: document["credentialSubject"][name] for name in subject}
    assert compiled("openbadges-3.0-achievementcredential.json").decides.is_valid(turned)
    assert list(rules(turned, kind=DocumentKind.ACHIEVEMENT_CREDENTIAL)) == []
    assert AchievementCredential.view(turned).results == AchievementCredential.view(document).results


@given(DOCUMENTS)
def test_nodes_are_read_to_an_end(document: dict[str, Any]) -> None:
    nodes = Nodes(document)
    for value in document.values():
        nodes.read(value)
    assert nodes.described("urn:x:none") == {"id": "urn:x:none"}
    assert serialize(document)
