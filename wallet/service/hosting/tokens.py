"""Codes and tokens: a code works once and for ten minutes, an access token for an hour, a refresh token once.

Whoever turns in a code or a refresh token for the second time has a copy of it, or somebody else has: everything that
came from the same code ends at once (RFC 9700, section 4.14). What a token may do is what it says and what its
connection still allows, whichever is less.

Spec: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
Spec: https://www.rfc-editor.org/rfc/rfc7636#section-4.6
Spec: https://www.rfc-editor.org/rfc/rfc7009
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from kit.i18n import _
from wallet import store
from wallet.keystore import token_hash
from wallet.service.core import Tools, new_id
from wallet.service.hosting.apis import OFFLINE, known
from wallet.service.hosting.asking import Way
from wallet.service.hosting.problems import NoToken, OAuthRefused

CODE_LASTS: Final = timedelta(minutes=10)
ACCESS_LASTS: Final = timedelta(hours=1)
REFRESH_LASTS: Final = timedelta(days=365)
ACTIVE: Final = "active"
_VERIFIER: Final = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What a valid access token stands for."""

    connection_id: str
    client_id: str
    family_id: str
    learner_id: str
    member_id: str
    scopes: frozenset[str]
    reads: str


class Tokens:
    """Gives codes for consent, tokens for codes, and ends them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def code_for(self, session: Session, connection: store.HostConnection, way: Way, scopes: tuple[str, ...]) -> str:
        """A new code for a connection that was allowed, inside an open session."""
        code = secrets.token_urlsafe(32)
        session.add(
            store.HostCode(
                id=new_id(),
                code_hash=token_hash(code),
                connection_id=connection.id,
                redirect_uri=way.redirect_uri,
                challenge=way.challenge,
                scopes=" ".join(scopes),
                expires_at=self._tools.clock.now() + CODE_LASTS,
                used_at=None,
            )
        )
        return code

    def redeem(self, client_id: str, *, code: str, redirect_uri: str, verifier: str, scope: str) -> dict[str, Any]:
        """Tokens for a code, once. Raises: OAuthRefused."""
        now = self._tools.clock.now()
        given: dict[str, Any] | None = None
        with self._tools.database.session() as session:
            row = store.hosting.code(session, token_hash(code))
            connection = None if row is None else self._live(session, row.connection_id, client_id)
            if row is None or connection is None:
                raise _no_grant()
            fits = row.redirect_uri == redirect_uri and _answers(verifier, row.challenge) and now < row.expires_at
            if fits and store.hosting.use_code(session, row.id, now):
                asked = _narrowed(scope, row.scopes)
                given = self._issue(session, connection, chain=row.id, allowed=row.scopes, asked=asked, now=now)
            elif row.used_at is not None or fits:
                store.hosting.end_chain(session, row.id)
        if given is None:
            raise _no_grant()
        return given

    def refresh(self, client_id: str, *, token: str, scope: str) -> dict[str, Any]:
        """Tokens for a refresh token, once. Raises: OAuthRefused."""
        now = self._tools.clock.now()
        given: dict[str, Any] | None = None
        with self._tools.database.session() as session:
            row = store.hosting.token(session, token_hash(token))
            connection = None if row is None else self._live(session, row.connection_id, client_id)
            if row is None or connection is None or row.kind != "refresh" or now >= row.expires_at:
                raise _no_grant()
            asked = _narrowed(scope, row.scopes)
            if store.hosting.use_token(session, row.id, now):
                store.hosting.end_access(session, row.chain)
                given = self._issue(session, connection, chain=row.chain, allowed=row.scopes, asked=asked, now=now)
            else:
                store.hosting.end_chain(session, row.chain)
        if given is None:
            raise _no_grant()
        return given

    def revoke(self, client_id: str, token: str) -> None:
        """End a token and all that came from the same code; what is not known, or another's, changes nothing."""
        with self._tools.database.session() as session:
            row = store.hosting.token(session, token_hash(token))
            if row is not None and self._live(session, row.connection_id, client_id) is not None:
                store.hosting.end_chain(session, row.chain)

    def bearer(self, token: str) -> Bearer:
        """What an access token stands for. Raises: NoToken."""
        with self._tools.database.reading() as session:
            row = store.hosting.token(session, token_hash(token)) if token else None
            if row is None or row.kind != "access" or self._tools.clock.now() >= row.expires_at:
                raise NoToken
            connection = self._live(session, row.connection_id, None)
            if connection is None or connection.decided_by is None:
                raise NoToken
            return Bearer(
                connection_id=connection.id,
                client_id=connection.client_id,
                family_id=connection.family_id,
                learner_id=connection.learner_id,
                member_id=connection.decided_by,
                scopes=frozenset(row.scopes.split()) & frozenset(connection.scopes.split()),
                reads=connection.reads,
            )

    @staticmethod
    def _live(session: Session, connection_id: str, client_id: str | None) -> store.HostConnection | None:
        """A connection that is allowed at present, and that client's."""
        row = store.hosting.connection_by_id(session, connection_id)
        if row is None or row.state != ACTIVE or (client_id is not None and row.client_id != client_id):
            return None
        learner = store.people.learner(session, row.family_id, row.learner_id)
        return row if learner is not None else None

    @staticmethod
    def _issue(
        session: Session,
        connection: store.HostConnection,
        *,
        chain: str,
        allowed: str,
        asked: tuple[str, ...],
        now: datetime,
    ) -> dict[str, Any]:
        def make(kind: str, scopes: str, lasts: timedelta) -> str:
            token = secrets.token_urlsafe(32)
            session.add(
                store.HostToken(
                    id=new_id(),
                    token_hash=token_hash(token),
                    connection_id=connection.id,
                    chain=chain,
                    kind=kind,
                    scopes=scopes,
                    expires_at=now + lasts,
                    used_at=None,
                )
            )
            return token

        scopes = " ".join(asked)
        given: dict[str, Any] = {
            "access_token": make("access", scopes, ACCESS_LASTS),
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LASTS.total_seconds()),
            "scope": scopes,
        }
        if OFFLINE in allowed.split():
            given["refresh_token"] = make("refresh", allowed, REFRESH_LASTS)
        return given


def _answers(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one that a challenge was made from, by S256."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def _narrowed(asked: str, allowed: str) -> tuple[str, ...]:
    """The scopes asked for, which cannot be more than are allowed; all of them where none are named.

    Raises: OAuthRefused.
    """
    wanted = asked.split() or allowed.split()
    if set(wanted) - set(allowed.split()):
        raise OAuthRefused("invalid_scope", _("That is more than was allowed: %(allowed)s", allowed=allowed))
    return known(wanted)


def _no_grant() -> OAuthRefused:
    return OAuthRefused("invalid_grant", _("This was used before, has run out, was ended, or is not this client's."))
