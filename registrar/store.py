"""The registrar's database: so far only the mark of the key that it belongs to."""

from typing import Final

from kit import db, vault

METADATA: Final = db.metadata()
VAULT_CHECK: Final = vault.vault_table(METADATA)
