"""The organisations' signing keys, sealed at rest, given out only as something that signs.

Rules:
1. A key is used by the organisation it belongs to, for the purpose and the use it was made for, and by nobody else.
2. The key-encryption key is read at each use: when its file goes away issuing stops, when it returns issuing goes on.
3. Nothing is ever made anew because something is missing: a key is created when somebody asks for one.
4. A secret whose public half is not the published one does not sign (a damaged row, a restored mixture of backups).
5. Who signs names a key by its id; the public half is derived, never given.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from issuer.settings import IssuerSettings
from kit.errors import Refused, Unavailable
from kit.i18n import _
from kit.vault import Vault, VaultError, WrongKey
from vc.keys import Ed25519Signer, P256Signer, RsaSigner, Signer

ASSERTION: Final = "assertionMethod"
SEED_BYTES: Final = 32
RSA_BITS: Final = 3072

ED25519: Final = "ed25519"
P256: Final = "p256"
RSA: Final = "rsa"

PROOF: Final = "proof"
"""Signs awards and status lists as usual."""

SELECTIVE: Final = "selective"
"""Signs awards of which parts can be shown one by one."""

TOKEN: Final = "token"  # noqa: S105 - the name of a use
"""Signs awards as tokens, for older systems."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {PROOF: (ED25519,), SELECTIVE: (P256,), TOKEN: (P256, RSA, ED25519)}
)
"""The kinds of keys for each use, the usual one first. A use that is not listed is refused, and so is a kind."""

SEALED: Final = "sealed"
"""The custody of a secret that lies sealed in our own database."""

_SIGNERS: Final[Mapping[str, Callable[[bytes, str], Signer]]] = MappingProxyType(
    {ED25519: Ed25519Signer, P256: P256Signer, RSA: RsaSigner}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A signing key as it is stored. ``verification_method`` is the DID URL under which verifiers find it.

    ``custody`` says who keeps the secret; ``sealed_seed`` is what it needs for that: the sealed secret itself (a seed
    of 32 bytes, or the DER of an RSA key), or whatever names it elsewhere.
    """

    organisation_id: str
    key_id: str
    verification_method: str
    multikey: str
    kind: str
    use: str
    custody: str
    sealed_seed: bytes


class Custody(Protocol):
    """Keeps the secret halves of keys: here, sealed, or in a device. A device that does not answer within two seconds
    is Unavailable, and asked again at the next use.
    """

    def signer(self, key: SealedKey) -> Signer:
        """Something that signs with this key. Raises: Unavailable, Refused."""
        ...


class SealedCustody:
    """Keeps secrets sealed under the key-encryption key, bound to the organisation, the key and what it is for."""

    def __init__(self, vault: Callable[[], Vault]) -> None:
        self._vault = vault

    def create(self, *, organisation_id: str, key_id: str, kind: str, use: str) -> tuple[str, bytes]:
        """Make a new key: its public half as a Multikey, and its sealed secret. RSA takes up to some seconds.

        Raises: Unavailable when there is no key-encryption key.
        """
        vault = self._vault()
        secret = _new_secret(kind)
        multikey = _SIGNERS[kind](secret, "").public_key.multikey
        return multikey, vault.seal(secret, context=_context(organisation_id, key_id, kind=kind, use=use))

    def signer(self, key: SealedKey) -> Signer:
        """Something that signs with this key.

        Raises: Unavailable when the key-encryption key is missing or wrong, or the secret is not of this row.
        """
        context = _context(key.organisation_id, key.key_id, kind=key.kind, use=key.use)
        try:
            secret = self._vault().open(key.sealed_seed, context=context)
            return _SIGNERS[key.kind](secret, key.verification_method)
        except (VaultError, KeyError, ValueError) as error:
            raise no_key() from error

    def reseal(self, key: SealedKey) -> bytes:
        """The secret of this key sealed under the present key-encryption key; unchanged when it already is.

        Raises: Unavailable when it does not open, or is not the secret of the published key.
        """
        if self.signer(key).public_key.multikey != key.multikey:
            raise no_key()
        context = _context(key.organisation_id, key.key_id, kind=key.kind, use=key.use)
        try:
            return self._vault().reseal(key.sealed_seed, context=context)
        except VaultError as error:
            raise no_key() from error


class Keystore:
    """Opens keys for signing. ``read_vault`` gives the key-encryption key, or raises VaultError; ``elsewhere`` are the
    custodies beside our own, by name.
    """

    def __init__(
        self, read_vault: Callable[[], Vault], *, elsewhere: Mapping[str, Custody] = MappingProxyType({})
    ) -> None:
        self._read_vault = read_vault
        self._sealed = SealedCustody(self.vault)
        self._custodies: Mapping[str, Custody] = {**elsewhere, SEALED: self._sealed}

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

    def create(self, *, organisation_id: str, key_id: str, kind: str, use: str) -> tuple[str, bytes]:
        """Make a new key: its public half as a Multikey, and its sealed secret.

        Raises: Unavailable when there is no key-encryption key; ValueError for a kind that does not fit the use.
        """
        if kind not in KINDS.get(use, ()):
            raise ValueError(f"A {kind} key is not for the use {use}.")
        return self._sealed.create(organisation_id=organisation_id, key_id=key_id, kind=kind, use=use)

    def signer(self, key: SealedKey, *, organisation_id: str, purpose: str, use: str) -> Signer:
        """Something that signs with ``key`` for ``organisation_id``, ``purpose`` and ``use``.

        Raises:
            Refused: the key is another organisation's, or not meant for this purpose or this use.
            Unavailable: the key-encryption key is missing or wrong, the secret is not the published key's, or whoever
                keeps it does not answer.
        """
        allowed = key.use == use and key.kind in KINDS.get(use, ())
        if key.organisation_id != organisation_id or purpose != ASSERTION or not allowed:
            raise Refused(_("This key belongs to another organisation, or signs something else."))
        custody = self._custodies.get(key.custody)
        if custody is None:
            raise no_key()
        signer = custody.signer(key)
        if signer.public_key.multikey != key.multikey:
            raise no_key()
        return signer

    def reseal(self, key: SealedKey) -> bytes:
        """What is to be stored of a key's secret from now on: sealed under the present key-encryption key.

        What is kept elsewhere stays as it is. Raises: Unavailable when the secret does not open.
        """
        return self._sealed.reseal(key) if key.custody == SEALED else key.sealed_seed

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
                self.signer(key, organisation_id=key.organisation_id, purpose=ASSERTION, use=key.use)
        except (Unavailable, WrongKey):
            return False
        return True


def _context(organisation_id: str, key_id: str, *, kind: str, use: str) -> bytes:
    """What a sealed secret is bound to. The usual kind was there before there were others."""
    usual = f"issuer/signing-key/{organisation_id}/{key_id}"
    return (usual if (kind, use) == (ED25519, PROOF) else f"{usual}/{kind}/{use}").encode()


def _new_secret(kind: str) -> bytes:
    if kind != RSA:
        return secrets.token_bytes(SEED_BYTES)
    made = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def no_key() -> Unavailable:
    """What is said when no signing key can be opened."""
    return Unavailable(
        _(
            "The key that unlocks this server's signing keys is missing or is not the right one. Nothing was signed. "
            "The operator can restore the key file; awards made so far stay valid and can be checked."
        ),
        retry_after=30,
    )
