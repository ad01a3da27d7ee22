"""A compact JWS, read strictly: three parts, one spelling for each, and a header that asks for nothing special.

What libraries leave open is refused here, before one of them is asked for anything: padding, white space and left-over
bits in base64url; members given twice; ``crit`` and ``b64``, which change how the rest is to be read; headers that
carry or point to keys other than a plain ``jwk``; ``none`` and every algorithm whose key would have to be secret.

What this module does not do: it does not look at a key's owner, and it compares nothing.

Spec: https://www.rfc-editor.org/rfc/rfc7515#section-5.2
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from vc.document import PRESENTATION_LIMITS, JsonObject, JsonValue, Limits, listed, parse, pointer
from vc.keys import PublicKey, parse_jwk
from vc.multibase import base64url_decode
from vc.problems import (
    BudgetExceeded,
    CryptographicSecurityError,
    KindError,
    MalformedValueError,
    ParsingError,
    ProblemError,
    UnsecuredError,
    Unsupported,
)

ALGORITHMS: Final = frozenset({"EdDSA", "ES256", "ES384", "ES512", "RS256"})
"""Each goes with one kind of key: see ``vc.jose.verifying``."""

HEADER_LIMITS: Final = Limits(max_bytes=8_192, max_depth=3, max_nodes=64, max_items=16, max_string=4_096)
MAX_CHARACTERS: Final = 2 * PRESENTATION_LIMITS.max_bytes
MAX_SIGNATURE: Final = 1_366
"""Characters: the signature of the largest RSA key that we accept (8192 bits)."""
MAX_KEY_ID: Final = 2_048
"""Characters. A did:jwk holds the whole key; nothing else is that long."""

_NEWER_NAMES: Final = {"Ed25519": "EdDSA"}
"""RFC 9864 names the curve; the algorithm is the same."""
_PLAIN: Final = frozenset({"alg", "kid", "jwk", "typ"})
_KEY_SOURCES: Final = frozenset({"jku", "x5u", "x5c", "x5t", "x5t#S256"})
_CHANGES: Final = frozenset({"crit", "b64", "zip", "enc"})
_CONTENT: Final = {"vc+jwt": "vc", "vp+jwt": "vp"}
_DOCUMENT: Final = frozenset({"@context", "type", "credentialSubject", "verifiableCredential"})
_OPEN_BADGES: Final = frozenset(
    {"OpenBadgeCredential", "AchievementCredential", "EndorsementCredential", "ClrCredential"}
)


class JwtForm(Enum):
    """The forms in which a token holds a credential or a presentation."""

    OPEN_BADGES = "openBadges"
    """VC-JWT as Open Badges 3.0 and CLR 2.0 profile it: the credential's members are the claims."""
    OPEN_BADGES_2 = "openBadges2"
    """A signed assertion of Open Badges 2.0; judged by the rules of that time."""
    VCDM_1_CREDENTIAL = "vcdm1Credential"
    """The data model 1.1: the credential is the claim ``vc``."""
    VCDM_1_PRESENTATION = "vcdm1Presentation"
    """The data model 1.1: the presentation is the claim ``vp``."""
    VC_JWT = "vc+jwt"
    """VC-JOSE-COSE: the payload is the credential."""
    VP_JWT = "vp+jwt"
    """VC-JOSE-COSE: the payload is the presentation."""

    @property
    def is_presentation(self) -> bool:
        """Whether a presentation is inside."""
        return self in {JwtForm.VCDM_1_PRESENTATION, JwtForm.VP_JWT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """A token that has been read, and whose signature nobody has checked yet.

    ``algorithm`` is one of ``ALGORITHMS``. At most one of ``key_id`` and ``embedded_key`` is there; both are what the
    token says of itself, and prove nothing. ``signing_input`` is what was signed, ``text`` the whole token.
    """

    text: str
    header: JsonObject
    payload: JsonObject
    algorithm: str
    form: JwtForm
    key_id: str | None
    embedded_key: PublicKey | None
    signing_input: bytes
    signature: bytes


def parse_compact(text: str | bytes) -> Jws:
    """The token in this text; nothing is verified.

    Raises:
        ParsingError: it is not three parts of base64url, or what they hold is not strict JSON.
        MalformedValueError: a header has the wrong form, or is none that the form of the token allows.
        CryptographicSecurityError: the algorithm or the key in the header is one that anybody could forge with.
        UnsecuredError: nobody signed it, or it says so.
        KindError: it holds neither a credential nor a presentation, or not in a form that says so.
        Unsupported: an algorithm or an extension that we do not implement.
        BudgetExceeded: it is too large.

    Spec: https://www.rfc-editor.org/rfc/rfc7515#section-5.2

    """
    parts = read_parts(text)
    payload = parse(parts.payload, limits=PRESENTATION_LIMITS).value
    form = _form(parts.header, payload)
    _check_header(parts.header, form)
    return Jws(
        text=parts.text,
        header=parts.header,
        payload=payload,
        algorithm=parts.algorithm,
        form=form,
        key_id=_key_id(parts.header),
        embedded_key=_embedded_key(parts.header),
        signing_input=parts.signing_input,
        signature=parts.signature,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The three parts of a token, before anybody asked what the second one means."""

    text: str
    header: JsonObject
    payload: bytes
    algorithm: str
    signing_input: bytes
    signature: bytes


def read_parts(text: str | bytes) -> Parts:
    """The parts of a token that holds anything at all.

    Raises:
        ProblemError: as ``parse_compact``.

    Spec: https://www.rfc-editor.org/rfc/rfc7515#section-5.2

    """
    if len(text) > MAX_CHARACTERS:
        raise BudgetExceeded(f"The token has {len(text)} characters; at most {MAX_CHARACTERS} are read.")
    parts = _split(_ascii(text))
    header = parse(_part(parts[0], "header"), limits=HEADER_LIMITS).value
    algorithm = _algorithm(header)
    _refuse_extensions(header)
    if len(parts[2]) > MAX_SIGNATURE:
        raise ParsingError(f"The token's signature has {len(parts[2])} characters, more than any key makes.")
    signature = _part(parts[2], "signature")
    _refuse_nothing(signature)
    return Parts(
        text=".".join(parts),
        header=header,
        payload=_part(parts[1], "payload"),
        algorithm=algorithm,
        signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=signature,
    )


def _ascii(text: str | bytes) -> str:
    try:
        return text.decode("ascii") if isinstance(text, bytes) else text.encode("ascii").decode("ascii")
    except UnicodeError:
        raise ParsingError("A token is written in base64url and dots, nothing else.") from None


def _split(text: str) -> list[str]:
    parts = text.split(".")
    # RFC 7515 §7.1: BASE64URL(header) || '.' || BASE64URL(payload) || '.' || BASE64URL(signature)
    if len(parts) != 3:
        raise ParsingError(f"A signed token has three parts; this one has {len(parts)}.")
    return parts


def _refuse_nothing(signature: bytes) -> None:
    if not signature:
        raise UnsecuredError("Nobody signed the token: its third part is empty.")


def _part(text: str, name: str) -> bytes:
    try:
        return base64url_decode(text)
    except MalformedValueError as error:
        raise ParsingError(f"The token's {name} is not read: {error.detail}") from None


def _algorithm(header: JsonObject) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise MalformedValueError("The token's header names no algorithm.", pointer="/alg")
    if algorithm.lower() in {"none", ""}:
        raise UnsecuredError("The token says itself that nobody signed it.", pointer="/alg")
    if algorithm.upper().startswith("HS"):
        detail = "The token is sealed with a shared secret: whoever can check it could have made it."
        raise CryptographicSecurityError(detail, pointer="/alg")
    algorithm = _NEWER_NAMES.get(algorithm, algorithm)
    if algorithm not in ALGORITHMS:
        raise Unsupported(f"Tokens signed with {algorithm[:40]} are not supported.", pointer="/alg")
    return algorithm


def _refuse_extensions(header: JsonObject) -> None:
    """Refuse what changes how the token is read, and what points to keys elsewhere than in the issuer's document.

    RFC 7515 §4.1.11: "If any of the listed extension Header Parameters are not understood and supported by the
    recipient, then the JWS is invalid"; we support none.
    """
    for name in sorted(header.keys() & _CHANGES):
        raise Unsupported(f"The token's header asks for “{name}”, which is not supported.", pointer=pointer(name))
    for name in sorted(header.keys() & _KEY_SOURCES):
        detail = f"The token brings its own key or certificate (“{name}”); keys come from the issuer's document."
        raise Unsupported(detail, pointer=pointer(name))


def _type_of(header: JsonObject) -> str | None:
    """The header's ``typ`` in lower case without ``application/``, ``None`` when there is none.

    Spec: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9
    """
    if "typ" not in header:
        return None
    found = header["typ"]
    if not isinstance(found, str):
        raise MalformedValueError("The token's type is not a text.", pointer="/typ")
    return found.lower().removeprefix("application/")


def _form(header: JsonObject, payload: JsonObject) -> JwtForm:
    """What the token says it is; its type and its content must agree, because a token of one kind must not pass for one
    of another.

    Spec: https://www.rfc-editor.org/rfc/rfc8725#section-3.11
    """
    kind = _type_of(header)
    claims = payload.keys() & {"vc", "vp"}
    if kind in _CONTENT:
        # VC-JOSE-COSE §3.1: "The JWT Claim Names vc and vp MUST NOT be present in any JWT Claim Set."
        if claims:
            raise KindError(f"A token of the type {kind} has no claim “{min(claims)}”.", pointer=pointer(min(claims)))
        form = JwtForm.VC_JWT if kind == "vc+jwt" else JwtForm.VP_JWT
        wanted = "VerifiablePresentation" if form.is_presentation else "VerifiableCredential"
        if wanted not in listed(payload.get("type")):
            raise KindError(f"A token of the type {kind} holds a {wanted}; this one does not.", pointer="/type")
        return form
    if kind not in {None, "jwt"}:
        raise KindError(f"A token of the type “{str(kind)[:60]}” is not a credential.", pointer="/typ")
    if len(claims) == 2:
        raise KindError("The token holds a credential and a presentation at once.", pointer="/vc")
    if claims and payload.keys() & _DOCUMENT:
        detail = "The token holds a document and is one itself: nobody knows which of them is meant."
        raise KindError(detail, pointer=pointer(min(claims)))
    if "vc" in claims:
        return JwtForm.VCDM_1_CREDENTIAL
    if "vp" in claims:
        # VCDM 1.1 §6.3.1 lets a token without a type pass; a presentation logs people in, so it says what it is.
        if kind is None:
            raise KindError("A presentation's token says that it is one (“typ”: “JWT”).", pointer="/typ")
        return JwtForm.VCDM_1_PRESENTATION
    return _open_badges(payload)


def _open_badges(payload: JsonObject) -> JwtForm:
    """The form of a token without a type of its own, whose claims are the members of a credential."""
    types = {item for item in listed(payload.get("type")) if isinstance(item, str)}
    if "VerifiableCredential" in types and types & _OPEN_BADGES:
        return JwtForm.OPEN_BADGES
    if "Assertion" in types and "https://w3id.org/openbadges/v2" in listed(payload.get("@context")):
        return JwtForm.OPEN_BADGES_2
    if types & {"VerifiableCredential", "VerifiablePresentation"}:
        raise KindError("Its token has to say what it is (“typ”: “vc+jwt” or “vp+jwt”).", pointer="/typ")
    raise KindError("The token holds neither a credential nor a presentation.", pointer="/type")


def _check_header(header: JsonObject, form: JwtForm) -> None:
    """Refuse headers that the form does not have.

    Open Badges 3.0 §8.2: only alg, kid or jwk, and typ. VC-JOSE-COSE leaves further ones open; they change nothing.
    """
    if form in {JwtForm.VC_JWT, JwtForm.VP_JWT}:
        wanted = _CONTENT[form.value]
        if "cty" in header and header["cty"] != wanted:
            raise KindError(f"What a {form.value} token holds is a “{wanted}”.", pointer="/cty")
    elif more := sorted(header.keys() - _PLAIN):
        raise MalformedValueError(f"“{more[0]}” is not a header of such a token.", pointer=pointer(more[0]))
    if "kid" in header and "jwk" in header:
        raise MalformedValueError("The token names its key and carries one; it does one or the other.", pointer="/jwk")


def _key_id(header: JsonObject) -> str | None:
    found: JsonValue = header.get("kid")
    if found is not None and (not isinstance(found, str) or not 0 < len(found) <= MAX_KEY_ID):
        raise MalformedValueError("The name of the token's key is not a text of reasonable length.", pointer="/kid")
    return found


def _embedded_key(header: JsonObject) -> PublicKey | None:
    if "jwk" not in header:
        return None
    try:
        return parse_jwk(header["jwk"])
    except ProblemError as error:
        raise type(error)(f"The key in the token's header: {error.detail}", pointer="/jwk") from None
