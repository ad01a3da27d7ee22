"""Passwords: kept as argon2id, refused when they are short, common or the login itself. No rules of composition.

Spec: https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
"""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kit.errors import BadInput
from kit.i18n import _

SHORTEST = 12
LONGEST = 200
DEMO_PASSWORD = "patchwork-quilt-2026"  # noqa: S105  public on purpose
"""What every login of the demonstration has. Its pages print it, so it opens nothing outside of one."""

# Twelve characters or more, and still among the first that anybody tries.
_COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456123456", "123123123123", "111111111111",
        "000000000000", "qwertyuiop12", "qwertyuiop123", "qwertyqwerty", "qwerty123456", "qwertyuiopas",
        "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl", "abcdefabcdef", "abc123abc123", "password1234",
        "password12345", "password123456", "passwordpassword", "passw0rd1234", "adminadmin12", "administrator",
        "administrator1", "welcome12345", "letmein12345", "changeme1234", "changemechangeme", "iloveyou1234",
        "iloveyouiloveyou", "sunshine1234", "football1234", "princess1234", "satchelsatchel", "satchel12345",
        "contraseña12", "contrasena12", "contraseñacontraseña", "teamoteamoteamo", "correcthorsebatterystaple",
    }
)  # fmt: skip


class Passwords:
    """Hashes and checks passwords. The costs follow the library's defaults (argon2id, 64 MiB, 3 passes, 4 lanes)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = _of_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """The text to store."""
        return self._hasher.hash(normal(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one stored. With nothing stored it takes as long, and says no."""
        try:
            found = self._hasher.verify(stored or self._nobody, normal(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return found and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether `stored` was made at a lower cost than now."""
        return self._hasher.check_needs_rehash(stored)


@cache
def _costs(time: int, memory: int, lanes: int) -> str:
    hasher = PasswordHasher(time_cost=time, memory_cost=memory, parallelism=lanes)
    return hasher.hash("a password that nobody has")


def _of_nobody(hasher: PasswordHasher) -> str:
    """A password that nobody has, at these costs; made once in a process, before anybody signs in."""
    return _costs(hasher.time_cost, hasher.memory_cost, hasher.parallelism)


def normal(password: str) -> str:
    """The same characters typed on another keyboard give the same bytes (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)


def refuse_public(password: str, *, loopback: bool) -> None:
    """Refuse the demonstration's password where there is no demonstration, also for accounts that have it.

    Raises: BadInput.
    """
    if not loopback and normal(password) == DEMO_PASSWORD:
        raise BadInput(
            _("This is the demonstration's password, which everybody knows. It opens nothing here."),
            field="password",
            remedy=_("Whoever runs this server can print a code with which you choose one of your own."),
        )


def accept(password: str, *, login: str, field: str = "password") -> None:
    """Let a new password pass, or say what is wrong with it.

    Raises: BadInput.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        remedy = _("Use at least %(count)s characters; four or five words in a row are fine.", count=SHORTEST)
        raise BadInput(_("This password is too short."), field=field, remedy=remedy)
    if len(text) > LONGEST:
        raise BadInput(
            _("This password is too long."), field=field, remedy=_("Use at most %(count)s characters.", count=LONGEST)
        )
    folded = text.casefold()
    plain = login.casefold()
    if folded in _COMMON or len(set(folded)) < 4:
        raise BadInput(
            _("This password is one of the first that anybody would try."),
            field=field,
            remedy=_("Use a few words that do not belong together."),
        )
    if plain and (folded == plain or folded.replace(plain, "") == ""):
        raise BadInput(
            _("The password repeats the sign-in name."), field=field, remedy=_("Choose something that is not the name.")
        )
