"""How the violations of a schema are told: in one sentence each, with their place, and none of them twice."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from vc.schema import Schema


def told(schema: dict[str, Any], value: Any) -> list[tuple[str | None, str]]:
    """What is wrong with a document that has this value as its member “a”."""
    whole = {"properties": {"a": schema}}
    found = Schema(jsonschema_rs.Draft202012Validator(whole), Draft202012Validator(whole)).violations({"a": value})
    return [(problem.pointer, problem.detail) for problem in found]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"required": ["x", "y", "z"]}, {"y": 1}, "lacks “x”, “z”"),
        (
            {"properties": {"x": {}}, "additionalProperties": False},
            {"x": 1, **dict.fromkeys("qprbtasc")},
            "has members that this type does not allow: a, b, c, p, q, r, s, t",
        ),
        ({"type": "string"}, 1, "must be string"),
        ({"type": ["string", "array"]}, 1, "must be string or array"),
        ({"const": 5}, 1, "must be 5"),
        ({"const": "x"}, 1, "must be 'x'"),
        ({"contains": {"const": "x"}}, ["y"], "must hold x"),
        ({"contains": {"enum": ["x", "z"]}}, ["y"], "must hold x or z"),
        ({"enum": ["x"]}, "y", "has a value that the specification does not list"),
        ({"anyOf": [{"const": 1}, {"const": 2}]}, 3, "has a value that the specification does not list"),
        ({"pattern": "^x$"}, "y", "does not have the form that is asked for"),
        ({"minLength": 1}, "", "does not have the form that is asked for"),
        ({"minItems": 2}, [1], "holds too little: at least 2 belong here"),
        ({"minProperties": 1}, {}, "holds too little: at least 1 belong here"),
        ({"not": {"type": "null"}}, None, "does not belong here"),
        ({"maximum": 1}, 2, "breaks the rule “maximum”"),
    ],
)
def test_every_rule_has_its_words(schema: dict[str, Any], value: Any, words: str) -> None:
    assert told(schema, value) == [("/a", f"“a” {words}.")]


def test_each_violation_names_its_place() -> None:
    assert told({"items": {"type": "string"}}, ["x", 1, "y", 2]) == [
        ("/a/1", "Item 2 of “a” must be string."),
        ("/a/3", "Item 4 of “a” must be string."),
    ]
    whole = {"required": ["b"]}
    (problem,) = Schema(jsonschema_rs.Draft202012Validator(whole), Draft202012Validator(whole)).violations({})
    assert (problem.pointer, problem.detail) == ("", "The document lacks “b”.")


def test_a_violation_is_told_in_two_hundred_characters() -> None:
    ((_, detail),) = told({"const": "x" * 300}, 1)
    assert detail == f"“a” must be '{'x' * 187}."
    assert len(detail) == 201


@pytest.mark.parametrize(
    "schema", [{"type": "string"}, {"const": "x"}, {"enum": ["x"]}, {"anyOf": [{"const": "x"}, {"type": "number"}]}]
)
@pytest.mark.parametrize(
    ("value", "by_language"),
    [
        ({"en": "Welding", "es-MX": "Soldadura"}, True),
        ({"id": "urn:x"}, False),
        ({"id": "Pengelasan", "en": "Welding"}, True),
        ({}, False),
        ({"en": 5}, False),
        ({"english": "Welding"}, False),
        ({"en": "Welding", "name": "Welding"}, False),
        (["en"], False),
    ],
)
def test_a_text_by_languages_is_told_as_such(schema: dict[str, Any], value: Any, by_language: bool) -> None:
    found = told(schema, value)
    assert [("given by language" in detail) for _, detail in found] == [by_language]


def test_another_rule_about_a_text_by_languages_has_its_own_words() -> None:
    assert told({"required": ["type"]}, {"en": "Welding"}) == [("/a", "“a” lacks “type”.")]
