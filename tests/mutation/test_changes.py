"""The runner itself: what it changes, what it leaves alone, and what its list of explanations has to look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.__main__ import path_of
from tests.mutation.changes import Module
from tests.mutation.explained import FILE, read
from tests.mutation.targets import files_for

SOURCE = '''"""About it: 1 < 2."""
LIMIT: int = 3


def check(number: int, name: str = "x") -> bool:
    """Whether: 1 < 2."""
    if number > LIMIT and name:
        raise ValueError("too many: 3")
    note(number)
    return number in (1, 2)
'''


def test_one_place_is_changed_at_a_time_and_the_texts_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    module = Module(path)
    said = {change.said for change in module.changes}
    assert said >= {
        "3 => 4",
        "'x' => ''",
        "number > LIMIT => number >= LIMIT",
        "number > LIMIT and name => False",
        "number > LIMIT and name => number > LIMIT or name",
        "note(number) => pass",
        "number in (1, 2) => number not in (1, 2)",
        "return number in (1, 2) => return None",
    }
    assert not any("too many" in text or "About" in text or "Whether" in text for text in said)
    before = path.read_text()
    codes = {
        module.compiled(change).co_code + repr(module.compiled(change).co_consts).encode() for change in module.changes
    }
    assert len(codes) > 1
    assert path.read_text() == before
    assert {change.line for change in module.changes} == {2, 5, 7, 9, 10}


def test_every_explanation_is_of_a_line_that_is_there_and_gives_a_reason() -> None:
    for entry in read(FILE.read_text()):
        lines = [" ".join(line.split()) for line in path_of(entry.module).read_text().splitlines()]
        assert entry.source in lines, entry
        assert files_for(entry.module)
    with pytest.raises(ValueError, match="no reason"):
        read("module: vc.x\nline: x = 1\nchange: 1 => 2")
    with pytest.raises(ValueError, match="because"):
        read("module: vc.x\nbecause: x")
