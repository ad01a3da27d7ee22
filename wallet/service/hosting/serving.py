"""What a program with a token reads and writes: credentials and the profile, by either API.

Each arrival is verified like what a family adds by itself, and nothing it names is followed. A newer version of what is
kept replaces it, the same bytes change nothing, an older version is refused, and so is what the family put in the bin.
Whoever allowed the connection has to be somebody who may do this today, for this learner.

Spec: https://www.imsglobal.org/spec/ob/v3p0#upsertcredential
Spec: https://www.imsglobal.org/spec/ob/v3p0#getcredentials
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kit.errors import Conflict, NotFound, Refused, RequestError
from kit.i18n import _
from kit.limits import Attempts
from vc.credential import VerifiableCredential
from vc.document import CREDENTIAL_LIMITS, parse
from vc.problems import ProblemError
from vc.securing import is_token, open_document
from wallet import store
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.credentials import Credentials
from wallet.service.hosting.apis import GRANTS, KINDS, Api, Power
from wallet.service.hosting.connections import write_act
from wallet.service.hosting.problems import NotGranted, WrongData
from wallet.service.hosting.tokens import Bearer
from wallet.service.judging import Judged, Judging
from wallet.service.people import NAME_LENGTH, People
from wallet.service.text import plain

CREATED, REPLACED, SAME, REFUSED, READ, PROFILE, PROPOSED = (
    "created", "replaced", "same", "refused", "read", "profile", "proposed",
)  # fmt: skip
MOST: Final = 100
_PROFILE_MEMBERS: Final = frozenset({"@context", "id", "type", "name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A part of a learner's credentials, oldest arrival first, byte for byte, and how many there are in all."""

    items: tuple[bytes, ...]
    total: int


class Serving:
    """Serves programs that somebody gave leave to."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._judging = judging
        self._pace = Attempts(tools.clock, burst=2000, per=timedelta(minutes=10))

    def listing(self, bearer: Bearer, api: Api, *, limit: int, offset: int, since: datetime | None) -> Listing:
        """The credentials of this API's kind that were issued after `since`. Raises: NotGranted, TooMany."""
        self._require(bearer, api, Power.READ)
        with self._tools.database.session() as session:
            home, opened = self._open(session, bearer, Power.READ)
            own = store.hosting.put_here(session, bearer.connection_id) if bearer.reads == "own" else None
            rows = store.credentials.credentials(session, bearer.family_id, opened.id)
            fitting = [
                row
                for row in reversed(rows)
                if (own is None or row.id in own) and self._fits(session, opened, row, api, since)
            ]
            items = tuple(self._credentials.newest(session, opened, row) for row in fitting[offset : offset + limit])
            write_act(home, opened, bearer.connection_id, READ)
        return Listing(items=items, total=len(fitting))

    def upsert(self, bearer: Bearer, api: Api, data: bytes, *, token: bool) -> str:
        """Keep a credential: "created", "replaced", or "same" when these very bytes were kept already.

        `token`: whether it was sent as a compact token. Raises: NotGranted, TooMany; WrongData and Conflict for what is
        not kept, Unavailable for what cannot be checked just now: both are told to the family, too.
        """
        self._require(bearer, api, Power.UPSERT)
        with self._tools.database.reading() as session:
            self._open(session, bearer, Power.UPSERT)
        try:
            judged = self._judged(api, data, token=token)
            try:
                return self._keep(bearer, judged)
            except IntegrityError:  # somebody sent the same at the same moment: now it is there
                return self._keep(bearer, judged)
        except RequestError as error:
            self._note_refusal(bearer, error)
            raise

    def profile(self, bearer: Bearer, api: Api) -> dict[str, Any]:
        """The learner as this program knows them: an identifier for it alone, and the name."""
        self._require(bearer, api, Power.PROFILE_READ)
        with self._tools.database.session() as session:
            home, opened = self._open(session, bearer, Power.PROFILE_READ)
            write_act(home, opened, bearer.connection_id, PROFILE)
            return _profile(bearer, opened)

    def put_profile(self, bearer: Bearer, api: Api, data: bytes) -> dict[str, Any] | None:
        """Propose another name to the family; the profile when nothing is other, None when somebody has to decide.

        Raises: NotGranted, TooMany; WrongData for what is not known of a learner here.
        """
        self._require(bearer, api, Power.PROFILE_UPDATE)
        name_of = read_profile(data)
        with self._tools.database.session() as session:
            home, opened = self._open(session, bearer, Power.PROFILE_UPDATE)
            known = _profile(bearer, opened)
            if name_of["id"] != known["id"]:
                raise WrongData(_("The profile has another “id” than the one it is read with."))
            row = store.hosting.connection_by_id(session, bearer.connection_id)
            if row is None:
                raise NotFound
            same = name_of["name"] == opened.name
            opened.seal(row, {**opened.open(row), "proposal": "" if same else name_of["name"]})
            if same:
                return known
            write_act(home, opened, bearer.connection_id, PROPOSED)
            return None

    # -- inside -------------------------------------------------------------------------------------------------------

    def _require(self, bearer: Bearer, api: Api, power: Power) -> None:
        self._pace.spend(bearer.connection_id)
        if api.scope(power) not in bearer.scopes:
            raise NotGranted(_("This leave does not include the scope %(scope)s.", scope=api.scope(power)))

    def _open(self, session: Session, bearer: Bearer, power: Power) -> tuple[Household, OpenLearner]:
        """The learner, as whoever allowed this may see them today. Raises: NotGranted."""
        actor = Actor(user_id="", member_id=bearer.member_id, family_id=bearer.family_id)
        home = self._people.open(session, actor)
        try:
            return home, home.learner(bearer.learner_id, GRANTS[power])
        except (NotFound, Refused):
            raise NotGranted(_("Whoever allowed this may no longer do so. Ask for leave anew.")) from None

    def _fits(
        self, session: Session, opened: OpenLearner, row: store.Credential, api: Api, since: datetime | None
    ) -> bool:
        told = opened.open(row)
        kind, issued = told.get("kind"), told.get("issuedAt")
        if kind is None:  # kept before this was noted with it
            checked = store.credentials.checking(session, row.family_id, row.id)
            kind = opened.open(checked)["kind"] if checked is not None else ""
            view = VerifiableCredential.view(open_document(self._credentials.newest(session, opened, row)).value)
            issued = view.valid_from.isoformat() if view.valid_from is not None else None
        if KINDS.get(kind or "") is not api:
            return False
        return since is None or (issued is not None and datetime.fromisoformat(issued) > since)

    def _judged(self, api: Api, data: bytes, *, token: bool) -> Judged:
        if is_token(data) != token:
            raise WrongData(_("Send a token as text/plain, and a credential with a proof inside as application/json."))
        try:
            judged = self._judging.judge(data)
        except ProblemError as error:
            raise WrongData(
                _("This cannot be read as a credential: %(why)s", why=f"{error.detail} {error.pointer or ''}".strip())
            ) from None
        fitting = KINDS.get(judged.report.document_kind.value)
        if fitting is not None and fitting is not api:
            raise WrongData(_("Records of this kind are taken at %(path)s.", path=f"{fitting.path}/credentials"))
        if fitting is None:
            raise WrongData(_("This is not a credential of the kind that is taken here."))
        self._judging.require_genuine(judged)
        return judged

    def _keep(self, bearer: Bearer, judged: Judged) -> str:
        with self._tools.database.session() as session:
            home, opened = self._open(session, bearer, Power.UPSERT)
            identity = self._credentials.identity_of(opened, judged)
            before = store.credentials.credential_by_identity(session, bearer.family_id, opened.id, identity)
            if before is not None and before.deleted_at is not None:
                raise Conflict(_("This award is not taken here."))
            arrival = self._credentials.keep(home, opened, judged, source="host", key_id=None)
            kind = SAME if arrival.already else REPLACED if arrival.replaced else CREATED
            session.flush()
            write_act(home, opened, bearer.connection_id, kind, credential_id=arrival.credential_id)
            return kind

    def _note_refusal(self, bearer: Bearer, error: RequestError) -> None:
        with self._tools.database.session() as session:
            try:
                home, opened = self._open(session, bearer, Power.UPSERT)
            except NotGranted:
                return
            write_act(home, opened, bearer.connection_id, REFUSED, why=error.detail)


def read_profile(data: bytes) -> dict[str, str]:
    """`id` and `name` of a profile, read strictly; what is not known of a learner here is named. Raises: WrongData."""
    try:
        value = parse(data, limits=CREDENTIAL_LIMITS).value
    except ProblemError as error:
        raise WrongData(_("This cannot be read as a profile: %(why)s", why=error.detail)) from None
    given: Mapping[str, Any] = value if isinstance(value, dict) else {}
    more = sorted(given.keys() - _PROFILE_MEMBERS)
    if more:
        raise WrongData(_("Of a learner only the name is known here, not “%(member)s”.", member=more[0][:60]))
    types = given.get("type")
    if "Profile" not in (types if isinstance(types, list) else [types]):
        raise WrongData(_("A profile has the type “Profile”."))
    found = {name: given.get(name) for name in ("id", "name")}
    if not all(isinstance(each, str) for each in found.values()):
        raise WrongData(_("A profile has an “id” and a “name”, both texts."))
    try:
        name = plain(str(found["name"]), field="name", most=NAME_LENGTH)
    except RequestError:
        raise WrongData(_("This name is empty, or longer than there is room for.")) from None
    return {"id": str(found["id"]), "name": name}


def parse_since(text: str) -> datetime | None:
    """An instant from an address, in UTC where it says no zone; None when it is none."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _profile(bearer: Bearer, opened: OpenLearner) -> dict[str, Any]:
    made = uuid.UUID(bytes=opened.chest.index("profile", bearer.client_id)[:16], version=5)
    return {"id": f"urn:uuid:{made}", "type": ["Profile"], "name": opened.name}
