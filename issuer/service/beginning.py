"""Somebody's first two minutes: an account, an organisation of their own and the first signed award, at once.

It is done once for each page that was opened: the ids of the organisation and of what was learned follow from the
page's own key, so that a second press, or a crash between two steps, goes on where the first one stopped.
"""

import hashlib
import secrets
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from issuer.service import inputs
from issuer.service.achievements import Achievement, AchievementService
from issuer.service.awards import AwardService
from issuer.service.context import STAFF, Actor, Context, Desk
from issuer.service.drafts import AchievementDraft, AwardDraft, OrganisationDraft
from issuer.service.organisations import RESERVED_SLUGS, OrganisationService
from issuer.store import organisations
from kit.accounts import Account, Accounts
from kit.accounts.passwords import refuse_public
from kit.errors import BadInput, Conflict, NotFound, Refused
from kit.i18n import _
from kit.limits import Attempts

SHORTEST_KEY: Final = 16
_LOCKS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginningDraft:
    """What the one form asks. ``called`` is the name that families know; the person's own when it is empty.

    ``criteria`` and ``language`` are the page's: what it takes, in a sentence, and the language of that. ``named_by``
    is what signatures name, and ``time_zone`` where they live, as in `OrganisationDraft`.
    """

    name: str
    called: str
    login: str
    password: str
    title: str
    learner: str
    criteria: str
    language: str
    named_by: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The new session's token, and where the first award is."""

    session_token: str
    slug: str
    credential_uuid: str


class BeginningService:
    """Lets somebody begin who has nothing here yet, where strangers may."""

    def __init__(
        self,
        context: Context,
        accounts: Accounts,
        organisations_: OrganisationService,
        achievements: AchievementService,
        awards: AwardService,
    ) -> None:
        self._context = context
        self._accounts = accounts
        self._organisations = organisations_
        self._achievements = achievements
        self._awards = awards
        # A school's whole staff may sit behind one address; a machine that makes accounts is stopped all the same.
        self._by_client = Attempts(context.clock, burst=60, per=timedelta(minutes=10))
        self._by_all = Attempts(context.clock, burst=2000, per=timedelta(days=1))
        self._locks = [threading.Lock() for _number in range(_LOCKS)]

    @property
    def is_open(self) -> bool:
        """Whether strangers may begin here."""
        return self._context.settings.signup_open

    def begin(self, draft: BeginningDraft, *, client: str, key: str) -> Begun:
        """Make everything, once for this ``key``; the same again, with the same password, leads to the same award.

        ``client`` is whom the limit counts. Raises: Refused where strangers may not, TooMany, BadInput naming the
        field, Conflict when the sign-in name is taken, Unavailable without a key-encryption key.
        """
        if not self.is_open:
            raise Refused(_("Only the administrator of this server can open an organisation. Ask for an invitation."))
        if len(key) < SHORTEST_KEY:
            raise BadInput(_("This page is incomplete. Open it again and fill it in anew."))
        refuse_public(draft.password, loopback=self._context.settings.loopback)
        name = inputs.line(draft.name, "name", required=True, longest=200)
        called = inputs.line(draft.called, "called", required=False, longest=200) or name
        title = inputs.line(draft.title, "title", required=True, longest=200)
        learner = inputs.line(draft.learner, "learner", required=True, longest=200)
        with self._locks[_number(key, "lock") % _LOCKS]:
            account, token = self._account(draft, name=name, called=called, client=client, key=key)
            desk = self._desk(account, key)
            achievement = self._achievement(desk, draft, title=title, key=key)
            award = AwardDraft(
                achievement=achievement.id,
                learner_name=learner,
                identifier=f"R-{_number(key, 'roster') % 10**8:08}",
                identifier_type="identifier",
            )
            credential_id = str(self._awards.award(desk, award, key=f"begin-{key}").value["id"])
        return Begun(
            session_token=token,
            slug=desk.organisation.slug,
            credential_uuid=credential_id.removeprefix("urn:uuid:"),
        )

    def _account(self, draft: BeginningDraft, *, name: str, called: str, client: str, key: str) -> tuple[Account, str]:
        """The account with its organisation, and a session: new, or of whoever sent this page before."""
        if self._slug(key) is not None:
            return self._accounts.sign_in(login=draft.login, password=draft.password, client=client)
        self._by_client.spend(client)
        self._by_all.spend("all")
        opening = self._organisations.prepare(
            OrganisationDraft(
                name=called,
                kind="tutor",
                slug=self._free_slug(called),
                named_by=draft.named_by,
                time_zone=draft.time_zone,
            ),
            organisation_id=_id(key, "place"),
        )
        try:
            hashed = self._accounts.hashed(login=draft.login, password=draft.password)
            with self._context.database.session() as session:
                account = self._accounts.insert(session, login=draft.login, hashed=hashed, name=name, scope=STAFF)
                self._organisations.keep(session, _actor(account), opening)
                return account, self._accounts.open_session(session, account.id)
        except Conflict:
            if self._slug(key) is None:
                raise
            # Another process was faster with the same page.
            return self._accounts.sign_in(login=draft.login, password=draft.password, client=client)

    def _desk(self, account: Account, key: str) -> Desk:
        slug = self._slug(key)
        assert slug is not None, "it was opened with the account"
        return self._organisations.enter(_actor(account), slug)

    def _achievement(self, desk: Desk, draft: BeginningDraft, *, title: str, key: str) -> Achievement:
        known = _id(key, "learned")
        try:
            return self._achievements.one(desk.organisation, known)
        except NotFound:
            described = AchievementDraft(
                name=title, description=title, criteria_narrative=draft.criteria, language=draft.language
            )
            return self._achievements.create(desk, described, achievement_id=known)

    def _slug(self, key: str) -> str | None:
        """The short name of what was opened with this key."""
        with self._context.database.reading() as session:
            row = organisations.find(session, _id(key, "place"))
            return row.slug if row else None

    def _free_slug(self, called: str) -> str:
        """A short name that nobody has: nobody who begins is asked for one."""
        wanted = inputs.slug_of(called)[:40].strip("-") or "tutor"
        with self._context.database.reading() as session:
            taken = wanted in RESERVED_SLUGS or organisations.by_slug(session, wanted) is not None
        return f"{wanted}-{secrets.token_hex(3)}" if taken else wanted


def _actor(account: Account) -> Actor:
    return Actor(user_id=account.id, name=account.name, scope=account.scope)


def _digest(key: str, what: str) -> bytes:
    return hashlib.sha256(f"satchel beginning {what} {key}".encode("utf-8", "surrogatepass")).digest()


def _id(key: str, what: str) -> str:
    return str(uuid.UUID(bytes=_digest(key, what)[:16], version=4))


def _number(key: str, what: str) -> int:
    return int.from_bytes(_digest(key, what)[:8])
