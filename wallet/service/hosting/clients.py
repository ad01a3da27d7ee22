"""Programs that register themselves: what they say of themselves is theirs, and shown as such.

A client that nobody was asked about within a week lapses. Contacts are not kept, and so not given back.

Spec: https://www.rfc-editor.org/rfc/rfc7591
Spec: https://www.imsglobal.org/spec/ob/v3p0#dynamic-client-registration
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from kit.errors import BadInput, NotFound
from kit.i18n import Message, _
from kit.limits import Attempts
from kit.settings import LOOPBACK_NAMES
from wallet import store
from wallet.keystore import token_hash
from wallet.service.core import Tools, new_id
from wallet.service.erasure import Erasure
from wallet.service.hosting.apis import SCOPES, known
from wallet.service.hosting.problems import OAuthRefused, UnknownClient
from wallet.service.text import plain

UNUSED: Final = timedelta(days=7)
NAME_LENGTH: Final = 80
_ADDRESSES: Final = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_TEXTS: Final = ("client_name", *_ADDRESSES, "software_id", "software_version", "scope")
_LONGEST: Final = 2000
_MOST_REDIRECTS: Final = 5
_FIXED: Final[Mapping[str, frozenset[str]]] = {
    "grant_types": frozenset({"authorization_code", "refresh_token"}),
    "response_types": frozenset({"code"}),
}
_METHOD: Final = "client_secret_basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """A client as people see it. `host` is the name of its server, the one thing that it cannot make up."""

    id: str
    name: str
    host: str
    uri: str
    tos_uri: str
    policy_uri: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    registered_at: datetime
    used_at: datetime | None


def client_view(row: store.HostClient) -> ClientView:
    """A client's row as people see it."""
    told = json.loads(row.described)
    return ClientView(
        id=row.id,
        name=plain(told["client_name"][:400], field="client_name", most=400, required=False)[:NAME_LENGTH],
        host=str(urlsplit(told["client_uri"]).netloc),
        uri=told["client_uri"],
        tos_uri=told["tos_uri"],
        policy_uri=told["policy_uri"],
        redirect_uris=tuple(told["redirect_uris"]),
        scopes=known(told["scope"].split()),
        registered_at=row.registered_at,
        used_at=row.used_at,
    )


class Clients:
    """Registers clients, knows them again, and shuts them out."""

    def __init__(self, tools: Tools, erasure: Erasure) -> None:
        self._tools = tools
        self._erasure = erasure
        self._by_address = Attempts(tools.clock, burst=30, per=timedelta(hours=1))
        self._by_all = Attempts(tools.clock, burst=1000, per=timedelta(days=1))
        self._wrong = Attempts(tools.clock, burst=60, per=timedelta(minutes=10))

    def register(self, given: Any, *, address: str) -> dict[str, Any]:
        """Register a client; what it is told (RFC 7591, section 3.2.1). `address` stands for where it asks from.

        Raises: OAuthRefused for what it cannot be; TooMany.
        """
        told = read_metadata(given, loopback=self._tools.settings.loopback)
        self._by_address.spend(address)
        self._by_all.spend("all")
        secret = secrets.token_urlsafe(32)
        now = self._tools.clock.now()
        row = store.HostClient(
            id=new_id(), secret_hash=token_hash(secret), described=json.dumps(told), registered_at=now, used_at=None
        )
        with self._tools.database.session() as session:
            session.add(row)
            return {
                "client_id": row.id,
                "client_secret": secret,
                "client_id_issued_at": int(now.timestamp()),
                "client_secret_expires_at": 0,
                **told,
            }

    def require(self, client_id: str, secret: str, *, address: str) -> str:
        """The id of the client that knows this secret. Raises: UnknownClient; TooMany after many wrong ones."""
        self._wrong.admit(address)
        with self._tools.database.reading() as session:
            row = store.hosting.client(session, client_id[:36])
            known_hash = row.secret_hash if row is not None else bytes(32)
        if not hmac.compare_digest(known_hash, token_hash(secret)) or row is None:
            self._wrong.failed(address)
            raise UnknownClient(_("The client is not known, or its secret is another one. Register anew."))
        return client_id

    def find(self, client_id: str) -> ClientView | None:
        """A client, or None."""
        with self._tools.database.reading() as session:
            row = store.hosting.client(session, client_id[:36])
            return client_view(row) if row is not None else None

    def listing(self) -> list[tuple[ClientView, int]]:
        """Every client with the number of its connections, the newest first: for an operator."""
        with self._tools.database.reading() as session:
            return [
                (client_view(row), len(store.hosting.live_of_client(session, row.id)))
                for row in store.hosting.clients(session)
            ]

    def shut_out(self, client_id: str) -> int:
        """Forget a client's secret and end all its connections, in every family; how many. Raises: NotFound."""
        with self._tools.database.session() as session:
            row = store.hosting.client(session, client_id[:36])
            if row is None:
                raise NotFound(_("There is no program with that id. “clients” lists all of them."))
            row.secret_hash = b""
            connections = store.hosting.live_of_client(session, row.id)
            for each in connections:
                self._erasure.end_connection(session, each.id)
            return len(connections)

    def forget_old(self) -> int:
        """Forget codes and tokens that ran out, and clients that were never used; how many clients."""
        now = self._tools.clock.now()
        with self._tools.database.session() as session:
            return store.hosting.forget_old(session, now, now - UNUSED)


def read_metadata(given: Any, *, loopback: bool) -> dict[str, Any]:
    """What a client says of itself, read strictly: what it has to say is there, and everything lies at one server.

    What we do not know is left out; null is as if it were not there. Raises: OAuthRefused.
    """
    if not isinstance(given, dict):
        raise _wrong(_("Send an object with the client's metadata."))
    said = {name: value for name, value in given.items() if value is not None}
    told: dict[str, Any] = {}
    for name in _TEXTS:
        value = said.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
            raise _wrong(_("“%(name)s” has to be a text.", name=name))
        told[name] = value
    try:
        plain(told["client_name"], field="client_name", most=_LONGEST)
    except BadInput:
        raise _wrong(_("“%(name)s” has to be a text.", name="client_name")) from None
    hosts = {_host(told[name], name, loopback=loopback) for name in _ADDRESSES}
    redirects = said.get("redirect_uris")
    if not isinstance(redirects, list) or not 1 <= len(redirects) <= _MOST_REDIRECTS:
        raise OAuthRefused("invalid_redirect_uri", _("“redirect_uris” has to name one address, at most five."))
    hosts |= {_host(uri, "redirect_uris", loopback=loopback) for uri in redirects}
    if len(hosts) > 1:
        raise _wrong(_("All addresses have to lie at one server."))
    told["redirect_uris"] = redirects
    told["scope"] = " ".join(known(told["scope"].split()))
    if not told["scope"]:
        raise _wrong(_("None of these scopes is known here. Known are: %(scopes)s", scopes=" ".join(SCOPES)))
    if said.get("token_endpoint_auth_method", _METHOD) != _METHOD:
        raise _wrong(_("Clients show who they are by “%(method)s” and not otherwise.", method=_METHOD))
    told["token_endpoint_auth_method"] = _METHOD
    for name, allowed in _FIXED.items():
        wanted = said.get(name, sorted(allowed))
        if not isinstance(wanted, list) or not wanted or not all(isinstance(each, str) for each in wanted):
            raise _wrong(_("“%(name)s” has to be a list.", name=name))
        if not allowed.issuperset(wanted):
            raise _wrong(_("“%(name)s” can only be: %(allowed)s", name=name, allowed=" ".join(sorted(allowed))))
        told[name] = wanted
    return told


def _host(given: Any, name: str, *, loopback: bool) -> str:
    """The host of an address that a client names. Raises: OAuthRefused."""
    refusal = "invalid_redirect_uri" if name == "redirect_uris" else "invalid_client_metadata"
    words = _("“%(name)s” has to be an https address, without a name, a password or a fragment in it.", name=name)
    if not isinstance(given, str) or not given.isascii() or not given.isprintable() or len(given) > _LONGEST:
        raise OAuthRefused(refusal, words)
    try:
        parts = urlsplit(given)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise OAuthRefused(refusal, words) from None
    odd = any(sign in given for sign in " \\\"'<>^`{|};,")
    inside = loopback and parts.scheme == "http" and host in LOOPBACK_NAMES
    fragment = "#" in given and name == "redirect_uris"
    if not host or odd or fragment or parts.username is not None or not (parts.scheme == "https" or inside):
        raise OAuthRefused(refusal, words)
    return host


def _wrong(words: Message) -> OAuthRefused:
    return OAuthRefused("invalid_client_metadata", words)
