"""News about an award that somebody has: who is told of a correction or a withdrawal, and how.

Whoever has it in a wallet is told; so is whoever got a letter with its link. Where there is an address a letter goes
out; else somebody at the organisation is asked to tell them. An award that is held back concerns nobody yet, and a code
on paper leads to a page that says it in words.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from issuer.store import deliveries, jobs, tables
from issuer.store.credentials import insert_if_new

EMAIL = "emailAddress"


def tell(
    session: Session, row: tables.CredentialRow, notice: str, *, actor: str, now: datetime, mails: bool
) -> str | None:
    """Note, in the caller's transaction, that the learner is to be told; on which channel, or None when nobody is.

    ``mails`` says whether this server sends letters. News that still waited is overtaken by this.
    """
    if row.erased is not None:
        return None
    if row.job_id is not None and jobs.held(session, row.organisation_id, row.id) is not None:
        return None
    wrote = deliveries.went_out(session, row.organisation_id, row.id)
    over = [deliveries.CORRECTION] if notice == deliveries.CORRECTION else [deliveries.CLAIM, deliveries.CORRECTION]
    deliveries.end_waiting(session, row.organisation_id, row.id, over, now)
    if row.holder is None and not wrote:
        return None
    typed = deliveries.addressed(session, row.organisation_id, row.id)
    channel = deliveries.MAIL if mails and (typed or row.identifier_type == EMAIL) else deliveries.WORD
    add(session, row, notice, channel=channel, address=typed, actor=actor, now=now)
    return channel


def add(
    session: Session,
    row: tables.CredentialRow,
    notice: str,
    *,
    channel: str,
    address: bytes | None,
    actor: str,
    now: datetime,
) -> None:
    """A piece of news that waits."""
    number = deliveries.newest(session, row.organisation_id, row.id, notice) + 1
    news = waiting(
        row.organisation_id,
        row.id,
        notice=notice,
        number=number,
        channel=channel,
        address=address,
        actor=actor,
        now=now,
    )
    deliveries.add(session, [news])
    if channel == deliveries.MAIL:
        insert_if_new(
            session, tables.DeliveryRunRow, organisation_id=row.organisation_id, attempt=0, failures=0, problem=None
        )


def waiting(
    organisation_id: str,
    credential_id: str,
    *,
    notice: str,
    number: int,
    channel: str,
    address: bytes | None,
    actor: str,
    now: datetime,
) -> dict[str, object]:
    """The columns of a piece of news that waits."""
    return {
        "organisation_id": organisation_id,
        "credential_id": credential_id,
        "notice": notice,
        "number": number,
        "channel": channel,
        "state": deliveries.WAITING,
        "address_sealed": address if channel == deliveries.MAIL else None,
        "tries": 0,
        "next_try": now if channel == deliveries.MAIL else None,
        "code": None,
        "created": now,
        "created_by": actor,
        "changed": now,
    }
