"""Which network addresses may be reached: public unicast ones, by our own table.

The standard library's `is_global` says yes to several ranges that are not (NAT64, 6to4 to loopback, multicast,
documentation), so it is not asked. One public-looking address is refused too, 168.63.129.16: there a
hosting provider tells its own machines their settings. An IPv6 address that carries an IPv4 one is judged by that, or
refused.

Spec: https://www.iana.org/assignments/iana-ipv4-special-registry/
Spec: https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

from __future__ import annotations

import ipaddress

_REFUSED_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def is_public(address: str) -> bool:
    """Whether a connection to `address` (as a resolver gave it) leads to the public internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id is not None:
            return False
        if parsed in _MAPPED:
            return _public_4(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        return parsed in _GLOBAL_6 and not any(parsed in network for network in _REFUSED_6)
    return _public_4(parsed)


def _public_4(address: ipaddress.IPv4Address) -> bool:
    return not any(address in network for network in _REFUSED_4)


def is_loopback(address: str) -> bool:
    """Whether `address` is this machine: 127.0.0.0/8 or ::1, in no other spelling."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed == ipaddress.IPv6Address("::1")
    return parsed.is_loopback
