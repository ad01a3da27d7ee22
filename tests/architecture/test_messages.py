"""Every sentence that people read is in every language that we ship, with the same places to fill in."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from kit.i18n import LANGUAGES, catalogue_files

ROOT = Path(__file__).parents[2]
OWNERS = ["kit", "issuer", "wallet", "verifier", "registrar", "satchel/start"]
FUNCTIONS = {"_", "ngettext"}
PLACE = re.compile(r"%\((\w+)\)[sd]")
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def from_python(path):
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            count = 2 if node.func.id == "ngettext" else 1
            texts = [part.value if isinstance(part, ast.Constant) else part for part in node.args[:count]]
            yield node.lineno, tuple(texts)


def from_template(path):
    for call in Environment(autoescape=True).parse(path.read_text()).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in FUNCTIONS:
            count = 2 if call.node.name == "ngettext" else 1
            texts = [part.value if isinstance(part, nodes.Const) else part for part in call.args[:count]]
            yield call.lineno, tuple(texts)


def messages(owner):
    """(place, texts) for every marked sentence; texts that are not literals are kept as the syntax they are."""
    for path in sorted((ROOT / owner).rglob("*.py")):
        for line, texts in from_python(path):
            yield f"{path.relative_to(ROOT)}:{line}", texts
    for path in sorted((ROOT / owner).rglob("*.html")):
        for line, texts in from_template(path):
            yield f"{path.relative_to(ROOT)}:{line}", texts


def entries(path, language):
    with path.open("rb") as stream:
        return [entry for entry in read_po(stream, locale=language) if entry.id]


def catalogue(owner, language):
    found = {}
    for path in catalogue_files(ROOT / owner / "locale", language):
        for entry in entries(path, language):
            if not entry.fuzzy:
                ids = (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)
                texts = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
                found[ids[0]] = (ids, texts)
    return found


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("owner", OWNERS)
def test_a_sentence_is_translated_in_one_file_only(owner, language):
    """Two files with one sentence would be two translations, of which the reader's depends on names of files."""
    places = Counter(
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for path in catalogue_files(ROOT / owner / "locale", language)
        for entry in entries(path, language)
    )
    assert sorted(sentence for sentence, count in places.items() if count > 1) == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("owner", OWNERS)
def test_every_sentence_is_translated(owner, language):
    known = {**catalogue("kit", language), **catalogue(owner, language)}
    missing = sorted(
        f"{place}: {texts[0]!r}"
        for place, texts in messages(owner)
        if isinstance(texts[0], str)
        and not (texts[0] in known and all(known[texts[0]][1]) and len(known[texts[0]][1]) >= len(texts))
    )
    assert not missing, f"{len(missing)} without {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("owner", OWNERS)
def test_what_is_marked_is_a_whole_sentence_not_an_expression(owner):
    assert [
        place
        for place, texts in messages(owner)
        if not all(isinstance(text, str) for text in texts)
        and not place.startswith(("kit/i18n.py", "kit/web/pages.py"))
    ] == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("owner", OWNERS)
def test_a_translation_has_the_places_of_its_sentence(owner, language):
    wrong = [
        ids[0]
        for ids, texts in catalogue(owner, language).values()
        if texts and all(texts)
        for text in texts
        if set(PLACE.findall(text)) - set(PLACE.findall(" ".join(ids)))
        or (set(PLACE.findall(ids[0])) - {"count"}) - set(PLACE.findall(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("owner", OWNERS)
def test_a_catalogue_holds_nothing_that_nobody_says(owner, language):
    said = {texts[0] for role in OWNERS for _place, texts in messages(role)}
    assert sorted(set(catalogue(owner, language)) - said) == []


SAME_IN_SPANISH = {
    "Diploma",
    'JSON: {"issuers": [{"did": …, "name": …, "list": …, "note": …}]}',
    "Provisional",
    "Tutor",
}
"""The only sentences that are the same in both languages, because their words are."""


@pytest.mark.parametrize("owner", OWNERS)
def test_a_translation_is_another_sentence_or_known_to_be_the_same(owner):
    """A sentence that was copied in place of being translated looks complete to every other test."""
    copied = {
        sentence
        for ids, texts in catalogue(owner, "es").values()
        for sentence, text in zip(ids, texts, strict=False)
        if sentence.casefold() == text.casefold() and re.search(r"[^\W\d_]{2}", PLACE.sub("", sentence))
    }
    assert sorted(copied - SAME_IN_SPANISH) == []


def test_what_is_known_to_be_the_same_is_said_somewhere():
    """An allowance that nobody needs any more would let a copy through."""
    known = {
        ids[place] for owner in OWNERS for ids, _texts in catalogue(owner, "es").values() for place in range(len(ids))
    }
    assert sorted(SAME_IN_SPANISH - known) == []
