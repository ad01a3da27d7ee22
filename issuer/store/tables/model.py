"""What every table of the issuer stands on: one metadata, the lengths of ids, and the tables that the kit describes."""

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase

from kit import accounts, audit, db, vault

ID = String(36)
CREDENTIAL_ID = String(45)


class Model(DeclarativeBase):
    """The issuer's own metadata: one naming convention, no table shared with another role."""

    metadata = db.metadata()


ACCOUNTS = accounts.account_tables(Model.metadata)
AUDIT = audit.audit_table(
    Model.metadata,
    detail_keys=(
        "key", "sequence", "kind", "reason", "version", "role", "list", "index", "purpose", "replaces", "replaced_by",
        "slug", "claim", "user", "job", "sheet", "rows", "count", "identity", "method", "format", "use", "state",
        "target", "host", "hook", "channel", "learner", "offering", "approval", "role_before", "since",
    ),
)  # fmt: skip
VAULT_CHECK = vault.vault_table(Model.metadata)
