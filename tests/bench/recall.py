"""Stopping a link: from the finger on the button to the first reader who is refused, and whether anybody got more after it.

A wallet on loopback, a real Chromium as large as a phone that taps *Stop the link now*, and three readers who ask over
and over meanwhile: for the front page, for the record, and for the presentation that a program takes. By the clock on
the wall, because that is what a family waits for.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Page, sync_playwright

from kit.clock import SystemClock
from tests.bench.pairs import Row
from tests.bench.places import postgresql
from tests.conftest import CHROMIUM_FLAGS
from tests.e2e.wallet_served import PHONE, serving, sign_in
from tests.unit.wallet.samples import Hadleys, award
from wallet.service.share_views import Choice

ROUNDS = 50
WARM = 3
LINKS = 8
"""Awards behind each link."""
EVERY = 0.01
"""Seconds from one answer to a reader's next question."""
STOPPED = 410
PATIENCE = 20


@dataclass(slots=True)
class _Reader:
    """Asks until it is told that the link was stopped, and once more."""

    ask: Callable[[httpx2.Client], int]
    client: httpx2.Client
    given: list[float] = field(default_factory=list)
    """When each question began that was answered with the record."""
    refused: float = 0.0
    """When the first refusal had arrived."""
    odd: list[int] = field(default_factory=list)

    def read(self) -> None:
        while True:
            began = time.perf_counter()
            status = self.ask(self.client)
            if status == STOPPED and self.refused:
                return
            if status == STOPPED:
                self.refused = time.perf_counter()
            elif status == 200:
                self.given.append(began)
            else:
                self.odd.append(status)
                return
            time.sleep(EVERY)


def _questions(link: str) -> list[Callable[[httpx2.Client], int]]:
    question = {"challenge": "c" * 22, "domain": "https://college.example", "reader": "Admissions"}
    return [
        lambda client: client.get(link).status_code,
        lambda client: client.post(f"{link}/files", headers={"origin": link.partition("/s/")[0]}).status_code,
        lambda client: client.post(link, json=question, headers={"accept": "application/vp+ld+json"}).status_code,
    ]


def _stopped(page: Page, link: str, share_id: str, clients: list[httpx2.Client]) -> tuple[float, float]:
    """Seconds from the tap to the last reader's refusal, and to the sentence on the phone."""
    page.goto(f"/shares/{share_id}")
    button = page.get_by_role("button", name="Stop the link now")
    button.scroll_into_view_if_needed()
    readers = [_Reader(ask, client) for ask, client in zip(_questions(link), clients, strict=True)]
    threads = [threading.Thread(target=reader.read, daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    deadline = time.perf_counter() + PATIENCE
    while not all(reader.given or reader.odd for reader in readers) and time.perf_counter() < deadline:
        time.sleep(EVERY)
    tapped = time.perf_counter()
    button.tap()
    page.get_by_text("The link was stopped.").first.wait_for()
    told = time.perf_counter()
    for thread in threads:
        thread.join(PATIENCE)
    for reader in readers:
        assert not reader.odd, reader.odd
        assert reader.given, "nobody had read it before it was stopped"
        assert reader.refused, "a reader was never refused"
        assert reader.given[-1] < reader.refused, "a reader was answered after a refusal"
    return max(reader.refused for reader in readers) - tapped, told - tapped


def _measured(name: str, folder: Path, **settings: Any) -> Iterator[Row]:
    clock = SystemClock()
    taken, told = [], []
    chromium = os.environ.get("SATCHEL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(folder, clock, **settings) as (address, services), sync_playwright() as playwright:
        family = Hadleys(services)
        kept = [
            services.credentials.add_file(family.teresa, family.teresa_learner, award(number)).credential_id
            for number in range(1, LINKS + 1)
        ]
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_context(base_url=address, **PHONE).new_page()
        sign_in(page)
        clients = [httpx2.Client(timeout=PATIENCE, trust_env=False) for _ in range(3)]
        for number in range(ROUNDS + WARM):
            until = clock.now().date() + timedelta(days=7)
            choice = Choice(
                credential_ids=tuple(kept), recipient=f"College {number}", purpose="", shown_name="", until=until
            )
            share_id = services.shares.create(family.teresa, family.teresa_learner, choice)
            token = services.shares.share(family.teresa, share_id).token
            seconds, words = _stopped(page, f"{address}/s/{token}", share_id, clients)
            if number >= WARM:
                taken.append(seconds)
                told.append(words)
        for client in clients:
            client.close()
        browser.close()
    note = f"{ROUNDS} recalls, median {statistics.median(taken):.3f} s, p95 {sorted(taken)[int(ROUNDS * 0.95)]:.3f} s"
    what = f"a link stopped for every reader, longest, {name}"
    yield Row(what=what, value=max(taken), unit=" s", target=1, at_least=False, note=note)
    note = f"median {statistics.median(told):.3f} s"
    what = f"the phone says that it is, longest, {name}"
    yield Row(what=what, value=max(told), unit=" s", target=1, at_least=False, note=note)


def on_sqlite() -> Iterator[Row]:
    """How fast a link is stopped on SQLite."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as folder:
        yield from _measured("SQLite", Path(folder))


def on_postgresql() -> Iterator[Row]:
    """The same on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as folder, postgresql() as url:
        yield from _measured("PostgreSQL", Path(folder), database_url=url)
