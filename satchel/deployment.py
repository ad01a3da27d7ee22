"""Where the parts of one installation live: data directories, ports, addresses, and the settings each role is started
with.

One folder holds an installation: `issuer/`, `wallet/`, `verifier/`, `registrar/`, each with its database, its key
file and whatever else the role keeps. What the operator has set in the environment (`SATCHEL_ISSUER_DATABASE_URL`, …)
always wins over what is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROLES = ("issuer", "wallet", "verifier", "registrar")
START = "start"
DEFAULT_PORTS: Mapping[str, int] = {START: 8000, "issuer": 8001, "wallet": 8002, "verifier": 8003, "registrar": 8004}
KEYED_ROLES = ("issuer", "wallet", "verifier", "registrar")
KEY_FILE_NAME = "kek"
MAIL_FOLDER_NAME = "mail"
DEMO_MARK = "demo.json"


def settings_prefix(role: str) -> str:
    """Give the environment prefix of a role's settings, for example `SATCHEL_ISSUER_`."""
    return f"SATCHEL_{role.upper()}_"


def without_roles(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Leave every setting of a role out of an environment; give the rest, and the names that were left out."""
    prefixes = tuple(settings_prefix(name) for name in (START, *ROLES))
    dropped = sorted(name for name in environment if name.startswith(prefixes))
    return {name: value for name, value in environment.items() if name not in dropped}, dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One installation on one machine.

    `room` is the machine's network address where a room of phones reaches the demo: then people type `https` addresses
    there, while identifiers and status lists stay at `localhost`. `authority` is the certificate that the roles trust
    for that. `families_welcome` lets anybody make an account in the wallet, `tutors_welcome` in the issuer.
    """

    data_dir: Path
    loopback: bool = False
    families_welcome: bool = False
    tutors_welcome: bool = False
    room: str | None = None
    authority: Path | None = None
    ports: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_PORTS))

    def role_dir(self, role: str) -> Path:
        """Give the folder in which a role keeps everything; the start page reads the whole installation's."""
        return self.data_dir if role == START else self.data_dir / role

    @property
    def is_demo(self) -> bool:
        """Whether the folder was made by the demo, whose passwords everybody knows."""
        return (self.data_dir / DEMO_MARK).exists()

    def key_file(self, role: str) -> Path:
        """Give the place of a role's key-encryption key."""
        return self.role_dir(role) / KEY_FILE_NAME

    def database(self, role: str) -> Path:
        """Give the place of a role's SQLite database (unless the operator set another database)."""
        return self.role_dir(role) / f"{role}.db"

    def url(self, name: str) -> str:
        """Give the address that people open for a role, or for the start page."""
        return f"https://{self.room}:{self.ports[name]}" if self.room else self.identifier_url(name)

    def identifier_url(self, name: str) -> str:
        """Give the address on this machine, which DIDs, achievements and status lists of a role are under."""
        return f"http://localhost:{self.ports[name]}"

    def environment(self, role: str, *, inherited: Mapping[str, str]) -> dict[str, str]:
        """Compose the environment of a role's process; what is set in `inherited` stays as it is.

        Addresses are made up for this machine only. Elsewhere the operator says them, and links to the other roles
        follow the public addresses that are set for those.
        """
        prefix = settings_prefix(role)
        ours = {
            "DATABASE_URL": f"sqlite:///{self.database(role).resolve()}",
            "DATA_DIR": str(self.role_dir(role).resolve()),
            "HOST": "127.0.0.1",
            "PORT": str(self.ports[role]),
            "LOOPBACK": "true" if self.loopback else "false",
        }
        if (role == "wallet" and self.families_welcome) or (role == "issuer" and self.tutors_welcome):
            ours["SIGNUP_OPEN"] = "true"
        if role == "issuer" and self.loopback and f"{prefix}SMTP_URL" not in inherited:
            ours["MAIL_FOLDER"] = str((self.role_dir(role) / MAIL_FOLDER_NAME).resolve())
        peers = [peer for peer in ROLES if peer != role]
        if self.loopback:
            ours |= {"PUBLIC_URL": self.url(role), "IDENTIFIER_URL": self.identifier_url(role)}
            ours |= {f"{peer.upper()}_URL": self.url(peer) for peer in peers}
        else:
            known = {peer: inherited.get(f"{settings_prefix(peer)}PUBLIC_URL") for peer in peers}
            ours |= {f"{peer.upper()}_URL": url for peer, url in known.items() if url}
        if f"{prefix}KEY_HEX" not in inherited:
            ours["KEY_FILE"] = str(self.key_file(role).resolve())
        if self.room:
            ours["FETCH_PRIVATE_HOSTS"] = self.room
        if self.authority:
            ours["CA_FILE"] = str(self.authority.resolve())
        return {prefix + name: value for name, value in ours.items()} | dict(inherited)
