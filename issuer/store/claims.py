"""Queries about claims: how a learner's wallet gets hold of an award."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import ChallengeRow, ClaimRow


def by_token(session: Session, token_hash: str) -> ClaimRow | None:
    """The claim whose link has this hash."""
    return session.scalar(select(ClaimRow).where(ClaimRow.token_hash == token_hash))


def by_code(session: Session, code_hash: str) -> ClaimRow | None:
    """The claim whose typed code has this hash."""
    return session.scalar(select(ClaimRow).where(ClaimRow.code_hash == code_hash))


def one(session: Session, claim_id: str) -> ClaimRow | None:
    """One claim by its id."""
    return session.get(ClaimRow, claim_id)


def lock(session: Session, claim_id: str) -> ClaimRow | None:
    """The same, locked until the session ends and read afresh."""
    return session.scalar(
        select(ClaimRow)
        .where(ClaimRow.id == claim_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def of_credential(session: Session, organisation_id: str, credential_id: str) -> Sequence[ClaimRow]:
    """The claims of one award, newest first."""
    return session.scalars(
        select(ClaimRow)
        .where(ClaimRow.organisation_id == organisation_id, ClaimRow.credential_id == credential_id)
        .order_by(ClaimRow.created.desc(), ClaimRow.id)
    ).all()


def recall_open(session: Session, organisation_id: str, credential_id: str, now: datetime) -> int:
    """End every open claim of an award and erase its printable secrets; the number ended."""
    result = session.execute(
        update(ClaimRow)
        .where(
            ClaimRow.organisation_id == organisation_id,
            ClaimRow.credential_id == credential_id,
            ClaimRow.state == "open",
        )
        .values(state="recalled", recalled=now, secrets_sealed=None)
        .execution_options(synchronize_session="fetch")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def consume_challenge(session: Session, *, challenge_hash: str, claim_id: str, now: datetime) -> bool:
    """Use a challenge up. Only one caller ever gets True, and only before it expires."""
    result = session.execute(
        update(ChallengeRow)
        .where(
            ChallengeRow.challenge_hash == challenge_hash,
            ChallengeRow.claim_id == claim_id,
            ChallengeRow.consumed.is_(None),
            ChallengeRow.expires > now,
        )
        .values(consumed=now)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def forget_challenges(session: Session, before: datetime) -> None:
    """Delete challenges that expired before ``before``."""
    session.execute(delete(ChallengeRow).where(ChallengeRow.expires < before))
