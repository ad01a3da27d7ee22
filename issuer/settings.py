"""What an operator may set for the issuer: everything a role shares, and a few numbers of its own.

Every setting is read from the environment as ``SATCHEL_ISSUER_<NAME>``; see ``docs/operating.md``.
"""

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import RoleSettings


class IssuerSettings(RoleSettings):
    """The settings of one issuer process.

    ``claim_days`` is how long a claim link and its code can be used; ``challenge_minutes`` how long a wallet may take
    to answer; ``idempotency_days`` how long a repeated request gets its first answer again; ``list_days`` how long a
    signed status list may be relied on, and ``list_refresh_hours`` after how many hours a reading renews it;
    ``list_entries`` the length of a new status list (never less than 131,072: a reader must not learn from the index
    who is meant); ``staff_passkeys`` whether people may sign in with a passkey beside the password, or must;
    ``undo_minutes`` how long what a sheet awarded can be undone before it is handed out, where nobody says otherwise;
    ``worker_name`` tells processes of one database apart that work on jobs; ``job_processes`` how many processes sign
    when there is much to sign (0: none apart from this one; not set: one fewer than there are cores).
    """

    model_config = SettingsConfigDict(env_prefix="SATCHEL_ISSUER_")

    claim_days: int = Field(default=180, ge=1, le=3650)
    challenge_minutes: int = Field(default=10, ge=1, le=60)
    idempotency_days: int = Field(default=30, ge=1, le=365)
    list_days: int = Field(default=30, ge=2, le=365)
    list_refresh_hours: int = Field(default=6, ge=1, le=24 * 30)
    list_entries: int = Field(default=131_072, ge=131_072, le=1_048_576)
    staff_passkeys: Literal["offered", "required"] = "offered"
    undo_minutes: int = Field(default=15, ge=0, le=60)
    worker_name: str = Field(default="main", pattern=r"[a-z0-9-]{1,40}")
    job_processes: int | None = Field(default=None, ge=0, le=64)
