"""What an operator may set for the wallet: `SATCHEL_WALLET_*`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import RoleSettings


class WalletSettings(RoleSettings):
    """The settings of every role, and the wallet's own numbers.

    `majority_age` is the age (years) at which a guardian's say ends, `consent_age` the age below which nothing is
    shared
    without a guardian. A share link lasts `share_days`, for a learner under `consent_age` `share_days_young`, and
    never longer
    than `share_days_most`. What is deleted stays in the bin for `bin_days`. `backup_days` is how long the operator
    keeps backups: it is said to whoever deletes something, and nothing else comes of it.
    """

    model_config = SettingsConfigDict(env_prefix="SATCHEL_WALLET_", extra="forbid", frozen=True)

    port: int = Field(default=8002, ge=0, le=65535)
    majority_age: int = Field(default=18, ge=12, le=21)
    consent_age: int = Field(default=13, ge=12, le=18)
    share_days: int = Field(default=30, ge=1)
    share_days_young: int = Field(default=7, ge=1)
    share_days_most: int = Field(default=365, ge=1)
    bin_days: int = Field(default=30, ge=0)
    backup_days: int | None = Field(default=None, ge=1)
    invitation_days: int = Field(default=14, ge=1)
