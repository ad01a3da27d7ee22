"""What a browser's device is asked, and whether what it answers is right: no database, no clock.

Stricter than the library: the answer's client data are strict JSON, no other site's frame stood around the page, and
only three algorithms are taken. The counter is returned, not judged.
Spec: https://www.w3.org/TR/webauthn-3/#sctn-rp-operations
"""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from vc.document import Limits, parse

ALGORITHMS: Final = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
TRANSPORTS: Final = frozenset(each.value for each in AuthenticatorTransport)
_CLIENT_DATA: Final = Limits(max_bytes=4096, max_depth=4, max_nodes=50, max_items=20, max_string=2048)


class NotValid(ValueError):  # noqa: N818 - an answer, not a defect
    """A device's answer is not one to this question, from this site, with its owner there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A passkey that an account has already: its credential id, and the ways to reach its device."""

    credential: bytes
    transports: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The questions of one site. `host` is whom passkeys belong to, `origin` what the browser says of the page."""

    host: str
    origin: str

    @classmethod
    def of(cls, url: str) -> Ceremony:
        """The ceremony at the public address `url`; its origin is written as browsers write it."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        usual = {"https": 443, "http": 80}.get(parts.scheme)
        shown = f"[{host}]" if ":" in host else host
        port = "" if parts.port in {None, usual} else f":{parts.port}"
        return cls(host, f"{parts.scheme}://{shown}{port}")

    @property
    def possible(self) -> bool:
        """Whether browsers make passkeys for this address: for names and `localhost` they do, for numbers not."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return bool(self.host)
        return False

    def ask_to_sign_in(self, challenge: bytes, *, seconds: int) -> dict[str, Any]:
        """What a device is asked, whoever it knows (`PublicKeyCredentialRequestOptionsJSON`)."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            timeout=seconds * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def ask_to_make(
        self, challenge: bytes, *, account_id: str, name: str, seconds: int, kept: Sequence[Kept]
    ) -> dict[str, Any]:
        """What a device is asked that shall make a passkey (`PublicKeyCredentialCreationOptionsJSON`)."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name="Satchel",
            user_id=handle(account_id),
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            timeout=seconds * 1000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(each) for each in kept],
            supported_pub_key_algs=list(ALGORITHMS),
        )
        return options_to_json_dict(options)

    def made(self, answer: Mapping[str, Any], challenge: bytes) -> VerifiedRegistration:
        """The passkey that a device made. Raises: NotValid."""
        try:
            return webauthn.verify_registration_response(
                credential=parse_registration_credential_json(dict(answer)),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_presence=True,
                require_user_verification=True,
                supported_pub_key_algs=list(ALGORITHMS),
            )
        except Exception as error:
            raise NotValid(str(error)) from error

    def signed(
        self, answer: AuthenticationCredential, challenge: bytes, *, public_key: bytes
    ) -> VerifiedAuthentication:
        """What a device's signature says, its counter not judged. Raises: NotValid."""
        try:
            return webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:
            raise NotValid(str(error)) from error


def challenge_of(answer: Mapping[str, Any]) -> bytes:
    """The challenge that `answer` says it answers; nothing is verified yet. Raises: NotValid."""
    try:
        raw = base64url_to_bytes(answer["response"]["clientDataJSON"])
        stated = parse(raw, limits=_CLIENT_DATA).value
        challenge = parse_client_data_json(raw).challenge
    except Exception as error:
        raise NotValid(str(error)) from error
    if stated.get("crossOrigin", False) is not False or "topOrigin" in stated:
        raise NotValid("another site's frame stood around the page")
    return challenge


def sign_in_answer(answer: Mapping[str, Any]) -> AuthenticationCredential:
    """A device's answer to `ask_to_sign_in`, taken apart. Raises: NotValid."""
    try:
        return parse_authentication_credential_json(dict(answer))
    except Exception as error:
        raise NotValid(str(error)) from error


def transports_of(answer: Mapping[str, Any]) -> list[str]:
    """The ways to reach the device that made a passkey, of those that we know."""
    given = answer["response"].get("transports") or []
    return sorted({each for each in given if isinstance(each, str)} & TRANSPORTS)


def handle(account_id: str) -> bytes:
    """What a device keeps to say whose passkey it is: the account's id, which is random and says nothing."""
    return uuid.UUID(account_id).bytes


def _descriptor(kept: Kept) -> PublicKeyCredentialDescriptor:
    ways = [AuthenticatorTransport(each) for each in kept.transports if each in TRANSPORTS]
    return PublicKeyCredentialDescriptor(id=kept.credential, transports=ways or None)
