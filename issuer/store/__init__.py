"""The issuer's tables and every query on them. The session that a function is given is committed by the service."""

from issuer.store import (
    achievements,
    audits,
    claims,
    credentials,
    jobs,
    journal,
    offerings,
    organisations,
    sheets,
    status,
    tables,
)

METADATA = tables.Model.metadata

__all__ = [
    "METADATA",
    "achievements",
    "audits",
    "claims",
    "credentials",
    "jobs",
    "journal",
    "offerings",
    "organisations",
    "sheets",
    "status",
    "tables",
]
