"""Changes that a document can suffer by accident or malice, at random places of it."""

from __future__ import annotations

import copy
import random
from functools import cache
from typing import Any

import contexts
from vc.jsonld.plans import Planner

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXTS = [V2, *(url for url in contexts.index() if url != V2)]
JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 1.5, 0.1, 2.5e-3, 1e-7, 123456.789, 2**53, 1e21, "", " ", "text", 'Ünïcode “q” "q" \\ \n\t\r',
    "https://a.example/x", "urn:uuid:1", "urn:a b", "did:example:1#k", "xsd:date", "cred:thing", "_:b0", "#frag", "relative",
    "@id", "@type", "assertionMethod", "authentication", [], [[]], {}, [None], ["a", "a"], ["a", None], [["x"]],
    {"id": "urn:x"}, {"id": "urn:x", "name": "n"}, {"@id": "urn:y"}, {"name": "only"}, {"type": "Profile"}, {"type": []},
    {"type": "Image", "id": "urn:i", "caption": "c"}, {"@value": "v"}, {"@value": 5}, {"@value": None}, {"@value": 2.5},
    {"@value": "v", "@language": "en-US"}, {"@value": "v", "@language": "en us"}, {"@value": "v", "@type": "urn:dt"},
    {"@value": 7, "@type": "http://www.w3.org/2001/XMLSchema#double"}, {"@value": "v", "@direction": "rtl"},
    {"@value": "v", "@type": "Profile"}, {"@list": ["x"]}, {"@set": ["x"]}, {"@graph": [{"name": "g"}]}, {"@included": []},
    {"type": "Achievement", "id": "urn:ach", "name": "A", "criteria": {"narrative": "c"}, "tag": ["x", "y", "x"]},
    {"type": ["Result", "Achievement"], "value": "v", "tag": "t", "achievedLevel": "l"},
    {"type": "JsonSchema", "id": "urn:s", "jsonSchema": {"b": [1, True, None], "a": "é\n", "€": {}}},
    {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod", "cryptosuite": "x", "proofValue": "z1"},
    {"type": "ResultDescription", "id": "urn:rd", "allowedValue": ["a", "b", 3]},
    {"type": "VerifiablePresentation", "verifiableCredential": {"@context": V2, "id": "urn:vc", "name": "n"}},
    {"@context": OB, "type": "Profile", "id": "urn:p2", "phone": "1"}, {"@context": "https://other.example/c"},
]  # fmt: skip
KEYWORDS = [
    "@id",
    "@type",
    "@value",
    "@graph",
    "@index",
    "@nest",
    "@included",
    "@reverse",
    "@context",
    "@direction",
    "@language",
    "@list",
]


@cache
def words() -> list[str]:
    """Every term of every pinned context, scoped ones too."""
    compiler = Planner().compiler
    found: set[str] = set()
    for url in CONTEXTS:
        active = compiler.of_document(compiler.root, url)
        found |= set(active.terms)
        for term in active.terms.values():
            found |= set(compiler.of_property(active, active, term).terms)
    return sorted(found)


def _places(value: Any, found: list[Any]) -> list[Any]:
    if isinstance(value, dict | list):
        found.append(value)
        for item in value.values() if isinstance(value, dict) else value:
            _places(item, found)
    return found


def mutate(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A copy of the document with one change."""
    changed = copy.deepcopy(document)
    place = rng.choice(_places(changed, []))
    if isinstance(place, dict):
        _change_object(place, rng)
    else:
        _change_list(place, rng)
    return changed


def _change_object(place: dict[str, Any], rng: random.Random) -> None:
    keys = list(place)
    key = rng.choice(keys) if keys else "name"
    match rng.randrange(9):
        case 0 if keys:
            del place[key]
        case 1 | 2:
            place[key] = copy.deepcopy(rng.choice(JUNK))
        case 3 | 4:
            place[rng.choice(words())] = copy.deepcopy(rng.choice(JUNK))
        case 5:
            place[rng.choice([*KEYWORDS, "undefined", "https://schema.org/name", "xsd:x", "cred:issuer", "ID"])] = (
                copy.deepcopy(rng.choice(JUNK))
            )
        case 6 if keys:
            place[key] = [place[key]]
        case 7:
            place["type"] = rng.choice(
                [rng.sample(words(), rng.randrange(1, 4)), rng.choice(words()), "urn:t", ["Profile", "urn:t"]]
            )
        case _:
            chosen = rng.sample(CONTEXTS, rng.randrange(1, 4))
            place["@context"] = rng.choice([chosen, [V2, *chosen], chosen[0], [V2, OB], [{"x": "urn:x"}]])


def _change_list(place: list[Any], rng: random.Random) -> None:
    position = rng.randrange(len(place) + 1)
    match rng.randrange(4):
        case 0:
            place.insert(position, copy.deepcopy(rng.choice(JUNK)))
        case 1:
            place.reverse()
        case 2 if place:
            place.insert(position, copy.deepcopy(rng.choice(place)))
        case _:
            del place[position:]


TEXTS = ["text", 'Ünïcode “q” "q" \\ \n\t\r', "", "1", "中文", "a\u00a0b", "<b>&amp;</b>", "x" * 300, "e\u0301"]
NUMBERS = [0, 1, -1, 2**53 - 1, 1.5, 0.1, 123456.789, 1e21 / 7, 5.0, 2.5e-3, True, False]
LITERALS = [
    {"@value": "v", "@language": "en-US"},
    {"@value": "v", "@language": "zh-Hant"},
    {"@value": "v", "@type": "urn:dt"},
]


def vary(document: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A copy with one change that an honest document may have: another text, another number, a member less or more."""
    changed = copy.deepcopy(document)
    place = rng.choice([place for place in _places(changed, []) if place and isinstance(place, dict)])
    keys = [key for key in place if key not in ("@context", "type", "id")]
    key = rng.choice(keys) if keys else "id"
    value = place.get(key)
    match rng.randrange(6):
        case 0 if keys and len(place) > 2:
            del place[key]
        case 1:
            place["id"] = f"urn:uuid:{rng.randrange(5)}"
        case 2 if isinstance(value, dict):
            place[key] = [value]
        case 3 if isinstance(value, list) and value and isinstance(value[0], dict):
            again = {**copy.deepcopy(value[0]), "id": "urn:again"}
            place[key] = [*value, again]
        case 4 if isinstance(value, str) and ":" not in value:
            place[key] = copy.deepcopy(rng.choice([*LITERALS, *NUMBERS]))
        case _ if isinstance(value, str) and ":" not in value:
            place[key] = rng.choice(TEXTS)
        case _:
            keys = list(place)
            rng.shuffle(keys)
            items = {name: place[name] for name in keys}
            place.clear()
            place.update(items)
    return changed
