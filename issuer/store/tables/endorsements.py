"""Vouching: what an organisation says about what others are or offer."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from issuer.store.tables.model import CREDENTIAL_ID, Model


class EndorsementRow(Model):
    """What a credential of the kind ``endorsement`` vouches for; ``target_kind`` is organisation, achievement or
    credential. Of a learner's credential nothing is shown in public.
    """

    __tablename__ = "endorsement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "credential_id"], ["credential.organisation_id", "credential.id"], name="credential"
        ),
    )

    credential_id: Mapped[str] = mapped_column(CREDENTIAL_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    target_kind: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[str] = mapped_column(String(2000))
    target_name: Mapped[str] = mapped_column(String(300))
    comment: Mapped[str] = mapped_column(Text)
