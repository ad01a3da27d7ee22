"""The statements of expanded documents, written from the shape of expansion alone."""

from __future__ import annotations

from typing import Any

import pytest

from vc.jsonld.dataset import Dataset
from vc.jsonld.expanded import statements
from vc.jsonld.grammar import XSD, Unwritable
from vc.jsonld.rdfc import canonical

I18N = "https://www.w3.org/ns/i18n#"


def written(literal: dict[str, Any]) -> str:
    """A literal as the object of the only statement."""
    found = statements([{"@id": "urn:x", "urn:p": [literal]}])
    assert (found.links, found.blanks) == ([], 0)
    ((subject, graph, (middle,)),) = found.buckets
    assert (subject, graph) == ("<urn:x>", None)
    return middle.removeprefix(" <urn:p> ")


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ({"@value": True}, f'"true"^^<{XSD}boolean>'),
        ({"@value": False}, f'"false"^^<{XSD}boolean>'),
        ({"@value": False, "@type": "urn:t"}, '"false"^^<urn:t>'),
        ({"@value": "a", "@language": "EN-gb"}, '"a"@en-gb'),
        ({"@value": "a", "@language": "EN-gb", "@direction": "rtl"}, f'"a"^^<{I18N}en-gb_rtl>'),
        ({"@value": "a", "@direction": "ltr"}, f'"a"^^<{I18N}_ltr>'),
    ],
    ids=str,
)
def test_a_literal_is_written_in_one_way(literal: dict[str, Any], text: str) -> None:
    assert written(literal) == text


@pytest.mark.parametrize(
    "expanded",
    [
        {"@id": "urn:x"},
        {0: {"@id": "urn:x"}},
        [],
        [{"@id": "urn:x"}, {"@id": "urn:y"}],
        [{"@id": 5}],
        [{"@id": None}],
        [{"@type": [{"a": 1}]}],
    ],
    ids=str,
)
def test_what_is_no_statement_is_refused(expanded: Any) -> None:
    with pytest.raises(Unwritable):
        statements(expanded)


def test_nodes_without_an_id_are_numbered_from_nought() -> None:
    found = statements([{"urn:p": [{"urn:q": [{"@value": "1"}]}]}])
    assert found.links == [(0, " <urn:p> ", 1, None)]
    assert found.buckets == [(1, None, [' <urn:q> "1"'])]
    assert found.blanks == 2


def test_a_dataset_begins_with_nothing() -> None:
    assert canonical(Dataset(), hash_name="sha256", max_blank_nodes=0, max_work=0).nquads == b""
    assert Dataset().blanks == 0
