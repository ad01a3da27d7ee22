"""Many verdicts at once: the same as one by one, in order, whatever becomes of a process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kit import batch
from kit.batch import CHUNK, verify_many
from satchel.cli import main
from satchel.cli import verify as command
from tests.bench.proofs import issue, unsigned
from vc.checks import Verdict
from vc.document import serialize
from vc.evidence import Evidence
from vc.policy import RECOMMENDED
from vc.verification import verify

NOW = datetime(2026, 11, 1, tzinfo=UTC)
POLICY = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
GIVEN: dict[str, Any] = {"evidence": Evidence(), "policy": POLICY, "now": NOW}
BAD = b"this is no document"
work = batch._work


class Trap:
    """A pipe that does something when a bad document comes through."""

    def __init__(self, pipe: Any, do: Callable[[], object]) -> None:
        self.send, self._received, self._do = pipe.send, pipe.recv, do

    def recv(self) -> Any:
        received = self._received()
        if BAD in received:
            self._do()
        return received


def dies(pipe: Any, *rest: Any) -> None:
    """A process that dies when it is handed a bad document."""
    work(Trap(pipe, lambda: os._exit(9)), *rest)  # type: ignore[arg-type]


def hangs(pipe: Any, *rest: Any) -> None:
    """A process that never ends with a bad document."""
    work(Trap(pipe, lambda: time.sleep(600)), *rest)  # type: ignore[arg-type]


def never_starts(_pipe: Any, *_rest: Any) -> None:
    """A process that ends before it has begun."""


def documents(count: int) -> list[bytes]:
    return [serialize(issue(unsigned("small", number))) for number in range(1, count + 1)]


def test_verdicts_come_in_order_and_say_what_each_alone_says() -> None:
    given = [*documents(CHUNK + 3), BAD]
    steps: list[tuple[int, int | None]] = []
    found = verify_many(iter(given), processes=2, progress=lambda done, of: steps.append((done, of)), **GIVEN)
    alone = [verify(data, **GIVEN) for data in given]
    assert [each.report.to_json() for each in found] == [report.to_json() for report in alone]
    assert [each.verdict for each in found] == [report.verdict for report in alone]
    assert [each.recognition for each in found] == [report.recognition for report in alone]
    assert steps[-1] == (len(given), len(given))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_nothing_gives_nothing() -> None:
    assert verify_many([], processes=1, **GIVEN) == []


@pytest.mark.parametrize("processes", [0, 65])
def test_a_number_of_processes_out_of_reason_is_a_mistake(processes: int) -> None:
    with pytest.raises(ValueError, match="processes"):
        verify_many([], processes=processes, **GIVEN)


def test_large_documents_are_handed_out_in_smaller_numbers() -> None:
    given = [b" " * (batch.CHUNK_BYTES // 2 + 1)] * 5
    assert {each.verdict for each in verify_many(given, processes=1, **GIVEN)} == {Verdict.COULD_NOT_BE_CHECKED}


@pytest.mark.parametrize("worker", [dies, hangs])
def test_one_document_that_ends_a_process_keeps_no_other_from_its_verdict(
    monkeypatch: pytest.MonkeyPatch, worker: Any
) -> None:
    monkeypatch.setattr(batch, "_work", worker)
    good = documents(3)
    found = verify_many([*good, BAD, *good], processes=1, patience=4.0, **GIVEN)
    expected = [Verdict.GENUINE_AND_CURRENT] * 3
    assert [each.verdict for each in found] == [*expected, Verdict.COULD_NOT_BE_CHECKED, *expected]
    assert "longer than" in found[3].report.problems[0].detail


def test_an_interruption_ends_the_processes() -> None:
    def interrupted() -> Any:
        yield from documents(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_many(interrupted(), processes=1, **GIVEN)


def test_a_process_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_work", never_starts)
    with pytest.raises(RuntimeError, match="did not start"):
        verify_many(documents(1), processes=1, **GIVEN)


def test_the_command_judges_many_files_side_by_side_and_says_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = []
    for number, data in enumerate([*documents(3), BAD]):
        (tmp_path / f"{number}.json").write_bytes(data)
        names.append(str(tmp_path / f"{number}.json"))
    arguments = ["verify", "--offline", "--json", "--recognition", "ignore", *names]
    alone, told = main(arguments), capsys.readouterr().out
    monkeypatch.setattr(command, "_MANY", 2)
    monkeypatch.setattr(command, "_decide", None)
    assert main(arguments) == alone
    assert json.loads(capsys.readouterr().out) == json.loads(told)
