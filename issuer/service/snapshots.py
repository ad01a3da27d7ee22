"""The last snapshot of an organisation that closes: what is signed, what is read from it, and the file that carries it.

The signed credential names every document that a verifier of its awards asks for, with the SHA-256 of its bytes; the
file is a zip of exactly those bytes and of the credential. Nothing here knows a database or a key.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources
"""

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kit.errors import BadInput, RequestError
from kit.i18n import _
from vc.credential import CONTEXT
from vc.document import JsonObject, JsonValue, listed
from vc.openbadges import OPEN_BADGES_CONTEXT, IssuerProfile
from vc.problems import ProblemError
from vc.status import StatusListEntry
from vc.timestamps import format_timestamp, parse_timestamp

CREDENTIAL_FILE: Final = "closing.json"
LARGEST: Final = 64 * 1024 * 1024
LARGEST_FILE: Final = 8 * 1024 * 1024
MOST_FILES: Final = 2000
LIST_MEDIA: Final = "application/vc"
_DAY_OF_ARCHIVE: Final = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One document of a closed organisation: the address where it is asked for, its media type and its bytes."""

    address: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Custodian:
    """Who takes care of what a closed organisation awarded; ``id`` may be empty."""

    name: str
    url: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a signed snapshot says. ``named`` has the media type and the digestSRI of every address that it names."""

    did: str
    name: str
    words: str
    closed: datetime
    signed: datetime
    custodian: Custodian
    named: Mapping[str, tuple[str, str]]

    @classmethod
    def read(cls, document: JsonObject) -> "Snapshot":
        """A snapshot from its document, verified or not. Raises: BadInput."""
        try:
            subjects = [each for each in listed(document.get("credentialSubject")) if isinstance(each, Mapping)]
            issuer = document["issuer"]
            own, custodian = subjects
            if not isinstance(issuer, Mapping) or own["id"] != issuer["id"]:
                raise no_snapshot()
            resources = [each for each in listed(document.get("relatedResource")) if isinstance(each, Mapping)]
            return cls(
                did=_text(issuer["id"]),
                name=_text(own["name"]),
                words=_text(document.get("description", "")),
                closed=parse_timestamp(document["awardedDate"], pointer="/awardedDate"),
                signed=parse_timestamp(document["validFrom"], pointer="/validFrom"),
                custodian=Custodian(
                    name=_text(custodian["name"]), url=_web(custodian["url"]), id=_text(custodian.get("id", ""))
                ),
                named={_text(each["id"]): (_text(each["mediaType"]), _text(each["digestSRI"])) for each in resources},
            )
        except (KeyError, ValueError, ProblemError) as error:
            raise no_snapshot() from error


def unsigned(
    *,
    credential_id: str,
    issuer: IssuerProfile,
    closed: datetime,
    now: datetime,
    words: str,
    custodian: Custodian,
    kept: Sequence[Kept],
    status: Sequence[StatusListEntry],
) -> JsonObject:
    """The snapshot as it will be signed: only terms of the two pinned contexts.

    ``awardedDate`` is the day of the closing in every version, ``validFrom`` that of this version. The first subject
    is the issuer itself, the second one is the custodian.
    """
    who: dict[str, JsonValue] = {"id": custodian.id} if custodian.id else {}
    document: dict[str, JsonValue] = {
        "@context": [CONTEXT, OPEN_BADGES_CONTEXT],
        "id": credential_id,
        "type": ["VerifiableCredential"],
        "name": f"Closing of {issuer.name}",
        "issuer": issuer.to_json(),
        "validFrom": format_timestamp(now),
        "awardedDate": format_timestamp(closed),
        "credentialSubject": [
            {"id": issuer.id, "type": ["Profile"], "name": issuer.name},
            {**who, "type": ["Profile"], "name": custodian.name, "url": custodian.url},
        ],
        "credentialStatus": [entry.to_json() for entry in status],
        "relatedResource": [
            {"id": each.address, "mediaType": each.media_type, "digestSRI": digest(each.body)} for each in kept
        ],
    }
    return {**document, "description": words} if words else document


def digest(body: bytes) -> str:
    """The SHA-256 of these bytes as a digestSRI. Spec: https://www.w3.org/TR/SRI/#the-integrity-attribute"""
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def fingerprint(body: bytes) -> str:
    """The SHA-256 of these bytes as people compare it: hexadecimal, in groups of four."""
    text = hashlib.sha256(body).hexdigest()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def archive(signed: bytes, kept: Iterable[tuple[str, bytes]]) -> bytes:
    """The file that a custodian takes over: the signed snapshot, and each document under the end of its address.

    The same bytes for the same content.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for name, body in ((CREDENTIAL_FILE, signed), *kept):
            made.writestr(zipfile.ZipInfo(name, _DAY_OF_ARCHIVE), body, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def file_name(address: str, did_address: str) -> str:
    """What a document is called in the file: ``did.json``, ``status/1.json``, ``keys/key-1.json``."""
    name = address.removeprefix(did_address.removesuffix("did.json"))
    return name if name.endswith(".json") else f"{name}.json"


def read_archive(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The signed snapshot in a file, and everything else in it by its digest; names in it count for nothing.

    Raises: BadInput for what is no such file, or is larger than any.
    """
    if len(data) > LARGEST:
        raise no_snapshot()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as found:
            members = found.infolist()
            if len(members) > MOST_FILES or sum(each.file_size for each in members) > LARGEST:
                raise no_snapshot()
            signed: bytes | None = None
            bodies = {}
            for each in members:
                body = _inflated(found, each)
                if each.filename == CREDENTIAL_FILE:
                    signed = body
                else:
                    bodies[digest(body)] = body
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise no_snapshot() from error
    if signed is None:
        raise no_snapshot()
    return signed, bodies


def _inflated(found: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member: never more than it may have, whatever its header says."""
    with found.open(member) as stream:
        body = stream.read(LARGEST_FILE + 1)
    if len(body) > LARGEST_FILE:
        raise no_snapshot()
    return body


def no_snapshot() -> RequestError:
    """What is said of a file that is no snapshot."""
    return BadInput(
        _("This is not the snapshot of an organisation that closed."),
        field="file",
        remedy=_("Take the zip file from its public page, as it is."),
        kind="not-a-snapshot",
    )


def _web(value: JsonValue) -> str:
    """A web address: it becomes a link, whoever signed it (M3)."""
    text = _text(value)
    if not text.startswith(("https://", "http://")):
        raise no_snapshot()
    return text


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise no_snapshot()
    return value
