"""The organisations' signing keys, sealed at rest, given out only as something that signs.

Rules:
1. A key is used by the organisation it belongs to, for the purpose it was made for, and by nobody else.
2. The key-encryption key is read at each use: when its file goes away issuing stops, when it returns issuing goes on.
3. Nothing is ever made anew because something is missing: a key is created once, when its organisation is opened.
4. A seed whose public half is not the published one does not sign (a damaged row, a restored mixture of backups).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from issuer.settings import IssuerSettings
from kit.errors import Refused, Unavailable
from kit.i18n import _
from kit.vault import Vault, VaultError, WrongKey
from vc.keys import Ed25519Signer, Signer

ASSERTION: Final = "assertionMethod"
SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A signing key as it is stored. ``verification_method`` is the DID URL under which verifiers find it."""

    organisation_id: str
    key_id: str
    verification_method: str
    multikey: str
    sealed_seed: bytes


class Keystore:
    """Opens sealed keys for signing. ``read_vault`` gives the key-encryption key, or raises VaultError."""

    def __init__(self, read_vault: Callable[[], Vault]) -> None:
        self._read_vault = read_vault

    @classmethod
    def from_settings(cls, settings: IssuerSettings) -> "Keystore":
        """The keystore whose key-encryption key is where ``settings`` say."""
        return cls(lambda: Vault.from_settings(settings))

    def vault(self) -> Vault:
        """The key-encryption key, for whatever else is sealed.

        Raises: Unavailable when it is missing, unsafe or malformed.
        """
        try:
            return self._read_vault()
        except VaultError as error:
            raise no_key() from error

    def create(self, *, organisation_id: str, key_id: str) -> tuple[str, bytes]:
        """Make a new Ed25519 key: its public half as a Multikey, and its sealed seed.

        Raises: Unavailable when there is no key-encryption key.
        """
        seed = secrets.token_bytes(SEED_BYTES)
        multikey = Ed25519Signer(seed, "").public_key.multikey
        return multikey, self.vault().seal(seed, context=_context(organisation_id, key_id))

    def signer(self, key: SealedKey, *, organisation_id: str, purpose: str) -> Signer:
        """Something that signs with ``key`` for ``organisation_id`` and ``purpose``.

        Raises:
            Refused: the key is another organisation's, or not meant for this purpose.
            Unavailable: the key-encryption key is missing or wrong, or the seed is not the published key's.
        """
        if key.organisation_id != organisation_id or purpose != ASSERTION:
            raise Refused(_("This key belongs to another organisation, or signs something else."))
        try:
            seed = self.vault().open(key.sealed_seed, context=_context(key.organisation_id, key.key_id))
        except VaultError as error:
            raise no_key() from error
        signer = Ed25519Signer(seed, key.verification_method)
        if signer.public_key.multikey != key.multikey:
            raise no_key()
        return signer

    def seal_text(self, text: str, *, context: str) -> bytes:
        """Seal a text, bound to ``context`` (whose it is, which row, which column)."""
        return self.vault().seal(text.encode(), context=context.encode())

    def sealer(self) -> Callable[[str, str], bytes]:
        """Seals many texts with the key-encryption key as it is now, read once: takes a text, and its context.

        Raises: Unavailable when it is missing, unsafe or malformed.
        """
        vault = self.vault()
        return lambda text, context: vault.seal(text.encode(), context=context.encode())

    def open_text(self, sealed: bytes, *, context: str) -> str:
        """Open what ``seal_text`` sealed.

        Raises: Unavailable when the key-encryption key is not the one it was sealed under.
        """
        try:
            return self.vault().open(sealed, context=context.encode()).decode()
        except VaultError as error:
            raise no_key() from error

    def opens(self, key: SealedKey | None) -> bool:
        """Whether signing would work now: the vault is there and opens ``key`` (None: there is nothing to open yet)."""
        try:
            if key is None:
                self.vault()
            else:
                self.signer(key, organisation_id=key.organisation_id, purpose=ASSERTION)
        except (Unavailable, WrongKey):
            return False
        return True


def _context(organisation_id: str, key_id: str) -> bytes:
    return f"issuer/signing-key/{organisation_id}/{key_id}".encode()


def no_key() -> Unavailable:
    """What is said when no signing key can be opened."""
    return Unavailable(
        _(
            "The key that unlocks this server's signing keys is missing or is not the right one. Nothing was signed. "
            "The operator can restore the key file; awards made so far stay valid and can be checked."
        ),
        retry_after=30,
    )
