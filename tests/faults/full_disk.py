"""An issuer's process whose disk can be filled, emptied and broken while it runs, without rights on the machine.

Full: no file of the process grows, which SQLite and the system tell as they tell of a disk that is full. Broken: from a
signal on, every fsync of the process fails as a dying disk's does; that cannot be taken back, as there.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import struct
import subprocess
import sys
import time

from tests.faults.test_issuer_kill import ROOT, Server

SYSCALLS = {"x86_64": (74, 75), "aarch64": (82, 83)}
"""The numbers of fsync and fdatasync."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _ALL_THREADS = 38, {"x86_64": 317, "aarch64": 277}, 1, 1
_ALLOWED, _ANSWERED, _EIO = 0x7FFF0000, 0x00050000, 5


class FullServer(Server):
    """An issuer's process on a disk that can be full."""

    def start(self):
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.full_disk"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert json.loads(line)["event"] == "listening", line
        self.starts.append(time.monotonic() - begun)

    def fill(self):
        """From now on nothing grows, and nothing is written anew."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def empty(self):
        """There is room again."""
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def lose(self):
        """From now on the disk cannot say whether it kept anything."""
        self.process.send_signal(signal.SIGUSR1)


def _every_fsync_fails(_signal, _frame):
    """Have the system answer fsync and fdatasync with EIO, for all threads of this process.

    Spec: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
    """
    fsync, fdatasync = SYSCALLS[platform.machine()]
    steps = [
        (0x20, 0, 0, 0),  # the number of the call
        (0x15, 1, 0, fsync),
        (0x15, 0, 1, fdatasync),
        (0x06, 0, 0, _ANSWERED | _EIO),
        (0x06, 0, 0, _ALLOWED),
    ]
    rules = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(rules)))
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    number = _SECCOMP[platform.machine()]
    if system.syscall(number, _FILTER, _ALL_THREADS, ctypes.byref(program)) != 0:
        os._exit(3)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _every_fsync_fails)
    from kit.start import program as started

    raise SystemExit(started("issuer.cli", ["serve"]))
