"""Running an app: one process, one port, TLS if there are certificates, an orderly end within ten seconds."""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from kit import log
from kit.settings import RoleSettings
from kit.start import settled

STOP_SECONDS = 10


class _Server(uvicorn.Server):
    """A server that says when it listens, and for which a signal to stop is an order carried out, not a death."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started and self.servers:
            self._ready(self.servers[0].sockets[0].getsockname()[1])

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature is the caller's
        """Begin to stop; a second SIGINT stops at once. The signal is not raised again afterwards."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def run(app: FastAPI, settings: RoleSettings, *, role: str, ready: Callable[[int], None] | None = None) -> int:
    """Serve `app` until SIGTERM or SIGINT; gives the exit status: 0 after an orderly end, 1 otherwise.

    `ready` is called with the port once connections are accepted; without it one JSON line is printed on stdout:
    `{"event": "listening", "role": …, "port": …, "url": …}`. Port 0 lets the system choose.
    """
    log.configure(role=role)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold keys

    def announce(port: int) -> None:
        line = {"event": "listening", "role": role, "port": port, "url": settings.public_url}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    with contextlib.suppress(FileNotFoundError):
        tempfile.gettempdir()  # found by writing something: later, on a full disk, an upload would find none
    settled()
    server = _Server(configuration(app, settings), ready or announce)
    server.run()
    return 0 if server.started and not server.force_exit else 1


def configuration(app: FastAPI, settings: RoleSettings) -> uvicorn.Config:
    """The server's settings: no access log of its own, no Server header, forwarded headers not believed."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32 * 1024,
        limit_concurrency=400,
        lifespan="on",
    )
