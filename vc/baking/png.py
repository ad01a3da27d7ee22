"""One text chunk in a PNG: found, put in, taken out.

A reader of pictures skips what it does not understand, so a file can show one thing to one program and another to the
next. Every chunk is therefore read here: lengths and checksums must be right, nothing may follow the end, and of all
the keywords under which credentials are baked there is one in the whole file, once.

Spec: https://www.w3.org/TR/png-3/#5Chunk-layout, https://www.w3.org/TR/png-3/#11iTXt
Spec: https://www.imsglobal.org/spec/ob/v3p0/#png, https://www.imsglobal.org/spec/ob/v2p0/baking/
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from vc.baking.faults import BakingError, BakingFault
from vc.baking.forms import MAX_BAKED_BYTES, Baked, Standard, checked_credential, checked_picture, checked_text

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS: Final = 20_000
KEYWORDS: Final[Mapping[bytes, Standard]] = MappingProxyType(
    {
        b"openbadgecredential": Standard.OPEN_BADGES_3,
        b"openbadges": Standard.OPEN_BADGES_2,
        b"clrcredential": Standard.CLR_2,
    }
)
_KEYWORD_OF: Final[Mapping[Standard, bytes]] = MappingProxyType({each: word for word, each in KEYWORDS.items()})
_TEXT_CHUNKS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_OVERHEAD: Final = 12
_AFTER_HEADER: Final = len(SIGNATURE) + _OVERHEAD + 13


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    start: int
    end: int
    kind: bytes
    body: bytes


def unbake_png(picture: bytes) -> Baked:
    """The one credential in a PNG.

    Raises: BakingError: there is none, there are several, or the file breaks the rules of PNG or of baking.
    """
    return _read(_only(picture))


def remove_png(picture: bytes) -> bytes:
    """The PNG without its one credential, every other byte as it was. Raises: BakingError, as ``unbake_png``."""
    chunk = _only(picture)
    return picture[: chunk.start] + picture[chunk.end :]


def bake_png(picture: bytes, credential: bytes, *, standard: Standard, replace: bool) -> bytes:
    """The PNG with this credential in it, right after the header; every other byte stays as it is.

    ``credential`` is JSON or a compact JWS in UTF-8. With ``replace``, one that is there already makes room; without,
    it is an error ("the implementer may choose whether to pass the user an error or overwrite the existing chunk").
    Raises: BakingError.
    """
    text = checked_credential(credential)
    try:
        bare = remove_png(picture)
    except BakingError as error:
        if error.fault is not BakingFault.NO_CREDENTIAL:
            raise
        bare = picture
    else:
        if not replace:
            raise BakingError(
                "The picture holds a credential already. Take it out first, or ask for it to be replaced.",
                fault=BakingFault.ALREADY_BAKED,
            )
    # Keyword, no compression ("Compression MUST NOT be used"), method 0, no language tag, no translated keyword.
    body = _KEYWORD_OF[standard] + b"\0\0\0\0\0" + text
    baked = bare[:_AFTER_HEADER] + _written(b"iTXt", body) + bare[_AFTER_HEADER:]
    unbake_png(baked)  # what follows after the end of the picture, or a size beyond the limit, shows here
    return baked


def _written(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _only(picture: bytes) -> _Chunk:
    """The one chunk that holds a credential. Raises: BakingError."""
    found: list[_Chunk] = []
    end = 0
    for chunk in _chunks(checked_picture(picture)):
        end = chunk.end
        if chunk.kind in _TEXT_CHUNKS and _keyword(chunk) in KEYWORDS:
            found.append(chunk)
    beyond = picture[end:]
    if beyond and (found or any(word in beyond for word in KEYWORDS)):
        raise BakingError(
            "Something follows after the end of the picture; other programs could read that instead.",
            fault=BakingFault.AFTER_THE_END,
        )
    if not found:
        raise BakingError("There is no credential in this PNG.", fault=BakingFault.NO_CREDENTIAL)
    # "An iTXt chunk with the keyword openbadgecredential MUST NOT appear in a PNG more than once."
    if len(found) > 1:
        raise BakingError(f"There are {len(found)} credentials in this PNG.", fault=BakingFault.SEVERAL)
    return found[0]


def _keyword(chunk: _Chunk) -> bytes:
    return chunk.body.partition(b"\0")[0]


def _chunks(picture: bytes) -> Iterator[_Chunk]:
    """Every chunk from the header to the end. Raises: BakingError."""
    if not picture.startswith(SIGNATURE):
        raise BakingError("These bytes are not a PNG.", fault=BakingFault.NOT_A_PICTURE)
    start = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        chunk = _chunk(picture, start)
        if (number == 0) != (chunk.kind == b"IHDR") or (number == 0 and len(chunk.body) != 13):
            raise _damaged(start)
        yield chunk
        if chunk.kind == b"IEND":
            return
        start = chunk.end
    raise BakingError(f"The picture has more than {MAX_CHUNKS} chunks.", fault=BakingFault.TOO_LARGE)


def _chunk(picture: bytes, start: int) -> _Chunk:
    length = int.from_bytes(picture[start : start + 4], "big")
    end = start + _OVERHEAD + length
    kind, body = picture[start + 4 : start + 8], picture[start + 8 : end - 4]
    whole = end <= len(picture) and len(kind) == 4 and kind.isalpha()
    if not whole or zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(picture[end - 4 : end], "big"):
        raise _damaged(start)
    return _Chunk(start=start, end=end, kind=kind, body=body)


def _damaged(at: int) -> BakingError:
    return BakingError(f"The picture is damaged at byte {at}: get the file again.", fault=BakingFault.DAMAGED)


def _read(chunk: _Chunk) -> Baked:
    keyword, nul, rest = chunk.body.partition(b"\0")
    standard = KEYWORDS[keyword]
    if not nul:
        raise _damaged(chunk.start)
    if standard is not Standard.OPEN_BADGES_2 and chunk.kind != b"iTXt":
        raise BakingError(
            f"The credential stands in a {chunk.kind.decode()} chunk; its standard puts it into iTXt.",
            fault=BakingFault.WRONG_PLACE,
        )
    match chunk.kind:
        case b"iTXt":
            text = _international(rest, standard, chunk.start)
        case b"zTXt":
            text = _inflated(rest[1:], chunk.start)
        case _:
            text = rest
    # tEXt and zTXt are Latin-1: what means the same there and in UTF-8 is ASCII.
    if chunk.kind != b"iTXt" and not text.isascii():
        raise BakingError(
            "The credential in the picture is not text in UTF-8. Ask its issuer to bake it again.",
            fault=BakingFault.NOT_UTF8,
        )
    return Baked(standard=standard, text=checked_text(text))


def _international(rest: bytes, standard: Standard, start: int) -> bytes:
    flag, method = rest[:1], rest[1:2]
    parts = rest[2:].split(b"\0", 2)  # language tag, translated keyword, text
    if flag not in {b"\0", b"\1"} or method != b"\0" or len(parts) != 3:
        raise _damaged(start)
    if flag == b"\0":
        return parts[2]
    # "Compression MUST NOT be used." Files of version 2.0 that use it all the same are about.
    if standard is not Standard.OPEN_BADGES_2:
        raise BakingError(
            "The credential in the picture is compressed, which its standard forbids.", fault=BakingFault.COMPRESSED
        )
    return _inflated(parts[2], start)


def _inflated(packed: bytes, start: int) -> bytes:
    """What was compressed, never more than ``MAX_BAKED_BYTES`` and one. Raises: BakingError."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, MAX_BAKED_BYTES + 1)
    except zlib.error:
        raise _damaged(start) from None
    if len(text) <= MAX_BAKED_BYTES and (not unpacker.eof or unpacker.unused_data):
        raise _damaged(start)
    return text
