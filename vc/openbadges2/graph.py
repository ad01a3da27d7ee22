"""What an assertion refers to: its badge class, and who issues that; each from its own address.

The issuer's profile says where its badges lie and which keys are its own, so it is believed only as it stands at its
own address, never as it is copied into a badge. A badge class may be copied into the badge, as long as it claims no
address at somebody else's.

Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#badge-verification
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from vc.credential_checks import Context
from vc.document import JsonObject, JsonValue, Limits, listed, parse
from vc.evidence import Resource
from vc.problems import (
    HostedElsewhereError,
    MalformedValueError,
    ProblemError,
    Unsupported,
    Url,
)
from vc.urls import origin_of, parse_url
from vc.wanted import Wanted

LIMITS: Final = Limits(max_bytes=1 << 18, max_depth=16, max_nodes=10_000, max_items=2_000, max_string=1 << 17)
_ASIDE: Final = frozenset({"@context", "type", "revoked", "revocationReason"})


def address_of(identifier: JsonValue, *, context: Context) -> Url:
    """Where an identifier is fetched: always over https, also where it says http, as many identifiers of that time do.

    Raises:
        Unsupported: it is no address on the public web.

    """
    text = identifier if isinstance(identifier, str) else ""
    local = context.policy.loopback and text.startswith(("http://localhost:", "http://localhost/"))
    if text.startswith("http://") and not local:
        text = "https://" + text.removeprefix("http://")
    try:
        return parse_url(text.partition("#")[0], loopback=context.policy.loopback)
    except MalformedValueError:
        raise Unsupported(f"Nothing can be asked at {text[:200] or 'no address'}.") from None


def fetched(
    identifier: str, *, context: Context, wanted: Wanted = Wanted.BADGE_OBJECT, limits: Limits = LIMITS
) -> tuple[JsonObject, Resource]:
    """The object at its own address.

    Raises:
        Unsupported: there is no address, what lies there cannot be read, or it is another object.
        MissingEvidence, EvidenceUnavailable: it has not been asked for, or could not be had.

    """
    resource = context.evidence.had(address_of(identifier, context=context), wanted=wanted)
    try:
        value = parse(resource.body, limits=limits).value
    except ProblemError as error:
        raise Unsupported(f"What lies at {identifier} cannot be read: {error.detail}") from None
    if not is_same_name(value.get("id"), identifier):
        raise Unsupported(f"What lies at {identifier} is something else: its id is {str(value.get('id'))[:200]}.")
    return value, resource


def is_same_name(one: JsonValue, other: JsonValue) -> bool:
    """Whether two identifiers are one, the scheme aside: the address asked is the same."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    return one.removeprefix("http://").removeprefix("https://") == other.removeprefix("http://").removeprefix(
        "https://"
    )


def resolved(reference: JsonValue, *, context: Context) -> JsonObject:
    """The object that is referred to: as it is copied there, or from its own address."""
    if isinstance(reference, Mapping):
        # {"id": …} alone is a reference, too.
        return reference if len(reference) > 1 else resolved(reference.get("id"), context=context)
    if not isinstance(reference, str):
        raise Unsupported("It refers to nothing that can be looked up.")
    return fetched(reference, context=context)[0]


def issuer_of(reference: JsonValue, *, context: Context) -> tuple[JsonObject, Resource]:
    """The issuer's profile from its own address, whatever is copied into the badge."""
    name = reference.get("id") if isinstance(reference, Mapping) else reference
    if not isinstance(name, str):
        raise Unsupported("The badge names no issuer that can be looked up.")
    return fetched(name, context=context)


def refuse_outside(identifier: str, issuer: JsonObject, *, context: Context) -> None:
    """Refuse an address at which the issuer keeps no badges, by the rules in its own profile.

    Raises:
        HostedElsewhereError: it lies elsewhere.

    Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html#hosted-badges

    """
    loopback = context.policy.loopback
    rules = issuer.get("verification")
    rule: JsonObject = rules if isinstance(rules, Mapping) else {}
    address = address_of(identifier, context=context)
    # §4.11.11, allowedOrigins: hosts; where there are none, the host of the issuer's id is the only one
    hosts = [item for item in listed(rule.get("allowedOrigins")) if isinstance(item, str)]
    if "allowedOrigins" in rule:
        allowed = {_host(host if "://" in host else f"https://{host}/", loopback=loopback) for host in hosts}
    else:
        allowed = {_host(address_of(issuer.get("id"), context=context), loopback=loopback)}
    starts = [item for item in listed(rule.get("startsWith")) if isinstance(item, str)]
    # "startsWith": compared within the same origin, or https://school.example would allow https://school.example.evil/
    fits = any(is_below(identifier, start, context=context) for start in starts) if "startsWith" in rule else True
    if _host(address, loopback=loopback) not in allowed - {None} or not fits:
        detail = f"It is said to lie at {identifier}, where {issuer.get('id')} keeps no badges."
        raise HostedElsewhereError(detail, pointer="/id")


def _host(url: str, *, loopback: bool) -> str | None:
    """Host and port; what is fetched is fetched over https, but for this machine itself in demonstrations."""
    origin = origin_of(url, loopback=loopback)
    return origin.partition("://")[2] if origin else None


def is_below(identifier: str, start: str, *, context: Context) -> bool:
    """Whether an address starts so, and lies at the same origin."""
    try:
        address, begin = (address_of(text, context=context) for text in (identifier, start))
    except Unsupported:
        return False
    loopback = context.policy.loopback
    return address.startswith(begin) and origin_of(address, loopback=loopback) == origin_of(begin, loopback=loopback)


def difference(one: JsonObject, other: JsonObject, *, context: Context, embedded: bool = False) -> str | None:
    """The first member in which two copies of one object differ, ``None`` when they say the same.

    A copy may hold what another refers to, if what it holds is what lies at that address. Whether the object was
    revoked is not compared: that is a question for the status.
    """
    left, right = ({name: item for name, item in value.items() if name not in _ASIDE} for value in (one, other))
    for name in sorted(left.keys() | right.keys()):
        mine, theirs = left.get(name), right.get(name)
        if _written(mine) == _written(theirs):
            continue
        if name in {"badge", "issuer"} and _same_reference(mine, theirs, context=context):
            continue
        return name
    if set(map(str, listed(one.get("type")))) != set(map(str, listed(other.get("type")))):
        return "type"
    return None if embedded or _written(one.get("@context")) == _written(other.get("@context")) else "@context"


def _same_reference(one: JsonValue, other: JsonValue, *, context: Context) -> bool:
    names = [value.get("id") if isinstance(value, Mapping) else value for value in (one, other)]
    if names[0] != names[1] or not isinstance(names[0], str):
        return False
    whole = [resolved(value, context=context) for value in (one, other)]
    return difference(whole[0], whole[1], context=context, embedded=True) is None


def _written(value: JsonValue) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
