"""What an operator may set for the verifier: everything a role shares, five numbers of its own, and passkeys.

Every setting is read from the environment as ``SATCHEL_VERIFIER_<NAME>``; see ``docs/operating.md``.
"""

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import RoleSettings


class VerifierSettings(RoleSettings):
    """The settings of one verifier process.

    ``verdict_days`` is how long a stored verdict can be opened again; ``memory_days`` how long fetched lists and
    identifier documents are kept for revalidation; ``deadline_seconds`` bounds one interactive check from the click to
    the page; ``running`` checks work at once and ``waiting`` more may wait for ``waiting_seconds`` before the next one
    is turned away with 503 and ``Retry-After``; ``staff_passkeys`` says whether people may sign in with a passkey
    beside the password, or must.
    """

    model_config = SettingsConfigDict(env_prefix="SATCHEL_VERIFIER_", extra="forbid", frozen=True)

    verdict_days: int = Field(default=30, ge=1, le=3650)
    memory_days: int = Field(default=90, ge=1, le=3650)
    deadline_seconds: float = Field(default=10.0, gt=0, le=60)
    running: int = Field(default=4, ge=1, le=64)
    waiting: int = Field(default=8, ge=0, le=256)
    waiting_seconds: float = Field(default=2.0, ge=0, le=30)
    staff_passkeys: Literal["offered", "required"] = "offered"
