"""The values of accounts: who somebody is, a place kept for them, and what is wanted beside a password."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from kit.errors import Refused
from kit.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in. `scope` is the role's own word for what they may do, such as "administrator"."""

    id: str
    name: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A place kept for somebody without an account; `token` is shown once."""

    token: str
    scope: str
    expires: datetime


class PasskeyWanted(Refused):
    """What was shown is right, and this server wants a passkey beside it.

    `may_make`: whether `account` may make one now, because it has none or because a code or an invitation was shown.
    """

    kind = "passkey-wanted"
    words = _("This server asks for a passkey")

    def __init__(self, account: Account, *, may_make: bool) -> None:
        super().__init__(_("A password alone opens nothing here. Sign in with your passkey, in a browser."))
        self.account = account
        self.may_make = may_make


def fold(login: str) -> str:
    """A login as it is compared: Unicode NFKC, case folded, inner spaces single."""
    return " ".join(unicodedata.normalize("NFKC", login).casefold().split())[:200]


def digest(token: str) -> str:
    """The SHA-256 that stands for a token in the database, as hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def name_place(account_id: str) -> str:
    """Where an account's name lives; it opens nowhere else."""
    return f"account/name/{account_id}"


def passkey_place(passkey_id: str) -> str:
    """Where a passkey's name lives; it opens nowhere else."""
    return f"account/passkey/{passkey_id}"
