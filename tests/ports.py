"""Ports for servers that a test starts: below those that a system hands out by itself, so that nobody takes one in between."""

import os
import random
import socket
from contextlib import ExitStack
from itertools import count

FIRST = 10_000
"""Systems give connections that go out a port of 32768 and more (Linux) or of 49152 and more."""
WORKERS, EACH = 8, 2_500
"""Each of a run's processes walks through ports of its own."""

_places = count(random.SystemRandom().randrange(EACH))


def free_ports(number):
    """The first of so many ports in a row that nobody uses at this moment."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    for _ in range(EACH):
        first = FIRST + worker * EACH + next(_places) * number % (EACH - number)
        with ExitStack() as held:
            try:
                for port in range(first, first + number):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
        return first
    raise AssertionError(f"no {number} ports in a row are free")


def free_port():
    """One port that nobody uses at this moment."""
    return free_ports(1)
