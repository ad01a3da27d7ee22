"""Making tokens; each is read back and verified before anybody sees it.

Spec: https://www.rfc-editor.org/rfc/rfc7515#section-5.1
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from vc.credential import issuer_id, text_of, validity
from vc.document import JsonObject, JsonValue, serialize
from vc.jose.compact import JwtForm, parse_compact
from vc.jose.forms import CLAIMS, opened, subject_id
from vc.jose.verifying import verify_jws
from vc.keys import Signer
from vc.multibase import base64url_encode
from vc.problems import ProblemError, ProofGenerationError

CREDENTIAL_FORMS: Final = frozenset({JwtForm.OPEN_BADGES, JwtForm.VCDM_1_CREDENTIAL, JwtForm.VC_JWT})
_TYPED: Final = {JwtForm.VC_JWT: "vc", JwtForm.VP_JWT: "vp"}
PRESENTATION_FORMS: Final = frozenset({JwtForm.VCDM_1_PRESENTATION, JwtForm.VP_JWT})


def sign_credential(
    document: JsonObject, *, signer: Signer, form: JwtForm, embed_key: bool, issued: datetime | None
) -> str:
    """The token that holds this credential. ``embed_key``: the key itself in the header instead of its name.

    ``issued`` is when it is signed: whoever checks it holds that against the end of the key's life. ``None``: it says
    nothing of that, and its first day is taken instead. An Open Badges credential needs an id, a subject with an id,
    and a first day: the token's claims repeat them.

    Raises:
        ProofGenerationError: the document cannot be a token of this form, or the signature just made does not verify.
        ValueError: the form is not one for credentials, or the moment has no zone.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#create-the-proof, https://www.w3.org/TR/vc-jose-cose/#securing-with-jose

    """
    if form not in CREDENTIAL_FORMS:
        raise ValueError(f"{form} is not a form of a credential.")
    if issued is not None and issued.tzinfo is None:
        raise ValueError("A credential is signed at a moment with a zone.")
    _refuse_claims(document)
    made: dict[str, JsonValue] = {} if issued is None else {"iat": _seconds(issued)}
    if form is JwtForm.VC_JWT:
        return _signed({**document, **made}, document, signer=signer, form=form, embed_key=embed_key)
    claims = _claims(document, form) | made
    if form is JwtForm.OPEN_BADGES:
        return _signed({**document, **claims}, document, signer=signer, form=form, embed_key=embed_key)
    return _signed({**claims, "vc": document}, document, signer=signer, form=form, embed_key=embed_key)


def sign_presentation(
    document: JsonObject,
    *,
    signer: Signer,
    form: JwtForm,
    embed_key: bool,
    challenge: str,
    domain: str,
    issued: datetime,
    expires: datetime,
) -> str:
    """The token that shows this presentation to ``domain`` in answer to ``challenge``, to be used until ``expires``.

    Raises:
        ProofGenerationError: the document cannot be a token of this form, or the signature just made does not verify.
        ValueError: the form is not one for presentations, or a moment has no zone.

    Spec: https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose

    """
    if form not in PRESENTATION_FORMS:
        raise ValueError(f"{form} is not a form of a presentation.")
    if issued.tzinfo is None or expires.tzinfo is None or expires <= issued:
        raise ValueError("A presentation is made at a moment with a zone, and used until a later one.")
    _refuse_claims(document)
    answer: dict[str, JsonValue] = {
        "aud": domain,
        "nonce": challenge,
        "iat": _seconds(issued),
        "exp": _seconds(expires),
    }
    try:
        names = {"iss": issuer_id(document, "holder"), "jti": text_of(document, "id")}
    except ProblemError as error:
        raise ProofGenerationError(f"The presentation cannot become a token: {error.detail}") from None
    answer |= {claim: name for claim, name in names.items() if name is not None}
    if form is JwtForm.VP_JWT:
        return _signed({**document, **answer}, document, signer=signer, form=form, embed_key=embed_key)
    return _signed({**answer, "vp": document}, document, signer=signer, form=form, embed_key=embed_key)


def _refuse_claims(document: JsonObject) -> None:
    """Refuse a document with members that a reader of the token would take for claims.

    VC-JOSE-COSE §3.1: "The JWT Claim Names vc and vp MUST NOT be present in any JWT Claim Set."
    """
    if taken := sorted(document.keys() & (CLAIMS | {"vc", "vp"})):
        raise ProofGenerationError(f"The member “{taken[0]}” of the document would be read as a claim of its token.")


def _claims(document: JsonObject, form: JwtForm) -> dict[str, JsonValue]:
    """``iss``, ``sub``, ``jti``, ``nbf`` and ``exp`` as the document says them.

    Raises:
        ProofGenerationError: it does not say one that the form requires.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof

    """
    try:
        period = validity(document)
        claims: dict[str, JsonValue] = {
            "iss": issuer_id(document),
            "sub": subject_id(document),
            "jti": text_of(document, "id"),
            "nbf": None if period.start is None else _seconds(period.start),
            "exp": None if period.end is None else _seconds(period.end),
        }
    except ProblemError as error:
        raise ProofGenerationError(f"The credential cannot become a token: {error.detail}") from None
    required = {"iss", "sub", "jti", "nbf"} if form is JwtForm.OPEN_BADGES else {"iss"}
    for claim, member in (("iss", "issuer"), ("sub", "subject with an id"), ("jti", "id"), ("nbf", "first day")):
        if claim in required and claims[claim] is None:
            detail = f"The token needs the claim “{claim}”, and the credential has no {member}: give it one."
            raise ProofGenerationError(detail)
    return {claim: value for claim, value in claims.items() if value is not None}


def _seconds(moment: datetime) -> int:
    return math.floor(moment.timestamp())


def _signed(payload: JsonObject, document: JsonObject, *, signer: Signer, form: JwtForm, embed_key: bool) -> str:
    """The token of this payload; read back, it holds ``document``, agrees with it and verifies."""
    key = signer.public_key
    header: dict[str, JsonValue] = {"alg": key.jose_algorithm}
    header |= {"jwk": key.jwk} if embed_key else {"kid": signer.verification_method}
    header |= {"typ": form.value, "cty": _TYPED[form]} if form in _TYPED else {"typ": "JWT"}
    head, body = (base64url_encode(serialize(part)) for part in (header, payload))
    text = f"{head}.{body}.{base64url_encode(signer.sign(f'{head}.{body}'.encode('ascii')))}"
    try:
        jws = parse_compact(text)
        verify_jws(jws, public_key=key)
        if jws.form is not form:
            raise ProofGenerationError(f"It would be read as a token of another form ({jws.form.value}).")
        if opened(jws) != document:
            raise ProofGenerationError("It would be read as another document than this one.")
    except ProblemError as error:
        raise ProofGenerationError(f"The token just made cannot be used: {error.detail}") from None
    return text
