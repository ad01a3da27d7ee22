"""A family's archive: everything that a member may take along, in one file that a passphrase opens.

Rules. Who may manage a learner may take that learner along, keys included; whoever may only look may not. Credentials
and files go in byte for byte as they came, every edition, each in a file of its own that any other wallet reads; what
the family put beside them stands in `archive.json`. What is in the bin stays there: it is on its way out. Nothing is
written down in clear on the way: the archive is sealed as it is made.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Final

from kit.errors import BadInput, Refused
from kit.i18n import _
from kit.passphrase import RECOMMENDED, SealingFile, accept
from vc.document import JsonObject
from vc.securing import is_token
from wallet import store
from wallet.keystore import Approval
from wallet.service.arriving import ENDINGS as ORIGINAL_ENDINGS
from wallet.service.authority import Right
from wallet.service.core import Actor, Household, OpenLearner, Tools, new_id
from wallet.service.leaving.history import history_of
from wallet.service.people import People
from wallet.service.works import ENDINGS, FILE

FORMAT: Final = "satchel-archive-contents/1"
MANIFEST: Final = "archive.json"
_AT_ONCE = 256 * 1024
READ_ME: Final = """\
This is a family's archive out of a Satchel wallet.

archive.json                     what is what: learners, awards, notes, tags, collections, works, keys
learners/N/credentials/…         each award exactly as its provider signed it; any wallet or verifier reads it
learners/N/originals/…           the picture or PDF in which an award came
learners/N/keys/…                the learner's keys (Multikey and JWK). Whoever has them can sign as the learner
learners/N/works/…               what the learner made
learners/N/shown/…               what links showed of an award, where that was a part of it
learners/N/history.json          what happened: claims, links, who opened them, guardians

Este es el archivo de una familia, de una cartera de Satchel. “credentials” tiene cada reconocimiento tal como su
proveedor lo firmó; cualquier otra cartera lo lee. Quien tenga “keys” puede firmar en nombre de esa persona.
"""


class Packing:
    """Packs and seals."""

    def __init__(self, tools: Tools, people: People) -> None:
        self._tools = tools
        self._people = people

    def pack(self, actor: Actor, *, passphrase: str, again: str) -> Packed:
        """The archive of every learner whom the member may manage.

        Raises: BadInput for a passphrase that is too easy, or typed otherwise the second time; Refused when there is
        nobody whom the member may manage.
        """
        accepted = accept(passphrase, field="passphrase")
        if passphrase.strip() != again.strip():
            remedy = _("Type the same passphrase in both places.")
            raise BadInput(_("The two passphrases differ."), field="again", remedy=remedy)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - handed out; it has no name, and holds nothing in clear
        try:
            self._pack(actor, accepted, file)
        except BaseException:
            file.close()
            raise
        return Packed(file)

    def _pack(self, actor: Actor, passphrase: str, into: IO[bytes]) -> None:
        with self._tools.database.session() as session:
            home = self._people.open(session, actor)
            mine = [opened for opened in home.learners() if Right.MANAGE in opened.rights]
            if not mine:
                raise Refused(
                    _("There is nobody here whose awards and keys you may take along. Ask a guardian who may.")
                )
            archive_id = new_id()
            home.note("archive.save", archive_id, count=len(mine))
            approval = Approval(kind="archive", object_id=archive_id, decided_by=actor.member_id, decided_at=home.now)
            sealing = SealingFile(into, passphrase, cost=RECOMMENDED)
            with zipfile.ZipFile(sealing, "w", zipfile.ZIP_DEFLATED) as archive:
                told = {
                    "format": FORMAT,
                    "id": archive_id,
                    "madeAt": home.now.isoformat(),
                    "family": home.details["name"],
                    "learners": [
                        _Learner(home, opened, archive, number, approval).told()
                        for number, opened in enumerate(mine, start=1)
                    ],
                }
                archive.writestr(MANIFEST, _json(told))
                archive.writestr("README.txt", READ_ME)
            sealing.close()


class Packed:
    """A sealed archive that waits to be sent, once. `size` is in bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = file.tell()

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, from the first to the last; then there is nothing left of it here."""
        with self._file as file:
            file.seek(0)
            while chunk := file.read(_AT_ONCE):
                yield chunk


class _Learner:
    """One learner on the way into an open archive."""

    def __init__(
        self, home: Household, opened: OpenLearner, archive: zipfile.ZipFile, number: int, approval: Approval
    ) -> None:
        self._home, self._opened, self._archive = home, opened, archive
        self._folder, self._approval = f"learners/{number}", approval
        self._of = (home.actor.family_id, opened.id)

    def told(self) -> JsonObject:
        """What the manifest says of the learner; the files are in the archive when this returns."""
        opened = self._opened
        self._put("history.json", _json(history_of(self._home, opened)))
        return {
            "id": opened.id,
            "name": opened.name,
            "birthDate": opened.birth_date.isoformat() if opened.birth_date else None,
            "signInAge": opened.standing.sign_in_age,
            "savedIt": opened.row.member_id == self._home.actor.member_id,
            "addedAt": opened.row.created_at.isoformat(),
            "history": f"{self._folder}/history.json",
            "keys": [self._key(row) for row in store.credentials.learner_keys(self._home.session, *self._of)],
            "credentials": [
                self._credential(row) for row in store.credentials.credentials(self._home.session, *self._of)
            ],
            "collections": [
                {
                    **opened.open(row),
                    "credentials": [one.id for one in store.arranged.members(self._home.session, row.id)],
                }
                for row in store.arranged.collections(self._home.session, *self._of)
            ],
            "works": [self._work(row) for row in store.works.works(self._home.session, *self._of)],
            "shown": [
                self._part(share, row)
                for share in store.shares.shares(self._home.session, *self._of)
                for row in store.shares.parts(self._home.session, share.id)
            ],
        }

    def _key(self, row: store.LearnerKey) -> JsonObject:
        secret = self._opened.open(row)
        portable = self._home.tools.keystore.portable(secret, approval=self._approval)
        return {
            "did": secret["did"],
            "issuer": secret["issuer"],
            "createdAt": row.created_at.isoformat(),
            **self._put(f"keys/{row.id}.json", _json(portable)),
        }

    def _credential(self, row: store.Credential) -> JsonObject:
        told = self._opened.open(row)
        editions = store.credentials.editions(self._home.session, row.family_id, row.id)
        return {
            "id": row.id,
            "note": told["note"],
            "tags": list(told.get("tags", ())),
            "receivedAt": row.received_at.isoformat(),
            "editions": [self._edition(one) for one in reversed(editions)],
        }

    def _edition(self, row: store.Edition) -> JsonObject:
        opened = self._opened
        data = opened.chest.open_bytes(opened.place("edition", row.id, row.version), row.sealed)
        ending = "jwt" if is_token(data) else "json"
        found = store.credentials.original(self._home.session, row.family_id, row.id)
        original: JsonObject | None = None
        if found is not None:
            came = opened.chest.open_bytes(opened.place("original", found.id, found.version), found.sealed)
            path = f"originals/{row.credential_id}-{row.number}.{ORIGINAL_ENDINGS[found.media_type]}"
            original = {"mediaType": found.media_type, **self._put(path, came)}
        return {
            "number": row.number,
            "source": row.source,
            "receivedAt": row.received_at.isoformat(),
            "original": original,
            **self._put(f"credentials/{row.credential_id}-{row.number}.{ending}", data),
        }

    def _work(self, row: store.Work) -> JsonObject:
        opened = self._opened
        told = opened.open(row)
        file = store.works.file(self._home.session, row.family_id, row.id, FILE)
        put: JsonObject = {"file": "", "sha256": ""}
        if file is not None:
            data = opened.chest.open_bytes(opened.place("work_file", file.id, file.version), file.sealed)
            put = self._put(f"works/{row.id}.{ENDINGS[row.media_type]}", data)
        return {
            "id": row.id,
            "title": told["title"],
            "words": told["words"],
            "credential": row.credential_id,
            "addedAt": row.added_at.isoformat(),
            **put,
        }

    def _part(self, share: store.Share, row: store.SharePart) -> JsonObject:
        document = self._opened.open(row)["document"].encode()
        path = f"shown/{share.id}-{row.credential_id}.json"
        return {"share": share.id, "credential": row.credential_id, **self._put(path, document)}

    def _put(self, path: str, data: bytes) -> JsonObject:
        name = f"{self._folder}/{path}"
        self._archive.writestr(name, data)
        return {"file": name, "sha256": hashlib.sha256(data).hexdigest()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
