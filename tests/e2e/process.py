"""`satchel demo` as a process of its own, for tests that start and stop it as a person would."""

import signal
import subprocess
import sys
import time

from satchel.installation import CHECKOUT
from tests.e2e.conftest import clean_environment


class Demo:
    """`satchel demo` as a process of its own."""

    def __init__(self, folder, port, *options):
        self.log = (folder / "out").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "satchel",
                "demo",
                "--data",
                str(folder / "data"),
                "--base-port",
                str(port),
                *options,
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env={**clean_environment(), "PYTHONPATH": str(CHECKOUT)},
        )

    def wait(self, seconds=90):
        started = time.monotonic()
        while time.monotonic() - started < seconds and self.process.poll() is None:
            self.log.seek(0)
            if "Ctrl-C stops it" in self.log.read():
                return
            time.sleep(0.2)
        self.log.seek(0)
        raise AssertionError(self.log.read())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=15)
        finally:
            self.log.close()
