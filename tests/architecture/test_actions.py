"""Every act that the issuer's audit records has words, and every word belongs to an act."""

import ast
import re
from collections import Counter
from pathlib import Path

from issuer.pages import actions
from issuer.service import awards, claims, closing, endorsements

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "issuer" / "service"
SIGNED = {
    f"credential.{kind}" for kind in (awards.AWARD, awards.REISSUE, claims.CLAIM, closing.CLOSE, endorsements.ENDORSE)
}
FROM_INTENT = 'f"credential.{intent.kind}"'


def literals(node):
    """The texts that an expression can be; None when it is no choice between texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        parts = [literals(node.body), literals(node.orelse)]
        return None if None in parts else set().union(*parts)
    return None


def passed_on(tree):
    """Name → position of the parameter ``action`` of each function that hands it on; a method's own object is none."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args if each.arg not in {"self", "cls"}]
            if "action" in names and any(hands_on(part) for part in ast.walk(node)):
                found[node.name] = names.index("action")
    return found


def hands_on(node):
    return isinstance(node, ast.keyword) and node.arg == "action" and ast.unparse(node.value) == "action"


def actions_of(source):
    """(line, texts or None) for every action that a module writes into the audit."""
    tree = ast.parse(source)
    places = passed_on(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
        if not given and name in places and len(call.args) > places[name]:
            given = [call.args[places[name]]]
        for value in given:
            if ast.unparse(value).replace("'", '"') == FROM_INTENT:
                yield call.lineno, SIGNED
            elif not (ast.unparse(value) == "action" and places):
                yield call.lineno, literals(value)


def recorded():
    for path in sorted(SERVICE.rglob("*.py")):
        if path.name != "recording.py":
            for line, texts in actions_of(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(ROOT)}:{line}", texts


def test_an_action_is_written_as_a_text():
    assert [place for place, texts in recorded() if texts is None] == []


def test_every_action_has_words_and_every_word_an_action():
    assert set().union(*(texts for _place, texts in recorded() if texts)) == set(actions.ACTIONS)


def test_an_action_is_put_into_words_once():
    counted = Counter(action for part in actions.PARTS for action in part.ACTIONS)
    assert [action for action, count in counted.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", action) for action in counted)


def test_every_module_of_words_is_listed():
    written = {path.stem for path in (ROOT / "issuer/pages/actions").glob("*.py")} - {"__init__"}
    assert {part.__name__.rpartition(".")[2] for part in actions.PARTS} == written


def test_actions_are_found_however_they_are_handed_on():
    source = """
class Service:
    def act(self, on):
        record(session, action="a.on" if on else "a.off", object_id="x")
        self._note(session, "b.done", 3)
        record(session, action=made_up(on))

    def _note(self, session, action, number):
        record(session, action=action)
"""
    assert [texts for _line, texts in actions_of(source)] == [{"a.on", "a.off"}, {"b.done"}, None]
