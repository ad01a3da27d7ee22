"""Which URLs are fetched, decided on their characters, before anything is parsed leniently or resolved."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from kit.settings import LOOPBACK_NAMES
from vc.urls import NOT_PUBLIC

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_URL = re.compile(
    rf"(?P<scheme>https?)://(?P<host>(?:{_LABEL}\.)*{_LABEL}|\[::1\])(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<target>(?:/[A-Za-z0-9._~:@!$&'()*+,;=%/-]*)?(?:\?[A-Za-z0-9._~:@!$&'()*+,;=%/?-]*)?)",
    re.IGNORECASE,
)
LONGEST = 2048


class RefusedUrl(ValueError):  # noqa: N818 - says what is wrong
    """The URL is not fetched, whatever it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL that may be asked for. `host` is lower case, without brackets; `local` means this very machine."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    local: bool
    named: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_target(url: str, *, loopback: bool, ports: Collection[int], private_hosts: Collection[str]) -> Target:
    """Read `url` strictly: https and a public name, the usual port or one of `ports`.

    With `loopback`, also http and any port on this machine. `private_hosts` are names that the operator vouches for:
    they may resolve to private addresses, over https, at any port.
    Raises: RefusedUrl.
    """
    # User info, backslashes, fragments, IP literals and signs beyond ASCII never match: no second parser can differ.
    match = _URL.fullmatch(url) if len(url) <= LONGEST and url.isascii() else None
    if match is None:
        raise RefusedUrl("the address is not one that is fetched")
    scheme, host = match["scheme"].lower(), match["host"].lower().strip("[]")
    port = int(match["port"] or (443 if scheme == "https" else 80))
    local = host in LOOPBACK_NAMES
    named = host in private_hosts
    if port > 65535 or (local and not loopback):
        raise RefusedUrl("the address is not one that is fetched")
    if not local:
        if scheme != "https" or (port != 443 and port not in ports and not named):
            raise RefusedUrl("only https is fetched, at its own port")
        if not named and not _is_public_name(host):
            raise RefusedUrl("the host is not a public name")
    path = match["target"] or "/"
    if path.startswith("?"):
        path = "/" + path
    return Target(url=url, scheme=scheme, host=host, port=port, path=path, local=local, named=named)


def _is_public_name(host: str) -> bool:
    last = host.rpartition(".")[2]
    # A last label that begins with a digit is an IPv4 address in one of its spellings (127.1, 0x7f.1).
    return "." in host and len(host) <= 253 and not last[0].isdigit() and not host.endswith(NOT_PUBLIC)
