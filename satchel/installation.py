"""What running an installation takes: key files, the environment of each role, and the processes to supervise."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from kit import vault
from satchel import front
from satchel.console import CommandError
from satchel.deployment import KEYED_ROLES, START, Deployment, settings_prefix
from satchel.supervisor import ProcessSpec, python_module

_WHERE_LISTENING: Mapping[str, str] = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  read, not bound

CHECKOUT = Path(__file__).resolve().parent.parent


def missing_keys(deployment: Deployment, roles: Iterable[str], *, environment: Mapping[str, str]) -> list[str]:
    """Name the roles that have neither a key file nor a key in the environment."""
    return [
        role
        for role in roles
        if role in KEYED_ROLES
        and f"{settings_prefix(role)}KEY_HEX" not in environment
        and not Path(environment.get(f"{settings_prefix(role)}KEY_FILE") or deployment.key_file(role)).exists()
    ]


def has_database(deployment: Deployment, role: str, *, environment: Mapping[str, str]) -> bool:
    """Say whether a role has been running: its database is there, or the operator keeps it elsewhere."""
    return deployment.database(role).exists() or f"{settings_prefix(role)}DATABASE_URL" in environment


def create_missing_keys(deployment: Deployment, roles: Iterable[str], *, environment: Mapping[str, str]) -> list[Path]:
    """Make a key-encryption key for each role that has none and has no database either; give the new files.

    Raises: CommandError where a database is there and its key is not: a new key would not open it.
    """
    made = []
    for role in missing_keys(deployment, roles, environment=environment):
        path = Path(environment.get(f"{settings_prefix(role)}KEY_FILE") or deployment.key_file(role))
        if deployment.database(role).exists():
            raise CommandError(
                f"The {role}'s database is there and its key file {path} is not. Restore that file from your copy: "
                "a new key would not open the database, so none is made."
            )
        try:
            vault.create_key_file(path)
        except OSError as error:
            raise CommandError(
                f"The key file {path} could not be made: {error.strerror}. Mend the folder's rights."
            ) from error
        made.append(path)
    return made


def role_spec(
    deployment: Deployment, role: str, *, environment: Mapping[str, str], keyless: bool = False
) -> ProcessSpec:
    """Describe the process of one role.

    A role that runs without its key (the issuer may) is never ready; it is up once it answers at all.
    """
    composed = deployment.environment(role, inherited=environment)
    prefix = settings_prefix(role)
    scheme = "https" if composed.get(f"{prefix}TLS_CERT") else "http"
    listening = _WHERE_LISTENING.get(composed[f"{prefix}HOST"], composed[f"{prefix}HOST"])
    place = f"[{listening}]" if ":" in listening else listening
    return ProcessSpec(
        name=role,
        command=python_module(role, "serve"),
        environment=with_checkout(composed),
        ready_url=f"{scheme}://{place}:{composed[f'{prefix}PORT']}/{'healthz' if keyless else 'readyz'}",
        ready_host=urlsplit(composed.get(f"{prefix}PUBLIC_URL", "")).netloc or None,
    )


def start_page_spec(deployment: Deployment, *, environment: Mapping[str, str]) -> ProcessSpec:
    """Describe the process of the demo's start page."""
    return ProcessSpec(
        name=START,
        command=python_module("satchel.start", "serve"),
        environment=with_checkout(deployment.environment(START, inherited=environment)),
        ready_url=f"{deployment.identifier_url(START)}/healthz",
    )


def front_spec(deployment: Deployment, *, certificate: Path, key: Path, environment: Mapping[str, str]) -> ProcessSpec:
    """Describe the process that serves the room over HTTPS."""
    ours = {
        "ADDRESS": str(deployment.room),
        "PORTS": ",".join(str(port) for port in deployment.ports.values()),
        "CERTIFICATE": str(certificate.resolve()),
        "KEY": str(key.resolve()),
    }
    return ProcessSpec(
        name="front",
        command=python_module("satchel.front"),
        environment=with_checkout({**environment, **{front.PREFIX + name: value for name, value in ours.items()}}),
        ready_url=f"{deployment.url(START)}/healthz",
        authority=str(deployment.authority),
    )


def without_address(role: str) -> dict[str, str]:
    """Give what a role is told that has no public address yet, for commands that write down no address."""
    return {f"{settings_prefix(role)}PUBLIC_URL": f"https://{role}.invalid"}


def with_checkout(environment: Mapping[str, str]) -> dict[str, str]:
    """Let a child find the same packages as this process, however this one was started."""
    path = environment.get("PYTHONPATH", "")
    parts = [str(CHECKOUT), *(part for part in path.split(os.pathsep) if part)]
    return {**environment, "PYTHONPATH": os.pathsep.join(dict.fromkeys(parts)), "PYTHONUNBUFFERED": "1"}


def first_administrator(
    deployment: Deployment, role: str, login: str, name: str, password: str, *, environment: Mapping[str, str]
) -> str:
    """Have a role make its first administrator with its own command; give what it says. Raises: CommandError."""
    done = subprocess.run(  # noqa: S603  the command is composed here
        python_module(role, "init", "--login", login, "--name", name),
        env=with_checkout(without_address(role) | deployment.environment(role, inherited=environment)),
        input=password + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CommandError(
            f"The {role} could not make its first administrator: {said[-1] if said else 'no reason given'}"
        )
    return done.stdout.strip()
