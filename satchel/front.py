"""HTTPS for the room: takes connections on the machine's network address and passes them on to the same port of
`localhost`.

The roles of the demo stay on plain http at `localhost`, where their identifiers are; phones in the room reach them
through here. It ends the encryption and copies bytes both ways, nothing else: requests, hosts and cookies pass
unread. Settings come from `SATCHEL_FRONT_ADDRESS`, `SATCHEL_FRONT_PORTS` (comma-separated),
`SATCHEL_FRONT_CERTIFICATE` and `SATCHEL_FRONT_KEY`. For the demo only: an installation has a proxy of its own
(docs/operating.md).
"""

import asyncio
import contextlib
import os
import signal
import ssl
from collections.abc import Awaitable, Callable, Sequence

PREFIX = "SATCHEL_FRONT_"
_CHUNK = 64 * 1024


def context_of(certificate: str, key: str) -> ssl.SSLContext:
    """Give the server's side of TLS, 1.2 or newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


async def serve(address: str, ports: Sequence[int], context: ssl.SSLContext) -> None:
    """Pass connections on until the process is asked to end."""
    servers = [
        await asyncio.start_server(_passing_to(port), address, port, ssl=context, ssl_handshake_timeout=10)
        for port in ports
    ]
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    for server in servers:
        server.close()


def _passing_to(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    return connected


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until one side ends; then the other side is told."""
    with contextlib.suppress(OSError, ssl.SSLError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()
    with contextlib.suppress(OSError, ssl.SSLError):
        target.close()


def main() -> int:
    """Serve as the environment says."""
    settings = {name: os.environ[PREFIX + name] for name in ("ADDRESS", "PORTS", "CERTIFICATE", "KEY")}
    ports = [int(port) for port in settings["PORTS"].split(",")]
    asyncio.run(serve(settings["ADDRESS"], ports, context_of(settings["CERTIFICATE"], settings["KEY"])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
