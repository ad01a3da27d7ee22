"""Schemas that a credential names itself: what they may ask, and that none can hold up a verdict."""

import json
import time

import pytest

from tests.attacks.world import ASKED, judge, present, resource, sign, signed, types, unsigned
from vc import Outcome, ProblemError, Url, Verdict
from vc.evidence import Evidence
from vc.named_schemas import check_fetched, refuse_costly, refuse_unsafe
from vc.problems import BudgetExceeded, Unsupported
from vc.wanted import Wanted

ADDRESS = Url("https://school.example/schemas/welding.json")
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
USUAL = {"$schema": "https://json-schema.org/draft/2019-09/schema"}
WELDING = USUAL | {
    "required": ["evidence"],
    "properties": {"name": {"$ref": "#/$defs/Name"}},
    "$defs": {"Name": {"pattern": "^Weld"}},
}
UNKNOWN = Verdict.COULD_NOT_BE_CHECKED


def badge(**changes):
    document = unsigned(**changes)
    document["@context"].append(EXTENSIONS)
    document["credentialSchema"] = [{"id": ADDRESS, "type": "1EdTechJsonSchemaValidator2019"}]
    return sign(document)


def hold(schema, document):
    body = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    there = Evidence({ADDRESS: resource(ADDRESS, body)})
    check_fetched(document, {"id": ADDRESS}, here="/credentialSchema/0", evidence=there, loopback=False)


def test_it_is_asked_for_once_the_signature_verifies():
    report = judge(badge())
    assert report.missing == {ADDRESS}
    assert report.wanted[ADDRESS] is Wanted.SCHEMA
    assert [str(check.name) for check in report.checks][:5] == ["parse", "kind", "contexts", "schema", "proof-policy"]
    altered = judge({**badge(), "name": "Doctor of Welding"})
    assert altered.verdict is Verdict.NOT_GENUINE
    assert not altered.missing


def test_a_document_that_follows_it():
    assert judge(badge(), resource(ADDRESS, WELDING)).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_document_that_does_not_could_not_be_checked():
    report = judge(badge(name="Baking I"), resource(ADDRESS, WELDING))
    assert report.verdict is UNKNOWN
    assert types(report) == {"schema-violation"}
    assert report.check("schema").problems[0].pointer == "/name"


def test_what_cannot_be_had_could_not_be_checked():
    report = judge(badge(), resource(ADDRESS, b"", final=404, error="http-status"))
    assert report.verdict is UNKNOWN
    assert report.check("schema").outcome is Outcome.INDETERMINATE


@pytest.mark.parametrize(
    "schema",
    [
        b"<html>",
        b"[]",
        {"$schema": "http://json-schema.org/draft-04/schema#"},
        {"$schema": 5},
        USUAL | {"$ref": "https://evil.example/schema"},
        USUAL | {"allOf": [{"$ref": "other.json"}]},
        USUAL | {"allOf": [{"$ref": "#anchor"}]},
        USUAL | {"allOf": [{"$id": "https://evil.example/", "type": "object"}]},
        USUAL | {"$ref": "#/$defs/Nothing"},
        USUAL | {"type": "nonsense"},
        USUAL | {"properties": {"name": {"pattern": "("}}},
        USUAL | {"properties": {"name": {"pattern": "(?=lookahead)"}}},
        USUAL | {"properties": {"name": {"pattern": "(a)\\1"}}},
        USUAL | {"allOf": [{"unevaluatedProperties": True}] * 17},
    ],
    ids=str,
)
def test_what_is_no_schema_that_is_looked_at(schema):
    with pytest.raises(Unsupported):
        hold(schema, {"name": "x"})
    assert judge(badge(), resource(ADDRESS, schema)).verdict is UNKNOWN


@pytest.mark.parametrize(
    "schema",
    [
        USUAL | {"$ref": "#"},
        USUAL | {"$recursiveRef": "#"},
        USUAL | {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}},
        USUAL
        | {
            "$ref": "#/$defs/0",
            "$defs": {
                str(level): {"allOf": [{"$ref": f"#/$defs/{level + 1}"}] * 2} if level < 40 else {"type": "object"}
                for level in range(41)
            },
        },
        USUAL | {"properties": {"name": {"allOf": [{"pattern": "a*a*a*b"}] * 1_000}}},
        USUAL | {"patternProperties": {f"^{number}": True for number in range(5_000)}},
    ],
    ids=["itself", "recursive", "ring", "doubling", "patterns", "names"],
)
def test_A35_a_schema_made_to_take_long_is_refused_at_once(schema):
    document = {"name": "a" * 10_000, **{f"member{number}": 1 for number in range(200)}}
    start = time.perf_counter()
    with pytest.raises(BudgetExceeded):
        hold(schema, document)
    assert time.perf_counter() - start < 5


def test_A35_a_pattern_that_backtracks_elsewhere_is_read_in_one_pass():
    start = time.perf_counter()
    with pytest.raises(ProblemError, match="pattern"):
        hold(USUAL | {"properties": {"name": {"pattern": "^(a+)+$"}}}, {"name": "a" * 50_000 + "b"})
    assert time.perf_counter() - start < 5


def test_what_is_counted_and_what_is_let_through():
    schema = {
        "properties": {"a": {"items": [{"type": "number"}, True], "additionalItems": {"not": {}}}},
        "patternProperties": {"^b": {"if": {}, "then": {}, "else": {}}},
        "propertyNames": {"pattern": "^[a-z]$"},
        "additionalProperties": {"dependentSchemas": {"x": {"prefixItems": [{}]}}},
        "dependencies": {"a": {"anyOf": [{}]}, "b": ["a"]},
        "$ref": "#/nowhere",
    }
    refuse_costly(schema, {"a": [1, 2], "b": {"x": 1}, "c": [[1]]}, here="")
    refuse_unsafe({"properties": {"$ref": {"type": "string"}}}, here="")
    hold(USUAL | {"properties": {"a": {"prefixItems": [1]}}, "minProperties": 1}, {"b": 1})
    with pytest.raises(ProblemError, match="“a”"):
        hold(USUAL | {"properties": {"a": False}}, {"a": 1})


def test_H17_no_request_to_a_private_place():
    document = unsigned()
    document["@context"].append(EXTENSIONS)
    document["credentialSchema"] = [{"id": "https://127.0.0.1/s", "type": "1EdTechJsonSchemaValidator2019"}]
    report = judge(sign(document))
    assert report.verdict is UNKNOWN
    assert not report.missing
    assert judge(signed()).verdict is Verdict.GENUINE_AND_CURRENT


def test_a_presentation_has_none_fetched():
    entry = {"id": ADDRESS, "type": "1EdTechJsonSchemaValidator2019"}
    report = judge({**present(signed()), "credentialSchema": entry}, **ASKED)
    assert "unsupported" in types(report)
    assert ADDRESS not in report.missing
