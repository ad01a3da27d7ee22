"""What an erasure overwrites or deletes, beside the rows of the learner and of the awards themselves."""

from collections.abc import Collection, Sequence

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from issuer.store.sheets import parts
from issuer.store.tables import (
    AwardOnceRow,
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
    SheetRow,
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
        .values(unsigned=b"", details=b"{}", holder=None, drawn_sealed=None),
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
    session.execute(  # the note may say who, and the choice may name this one award
        update(WithdrawalRow).where(WithdrawalRow.id.in_(many)).values(chosen="{}", note_sealed=None),
        execution_options=quiet,
    )
    rows = session.execute(
        select(IdempotencyRow.key, IdempotencyRow.response_sealed).where(
            IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.key.in_(keys)
        )
    )
    return [(key, sealed) for key, sealed in rows if sealed is not None]


def fingerprints_of(session: Session, organisation_id: str, credential_ids: Collection[str]) -> set[str]:
    """What tells these awards apart in sheets: whatever line has one of them says the same."""
    found: set[str | None] = set()
    for part in parts(sorted(credential_ids)):
        once, line = AwardOnceRow, SheetLineRow
        found |= set(
            session.scalars(
                select(once.fingerprint).where(once.organisation_id == organisation_id, once.credential_id.in_(part))
            )
        )
        found |= set(
            session.scalars(
                select(line.fingerprint).where(line.organisation_id == organisation_id, line.credential_id.in_(part))
            )
        )
    return {each for each in found if each}


def lines_of(session: Session, organisation_id: str, credential_ids: Collection[str]) -> list[tuple[str, int]]:
    """The lines of sheets that made or corrected these awards, by sheet and number."""
    found: list[tuple[str, int]] = []
    for part in parts(sorted(credential_ids)):
        query = select(SheetLineRow.sheet_id, SheetLineRow.number).where(
            SheetLineRow.organisation_id == organisation_id, SheetLineRow.credential_id.in_(part)
        )
        found.extend((sheet_id, number) for sheet_id, number in session.execute(query))
    return found


def sheets_kept(session: Session, organisation_id: str) -> Sequence[SheetRow]:
    """The sheets that still say something."""
    where = (SheetRow.organisation_id == organisation_id, SheetRow.about_sealed.is_not(None))
    return session.scalars(select(SheetRow).where(*where).order_by(SheetRow.id)).all()


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
