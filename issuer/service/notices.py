"""What programs are told, and how it is signed: the outbox of notices, filled in the transaction of each act.

A notice says what happened to which thing, by ids: whoever may know more asks for it with a session. It says nothing of
any person (O17). What a job holds back is not told before the job is released.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from issuer.store import identities, intents, tables, webhooks
from kit.i18n import Message, _
from vc.timestamps import format_timestamp

AWARDED: Final = "credential.awarded"
TEST: Final = "test"
EVENTS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        AWARDED: _("An award was signed"),
        "credential.corrected": _("An award was corrected"),
        "credential.kept": _("An award was kept in a wallet"),
        "credential.paused": _("An award was paused"),
        "credential.resumed": _("The pause of an award was lifted"),
        "credential.withdrawn": _("An award was withdrawn"),
        "job.released": _("What a sheet awarded was handed out"),
        "achievement.changed": _("What you offer has changed"),
        "key.changed": _("A signing key was added, exchanged or given up"),
    }
)
"""Everything that a program can be told, with words for people."""

_BY_ACTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "credential.award": AWARDED,
        "credential.reissue": "credential.corrected",
        "credential.claim": "credential.kept",
        "credential.suspend": "credential.paused",
        "credential.lift": "credential.resumed",
        "credential.revoke": "credential.withdrawn",
        "job.release": "job.released",
        "achievement.create": "achievement.changed",
        "achievement.edit": "achievement.changed",
        "achievement.retire": "achievement.changed",
        "achievement.restore": "achievement.changed",
        "key.create": "key.changed",
        "key.rotate": "key.changed",
        "key.compromised": "key.changed",
        "identity.move": "key.changed",
    }
)
WAKE: Final = "satchel_notices"
"""The execution option of an engine under which it has what is called once there is something to send."""


def announce(session: Session, *, at: datetime, organisation_id: str, acts: Sequence[tuple[str, str]]) -> None:
    """Put these acts (what the audit calls each, and the id of its object) into the outbox, in their transaction."""
    told = [(_BY_ACTION[action], object_id) for action, object_id in acts if action in _BY_ACTION]
    hooks = webhooks.listening(session, organisation_id) if told else []
    if not hooks:
        return
    new = [object_id for kind, object_id in told if kind == AWARDED]
    held = webhooks.held(session, organisation_id, new) if new else set()
    rows = [
        _row(hook, kind, object_id, at)
        for hook in hooks
        for kind, object_id in told
        if kind in json.loads(hook.events) and not (kind == AWARDED and object_id in held)
    ]
    if rows:
        put(session, rows)


def trial(hook: tables.WebhookRow, at: datetime) -> Mapping[str, object]:
    """A notice about nothing, to try an address with."""
    return _row(hook, TEST, hook.id, at)


def put(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Store notices, and have them sent once the transaction is committed."""
    intents.add(session, tables.NoticeRow, rows)
    ring(session)


def ring(session: Session) -> None:
    """Have whatever waits be looked at once this transaction is committed; without an engine, the sweep finds it."""
    wake = session.get_bind().get_execution_options().get(WAKE)
    if wake is not None:
        event.listen(session, "after_commit", lambda _session: wake(), once=True)


def named_in(session: Session, row: tables.NoticeRow) -> str:
    """The identifier that a notice names: of what is signed its issuer, else the organisation's at that moment, so
    that it is the same at every try.
    """
    identity = identities.of_credential(session, row.organisation_id, row.object_id) or identities.at(
        session, row.organisation_id, row.at
    )
    assert identity is not None, "an organisation has an identifier from its first moment on"
    return identity.did


def body_of(row: tables.NoticeRow, did: str) -> bytes:
    """What is sent: five members, none of them about a person. The same bytes at every try."""
    body = {
        "id": row.id,
        "type": row.event,
        "at": format_timestamp(row.at),
        "organisation": did,
        "object": row.object_id,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """The value of ``Satchel-Signature``: the second it was made, and HMAC-SHA256 over that, a full stop and the body.

    The key is the secret as it was shown, in UTF-8.
    """
    seconds = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mac}"


def _row(hook: tables.WebhookRow, kind: str, object_id: str, at: datetime) -> Mapping[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "organisation_id": hook.organisation_id,
        "webhook_id": hook.id,
        "event": kind,
        "object_id": object_id,
        "at": at,
        "state": webhooks.WAITING,
        "tries": 0,
        "next_try": at,
        "tried": None,
        "code": 0,
        "problem": None,
    }
