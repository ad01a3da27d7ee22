"""The supervisor starts in order, waits for readiness, restarts with growing pauses, and ends only what it started."""

import os
import signal
import socket
import sys
import time

import pytest

from satchel.console import CommandError
from satchel.supervisor import ProcessSpec, Supervisor
from tests.ports import free_port

SERVER = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *a): pass
print("hello from", sys.argv[2], flush=True)
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
STUBBORN = (
    "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)\n"
)


def spec(name, code=SERVER, port=None):
    port = port or free_port()
    return ProcessSpec(
        name=name,
        command=(sys.executable, "-c", code, str(port), name),
        environment=dict(os.environ),
        ready_url=f"http://localhost:{port}/",
    )


@pytest.fixture
def supervise():
    made = []

    def start(*specs, log=None):
        supervisor = Supervisor(specs, say=lambda _line: None, log=log)
        made.append(supervisor)
        return supervisor

    yield start
    for supervisor in made:
        supervisor.stop(seconds=1)


def test_processes_start_answer_and_stop_politely(supervise):
    supervisor = supervise(spec("one"), spec("two"))
    supervisor.start()
    supervisor.wait_ready(seconds=15)
    assert supervisor.stop() == {"one": 0, "two": 0}


def test_what_ends_is_started_again_after_a_pause_that_doubles(supervise):
    supervisor = supervise(spec("one", code="pass"))
    supervisor.start()
    pauses = []
    now = time.monotonic()
    for _ in range(4):
        while supervisor._running["one"].poll() is None:
            time.sleep(0.01)
        supervisor.tend(now=now)
        pauses.append(supervisor._pause["one"])
        now = supervisor._due["one"]
        supervisor.tend(now=now)
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_a_process_killed_from_outside_comes_back(supervise):
    supervisor = supervise(spec("one"))
    supervisor.start()
    supervisor.wait_ready(seconds=15)
    first = supervisor.pid("one")
    os.kill(first, signal.SIGKILL)
    supervisor._running["one"].wait()
    supervisor.tend(now=time.monotonic())
    supervisor.tend(now=time.monotonic() + 1)
    supervisor.wait_ready(seconds=15)
    assert supervisor.pid("one") != first


def test_one_that_ends_at_once_is_named(supervise):
    supervisor = supervise(spec("one", code="raise SystemExit(3)"))
    supervisor.start()
    with pytest.raises(CommandError, match=r"The one ended at once \(exit 3\)"):
        supervisor.wait_ready(seconds=10)


def test_one_that_does_not_answer_is_named(supervise):
    supervisor = supervise(spec("one", code=STUBBORN))
    supervisor.start()
    with pytest.raises(CommandError, match="did not answer"):
        supervisor.wait_ready(seconds=0.3)


def test_one_that_does_not_stop_is_ended(supervise):
    supervisor = supervise(spec("one", code=STUBBORN))
    supervisor.start()
    time.sleep(0.5)
    started = time.monotonic()
    assert supervisor.stop(seconds=0.5) == {"one": -signal.SIGKILL}
    assert time.monotonic() - started < 5


def test_a_taken_port_is_said_before_anything_starts(supervise):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        supervisor = supervise(spec("one", port=taken.getsockname()[1]))
        with pytest.raises(CommandError, match="already in use"):
            supervisor.start()
        assert not supervisor._running


def test_lines_carry_the_name_of_their_process(supervise, tmp_path):
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        supervisor = supervise(spec("one"), spec("two"), log=log)
        supervisor.start()
        supervisor.wait_ready(seconds=15)
        supervisor.stop()
        deadline = time.monotonic() + 5
        while (tmp_path / "log").read_text().count("\n") < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert sorted((tmp_path / "log").read_text().splitlines()) == [
        "      one | hello from one",
        "      two | hello from two",
    ]
