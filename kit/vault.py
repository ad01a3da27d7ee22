"""Secrets at rest: one key-encryption key (KEK) per role process, data keys wrapped under it.

Rules: the KEK is read from a file only its owner can read, or from the environment as hex; it is never made by
accident, only by `create_key_file`. Every sealed value is bound to a context (whose it is, which row, which column):
a blob that was moved does not open. A restored database meets its own KEK or a clear refusal, before any write.
The cipher is XChaCha20-Poly1305 (libsodium): 24 random nonce bytes, so that nonces never need counting.

Sealed value: 1 byte version (1) ‖ 8 bytes key id ‖ 24 bytes nonce ‖ ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from nacl import bindings
from nacl.exceptions import CryptoError
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from kit.settings import RoleSettings

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 24
_CHECK_TEXT = b"this database belongs to this key"
_CHECK_CONTEXT = b"satchel/vault/check"
_KEPT = "secret:"
_LOST = "lost:"


class VaultError(Exception):
    """The key is missing, unsafe or wrong, or a sealed value does not open. The sentence is for the operator."""


class WrongKey(VaultError):  # noqa: N818 - says what is wrong
    """The database was sealed under another key."""


class DataKey:
    """A key for one learner's or one table's values. Its bytes are not shown and not logged."""

    __slots__ = ("_id", "_key")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a data key is 32 bytes")
        self._key = key
        self._id = _key_id(key)

    def __repr__(self) -> str:
        return f"DataKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """A fingerprint of the key, safe to show: 16 hex digits."""
        return self._id.hex()

    def raw(self) -> bytes:
        """The key itself, to be sealed for somebody else and for nothing else."""
        return self._key

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt `plaintext`, bound to `context`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _VERSION + self._id
        sealed = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, head + context, nonce, self._key)
        return head + nonce + bytes(sealed)

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Decrypt what `seal` made. Raises: VaultError when the key, the context or a byte differs."""
        head, nonce = sealed[:9], sealed[9 : 9 + _NONCE_BYTES]
        if head[:1] != _VERSION or head[1:] != self._id:
            raise VaultError("this value was sealed under another key")
        try:
            return bytes(
                bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                    sealed[9 + _NONCE_BYTES :], head + context, nonce, self._key
                )
            )
        except (CryptoError, ValueError) as error:
            raise VaultError("a sealed value does not open: it was changed, or belongs to another row") from error

    def derive(self, label: str) -> bytes:
        """32 bytes for another purpose (an HMAC key, a cookie secret), different for each `label`."""
        return hashlib.blake2b(label.encode(), key=self._key, digest_size=32, person=b"satchel-derive").digest()


class Vault:
    """The role's KEK, and the retired ones, oldest first, that still open what they sealed.

    Secrets that must not change (`derive`) come from the first key there was. So a retired key is kept for good, unless
    the role keeps those secrets sealed in its database (`kept`) and seals everything anew (`reseal`, `rewrap`).
    """

    def __init__(self, key: bytes, *, retired: Sequence[bytes] = ()) -> None:
        self._current = DataKey(key)
        self._first = DataKey(retired[0]) if retired else self._current
        self._known = {known.key_id: known for known in (*map(DataKey, retired), self._current)}

    @classmethod
    def from_settings(cls, settings: RoleSettings) -> Vault:
        """Read the KEK as `settings` say.

        Raises: VaultError when there is none, or its file is missing, malformed or readable by others.
        """
        if settings.key_hex is not None:
            current = _from_hex(settings.key_hex.get_secret_value(), where="key_hex")
        elif settings.key_file is not None:
            current = read_key_file(settings.key_file)
        else:
            raise VaultError("no key is set: give key_file (or key_hex). The command `init` makes a key file")
        return cls(current, retired=[read_key_file(path) for path in settings.retired_key_files])

    @property
    def key_id(self) -> str:
        """A fingerprint of the current KEK, safe to show."""
        return self._current.key_id

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt `plaintext` under the KEK, bound to `context`."""
        return self._current.seal(plaintext, context=context)

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Decrypt what `seal` made, under the current or a retired KEK. Raises: VaultError."""
        known = self._known.get(sealed[1:9].hex())
        if known is None:
            raise VaultError("this value was sealed under a key that is not here")
        return known.open(sealed, context=context)

    def new_data_key(self, *, context: bytes) -> tuple[DataKey, bytes]:
        """A fresh data key, and its wrapped form to store. Destroying every wrapped copy destroys what it sealed."""
        raw = secrets.token_bytes(KEY_BYTES)
        return DataKey(raw), self.seal(raw, context=b"data-key/" + context)

    def adopt(self, key: DataKey, *, context: bytes) -> bytes:
        """The wrapped form of a data key that came back another way."""
        return self.seal(key.raw(), context=b"data-key/" + context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> DataKey:
        """The data key that was wrapped for `context`. Raises: VaultError."""
        return DataKey(self.open(wrapped, context=b"data-key/" + context))

    def rewrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """The same data key wrapped under the current KEK; unchanged when it already is. Safe to repeat."""
        if wrapped[1:9].hex() == self.key_id:
            return wrapped
        return self.seal(self.open(wrapped, context=b"data-key/" + context), context=b"data-key/" + context)

    def reseal(self, sealed: bytes, *, context: bytes) -> bytes:
        """The same value sealed under the current KEK; unchanged when it already is. Raises: VaultError."""
        plaintext = self.open(sealed, context=context)
        return sealed if sealed[1:9].hex() == self.key_id else self.seal(plaintext, context=context)

    def derive(self, label: str) -> bytes:
        """32 bytes for another purpose, different for each `label`. They stay the same when the KEK is replaced."""
        return self._first.derive(label)

    def claim(self, session: Session, table: Table, *, at: datetime) -> None:
        """Tie this database to this KEK, or make sure that it is tied to it already. Call before any other write.

        Raises: WrongKey when it belongs to a KEK that is not here.
        """
        if self.key_id not in self.verify(session, table):
            sealed = self.seal(_CHECK_TEXT, context=_CHECK_CONTEXT)
            session.execute(insert(table).values(key_id=self.key_id, sealed=sealed, since=at.isoformat()))

    def verify(self, session: Session, table: Table) -> list[str]:
        """The ids of the KEKs that this database is tied to, oldest first; writes nothing.

        Raises: WrongKey when one of them is not here.
        """
        tied = _tied(session, table)
        for key_id, sealed in tied:
            if key_id in self._known and self.open(sealed, context=_CHECK_CONTEXT) == _CHECK_TEXT:
                continue
            raise WrongKey(
                f"this database was sealed under key {key_id}, and the key given is {self.key_id}. Restore the key "
                "file that belongs to this database. Nothing was written"
            )
        return [key_id for key_id, _sealed in tied]

    def kept(self, session: Session, table: Table, label: str, *, at: datetime) -> bytes:
        """32 bytes for another purpose, as `derive` gives them, kept sealed in the database: they outlive every KEK.

        Made at the first call, from the oldest KEK that the database is tied to. Call after `claim`.
        """
        name, context = _KEPT + label, f"satchel/vault/secret/{label}".encode()
        found = session.execute(select(table.c.sealed).where(table.c.key_id == name)).first()
        if found is not None:
            return self.open(found.sealed, context=context)
        value = self._known[self.verify(session, table)[0]].derive(label)
        sealed = self.seal(value, context=context)
        session.execute(insert(table).values(key_id=name, sealed=sealed, since=at.isoformat()))
        return value

    def reseal_kept(self, session: Session, table: Table) -> int:
        """Seal the kept secrets under the current KEK; how many were not. Safe to repeat."""
        rows = session.execute(select(table).where(table.c.key_id.like(f"{_KEPT}%"))).all()
        done = 0
        for row in rows:
            label = row.key_id.removeprefix(_KEPT)
            fresh = self.reseal(row.sealed, context=f"satchel/vault/secret/{label}".encode())
            if fresh != row.sealed:
                same = (table.c.key_id == row.key_id, table.c.sealed == row.sealed)
                session.execute(update(table).where(*same).values(sealed=fresh))
                done += 1
        return done

    def untie(self, session: Session, table: Table) -> list[str]:
        """Forget the former KEKs, once nothing is sealed under them any more; their ids."""
        former = [key_id for key_id in self.verify(session, table) if key_id != self.key_id]
        session.execute(delete(table).where(table.c.key_id.in_(former)))
        return former

    def replace_lost(self, session: Session, table: Table, *, at: datetime) -> list[str]:
        """Tie a database whose KEK is lost for good to this one; the lost ones' ids. What they sealed stays closed.

        Secrets that were kept under a lost KEK are gone, and made anew when they are asked for. Raises: VaultError when
        nothing is lost.
        """
        lost = [key_id for key_id, _sealed in _tied(session, table) if key_id not in self._known]
        if not lost:
            raise VaultError("the key that is given opens this database: nothing is lost, and nothing was changed")
        session.execute(delete(table).where(table.c.key_id.in_(lost)))
        for row in session.execute(select(table).where(table.c.key_id.like(f"{_KEPT}%"))).all():
            if not self.knows(row.sealed[1:9]):
                session.execute(delete(table).where(table.c.key_id == row.key_id))
        for key_id in lost:
            name = _LOST + key_id[: 16 - len(_LOST)]
            mark = {"key_id": name, "sealed": bytes.fromhex(key_id), "since": at.isoformat()}
            session.execute(insert(table).values(mark))
        self.claim(session, table, at=at)
        return lost

    def lost(self, session: Session, table: Table) -> set[bytes]:
        """The ids (8 bytes) of the KEKs that the operator said to be lost."""
        rows = session.execute(select(table.c.sealed).where(table.c.key_id.like(f"{_LOST}%"))).all()
        return {row.sealed for row in rows}

    def knows(self, key_id: bytes) -> bool:
        """Whether this is the id (8 bytes, as it stands in a sealed value) of a KEK that is here."""
        return key_id.hex() in self._known


def vault_table(metadata: MetaData) -> Table:
    """The table `vault_check`: which KEKs this database was sealed under, and secrets that outlive them."""
    return Table(
        "vault_check",
        metadata,
        Column("key_id", String(16), primary_key=True),
        Column("sealed", LargeBinary, nullable=False),
        Column("since", String(40), nullable=False),
    )


def _tied(session: Session, table: Table) -> list[tuple[str, bytes]]:
    """The rows that tie a database to KEKs, oldest first."""
    rows = session.execute(select(table).order_by(table.c.since, table.c.key_id)).all()
    return [(row.key_id, row.sealed) for row in rows if not row.key_id.startswith((_KEPT, _LOST))]


def tied_to(session: Session, table: Table) -> list[str]:
    """The ids of the KEKs that a database says it is tied to, oldest first; `Vault.verify` finds out."""
    return [key_id for key_id, _sealed in _tied(session, table)]


def create_key_file(path: Path) -> None:
    """Make a new random KEK in a new file that only its owner can read.

    Raises: FileExistsError; an existing key is never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_key_file(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises: VaultError when it is missing, malformed or open to others."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise VaultError(
            f"the key file {path.name} is not there. Restore it from your copy; do not make a new one"
        ) from None
    except OSError as error:
        raise VaultError(f"the key file {path.name} cannot be opened: {error.strerror}") from None
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o177:
            raise VaultError(f"the key file {path.name} can be read by others: run chmod 600 on it")
        return _from_hex(stream.read(200).decode("ascii", "replace"), where=f"the key file {path.name}")


def _from_hex(text: str, *, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(f"{where} must hold 64 hexadecimal digits")
    return key


def _key_id(key: bytes) -> bytes:
    return hashlib.blake2b(b"key id", key=key, digest_size=8, person=b"satchel-key-id").digest()
