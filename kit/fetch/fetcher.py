"""The only HTTP client. Everything outbound goes through here, and a URL in a document cannot lead anywhere else.

In order, for every hop: the characters of the URL; the name resolved once; every address checked; a connection to the
checked address, TLS for the name; a request without cookies, proxies or compression; status, media type and size of the
answer; all before one deadline. What fails is an answer too: a `Resource` whose `error` is a `Reason`. The reasons are
few on purpose: they do not tell a stranger which of our neighbours' ports are open.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

import httpcore2

from kit.clock import Clock
from kit.fetch.cache import MemoryCache, ResourceCache
from kit.fetch.hosts import Hosts
from kit.fetch.kinds import Failed, Kind, Reason, kind_of
from kit.fetch.network import Deadline, GuardedBackend, Network, RefusedAddress, SystemNetwork
from kit.fetch.urls import RefusedUrl, Target, parse_target
from kit.settings import RoleSettings
from vc.evidence import Resource
from vc.problems import Url
from vc.wanted import Wanted

FETCH_SECONDS = 3.0
ROUND_SECONDS = 10.0
AT_ONCE = 4
_WORKERS = 32
_FULL_SECONDS = FETCH_SECONDS - 0.1
_TOLD = frozenset({"etag", "location", "retry-after", "www-authenticate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What asking brought: a status and a body, or an `error`. `status` is 0 when nobody answered.

    `headers` are the few that a caller may act upon, by their names in lower case; a redirect is never followed.
    """

    status: int
    media_type: str
    body: bytes
    error: Reason | None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def json(self) -> Any:
        """The body as JSON. Raises: ValueError. For our own small protocols; documents go to `vc.document.parse`."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches resources for verdicts, and posts small JSON to other servers."""

    def __init__(
        self,
        *,
        clock: Clock,
        loopback: bool,
        ca_file: Path | None,
        ports: Sequence[int] = (),
        private_hosts: Sequence[str] = (),
        cache: ResourceCache | None = None,
        network: Network | None = None,
        agent: str = "satchel",
    ) -> None:
        """`ca_file` is trusted beside the system's authorities; `loopback` allows http to this machine."""
        self.clock = clock
        self.cache: ResourceCache = cache if cache is not None else MemoryCache()
        self._loopback = loopback
        self._ports = frozenset(ports)
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        self._network = network or SystemNetwork()
        self._agent = agent
        self._ssl = ssl.create_default_context()
        self._ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca_file is not None:
            self._ssl.load_verify_locations(cafile=ca_file)
        self._pool = concurrent.futures.ThreadPoolExecutor(_WORKERS, thread_name_prefix="fetch")
        self._hosts = Hosts(clock)

    @classmethod
    def from_settings(
        cls, settings: RoleSettings, *, clock: Clock, cache: ResourceCache | None = None, network: Network | None = None
    ) -> Self:
        """A fetcher as the operator set it up."""
        return cls(
            clock=clock,
            loopback=settings.loopback,
            ca_file=settings.ca_file,
            ports=settings.fetch_ports,
            private_hosts=settings.fetch_private_hosts,
            cache=cache,
            network=network,
        )

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def fetch(
        self,
        urls: Iterable[str],
        *,
        kind: Kind | None = None,
        wanted: Mapping[Url, Wanted] | None = None,
        seconds: float = ROUND_SECONDS,
        reuse_within: timedelta | None = None,
        stale_within: timedelta | None = None,
    ) -> Mapping[Url, Resource]:
        """A `Resource` for every one of `urls`, good or with `error`, within `seconds` in all.

        `kind` says what all of them are, or `wanted` what each is. `reuse_within`: a copy retrieved so recently is
        taken without asking (for bulk). `stale_within`: when asking fails, a copy so old may stand in. Both keep their
        true `retrieved` time and say `from_cache`.
        At most four of them are under way at a time, so that slow hosts in one document hold up nobody else's.
        """
        deadline = Deadline(seconds)
        asked = list(dict.fromkeys(Url(url) for url in urls))
        waiting = iter(asked)
        running: dict[concurrent.futures.Future[Resource], Url] = {}
        expected = wanted or {}
        found: dict[Url, Resource] = {}
        while len(found) < len(asked):
            for url in itertools.islice(waiting, AT_ONCE - len(running)):
                sort = kind or kind_of(url, expected.get(url))
                begun = self._pool.submit(self._fetch_one, url, sort, deadline, reuse_within)
                running[begun] = url
            done = self._first(running, deadline)
            if not done:
                break
            found.update({running.pop(future): future.result() for future in done})
        for future in running:
            future.cancel()
        late = {url: self._failure(url, Reason.TIMEOUT, 0) for url in asked if url not in found}
        had = {**late, **found}
        return {url: self._or_stale(had[url], kind or kind_of(url, expected.get(url)), stale_within) for url in asked}

    def _first(
        self, running: Iterable[concurrent.futures.Future[Resource]], deadline: Deadline
    ) -> set[concurrent.futures.Future[Resource]]:
        """Those of `running` that are finished, as soon as one is; none when the deadline comes first."""
        timeout = max(0.05, deadline.left_or_none())
        return concurrent.futures.wait(running, timeout, concurrent.futures.FIRST_COMPLETED).done

    def get(self, url: str, *, kind: Kind) -> Resource:
        """One resource, good or with `error`, within `FETCH_SECONDS`: for an address that a person gave."""
        return self.fetch([url], kind=kind, seconds=FETCH_SECONDS)[Url(url)]

    def last_good(self, url: str) -> datetime | None:
        """When `url` was last had successfully, as far as the cache knows."""
        kept = self.cache.get(url)
        return kept.retrieved if kept is not None else None

    def post_json(
        self,
        url: str,
        body: Any,
        *,
        accept: str = "application/json, application/problem+json",
        max_bytes: int = 1024 * 1024,
        seconds: float = ROUND_SECONDS,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send `body` as JSON to `url` under the same guard; no redirects, any status is an answer. Never raises."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        sent = {"Content-Type": "application/json", "Accept": accept, **(headers or {})}
        try:
            target = self._target(url)
            answer = self._ask(target, "POST", sent, content, max_bytes=max_bytes, deadline=Deadline(seconds))
        except Failed as failed:
            return Reply(status=failed.status, media_type="", body=b"", error=failed.reason)
        return _reply(answer, None)

    def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None,
        media_types: Collection[str] | None,
        max_bytes: int,
        seconds: float,
    ) -> Reply:
        """One request under the same guard: no redirects, any status is an answer. Never raises.

        A body of none of `media_types` (None: any will do) is left out, with an `error` beside the status; so is one
        that is longer than `max_bytes`. `headers` go out as they are given: they are ours, never a stranger's.
        """
        deadline = Deadline(seconds)
        try:
            target = self._target(url)
            with self._hosts.turn(target, deadline):
                answer = self._ask(target, method, headers, content, max_bytes=max_bytes, deadline=deadline)
        except Failed as failed:
            return Reply(status=failed.status, media_type="", body=b"", error=failed.reason)
        return _reply(answer, media_types)

    def takes(self, url: str) -> bool:
        """Whether this address would be asked at all, as far as its characters tell; no name is looked up."""
        try:
            self._target(url)
        except Failed:
            return False
        return True

    # -- one resource ------------------------------------------------------------------------------------------

    def _fetch_one(self, url: Url, kind: Kind, deadline: Deadline, reuse_within: timedelta | None) -> Resource:
        kept = self._kept(url, kind)
        if kept is not None and reuse_within is not None and self.clock.now() - kept.retrieved <= reuse_within:
            return replace(kept, from_cache=True)
        headers = {"Accept": kind.accept}
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        try:
            answer = self._follow(url, kind, headers, deadline)
            if answer.status == 304 and kept is not None:
                fresh = replace(kept, retrieved=self.clock.now(), from_cache=True)
            else:
                fresh = self._good(url, kind, answer)
        except Failed as failed:
            return self._failure(url, failed.reason, failed.status)
        if kind.kept:
            self.cache.put(replace(fresh, from_cache=False))
        return fresh

    def _kept(self, url: Url, kind: Kind) -> Resource | None:
        """The copy of an answer that this kind would have taken; what was had as another kind may be none."""
        kept = self.cache.get(url) if kind.kept else None
        fits = kept is not None and kept.media_type in kind.media_types and len(kept.body) <= kind.max_bytes
        return kept if fits else None

    def _follow(self, url: str, kind: Kind, headers: Mapping[str, str], deadline: Deadline) -> _Answer:
        here = url
        hops = kind.redirects
        while True:
            target = self._target(here)
            with self._hosts.turn(target, deadline):
                answer = self._ask(
                    target, "GET", headers, None, max_bytes=kind.max_bytes, deadline=deadline.sooner(FETCH_SECONDS)
                )
            if answer.status not in {301, 302, 303, 307, 308}:
                return answer
            if not hops:
                raise Failed(Reason.HTTP_STATUS, status=answer.status)
            hops -= 1
            here = urljoin(here, answer.headers.get("location", ""))

    def _good(self, url: Url, kind: Kind, answer: _Answer) -> Resource:
        if answer.status != 200:
            raise Failed(Reason.HTTP_STATUS, status=answer.status)
        media_type = _media_type(answer)
        if media_type not in kind.media_types:
            raise Failed(Reason.BAD_CONTENT_TYPE, status=answer.status)
        etag = answer.headers.get("etag")
        return Resource(
            url=url,
            body=answer.body,
            media_type=media_type,
            retrieved=self.clock.now(),
            final=answer.status,
            etag=etag if etag and len(etag) <= 200 else None,
        )

    def _failure(self, url: Url, reason: Reason, status: int) -> Resource:
        return Resource(url=url, body=b"", media_type="", retrieved=self.clock.now(), final=status, error=reason.value)

    def _or_stale(self, resource: Resource, kind: Kind, stale_within: timedelta | None) -> Resource:
        if resource.error is None or stale_within is None:
            return resource
        kept = self._kept(resource.url, kind)
        if kept is None or self.clock.now() - kept.retrieved > stale_within:
            return resource
        return replace(kept, from_cache=True)

    # -- one exchange ------------------------------------------------------------------------------------------

    def _target(self, url: str) -> Target:
        try:
            return parse_target(url, loopback=self._loopback, ports=self._ports, private_hosts=self._private_hosts)
        except RefusedUrl:
            raise Failed(Reason.REFUSED_ADDRESS) from None

    def _ask(
        self,
        target: Target,
        method: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        max_bytes: int,
        deadline: Deadline,
    ) -> _Answer:
        sent = {
            "Host": _host_header(target),
            "User-Agent": self._agent,
            "Accept-Encoding": "identity",
            "Connection": "close",
            **headers,
        }
        if content is not None:
            sent["Content-Length"] = str(len(content))
        had_time = deadline.left_or_none() >= _FULL_SECONDS
        try:
            answer = self._exchange(target, method, sent, content, max_bytes=max_bytes, deadline=deadline)
        except Failed as failed:
            if had_time or failed.reason is not Reason.TIMEOUT:  # a host is not slow because others used up the time
                self._hosts.note(target, good=failed.reason in {Reason.TOO_LARGE, Reason.BAD_CONTENT_TYPE})
            raise
        self._hosts.note(target, good=answer.status < 500)
        return answer

    def _exchange(
        self,
        target: Target,
        method: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        max_bytes: int,
        deadline: Deadline,
    ) -> _Answer:
        backend = GuardedBackend(self._network, target, deadline)
        host = f"[{target.host}]" if ":" in target.host else target.host
        url = httpcore2.URL(scheme=target.scheme, host=host, port=target.port, target=target.path)
        try:
            with (
                httpcore2.ConnectionPool(
                    ssl_context=self._ssl, network_backend=backend, max_connections=1, http1=True, http2=False
                ) as pool,
                pool.stream(method, url, headers=list(headers.items()), content=content) as response,
            ):
                return _Answer(
                    status=response.status,
                    headers={
                        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
                    },
                    body=_read(response, max_bytes),
                )
        except RefusedAddress:
            raise Failed(Reason.REFUSED_ADDRESS) from None
        except (TimeoutError, httpcore2.TimeoutException, concurrent.futures.TimeoutError):
            raise Failed(Reason.TIMEOUT) from None
        except ssl.SSLError:
            raise Failed(Reason.TLS) from None
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise Failed(Reason.TLS if _is_tls(error) else Reason.UNREACHABLE) from None


def _read(response: httpcore2.Response, max_bytes: int) -> bytes:
    announced = dict(response.headers)
    if announced.get(b"content-encoding", announced.get(b"Content-Encoding", b"identity")).lower() != b"identity":
        raise Failed(Reason.BAD_CONTENT_TYPE, status=response.status)  # we asked for none; a bomb stays packed
    parts: list[bytes] = []
    size = 0
    for part in response.iter_stream():
        size += len(part)
        if size > max_bytes:
            raise Failed(Reason.TOO_LARGE, status=response.status)
        parts.append(part)
    return b"".join(parts)


def _reply(answer: _Answer, media_types: Collection[str] | None) -> Reply:
    media_type = _media_type(answer)
    fits = media_types is None or not answer.body or media_type in media_types
    return Reply(
        status=answer.status,
        media_type=media_type,
        body=answer.body if fits else b"",
        error=None if fits else Reason.BAD_CONTENT_TYPE,
        headers={name: value for name, value in answer.headers.items() if name in _TOLD},
    )


def _media_type(answer: _Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = 443 if target.scheme == "https" else 80
    return host if target.port == usual else f"{host}:{target.port}"


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
