"""Joining: an account and its family, made together or not at all.

Sign-up is closed unless the operator opened it; an invitation works either way. The account, the membership and the
first
session are one transaction.
"""

from __future__ import annotations

from kit.accounts import Account
from kit.errors import Refused
from kit.i18n import _
from wallet.service.core import Tools
from wallet.service.invitations import Invitations
from wallet.service.people import People

MEMBER = "member"
ADMINISTRATOR = "administrator"


class Joining:
    """Makes accounts that belong to a family."""

    def __init__(self, tools: Tools, people: People, invitations: Invitations) -> None:
        self._tools = tools
        self._people = people
        self._invitations = invitations

    def sign_up(self, *, login: str, password: str, name: str, family_name: str) -> str:
        """A new account with a new family; the token of its first session.

        Raises: Refused while sign-up is closed; BadInput and Conflict as accounts and names do.
        """
        if not self._tools.settings.signup_open:
            raise Refused(_("New families join here by invitation. Ask whoever runs this wallet for one."))
        accounts = self._tools.accounts
        with self._tools.database.session() as session:
            made = accounts.create_user(login=login, password=password, name=name, scope=MEMBER, session=session)
            self._people.found_family(session, made.id, family_name=family_name or name, my_name=name)
            return accounts.open_session(session, made.id)

    def join(self, token: str, *, login: str, password: str, name: str, family_name: str) -> str:
        """A new account that an invitation is for; the token of its first session.

        Raises: Gone for an invitation that no longer holds; BadInput and Conflict as accounts and names do.
        """
        self._invitations.welcome(token)
        accounts = self._tools.accounts
        with self._tools.database.session() as session:
            made = accounts.create_user(login=login, password=password, name=name, scope=MEMBER, session=session)
            self._invitations.accept(session, token, made.id, my_name=name, family_name=family_name)
            return accounts.open_session(session, made.id)

    def invite_family(self, account: Account) -> str:
        """Invite a new family: for the operator's account. The link, shown once. Raises: Refused for anybody else."""
        if account.scope != ADMINISTRATOR:
            raise Refused(_("Only the administrator of this wallet invites new families."))
        return f"{self._tools.settings.public_url}/join/{self._invitations.invite_family(account.id)}"

    def start_family(self, user_id: str, *, name: str, family_name: str) -> None:
        """A family for an account that has none yet, such as the operator's own."""
        with self._tools.database.session() as session:
            self._people.found_family(session, user_id, family_name=family_name, my_name=name)
