"""Status lists that are read while awards are withdrawn: a real issuer process, a thousand withdrawals a minute.

Each second brings a list that has to be signed anew, for whoever asks first; everybody else gets what is there. Beside
it a file of the same server that never changes, asked for in turn: what the machine and the server cost anyhow.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from kit.vault import create_key_file
from tests.awarding import sheet_text
from tests.bench.pairs import Row
from tests.faults.test_issuer_kill import PASSWORD, Server
from tests.faults.test_sheet_kill import COURSE

SECONDS = 30
EVERY = 60 / 1000
"""Seconds from one withdrawal to the next."""
READ_EVERY = 0.02
ALONE = 400
BASE = "/api/organisations/maple"
LIST, FILE = "/orgs/maple/status/1", "/static/issuer.css"


def _post(server: Server, path: str, body: object, token: str | None, key: str) -> dict[str, object]:
    status, answer = server.ask("POST", path, body, token=token, key=key, seconds=60)
    assert status in {200, 201}, answer
    found: dict[str, object] = json.loads(answer)
    return found


def _awards(server: Server, count: int) -> tuple[str, list[str]]:
    """So many awards of a sheet: the token of who made them, and their ids."""
    token = str(_post(server, "/api/session", {"login": "admin", "password": PASSWORD}, None, "k")["token"])
    _post(server, "/api/organisations", {"name": "Maple"}, token, "k")
    course = _post(server, f"{BASE}/achievements", COURSE, token, "k")["id"]
    sheet = _post(server, f"{BASE}/sheets", {"achievement": course, "text": sheet_text(range(count))}, token, "k")
    job = _post(server, f"{BASE}/sheets/{sheet['id']}/issue", {"undoMinutes": 0}, token, "k")
    while not json.loads(server.ask("GET", f"{BASE}/jobs/{job['id']}", token=token)[1])["finished"]:
        time.sleep(0.2)
    ids: list[str] = []
    page = 1
    while len(ids) < count:
        found = json.loads(server.ask("GET", f"{BASE}/credentials?page={page}", token=token)[1])
        ids += [each["id"] for each in found["items"]]
        page += 1
    return token, ids


class _Withdrawing(threading.Thread):
    """Withdraws one award after the other, at a steady pace."""

    def __init__(self, server: Server, token: str, ids: list[str]) -> None:
        super().__init__(daemon=True)
        self.server, self.token, self.ids = server, token, ids
        self.done, self.stop = 0, threading.Event()

    def run(self) -> None:
        start = time.perf_counter()
        for number, each in enumerate(self.ids):
            if self.stop.wait(max(0.0, start + number * EVERY - time.perf_counter())):
                return
            body = {"reason": "requirementsNotMet"}
            _post(self.server, f"{BASE}/credentials/{each}/revocation", body, self.token, f"w{number}")
            self.done += 1


def _processor(server: Server) -> float:
    """Seconds of the processor that the server has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Reader:
    """One reader on one connection, who sends back the tag that came with the bytes before."""

    def __init__(self, server: Server) -> None:
        self.host = f"localhost:{server.port}"
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.tags: dict[str, str] = {}
        self.bodies: set[bytes] = set()

    def read(self, path: str) -> tuple[int, float]:
        """The status, and the milliseconds until the whole answer was there."""
        headers = {"Host": self.host, "If-None-Match": self.tags.get(path, "")}
        start = time.perf_counter()
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - start) * 1000
        self.tags[path] = answer.headers.get("ETag", "")
        if path == LIST and body:
            self.bodies.add(body)
        return answer.status, took


def _measured(server: Server, rounds: float) -> tuple[dict[str, list[float]], dict[int, int], _Reader]:
    """Read the list and the file in turn for so many seconds."""
    reader = _Reader(server)
    times: dict[str, list[float]] = {LIST: [], FILE: []}
    statuses: dict[int, int] = {}
    end = time.perf_counter() + rounds
    while time.perf_counter() < end:
        for path in (LIST, FILE):
            status, took = reader.read(path)
            times[path].append(took)
            if path == LIST:
                statuses[status] = statuses.get(status, 0) + 1
            time.sleep(READ_EVERY)
    return times, statuses, reader


def _each(server: Server, path: str) -> float:
    """Milliseconds of the processor that one reading costs the server; without a tag, so that all of it is sent."""
    reader = _Reader(server)
    before = _processor(server)
    for _ in range(ALONE):
        reader.tags.clear()
        reader.read(path)
    return (_processor(server) - before) * 1000 / ALONE


def _p(values: list[float], part: float) -> float:
    return statistics.quantiles(values, n=1000)[round(part * 1000) - 1]


def lists() -> Iterator[Row]:
    """The time that a list takes, at rest and while awards are withdrawn, and what is sent."""
    with tempfile.TemporaryDirectory(prefix="satchel-bench-") as name:
        folder = Path(name)
        create_key_file(folder / "kek")
        server = Server(folder, f"sqlite:///{folder}/issuer.db")
        server.command("init", "--login", "admin", given=PASSWORD + "\n")
        server.start()
        try:
            yield from _rows(server)
        finally:
            server.kill()


def _rows(server: Server) -> Iterator[Row]:
    token, ids = _awards(server, round(SECONDS / EVERY))
    rest, _statuses, _reader = _measured(server, SECONDS / 3)
    cost, note = _each(server, LIST), f"a file costs {_each(server, FILE):.1f} ms"
    yield Row(what="a status list, processor", value=cost, unit="ms", target=10, at_least=False, note=note)
    withdrawing = _Withdrawing(server, token, ids)
    used, start = _processor(server), time.perf_counter()
    withdrawing.start()
    times, statuses, reader = _measured(server, SECONDS)
    withdrawing.stop.set()
    withdrawing.join(30)
    took = time.perf_counter() - start
    used = _processor(server) - used
    for what, found, more in (
        ("a status list at rest", rest, ""),
        ("a status list while awards are withdrawn", times, f"; {withdrawing.done / took * 60:.0f} a minute"),
    ):
        beside = f"median {_p(found[LIST], 0.5):.1f}; a file beside it {_p(found[FILE], 0.5):.1f} and"
        note = f"{beside} {_p(found[FILE], 0.99):.1f} ms; {len(found[LIST])} readings{more}"
        yield Row(what=f"{what}, p99", value=_p(found[LIST], 0.99), unit="ms", target=50, at_least=False, note=note)
    said = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    largest = max(reader.bodies, key=len)
    note = f"{len(largest):,} bytes as they are; {len(reader.bodies)} versions; {said}; load {os.getloadavg()[0]:.1f}"
    value = max(len(gzip.compress(body)) for body in reader.bodies) / 1024
    yield Row(what="the largest version, gzip", value=value, unit="KB", target=8, at_least=False, note=note)
    value = used / took
    yield Row(what="of one core, the server", value=value, unit="", target=1, at_least=False, note=f"{used:.1f} s")
