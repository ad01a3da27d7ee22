"""Queries about organisations, the people who work for them, their keys and their identifier documents."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from issuer.store.tables import (
    ACCOUNTS,
    VAULT_CHECK,
    ClassInstructorRow,
    IdentifierDocumentRow,
    InvitationRow,
    MembershipRow,
    OrganisationRow,
    SigningKeyRow,
)


def by_slug(session: Session, slug: str) -> OrganisationRow | None:
    """The organisation with this slug, if there is one."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.slug == slug))


def by_id(session: Session, organisation_id: str) -> OrganisationRow:
    """The organisation with this id, which a row of ours names."""
    return session.scalars(select(OrganisationRow).where(OrganisationRow.id == organisation_id)).one()


def find(session: Session, organisation_id: str) -> OrganisationRow | None:
    """The organisation with this id, if there is one."""
    return session.get(OrganisationRow, organisation_id)


def lock(session: Session, organisation_id: str) -> None:
    """Hold the organisation's row until the session ends, for what only one may do at a time."""
    session.execute(
        select(OrganisationRow.id).where(OrganisationRow.id == organisation_id).with_for_update(key_share=True)
    )


def lock_whole(session: Session, organisation_id: str) -> OrganisationRow:
    """The organisation's row, read afresh and held until the session ends, also against whatever refers to it: waits
    for every award that is being stored, and lets none be stored meanwhile.
    """
    return session.scalars(
        select(OrganisationRow)
        .where(OrganisationRow.id == organisation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def closed(session: Session, organisation_id: str) -> str | None:
    """The name of an organisation that has closed, or None.

    Ask it after a row that refers to the organisation was written: then it cannot close before the session ends.
    """
    return session.scalar(
        select(OrganisationRow.name).where(OrganisationRow.id == organisation_id, OrganisationRow.closed.is_not(None))
    )


def all_of(session: Session, user_id: str) -> Sequence[tuple[OrganisationRow, str]]:
    """The organisations that this person works for, by name, each with the person's role."""
    rows = session.execute(
        select(OrganisationRow, MembershipRow.role)
        .join(MembershipRow, MembershipRow.organisation_id == OrganisationRow.id)
        .where(MembershipRow.user_id == user_id)
        .order_by(OrganisationRow.name)
    )
    return [(organisation, role) for organisation, role in rows]


def everything(session: Session) -> Sequence[OrganisationRow]:
    """Every organisation on this server, by slug."""
    return session.scalars(select(OrganisationRow).order_by(OrganisationRow.slug)).all()


def membership(session: Session, slug: str, user_id: str) -> tuple[OrganisationRow, str] | None:
    """The organisation and this person's role in it, or None where the person has none (or it does not exist)."""
    row = session.execute(
        select(OrganisationRow, MembershipRow.role)
        .join(MembershipRow, MembershipRow.organisation_id == OrganisationRow.id)
        .where(OrganisationRow.slug == slug, MembershipRow.user_id == user_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def members(session: Session, organisation_id: str) -> Sequence[MembershipRow]:
    """The memberships of one organisation, oldest first."""
    return session.scalars(
        select(MembershipRow).where(MembershipRow.organisation_id == organisation_id).order_by(MembershipRow.created)
    ).all()


def role_of(session: Session, organisation_id: str, user_id: str) -> str | None:
    """A person's role in an organisation; None where they do not work."""
    return session.scalar(
        select(MembershipRow.role).where(
            MembershipRow.organisation_id == organisation_id, MembershipRow.user_id == user_id
        )
    )


def set_role(session: Session, organisation_id: str, user_id: str, role: str) -> None:
    """Change a person's role in an organisation."""
    session.execute(
        update(MembershipRow)
        .where(MembershipRow.organisation_id == organisation_id, MembershipRow.user_id == user_id)
        .values(role=role)
        .execution_options(synchronize_session=False)
    )


def remove_member(session: Session, organisation_id: str, user_id: str) -> None:
    """End a membership, and with it what classes this person marked."""
    session.execute(
        delete(ClassInstructorRow).where(
            ClassInstructorRow.organisation_id == organisation_id, ClassInstructorRow.user_id == user_id
        )
    )
    session.execute(
        delete(MembershipRow).where(MembershipRow.organisation_id == organisation_id, MembershipRow.user_id == user_id)
    )


def able(session: Session, user_ids: Sequence[str]) -> int:
    """How many of these accounts may sign in."""
    table = ACCOUNTS.account
    query = select(func.count()).select_from(table).where(table.c.id.in_(user_ids), table.c.disabled.is_(False))
    return session.execute(query).scalar_one()


def signing_keys(session: Session, organisation_id: str) -> Sequence[SigningKeyRow]:
    """All keys that an organisation ever had, oldest first."""
    return session.scalars(
        select(SigningKeyRow)
        .where(SigningKeyRow.organisation_id == organisation_id)
        .order_by(SigningKeyRow.created, SigningKeyRow.fragment)
    ).all()


def signing_key(session: Session, organisation_id: str, key_id: str) -> SigningKeyRow | None:
    """One key of this organisation. A key of another organisation is None, like a key that does not exist."""
    return session.scalar(
        select(SigningKeyRow).where(SigningKeyRow.organisation_id == organisation_id, SigningKeyRow.id == key_id)
    )


def current_key(session: Session, identity_id: str, now: datetime, *, use: str) -> SigningKeyRow | None:
    """The key that signs for this use under an identifier at ``now``: the newest in use that is neither expired nor
    revoked.
    """
    return session.scalar(
        select(SigningKeyRow)
        .where(
            SigningKeyRow.identity_id == identity_id,
            SigningKeyRow.use == use,
            SigningKeyRow.revoked.is_(None),
            SigningKeyRow.in_use_from <= now,
            (SigningKeyRow.expires.is_(None)) | (SigningKeyRow.expires > now),
        )
        .order_by(SigningKeyRow.in_use_from.desc(), SigningKeyRow.created.desc())
        .limit(1)
    )


def still_signs(row: SigningKeyRow, created: datetime) -> bool:
    """Whether the key may make a signature of this date: it is not revoked, and the date lies before its end."""
    return row.revoked is None and (row.expires is None or created < row.expires)


def hold_keys(session: Session, organisation_id: str, key_ids: Collection[str]) -> dict[str, SigningKeyRow]:
    """These keys of the organisation, read afresh, which nobody changes until the session ends; by id."""
    query = select(SigningKeyRow).where(
        SigningKeyRow.organisation_id == organisation_id, SigningKeyRow.id.in_(sorted(key_ids))
    )
    held = query.order_by(SigningKeyRow.id).with_for_update(read=True).execution_options(populate_existing=True)
    return {row.id: row for row in session.scalars(held)}


def keys_after(session: Session, key_id: str, limit: int) -> Sequence[SigningKeyRow]:
    """Some keys of all organisations, in the order of their ids, behind this one ("" for the first)."""
    query = select(SigningKeyRow).where(SigningKeyRow.id > key_id).order_by(SigningKeyRow.id).limit(limit)
    return session.scalars(query).all()


def exchange_secret(session: Session, key_id: str, *, before: bytes, after: bytes) -> bool:
    """Store a key's secret as it is sealed now, unless somebody else has; whether it was."""
    done = session.execute(
        update(SigningKeyRow)
        .where(SigningKeyRow.id == key_id, SigningKeyRow.sealed_seed == before)
        .values(sealed_seed=after)
        .returning(SigningKeyRow.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def published_key(session: Session, slug: str, fragment: str) -> tuple[OrganisationRow, SigningKeyRow] | None:
    """A key by its organisation's short name and its own name, whatever became of it."""
    row = session.execute(
        select(OrganisationRow, SigningKeyRow)
        .join(SigningKeyRow, SigningKeyRow.organisation_id == OrganisationRow.id)
        .where(OrganisationRow.slug == slug, SigningKeyRow.fragment == fragment)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def any_key(session: Session) -> SigningKeyRow | None:
    """Some signing key of this server: what readiness tries to open."""
    return session.scalar(select(SigningKeyRow).where(SigningKeyRow.revoked.is_(None)).limit(1))


def identifier_document(session: Session, slug: str) -> IdentifierDocumentRow | None:
    """The stored DID document of the organisation with this slug."""
    return session.scalar(
        select(IdentifierDocumentRow)
        .join(OrganisationRow, OrganisationRow.id == IdentifierDocumentRow.organisation_id)
        .where(OrganisationRow.slug == slug)
    )


def invitation(session: Session, token_hash: str) -> InvitationRow | None:
    """The invitation whose token has this hash."""
    return session.scalar(select(InvitationRow).where(InvitationRow.token_hash == token_hash))


def open_invitations(session: Session, organisation_id: str, now: datetime) -> Sequence[InvitationRow]:
    """The invitations of one organisation that can still be used."""
    return session.scalars(
        select(InvitationRow)
        .where(
            InvitationRow.organisation_id == organisation_id,
            InvitationRow.used.is_(None),
            InvitationRow.expires > now,
        )
        .order_by(InvitationRow.created)
    ).all()


def withdraw_invitation(session: Session, organisation_id: str, invitation_id: str) -> str | None:
    """Delete an invitation of this organisation that nobody has used; its role, or None when there is none."""
    return session.scalar(
        delete(InvitationRow)
        .where(
            InvitationRow.organisation_id == organisation_id,
            InvitationRow.id == invitation_id,
            InvitationRow.used.is_(None),
        )
        .returning(InvitationRow.role)
    )


def use_invitation(session: Session, token_hash: str, now: datetime) -> bool:
    """Consume an invitation; False when it was used, is over or never existed. Only one caller ever gets True."""
    result = session.execute(
        update(InvitationRow)
        .where(InvitationRow.token_hash == token_hash, InvitationRow.used.is_(None), InvitationRow.expires > now)
        .values(used=now)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def was_sealed(session: Session) -> bool:
    """Whether anything in this database was ever tied to a key-encryption key."""
    return session.execute(select(VAULT_CHECK.c.key_id).limit(1)).first() is not None
