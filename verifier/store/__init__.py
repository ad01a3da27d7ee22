"""Every query of the verifier. Callers open one session per request; it commits once, at the end."""

from verifier.store.memory import (
    CachedResource,
    SeenList,
    cache_resource,
    cached_resource,
    first_seen,
    forget_seen,
    newest_list,
    remember_list,
    sweep_resources,
)
from verifier.store.recognised import (
    Change,
    Entry,
    all_entries,
    changes,
    entries,
    entry_by_did,
    entry_by_id,
    latest_changes,
    mark_undone,
    write_entry,
)
from verifier.store.tables import ACCOUNTS, AUDIT, METADATA, VAULT_CHECK
from verifier.store.verdicts import count_verdicts, find_verdict, keep_verdict, new_verdict_id, sweep_verdicts

__all__ = [
    "ACCOUNTS",
    "AUDIT",
    "METADATA",
    "VAULT_CHECK",
    "CachedResource",
    "Change",
    "Entry",
    "SeenList",
    "all_entries",
    "cache_resource",
    "cached_resource",
    "changes",
    "count_verdicts",
    "entries",
    "entry_by_did",
    "entry_by_id",
    "find_verdict",
    "first_seen",
    "forget_seen",
    "keep_verdict",
    "latest_changes",
    "mark_undone",
    "new_verdict_id",
    "newest_list",
    "remember_list",
    "sweep_resources",
    "sweep_verdicts",
    "write_entry",
]
