"""Run one process per role: start them in order, wait until each is ready, restart what falls over, stop them together.

Rules. A process is ended only through the handle with which this supervisor started it. A process that ends by itself
is started again after a pause that doubles from half a second to thirty, and is short again once it has run for a
minute. A stop asks every process politely, all at once, and after ten seconds ends those that are still there. Each
child runs in a session of its own, so that Ctrl-C in a terminal reaches the supervisor alone and the order of the
stop is the supervisor's. Left out: starting at boot and surviving the supervisor itself; that is the work of the
system's service manager.
"""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

import httpx2

from satchel.console import CommandError

STOP_SECONDS = 10.0
READY_SECONDS = 30.0
STABLE_SECONDS = 60.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
_TICK = 0.1
_COLOURS = ("36", "35", "33", "32", "34")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """One process: its name in the log, its command, its environment, and the address that answers when it is ready.

    `ready_host` is the name that the process is asked under, where it is not the address's own. `authority` is a
    certificate to trust; without one, a certificate is not looked at: the question goes to a port of this machine,
    carries nothing, and only the answer's status is read.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready_url: str
    ready_host: str | None = None
    authority: str | None = None


class Supervisor:
    """Starts, watches and stops a fixed set of processes."""

    def __init__(self, specs: Sequence[ProcessSpec], *, say: Say, log: IO[str] | None) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._started: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._say = say
        self._log = log
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start every process that is not running, in the given order.

        Raises: CommandError when a port is taken by somebody else.
        """
        for spec in self._specs.values():
            self._refuse_taken_port(spec)
        for name in self._specs:
            self._launch(name)

    def pid(self, name: str) -> int:
        """Give the process id of a running process."""
        return self._running[name].pid

    def wait_ready(self, *, seconds: float = READY_SECONDS, progress: Say | None = None) -> None:
        """Wait until every process answers.

        Raises: CommandError naming the process that ended, or that did not answer in time.
        """
        deadline = time.monotonic() + seconds
        for spec in self._specs.values():
            if progress:
                progress(spec.name)
            while not self._ready(spec):
                code = self._running[spec.name].poll()
                if code is not None:
                    raise CommandError(
                        f"The {spec.name} ended at once (exit {code}). "
                        "Its last lines above say why; mend that and start again."
                    )
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"The {spec.name} did not answer at {spec.ready_url} within {seconds:.0f} seconds. "
                        "Look at its lines above, or at its database and key file."
                    )
                time.sleep(_TICK)

    def watch(self) -> None:
        """Restart what ends, until a stop is asked for."""
        while not self._stopping.wait(_TICK):
            self.tend(now=time.monotonic())

    def tend(self, *, now: float) -> None:
        """Look once at every process: note what ended, and start again what is due."""
        for name, process in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            del self._running[name]
            stable = now - self._started[name] >= STABLE_SECONDS
            pause = FIRST_PAUSE if stable else min(self._pause.get(name, FIRST_PAUSE / 2) * 2, LONGEST_PAUSE)
            self._pause[name] = pause
            self._due[name] = now + pause
            self._say(f"The {name} ended (exit {code}); it is started again in {pause:g} seconds.")
        for name, due in list(self._due.items()):
            if now >= due:
                del self._due[name]
                self._launch(name)

    def stop_one(self, name: str, *, seconds: float = STOP_SECONDS) -> int:
        """Stop one process and leave it stopped; give its exit code."""
        process = self._running.pop(name)
        self._due.pop(name, None)
        process.send_signal(signal.SIGTERM)
        return _finish(process, deadline=time.monotonic() + seconds)

    def kill_one(self, name: str) -> None:
        """End one process without a word, as a power cut would (for fault tests); it is not started again."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def start_one(self, name: str) -> None:
        """Start one process that was stopped."""
        self._refuse_taken_port(self._specs[name])
        self._launch(name)

    def ask_stop(self) -> None:
        """Make `watch` return."""
        self._stopping.set()

    def stop(self, *, seconds: float = STOP_SECONDS) -> Mapping[str, int]:
        """Ask every process to end, wait, and end those that do not; give the exit codes."""
        self._stopping.set()
        self._due.clear()
        processes, self._running = self._running, {}
        for process in processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        return {name: _finish(process, deadline=deadline) for name, process in processes.items()}

    def _launch(self, name: str) -> None:
        spec = self._specs[name]
        process = subprocess.Popen(  # noqa: S603  the command is composed here, of nothing that came from outside
            list(spec.command),
            env=dict(spec.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._running[name] = process
        self._started[name] = time.monotonic()
        colour = _COLOURS[list(self._specs).index(name) % len(_COLOURS)]
        reader = threading.Thread(target=self._copy_lines, args=(name, process, colour), daemon=True)
        reader.start()

    def _copy_lines(self, name: str, process: subprocess.Popen[str], colour: str) -> None:
        """Read a child's output to its end, so that it never blocks on a full pipe; log it under its name."""
        lines = process.stdout or ()
        for line in lines:
            if self._log is None or self._log.closed:
                continue
            prefix = f"\033[{colour}m{name:>9}\033[0m" if self._log.isatty() else f"{name:>9}"
            self._log.write(f"{prefix} | {line.rstrip()}\n")
            self._log.flush()
        if process.stdout:
            process.stdout.close()

    def _ready(self, spec: ProcessSpec) -> bool:
        try:
            with _client(spec) as client:
                headers = {"Host": spec.ready_host} if spec.ready_host else {}
                return client.get(spec.ready_url, headers=headers).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False

    def _refuse_taken_port(self, spec: ProcessSpec) -> None:
        place = urlsplit(spec.ready_url)
        host = "127.0.0.1" if place.hostname in {"localhost", None} else place.hostname
        try:
            socket.create_connection((host, place.port or 0), timeout=1.0).close()
        except OSError:
            return
        raise CommandError(
            f"Port {place.port}, which the {spec.name} needs, is already in use on this machine. "
            "Stop the other program (perhaps an earlier Satchel), or choose other ports with --base-port."
        )


def _client(spec: ProcessSpec) -> httpx2.Client:
    if not spec.ready_url.startswith("https:"):
        return httpx2.Client(timeout=2.0, trust_env=False)
    import ssl  # noqa: PLC0415  only who serves https needs it

    context = ssl.create_default_context(cafile=spec.authority)
    if spec.authority is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return httpx2.Client(timeout=2.0, trust_env=False, verify=context)


def _finish(process: subprocess.Popen[str], *, deadline: float) -> int:
    try:
        return process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


@contextmanager
def stop_on_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on SIGTERM or SIGINT inside the block; asking twice changes nothing while the stop is under way."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        stop()

    previous = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, old in previous.items():
            signal.signal(number, old)


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """Give the command that runs a module of this installation with this interpreter."""
    return (sys.executable, "-m", module, *arguments)
