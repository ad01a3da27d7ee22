"""Queries about what organisations want otherwise than the server."""

from datetime import datetime

from sqlalchemy.orm import Session

from issuer.store.tables import OrganisationSettingsRow


def find(session: Session, organisation_id: str) -> OrganisationSettingsRow | None:
    """The organisation's settings, read afresh; None as long as nobody set any."""
    return session.get(OrganisationSettingsRow, organisation_id, populate_existing=True)


def keep(session: Session, organisation_id: str, body: str, now: datetime) -> OrganisationSettingsRow:
    """Store settings in the place of those there were. Nobody else may change them meanwhile: lock the organisation."""
    row = find(session, organisation_id)
    if row is None:
        row = OrganisationSettingsRow(organisation_id=organisation_id, body=body, version=1, updated=now)
        session.add(row)
    elif row.body != body:
        row.body, row.version, row.updated = body, row.version + 1, now
    session.flush()
    return row
