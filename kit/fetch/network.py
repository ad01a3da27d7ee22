"""Names to addresses, addresses to connections, and one deadline over everything that happens on a connection."""

from __future__ import annotations

import concurrent.futures
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import httpcore2

from kit.fetch.addresses import is_loopback, is_public
from kit.fetch.urls import Target

_SocketOption = Any
_LOOKUPS = 128
_Lookup = concurrent.futures.Future[list[str]]


class RefusedAddress(Exception):  # noqa: N818 - says what is wrong
    """The name leads to an address that may not be reached."""


class Network(Protocol):
    """The two things a fetch needs from the machine; tests bring their own."""

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[str]:
        """Every address of `host`. Raises: OSError, TimeoutError."""
        ...

    def dial(self, address: str, port: int, *, timeout: float) -> httpcore2.NetworkStream:
        """A connection to `address`. Raises: httpcore2.NetworkError, httpcore2.TimeoutException."""
        ...


class SystemNetwork:
    """The machine's resolver and sockets.

    The resolver knows no timeout, so every look-up has a thread of its own, which nobody waits for beyond the deadline
    and which keeps no process from ending. Names whose servers never answer hold threads until the system gives up
    (about half a minute): one each, however often they are asked for, and not more than 128 in all.
    """

    def __init__(self) -> None:
        self._backend = httpcore2.SyncBackend()
        self._places = threading.BoundedSemaphore(_LOOKUPS)
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], _Lookup] = {}

    def resolve(self, host: str, port: int, *, timeout: float) -> Sequence[str]:
        """Every address of `host`. Raises: OSError; TimeoutError when there is no answer, or no free place, in time."""
        end = time.monotonic() + timeout
        with self._lock:
            lookup = self._asked.get((host, port))
        if lookup is None:
            lookup = self._ask(host, port, timeout)
        return list(dict.fromkeys(lookup.result(max(0.0, end - time.monotonic()))))

    def _ask(self, host: str, port: int, timeout: float) -> _Lookup:
        if not self._places.acquire(timeout=timeout):
            raise TimeoutError
        lookup: _Lookup = concurrent.futures.Future()
        with self._lock:
            found = self._asked.setdefault((host, port), lookup)
        if found is not lookup:
            self._places.release()
            return found
        try:
            threading.Thread(target=self._look_up, args=(host, port, lookup), name="resolve", daemon=True).start()
        except RuntimeError:  # the machine gives no more threads
            self._end(host, port)
            lookup.set_exception(OSError("no thread for a look-up"))
        return lookup

    def _look_up(self, host: str, port: int, lookup: _Lookup) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(address[0]) for *_kind, address in found]
        except (OSError, UnicodeError) as error:
            self._end(host, port)
            lookup.set_exception(error if isinstance(error, OSError) else OSError("no such name"))
        else:
            self._end(host, port)
            lookup.set_result(addresses)

    def _end(self, host: str, port: int) -> None:
        with self._lock:
            self._asked.pop((host, port), None)
        self._places.release()

    def dial(self, address: str, port: int, *, timeout: float) -> httpcore2.NetworkStream:
        """A TCP connection."""
        return self._backend.connect_tcp(address, port, timeout=timeout)


class Deadline:
    """One moment by which everything is over, whatever trickles in."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises: TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def left_or_none(self) -> float:
        """Seconds left; 0 when there are none."""
        return max(0.0, self._end - time.monotonic())

    def sooner(self, seconds: float) -> Deadline:
        """The same deadline, or the one `seconds` from now, whichever comes first."""
        other = Deadline(seconds)
        other._end = min(self._end, other._end)
        return other


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to the one target it was made for: resolves its name once, checks every address, dials those.

    The name is not resolved again between check and connection, so that a second answer (DNS rebinding) has no effect;
    TLS still verifies the certificate for the name.
    """

    def __init__(self, network: Network, target: Target, deadline: Deadline) -> None:
        self._network = network
        self._target = target
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[_SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        """A connection to the checked address. Raises: RefusedAddress, OSError, httpcore2's errors, TimeoutError."""
        if host.strip("[]") != self._target.host or port != self._target.port:
            raise RefusedAddress
        addresses = self._network.resolve(self._target.host, port, timeout=self._deadline.left())
        if not addresses or not all(self._allowed(address) for address in addresses):
            raise RefusedAddress
        problem: Exception = OSError("no address answered")
        for address in addresses[:3]:
            try:
                stream = self._network.dial(address, port, timeout=self._deadline.left())
            except (OSError, httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _TimedStream(stream, self._deadline)
        raise problem

    def _allowed(self, address: str) -> bool:
        if self._target.local:
            return is_loopback(address)
        return self._target.named or is_public(address)


class _TimedStream(httpcore2.NetworkStream):
    """A stream on which every wait ends at the deadline, however small the portions in which bytes arrive."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
