"""The reader's side of a share: somebody with a link and no account.

Rules. Until the reader presses the button nothing personal is said. A link that never was, that is not approved yet
or that
was mistyped gets the same words; one that was stopped or has run out says so, and that the awards themselves did
not. Every
opening is written down before the record is handed out: the time, and what the reader calls themself; nothing about
where
they are. A presentation is signed for the reader's own challenge and domain, with the approval of the share as the
reason.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kit.codes import ungroup
from kit.errors import NotFound
from kit.i18n import _
from vc.document import PRESENTATION_LIMITS, JsonObject, parse, serialize
from vc.jose import in_envelope
from vc.presentation import build
from vc.proof import add_proof
from vc.securing import is_token, open_document
from wallet import store
from wallet.keystore import Approval, token_hash
from wallet.service.admitting import Gate, Link, Opened, parse_link
from wallet.service.arriving import file_kind
from wallet.service.asks import CONFIRMATION, ask_of
from wallet.service.cards import Shared
from wallet.service.core import Tools, new_id, open_learner
from wallet.service.credentials import Credentials
from wallet.service.exchange import host_of, require_challenge
from wallet.service.papers import Setting, record_pdf
from wallet.service.share_parts import Held, ShareParts
from wallet.service.share_showing import shared_of
from wallet.service.share_terms import ACTIVE, RECALLED, last_day
from wallet.service.share_views import AskView

SUITE = "eddsa-rdfc-2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a reader learns before pressing the button: until when the link works, how often it still opens (None: as
    often as they like), and whether it asks for a passcode.
    """

    last_day: date
    expires_at: datetime
    views_left: int | None
    asks_passcode: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to download."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The record, and the opened link by which its reader saves the files and has it checked; `ask` is what the
    family asks of its reader, None for nothing.
    """

    shared: Shared
    opened: str
    ask: AskView | None


class Reading:
    """What a link gives to its reader."""

    def __init__(self, tools: Tools, credentials: Credentials) -> None:
        self._tools = tools
        self._credentials = credentials
        self._parts = ShareParts(credentials)
        self._gate = Gate(tools)

    def front(self, token: str) -> Front:
        """The first page behind a link. Raises: NotFound for an unknown link; Gone, in words, for one that ended."""
        with self._tools.database.reading() as session:
            row = self._gate.find(session, Link(token=parse_link(token).token, view_id=""))
            return Front(
                last_day=last_day(row.expires_at),
                expires_at=row.expires_at,
                views_left=None if row.most_views is None else row.most_views - row.used_views,
                asks_passcode=self._gate.asks_passcode(session, row),
            )

    def token_of_code(self, typed: str) -> str:
        """The link's secret for a typed code. Raises: NotFound for a code that is none."""
        code = ungroup(typed)
        with self._tools.database.reading() as session:
            row = store.shares.share_by_code(session, token_hash(code))
            if row is None or row.state not in {ACTIVE, RECALLED}:
                raise NotFound(_("No record is shared under this code. Compare it with the paper, sign by sign."))
            found = store.people.learner_by_id(session, row.learner_id)
            if found is None:
                raise NotFound(_("No record is shared under this code. Compare it with the paper, sign by sign."))
            told = open_learner(self._tools, session, found, "", self._tools.clock.now().date()).open(row)
            token: str = told["token"]
            return token

    def record(self, token: str, *, reader: str, passcode: str = "") -> Read:
        """The record, for a person's eyes; the opening is noted and counted.

        Raises: NotFound or Gone, as `front` does; PasscodeWanted.
        """
        link = parse_link(token)
        self._gate.admit(link, passcode)
        with self._tools.database.session() as session:
            found = self._gate.open(session, link, kind="page", reader=reader)
            shared, _held = self._seen(session, found)
            ask = ask_of(session, found.learner, found.row.id)
            return Read(
                shared=shared,
                opened=link.token + found.view_id,
                ask=ask if ask is not None and ask.kind == CONFIRMATION else None,
            )

    def paper(self, token: str, setting: Setting, *, reader: str, passcode: str = "") -> bytes:
        """The record as a PDF with the credentials attached; noted and counted as `files` is."""
        link = parse_link(token)
        self._gate.admit(link, passcode)
        with self._tools.database.session() as session:
            shared, held = self._seen(session, self._gate.open(session, link, kind="file", reader=reader))
        settings, now = self._tools.settings, self._tools.clock.now()
        return record_pdf(shared, [one.data for one in held], setting, checker=settings.verifier_url, at=now)

    def files(self, token: str, *, reader: str, passcode: str = "") -> File:
        """The credentials, byte for byte: one as it is, several in a zip. The opening is noted, and counted unless the
        link is an opened one.
        """
        link = parse_link(token)
        self._gate.admit(link, passcode)
        with self._tools.database.session() as session:
            found = self._gate.open(session, link, kind="file", reader=reader)
            documents = [one.data for one in self._parts.held(session, found.learner, found.row.id)]
        if len(documents) == 1:
            media_type, name = file_kind(documents[0])
            return File(name=name, media_type=media_type, data=documents[0])
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, data in enumerate(documents, start=1):
                archive.writestr(f"credential-{number:02d}.{'jwt' if is_token(data) else 'json'}", data)
        return File(name="credentials.zip", media_type="application/zip", data=packed.getvalue())

    def _seen(self, session: Session, found: Opened) -> tuple[Shared, list[Held]]:
        """What an open share shows, and what is behind it."""
        held = self._parts.held(session, found.learner, found.row.id)
        cards = self._parts.seen(session, found.learner, held)
        return shared_of(cards, found.learner.open(found.row), found.row), held

    def question(self, challenge: str, domain: str) -> str:
        """The host that a presentation would be made for. Raises: BadInput for a challenge or domain that is none."""
        require_challenge(challenge)
        return host_of(domain, loopback=self._tools.settings.loopback)

    def present(
        self, token: str, *, challenge: str, domain: str, reader: str, passcode: str = "", family: bool = False
    ) -> bytes:
        """A verifiable presentation of what is shared, signed for this challenge and this domain. The opening is noted
        and counted. `family`: somebody of the family asks, who needs no passcode.

        One `authentication` proof for each of the learner's keys that the credentials are bound to; a credential
        that is bound
        to none of them is included as it is. `holder` is named where one key covers it all.
        Whoever has the link chooses the domain, so it has to be one site's origin, and the family sees whose.
        Raises: NotFound or Gone, as `front` does; PasscodeWanted; BadInput for a challenge or domain that is none.
        """
        made_for = self.question(challenge, domain)
        link = parse_link(token)
        if not family:
            self._gate.admit(link, passcode)
        with self._tools.database.session() as session:
            found = self._gate.open(session, link, kind="check", reader=reader, made_for=made_for)
            credentials: list[JsonObject] = []
            secrets: dict[str, dict[str, str]] = {}
            for one in self._parts.held(session, found.learner, found.row.id):
                document = open_document(one.data).value
                credentials.append(_as_shown(one.data))
                key_id = self._credentials.key_of(session, found.learner, one.row, document, one.edition)
                if key_id and key_id not in secrets:
                    key = store.credentials.learner_key_by_id(session, one.row.family_id, one.row.learner_id, key_id)
                    if key is not None:
                        secrets[key_id] = found.learner.open(key)
            approval = approval_of(found.row)
        signers = [self._tools.keystore.signer(secret, approval=approval) for secret in secrets.values()]
        holder = next(iter(secrets.values()))["did"] if len(secrets) == 1 else None
        presentation = build(credentials, id=f"urn:uuid:{new_id()}", holder=holder)
        for signer in signers:
            presentation = add_proof(
                presentation,
                signer=signer,
                suite=SUITE,
                purpose="authentication",
                created=self._tools.clock.now(),
                challenge=challenge,
                domain=domain,
            )
        return serialize(presentation)


def approval_of(row: store.Share) -> Approval:
    """The approval that a share's row records. Raises: PermissionError when there is none."""
    if row.state != ACTIVE or not row.decided_by or row.decided_at is None:
        raise PermissionError("a learner's key signs only what a person approved")
    return Approval(kind="share", object_id=row.id, decided_by=row.decided_by, decided_at=row.decided_at)


def _as_shown(data: bytes) -> JsonObject:
    """A credential as it stands in a presentation: itself, or the envelope around its token."""
    return in_envelope(data.decode()) if is_token(data) else parse(data, limits=PRESENTATION_LIMITS).value
