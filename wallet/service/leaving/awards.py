"""An award out of an archive: judged like every other that arrives, and kept edition by edition."""

from __future__ import annotations

from datetime import datetime

from kit.errors import BadInput, Conflict
from kit.intake import Form, InputRefused, read
from vc.problems import ProblemError
from vc.securing import open_document
from wallet import store
from wallet.service.arranging import MOST_TAGS, TAG_LENGTH
from wallet.service.arriving import BASE, Original, unreadable
from wallet.service.arriving import ENDINGS as ORIGINALS
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.credentials import NOTE_LENGTH, Credentials
from wallet.service.disclosing import received
from wallet.service.judging import Judged, Judging
from wallet.service.leaving.contents import Award, Edition
from wallet.service.people import People
from wallet.service.text import plain

SOURCE = "archive"


class AwardsArriving:
    """Keeps awards out of archives."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials, judging: Judging) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials
        self._judging = judging

    def take(self, actor: Actor, learner_id: str, award: Award) -> tuple[str, str]:
        """Keep the editions that are genuine; the award's id here, and "kept" or "already". Asks the network.

        Raises: BadInput when an edition is not genuine or cannot be read (the others are kept all the same);
        Unavailable when that cannot be found out today, and then nothing is kept.
        """
        genuine: list[tuple[Edition, Judged, Original | None]] = []
        refused: BadInput | None = None
        for edition in award.editions:
            try:
                judged = self._judging.judge(edition.data)
                self._judging.require_genuine(judged)
            except ProblemError as error:
                refused = unreadable(error)
            except BadInput as error:
                refused = error
            else:
                genuine.append((edition, judged, original_of(edition)))
        credential_id, new = self._keep(actor, learner_id, award, genuine)
        if refused is not None:
            raise refused
        return credential_id, "kept" if new else "already"

    def _keep(
        self, actor: Actor, learner_id: str, award: Award, genuine: list[tuple[Edition, Judged, Original | None]]
    ) -> tuple[str, bool]:
        credential_id, new = "", False
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            opened = home.learner(learner_id, Right.RECEIVE)
            for edition, judged, original in genuine:
                identity = self._credentials.identity_of(opened, judged)
                there = store.credentials.credential_by_identity(session, actor.family_id, opened.id, identity)
                at = _moment(edition.received_at, home.now)
                try:
                    arrival = self._credentials.keep(
                        home, opened, judged, source=SOURCE, key_id=None, original=original, received_at=at
                    )
                except Conflict:  # a newer edition is here
                    credential_id = there.id if there is not None else credential_id
                    continue
                credential_id, new = arrival.credential_id, new or not arrival.already
                if there is None:
                    self._put_beside(home, opened, credential_id, award)
        return credential_id, new

    @staticmethod
    def _put_beside(home: Household, opened: OpenLearner, credential_id: str, award: Award) -> None:
        row = store.credentials.credential(home.session, home.actor.family_id, credential_id)
        if row is None:
            return
        tags = [plain(tag, field="tags", most=TAG_LENGTH, required=False) for tag in award.tags[:MOST_TAGS]]
        note = plain(award.note, field="note", most=NOTE_LENGTH, required=False, lines=True)
        opened.seal(row, opened.open(row) | {"note": note, "tags": [tag for tag in tags if tag]})


def original_of(edition: Edition) -> Original | None:
    """The file in which an edition came, if that edition is really in it; no link in it is followed."""
    if edition.original is None or edition.original_type not in ORIGINALS:
        return None
    try:
        if edition.original_type == BASE:
            inside, whole = received(edition.original)
            fits = whole is not None and inside == edition.data
        else:
            item = read(edition.original, media_type=None, name="").only()
            fits = item.form is not Form.LINK and item.text == edition.data
    except (ProblemError, InputRefused):
        return None
    return Original(data=edition.original, media_type=edition.original_type) if fits else None


def title_of(data: bytes) -> str:
    """What an award calls itself, as far as that can be read; for a list, and worth nothing else."""
    try:
        name = open_document(data).value.get("name")
        return plain(name[:500], field="name", most=500, required=False)[:120] if isinstance(name, str) else ""
    except (ProblemError, BadInput):
        return ""


def _moment(text: str, now: datetime) -> datetime:
    """When something came to the former wallet, if that can be; else now."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return now
    return found if found.tzinfo is not None and found <= now else now
