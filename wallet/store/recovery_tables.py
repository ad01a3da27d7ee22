"""The tables of the second way to data keys: a pair of keys of each member, sealed under their recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from wallet.store.tables import Row


class RecoveryKey(Row):
    """A member's pair: the public half."""

    __tablename__ = "recovery_key"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    public_key: Mapped[bytes]
    made_at: Mapped[datetime]


class RecoverySlot(Row):
    """The secret half, sealed under one recovery code; gone with that code, when it is spent or replaced."""

    __tablename__ = "recovery_slot"

    code: Mapped[str] = mapped_column(String(64), ForeignKey("account_code.code", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("recovery_key.member_id", ondelete="CASCADE"), index=True)
    salt: Mapped[bytes]
    sealed: Mapped[bytes]


class RecoveryWrap(Row):
    """A data key sealed for a member's pair: of a learner, or of the family where `learner_id` is empty."""

    __tablename__ = "recovery_wrap"

    member_id: Mapped[str] = mapped_column(ForeignKey("recovery_key.member_id", ondelete="CASCADE"), primary_key=True)
    learner_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    sealed: Mapped[bytes]
