"""Accounts with passwords and passkeys, in each role's own database: no single sign-on, no e-mail needed.

    tables     AccountTables: the tables, made in the role's metadata
    passwords  argon2id, and which passwords are refused
    values     Account, Invitation, PasskeyWanted
    service    Accounts: create, sign in and out, recover, invite
    ceremony   what a browser's device is asked, and whether its answer is right
    passkeys   Passkeys: sign in with one, add, name, remove; passkey_pages has its pages and API
    access     require_user and current_user, for endpoints
    staff      Staff: administrators invite, keep out and let in again; staff_pages has its pages and API
    pages      the router of shared pages: sign in, sign out, recover, change password, accept an invitation
    commands   `recover` and `init` for a role's command line

Left out: accounts without any password. Whoever prefers a passkey has both, and recovery codes.
"""

from kit.accounts.access import current_user, require_user
from kit.accounts.passkeys import Passkeys
from kit.accounts.service import Account, Accounts, Invitation
from kit.accounts.tables import AccountTables, account_tables

__all__ = [
    "Account",
    "AccountTables",
    "Accounts",
    "Invitation",
    "Passkeys",
    "account_tables",
    "current_user",
    "require_user",
]
