"""Everything in what somebody hands in: one thing after another, or why it cannot be used.

Opened are ZIP files (a Satchel archive by its index, any other file by file), exports of wallets, lists, presentations
in every form, and several texts or links pasted below one another. Learner Credential Wallet exports a list of wallets
(`UniversalWallet2020`), each with its records, keys and documents side by side in `contents`. A record that contains
others (a CLR) is signed as a whole and is one thing. Each is cut out as it stands. What holds them is not judged: a
record counts for itself. Keys that an export carries are never handed on, nor are addresses that a file names: a link
is followed only where a person wrote it.

Spec: https://w3c-ccg.github.io/universal-wallet-interop-spec/
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from kit.intake.isolated import open_apart
from kit.intake.reading import MAX_FILE_BYTES, Carrier, read
from kit.intake.refusals import InputRefused, Refusal
from kit.intake.text import Form, Item, claims_to_be_one, listed_texts, read_text
from kit.intake.values import elements, members, sequence
from vc.document import PRESENTATION_LIMITS
from vc.problems import ProblemError
from vc.securing import open_bytes

MOST_PIECES: Final = 500
_DEEPEST: Final = 5
_ZIP: Final = b"PK\x03\x04"
_HOLDERS: Final = frozenset({"contents", "credentials", "credential", "verifiableCredential", "verifiableCredentials"})
_PRESENTATIONS: Final = frozenset({"VerifiablePresentation", "EnvelopedVerifiablePresentation"})
_LOCKED: Final = "EncryptedWallet"
_WALLETS: Final = frozenset({"UniversalWallet2020"})
_MAY_HOLD: Final = frozenset({Refusal.SEVERAL, Refusal.NOT_A_CREDENTIAL, Refusal.NOT_JSON, Refusal.TOO_LARGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a Satchel archive says beside a record: whose it is there, and the family's note and tags."""

    owner: str
    note: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing: an `item`, or why there is none (`refused`). `name` says where it was.

    `original` is the picture or PDF in which it came, empty where it came by itself.
    """

    name: str
    item: Item | None = None
    refused: InputRefused | None = None
    carrier: Carrier = Carrier.TEXT
    original: bytes = b""
    noted: Noted | None = None


def read_all(data: bytes, *, name: str) -> tuple[Piece, ...]:
    """Everything in `data`, each thing once, in its order. `name` is what a person calls it.

    Raises: InputRefused when there is nothing in it or it cannot be opened; Unavailable when too many files are being
    opened at this moment.
    """
    gathering = _Gathering()
    gathering.file(data, name, packed=False)
    found = tuple(gathering.found)
    if not found:
        raise InputRefused(Refusal.NOT_A_CREDENTIAL)
    if len(found) == 1 and found[0].refused is not None:
        raise found[0].refused
    return found


class _Gathering:
    """Collects pieces; the same text counts once."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self._seen: set[bytes] = set()

    def add(self, piece: Piece) -> None:
        if piece.item is not None:
            if piece.item.text in self._seen:
                return
            self._seen.add(piece.item.text)
        if len(self.found) >= MOST_PIECES:
            raise InputRefused(Refusal.TOO_MANY)
        self.found.append(piece)

    def refuse(self, name: str, refused: InputRefused) -> None:
        if refused.refusal is Refusal.TOO_MANY:
            raise refused
        self.add(Piece(name=name, refused=refused))

    # -- files --------------------------------------------------------------------------------------------------------

    def file(self, data: bytes, name: str, *, packed: bool, noted: Noted | None = None) -> None:
        """A file of any kind; one that is `packed` in an archive is no archive itself, and no link."""
        if len(data) > MAX_FILE_BYTES:
            raise InputRefused(Refusal.TOO_LARGE)
        if data.startswith(_ZIP) and not packed:
            self._archive(data, name)
            return
        start = len(self.found)
        try:
            self._opened(data, name, packed=packed)
        except InputRefused as refused:
            if not packed:
                raise
            self.refuse(name, refused)
        if noted is not None:
            self.found[start:] = [replace(piece, noted=noted) for piece in self.found[start:]]

    def _opened(self, data: bytes, name: str, *, packed: bool) -> None:
        lines = [] if packed else _lines(data)
        if lines:
            for item in lines:
                self.add(Piece(name=item.text.decode()[:100], item=item))
            return
        try:
            found = read(data, media_type=None, name=name)
        except InputRefused as refused:
            if refused.refusal not in _MAY_HOLD or not self._unpack(data, name):
                raise
            return
        for number, item in enumerate(found.items, start=1):
            called = item.name or (name if len(found.items) == 1 else f"{name}, {number}")
            if item.form is Form.LINK and packed:
                self.refuse(called, InputRefused(Refusal.NOT_A_CREDENTIAL))
            elif item.form is Form.LINK or not self._presented(item.text.decode(), called):
                original = b"" if found.carrier is Carrier.TEXT else data
                self.add(Piece(name=called, item=item, carrier=found.carrier, original=original))

    def _archive(self, data: bytes, name: str) -> None:
        found = open_apart(data, "zip")
        files = {str(each["name"]): base64.b64decode(each["data"]) for each in found["files"]}
        if "[Content_Types].xml" in files:
            raise InputRefused(Refusal.ARCHIVE)
        index = _index(files)
        if index is None:
            for each, content in files.items():
                self.file(content, f"{name} › {each}", packed=True)
        else:
            for each, title, noted in index:
                self.file(files[each], title, packed=True, noted=noted)
        for each in found["large"]:
            self.refuse(f"{name} › {each}", InputRefused(Refusal.TOO_LARGE))

    # -- texts --------------------------------------------------------------------------------------------------------

    def _unpack(self, data: bytes, name: str) -> bool:
        """Take apart a text that is no single record; whether it is one that can be."""
        try:
            text = data.decode("utf-8-sig").strip()
            values = sequence(text) if text[:1] in {"{", "["} else []
        except (ValueError, RecursionError):
            return False
        if len(values) == 1 and not _holds(values[0]):
            return False
        for number, value in enumerate(values, start=1):
            self._value(value, name if len(values) == 1 else f"{name}, {number}", 0)
        return bool(values)

    def _presented(self, text: str, name: str) -> bool:
        """Take apart a presentation, in any form; whether it is one. Raises: InputRefused for a locked export."""
        try:
            document = open_bytes(text.encode(), limits=PRESENTATION_LIMITS).document
        except ProblemError:
            return False  # what a strict reader does not take is said by the one who judges
        types = listed_texts(document.get("type"))
        if _LOCKED in types:
            raise InputRefused(Refusal.WALLET_LOCKED)
        if not _PRESENTATIONS.intersection(types):
            return False
        self._value(text if text.startswith("{") else json.dumps(text), name, 0)
        return True

    def _value(self, raw: str, name: str, depth: int, *, quietly: bool = False) -> None:
        """Whatever stands in a place where records do. `quietly`: what is no record is no news there."""
        try:
            if depth > _DEEPEST:
                raise InputRefused(Refusal.NOT_A_CREDENTIAL)
            if raw.startswith("["):
                for number, each in enumerate(elements(raw), start=1):
                    self._value(each, f"{name}, {number}", depth + 1, quietly=quietly)
            elif raw.startswith("{"):
                self._object(raw, name, depth, quietly=quietly)
            elif raw.startswith('"'):
                self._token(json.loads(raw), name, depth)
            else:
                raise InputRefused(Refusal.NOT_A_CREDENTIAL)
        except InputRefused as refused:
            if not (quietly and refused.refusal is Refusal.NOT_A_CREDENTIAL):
                self.refuse(name, refused)

    def _object(self, raw: str, name: str, depth: int, *, quietly: bool) -> None:
        value: dict[str, Any] = json.loads(raw)
        types = frozenset(listed_texts(value.get("type")))
        if _LOCKED in types or value.get("status") == "LOCKED":
            raise InputRefused(Refusal.WALLET_LOCKED)
        if "EnvelopedVerifiablePresentation" in types:
            self._token(str(value.get("id")).partition(",")[2], name, depth)
        elif claims_to_be_one(value) and "VerifiablePresentation" not in types:
            self.add(Piece(name=name, item=read_text(raw.encode(), name=name)))
        else:
            inside = [(key, each) for key, each in members(raw) if key in _HOLDERS]
            if len({key for key, _each in inside}) < len(inside):
                raise InputRefused(Refusal.AMBIGUOUS, place="")
            if not inside:
                raise InputRefused(Refusal.NOT_A_CREDENTIAL)
            for _key, each in inside:
                self._value(each, name, depth + 1, quietly=quietly or bool(_WALLETS & types))

    def _token(self, text: str, name: str, depth: int) -> None:
        """A record as a token; of one that holds a presentation, what is in it."""
        item = read_text(text.encode(), name=name)
        if item.form is not Form.JWS:
            raise InputRefused(Refusal.NOT_A_CREDENTIAL)
        try:
            document = open_bytes(item.text, limits=PRESENTATION_LIMITS).document
        except ProblemError:
            document = {}
        if _PRESENTATIONS.isdisjoint(listed_texts(document.get("type"))):
            self.add(Piece(name=name, item=item))
            return
        body = text.split(".")[1]
        payload = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
        inner = next((each for key, each in members(payload.strip()) if key == "vp"), payload.strip())
        self._value(inner, name, depth + 1)


def _holds(raw: str) -> bool:
    """Whether a JSON text is a list, or an object that holds records without being one."""
    if raw.startswith("["):
        return True
    return any(key in _HOLDERS for key, _each in members(raw)) or json.loads(raw).get("status") == "LOCKED"


def _lines(data: bytes) -> list[Item]:
    """The links and tokens of a text of several, one after another; none when it is anything else."""
    try:
        words = data.decode("utf-8-sig").split()
    except UnicodeDecodeError:
        return []
    if not 1 < len(words) <= MOST_PIECES or words[0][:1] in {"{", "[", "<"}:
        return []
    try:
        items = [read_text(word.encode()) for word in words]
    except InputRefused:
        return []
    return items if all(item.form is not Form.JSON for item in items) else []


def _index(files: Mapping[str, bytes]) -> list[tuple[str, str, Noted]] | None:
    """File, title and what is said of each record that the index of a Satchel archive lists; None without such one."""
    try:
        if "archive.json" in files:
            told: Any = json.loads(files["archive.json"])
            listed = [
                {**each, "file": each["editions"][-1]["file"], "learner": learner["name"]}
                for learner in told["learners"]
                for each in learner["credentials"]
            ]
        else:
            listed = list(json.loads(files["index.json"])["credentials"])
        return [
            (
                str(each["file"]),
                _text(each, "title")[:200] or str(each["file"]),
                Noted(owner=_text(each, "learner"), note=_text(each, "note"), tags=_texts(each.get("tags"))),
            )
            for each in listed
            if str(each["file"]) in files
        ]
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError):
        return None


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, Sequence) else ()
