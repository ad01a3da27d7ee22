"""What an operator may set, the same for every role. A role subclasses this with its own `env_prefix`.

Rules: a setting without a safe default has none; a contradiction is refused at start with a sentence that names the
variable; secrets come from files (an environment variable is offered for machines that have nothing else).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self, cast
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class RoleSettings(BaseSettings):
    """Settings of one role's process, read from the environment with the role's prefix.

    Addresses are origins without a trailing slash (`https://school.example`). `identifier_url` is what DIDs, status
    lists and achievement ids are made from: it must outlive a move, so it may differ from `public_url`.
    """

    model_config = SettingsConfigDict(env_prefix="SATCHEL_", extra="forbid", frozen=True)

    database_url: str
    data_dir: Path
    public_url: str
    identifier_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    key_file: Path | None = None
    key_hex: SecretStr | None = None
    retired_key_files: Annotated[tuple[Path, ...], NoDecode] = ()
    loopback: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    ca_file: Path | None = None
    signup_open: bool = False
    issuer_url: str | None = None
    wallet_url: str | None = None
    verifier_url: str | None = None
    registrar_url: str | None = None
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    fetch_ports: Annotated[tuple[int, ...], NoDecode] = ()
    fetch_private_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    metrics_token: SecretStr | None = None

    @field_validator("retired_key_files", "allowed_hosts", "fetch_ports", "fetch_private_hosts", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url", "identifier_url", "issuer_url", "wallet_url", "verifier_url", "registrar_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("give an origin such as https://school.example, without a path")
        if parts.query or parts.fragment or parts.username is not None:
            raise ValueError("give an origin such as https://school.example, and nothing after it")
        return value.rstrip("/")

    @model_validator(mode="before")
    @classmethod
    def _identifier_follows_public(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        given = cast("dict[str, object]", values)
        return given if given.get("identifier_url") else {**given, "identifier_url": given.get("public_url", "")}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, url in (("public_url", self.public_url), ("identifier_url", self.identifier_url)):
            parts = urlsplit(url)
            if parts.scheme == "https":
                continue
            if not self.loopback:
                raise ValueError(f"{name} must be https; plain http is for a demonstration on this machine (loopback)")
            if parts.hostname not in LOOPBACK_NAMES:
                raise ValueError(f"{name} is plain http: only localhost may be")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together; set both or neither")
        if self.key_file is not None and self.key_hex is not None:
            raise ValueError("set key_file or key_hex, not both")
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach this role over https; decides cookie names, `Secure` and HSTS."""
        return self.public_url.startswith("https://")

    @property
    def peers(self) -> dict[str, str]:
        """The other roles' addresses that are set, by role name. For links only: nothing is trusted because of them."""
        known = {
            "issuer": self.issuer_url,
            "wallet": self.wallet_url,
            "verifier": self.verifier_url,
            "registrar": self.registrar_url,
        }
        return {name: url for name, url in known.items() if url}
