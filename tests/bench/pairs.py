"""Paired measurements: two ways of doing the same, next to each other in every round, and the median of their ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: what was measured, the median ratio or number, and whether it meets its target."""

    what: str
    value: float
    unit: str
    target: float
    at_least: bool
    note: str

    @property
    def met(self) -> bool:
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "met" if self.met else "MISSED"
        return f"{self.what:<46} {self.value:>9.2f}{self.unit} {sign} {self.target:g}{self.unit:<2} {verdict:<7} {self.note}"


def _seconds_each(work: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    start = time.process_time()  # of this process alone: others on the machine do not count
    for item in inputs:
        work(item)
    return (time.process_time() - start) / len(inputs)


def ratio(
    first: Callable[[Any], object],
    second: Callable[[Any], object],
    rounds: Sequence[tuple[Sequence[Any], Sequence[Any]]],
) -> tuple[float, str]:
    """The median over the rounds of time(first) / time(second), and both times in words; the order alternates."""
    ratios, firsts, seconds = [], [], []
    gc.collect()
    gc.freeze()  # what the measurement itself keeps alive is not walked through again and again; both sides collect
    for number, (for_first, for_second) in enumerate(rounds):
        if number % 2:
            b = _seconds_each(second, for_second)
            a = _seconds_each(first, for_first)
        else:
            a = _seconds_each(first, for_first)
            b = _seconds_each(second, for_second)
        ratios.append(a / b)
        firsts.append(a)
        seconds.append(b)
    gc.unfreeze()
    words = f"{statistics.median(firsts) * 1e3:.3f} ms / {statistics.median(seconds) * 1e3:.3f} ms, lowest {min(ratios):.1f}"
    return statistics.median(ratios), words
