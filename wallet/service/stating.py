"""What a learner says of themself: an award that nobody else has confirmed, signed with a key of their own.

Rules. It is made only by whoever has the say over what is kept, and the signed document itself says that nobody else
confirms it. Issuer and learner are one and the same key there, so that everybody can tell it from a provider's word:
this wallet's cards, whoever reads a share, and any verifier. It is kept, shared and deleted like every other award.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from kit.errors import BadInput
from kit.i18n import _
from vc.document import serialize
from vc.openbadges import IssuerProfile, SubjectClaims, build
from vc.proof import add_proof
from wallet import store
from wallet.keystore import Approval
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.credentials import Credentials
from wallet.service.judging import Judging
from wallet.service.people import People
from wallet.service.text import plain

SUITE: Final = "eddsa-rdfc-2022"
OWN_WORD: Final = "The learner says this of themself. Nobody else has confirmed it."
"""Stands in every such document, for readers whose software tells nothing apart."""
TITLE_LENGTH, ABOUT_LENGTH = 120, 2000
EARLIEST: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is said: a title, a text about it, and the day on which it was achieved."""

    title: str
    about: str
    day: date


class Stating:
    """Signs what a learner says of themself."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._judging = judging

    def state(self, actor: Actor, learner_id: str, said: Statement) -> str:
        """Sign and keep a statement; the id under which it is kept.

        Raises: Refused without the say over what is kept; BadInput without a title, or for a day that is to come.
        """
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.RECEIVE)
            document_id, data, key_id = self._signed(home, opened, said)
            home.note("statement.sign", document_id.removeprefix("urn:uuid:"), learner=opened.id)
        judged = self._judging.judge(data)
        self._judging.require_genuine(judged)
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.RECEIVE)
            return self._credentials.keep(home, opened, judged, source="self", key_id=key_id).credential_id

    def _signed(self, home: Household, opened: OpenLearner, said: Statement) -> tuple[str, bytes, str]:
        title = plain(said.title, field="title", most=TITLE_LENGTH)
        about = plain(said.about, field="about", most=ABOUT_LENGTH, lines=True)
        if not EARLIEST <= said.day <= home.today:
            raise BadInput(_("This day cannot be."), field="day", remedy=_("Choose a day that has come."))
        key = self._key(home, opened)
        secret, document_id = opened.open(key), f"urn:uuid:{new_id()}"
        document = build(
            credential_id=document_id,
            issuer=IssuerProfile(id=secret["did"], name=title),
            achievement={
                "id": f"urn:uuid:{new_id()}",
                "type": ["Achievement"],
                "name": title,
                "description": about,
                "criteria": {"narrative": OWN_WORD},
            },
            subject=SubjectClaims(id=secret["did"]),
            valid_from=home.now.replace(microsecond=0),
            awarded_date=datetime.combine(said.day, time(12), UTC),
            valid_until=None,
            status=(),
            evidence=(),
            name=title,
        )
        # By the key alone: who signs and whom it is about are one thing, which is described once, and named nowhere.
        document = {**document, "issuer": secret["did"]}
        approval = Approval(
            kind="statement", object_id=document_id, decided_by=home.actor.member_id, decided_at=home.now
        )
        signed = add_proof(
            document,
            signer=self._tools.keystore.signer(secret, approval=approval),
            suite=SUITE,
            purpose="assertionMethod",
            created=home.now,
            challenge=None,
            domain=None,
        )
        return document_id, serialize(signed), key.id

    def _key(self, home: Household, opened: OpenLearner) -> store.LearnerKey:
        """The key with which a learner signs what they say of themself; made at the first time."""
        index = opened.chest.index("issuer", "self")
        key = store.credentials.learner_key(home.session, home.actor.family_id, opened.id, index)
        if key is None:
            made = self._tools.keystore.new_learner_key("self")
            key = store.LearnerKey(
                id=new_id(),
                family_id=home.actor.family_id,
                learner_id=opened.id,
                issuer_index=index,
                created_at=home.now,
                version=0,
            )
            opened.seal(key, made.secret)
            home.session.add(key)
            home.session.flush()
        return key
