"""What an erasure overwrites or deletes, beside the rows of the learner and of the awards themselves."""

from collections.abc import Sequence

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import (
    ClaimRow,
    EnrolmentRow,
    HostAttemptRow,
    IdempotencyRow,
    IntentRow,
    PublicPageRow,
    PushRow,
    RoomGuestRow,
    RosterImportRow,
    SheetLineRow,
    SignedCredentialRow,
    SuspensionRow,
    WithdrawalLineRow,
    WithdrawalRow,
)


def empty_signed(session: Session, organisation_id: str, credential_id: str) -> list[tuple[str, bytes]]:
    """Empty everything that was signed for a credential, and its claims; the sealed answers to the requests behind it,
    by key, for the caller to replace.
    """
    quiet = {"synchronize_session": False}
    keys = session.scalars(
        select(IntentRow.idempotency_key).where(
            IntentRow.organisation_id == organisation_id,
            IntentRow.credential_id == credential_id,
            IntentRow.idempotency_key.is_not(None),
        )
    ).all()
    session.execute(
        update(IntentRow)
        .where(IntentRow.organisation_id == organisation_id, IntentRow.credential_id == credential_id)
        .values(unsigned=b"", details=b"{}", holder=None),
        execution_options=quiet,
    )
    session.execute(
        update(SignedCredentialRow)
        .where(
            SignedCredentialRow.organisation_id == organisation_id, SignedCredentialRow.credential_id == credential_id
        )
        .values(body=b"", holder_sealed=None),
        execution_options=quiet,
    )
    session.execute(
        update(ClaimRow)
        .where(ClaimRow.organisation_id == organisation_id, ClaimRow.credential_id == credential_id)
        .values(secrets_sealed=None, holder=None),
        execution_options=quiet,
    )
    session.execute(
        update(SuspensionRow)
        .where(SuspensionRow.organisation_id == organisation_id, SuspensionRow.credential_id == credential_id)
        .values(reason_sealed=None),
        execution_options=quiet,
    )
    session.execute(
        delete(HostAttemptRow).where(
            HostAttemptRow.organisation_id == organisation_id, HostAttemptRow.credential_id == credential_id
        ),
        execution_options=quiet,
    )
    waiting = case((PushRow.state == "waiting", "ended"), else_=PushRow.state)
    session.execute(
        update(PushRow)
        .where(PushRow.organisation_id == organisation_id, PushRow.credential_id == credential_id)
        .values(access_sealed=None, refresh_sealed=None, state=waiting, next_try=None),
        execution_options=quiet,
    )
    session.execute(
        update(PublicPageRow)
        .where(PublicPageRow.organisation_id == organisation_id, PublicPageRow.credential_id == credential_id)
        .values(state="over", token_sealed=None),
        execution_options=quiet,
    )
    session.execute(  # the name as somebody typed it on a phone
        delete(RoomGuestRow).where(
            RoomGuestRow.organisation_id == organisation_id, RoomGuestRow.credential_id == credential_id
        ),
        execution_options=quiet,
    )
    many = select(WithdrawalLineRow.withdrawal_id).where(
        WithdrawalLineRow.organisation_id == organisation_id, WithdrawalLineRow.credential_id == credential_id
    )
    session.execute(  # a name may have been searched for to choose them
        update(WithdrawalRow).where(WithdrawalRow.id.in_(many)).values(chosen="{}"), execution_options=quiet
    )
    rows = session.execute(
        select(IdempotencyRow.key, IdempotencyRow.response_sealed).where(
            IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.key.in_(keys)
        )
    )
    return [(key, sealed) for key, sealed in rows if sealed is not None]


def lines_of(session: Session, organisation_id: str, credential_id: str) -> Sequence[SheetLineRow]:
    """The lines of sheets that an award came from, or that corrected it."""
    return session.scalars(
        select(SheetLineRow).where(
            SheetLineRow.organisation_id == organisation_id, SheetLineRow.credential_id == credential_id
        )
    ).all()


def drop_enrolments(session: Session, organisation_id: str, learner_id: str) -> None:
    """Delete what a learner is enrolled for."""
    session.execute(
        delete(EnrolmentRow).where(
            EnrolmentRow.organisation_id == organisation_id, EnrolmentRow.learner_id == learner_id
        ),
        execution_options={"synchronize_session": False},
    )


def drop_imports(session: Session, organisation_id: str) -> None:
    """Put away every roster of the organisation that nobody said yes to: one of them may hold the learner."""
    session.execute(
        update(RosterImportRow)
        .where(RosterImportRow.organisation_id == organisation_id, RosterImportRow.content_sealed.is_not(None))
        .values(content_sealed=None, answers="{}", state="discarded"),
        execution_options={"synchronize_session": False},
    )
