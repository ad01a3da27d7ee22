"""Whatever stands in an older badge, in what it refers to, or in a schema: a report comes of it, never a crash."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks import old_badges
from tests.attacks.old_badges import ASSERTION, CLASS, ISSUER, KEY, LIST, at, judge, token
from tests.attacks.world import resource
from vc import Evidence, ProblemError, Url, Verdict
from vc.named_schemas import check_fetched
from vc.openbadges2 import OpenBadge2
from vc.status import RevocationList

GENUINE = {Verdict.GENUINE_AND_CURRENT, Verdict.GENUINE_BUT}
SCHEMA = Url("https://school.example/schema")
atoms = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["", "x", ASSERTION, "data:,", "2017-01-01T00:00:00Z"])
)
junk = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "issuer", "uid", "narrative", "revoked"]), inner, max_size=3)
    ),
    max_leaves=6,
)
PARTS = {
    "assertion": old_badges.assertion,
    "class": old_badges.badge_class,
    "issuer": old_badges.profile,
    "key": old_badges.key_document,
    "list": old_badges.revocations,
}
PLACES = {"class": CLASS, "issuer": ISSUER, "key": KEY, "list": LIST}
members = st.sampled_from(
    sorted({name for make in PARTS.values() for name in make()} | {"endorsement", "revoked", "expires"})
)


@pytest.mark.parametrize("part", list(PARTS))
@given(name=members, value=junk)
def test_a_report_comes_of_every_badge(part: str, name: str, value: Any) -> None:
    changed = PARTS[part]() | {name: value}
    more = (at(PLACES[part], changed),) if part in PLACES else ()
    hosted = changed if part == "assertion" else old_badges.assertion()
    for badge in (hosted, token(old_badges.signed_assertion(**(changed if part == "assertion" else {})))):
        report = judge(badge, *more, hosted=hosted)
        assert report.to_json()
        if part == "assertion":
            assert OpenBadge2.view(hosted, evidence=Evidence()).mapped() is not None


@given(value=junk)
def test_a_revocation_list_is_read_or_refused(value: Any) -> None:
    for body in (value, {"id": LIST, "issuer": ISSUER, "revokedCredential": value}):
        try:
            found = RevocationList.parse(json.dumps(body).encode(), url=LIST)
        except ProblemError:
            continue
        assert found.issuer


keywords = st.sampled_from(
    ["$ref", "$id", "allOf", "anyOf", "items", "properties", "pattern", "required", "type", "not", "contains", "$defs", "enum",
     "minimum", "dependentSchemas", "patternProperties", "prefixItems", "unevaluatedProperties", "$recursiveRef", "multipleOf"]
)  # fmt: skip
schemas = st.recursive(
    st.booleans() | st.integers(-2, 2) | st.sampled_from(["#", "#/$defs/x", "string", "(", "^a", "name"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keywords, inner, max_size=3),
    max_leaves=8,
)


@given(schema=schemas)
def test_every_schema_is_held_against_or_refused(schema: Any) -> None:
    there = Evidence({SCHEMA: resource(SCHEMA, json.dumps(schema).encode())})
    with suppress(ProblemError):
        check_fetched({"name": ["a", {"b": 1}]}, {"id": SCHEMA}, here="", evidence=there, loopback=False)
