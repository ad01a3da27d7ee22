"""What an operator may set for the issuer: everything a role shares, and a few numbers of its own.

Every setting is read from the environment as ``SATCHEL_ISSUER_<NAME>``; see ``docs/operating.md``.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from kit import zones
from kit.mail import FolderMailer, Mailer, SmtpMailer, check_address, check_sender
from kit.settings import RoleSettings


class IssuerSettings(RoleSettings):
    """The settings of one issuer process.

    ``claim_days`` is how long a claim link and its code can be used; ``challenge_minutes`` how long a wallet may take
    to answer; ``idempotency_days`` how long a repeated request gets its first answer again; ``list_days`` how long a
    signed status list may be relied on, and ``list_refresh_hours`` after how many hours a reading renews it;
    ``list_entries`` the length of a new status list (never less than 131,072: a reader must not learn from the index
    who is meant); ``staff_passkeys`` whether people may sign in with a passkey beside the password, or must;
    ``undo_minutes`` how long what a sheet awarded can be undone before it is handed out, where nobody says otherwise;
    ``time_zone`` is where new organisations live that do not say otherwise, such as ``America/New_York``;
    ``worker_name`` tells processes of one database apart that work on jobs; ``job_processes`` how many processes sign
    when there is much to sign (0: none apart from this one; not set: one fewer than there are cores).

    ``smtp_url`` is the mail server, ``mail_from`` the address that letters come from; the password is read from
    ``smtp_password_file`` (or ``smtp_password``); ``mail_daily`` is how many letters go out in a day at most.
    ``mail_folder`` takes letters as files instead. Without any of it no letter is sent, and nothing needs one.
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
    time_zone: str = ""
    worker_name: str = Field(default="main", pattern=r"[a-z0-9-]{1,40}")
    job_processes: int | None = Field(default=None, ge=0, le=64)
    smtp_url: str | None = None
    smtp_password_file: Path | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = ""
    mail_daily: int | None = Field(default=None, ge=1, le=10_000_000)
    mail_folder: Path | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name and name not in zones.names():
            raise ValueError("use the name of a time zone, such as America/New_York, or UTC")
        return name

    @model_validator(mode="after")
    def _mail(self) -> Self:
        if self.smtp_url is not None and self.mail_folder is not None:
            raise ValueError("set smtp_url or mail_folder, not both")
        if self.smtp_url is not None:
            check_address(self.smtp_url)
            if not self.mail_from:
                raise ValueError("smtp_url needs mail_from, the address that letters come from")
        if self.mail_from:
            check_sender(self.mail_from)
        if self.smtp_password is not None and self.smtp_password_file is not None:
            raise ValueError("set smtp_password_file or smtp_password, not both")
        return self

    @property
    def sends_mail(self) -> bool:
        """Whether letters are sent at all."""
        return self.smtp_url is not None or self.mail_folder is not None

    def mailer(self) -> Mailer | None:
        """What sends letters; None when nothing does. Raises: OSError when the password's file cannot be read."""
        if self.mail_folder is not None:
            return FolderMailer(folder=self.mail_folder, sender=self.mail_from or "awards@localhost")
        if self.smtp_url is None:
            return None
        password = self.smtp_password.get_secret_value() if self.smtp_password else ""
        if self.smtp_password_file is not None:
            password = self.smtp_password_file.read_text(encoding="utf-8").strip()
        return SmtpMailer(url=self.smtp_url, sender=self.mail_from, password=password, authorities=self.ca_file)
