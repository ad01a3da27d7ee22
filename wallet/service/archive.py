"""The archive: everything that a member may look at, in one file, as it came."""

from __future__ import annotations

import io
import json
import zipfile

from vc.securing import is_token
from wallet import store
from wallet.service.core import Actor, Household, OpenLearner, Tools
from wallet.service.credentials import Credentials
from wallet.service.hosting.exporting import connections_of
from wallet.service.people import People
from wallet.service.works import ENDINGS, FILE


class Archive:
    """Packs what is kept."""

    def __init__(self, tools: Tools, people: People, credentials: Credentials) -> None:
        self._tools = tools
        self._people = people
        self._credentials = credentials

    def pack(self, actor: Actor) -> bytes:
        """Everything that the member may look at, as a zip: each credential byte for byte, and an index that says what
        is what.
        """
        packed = io.BytesIO()
        index: list[dict[str, object]] = []
        collections: list[dict[str, object]] = []
        works: list[dict[str, object]] = []
        connections: list[dict[str, object]] = []
        with self._tools.database.reading() as session, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            home = self._people.open(session, actor)
            for opened in home.learners():
                index += self._credentials_of(home, opened, archive)
                collections += self._collections_of(home, opened)
                works += self._works_of(home, opened, archive)
                connections += connections_of(home, opened)
            told = {
                "family": home.details["name"],
                "madeAt": home.now.isoformat(),
                "credentials": index,
                "collections": collections,
                "works": works,
                "connections": connections,
            }
            archive.writestr("index.json", json.dumps(told, ensure_ascii=False, indent=2))
        return packed.getvalue()

    def _credentials_of(
        self, home: Household, opened: OpenLearner, archive: zipfile.ZipFile
    ) -> list[dict[str, object]]:
        index: list[dict[str, object]] = []
        for row in store.credentials.credentials(home.session, home.actor.family_id, opened.id):
            card = self._credentials.card(home, opened, row)
            data = self._credentials.newest(home.session, opened, row)
            path = _path(row.id, data)
            archive.writestr(path, data)
            told = {"file": path, "learner": opened.name, "title": card.title, "issuer": card.issuer_id}
            index.append(
                {**told, "receivedAt": row.received_at.isoformat(), "note": card.note, "tags": list(card.tags)}
            )
        return index

    def _collections_of(self, home: Household, opened: OpenLearner) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for row in store.arranged.collections(home.session, home.actor.family_id, opened.id):
            members = store.arranged.members(home.session, row.id)
            files = [_path(one.id, self._credentials.newest(home.session, opened, one)) for one in members]
            told = opened.open(row)
            found.append({"learner": opened.name, "name": told["name"], "note": told["note"], "files": files})
        return found

    def _works_of(self, home: Household, opened: OpenLearner, archive: zipfile.ZipFile) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for row in store.works.works(home.session, home.actor.family_id, opened.id):
            file = store.works.file(home.session, home.actor.family_id, row.id, FILE)
            path = f"works/{row.id}.{ENDINGS[row.media_type]}" if file is not None else ""
            if file is not None:
                place = opened.place("work_file", file.id, file.version)
                archive.writestr(path, opened.chest.open_bytes(place, file.sealed))
            told = opened.open(row)
            beside = self._beside(home, opened, row)
            line = {"learner": opened.name, "title": told["title"], "words": told["words"], "file": path}
            found.append({**line, "award": beside, "addedAt": row.added_at.isoformat()})
        return found

    def _beside(self, home: Household, opened: OpenLearner, row: store.Work) -> str:
        """The file of the award that a work stands beside; empty for none, and for one in the bin."""
        award = None
        if row.credential_id:
            award = store.credentials.credential(home.session, home.actor.family_id, row.credential_id)
        return "" if award is None else _path(award.id, self._credentials.newest(home.session, opened, award))


def _path(credential_id: str, data: bytes) -> str:
    return f"credentials/{credential_id}.{'jwt' if is_token(data) else 'json'}"
