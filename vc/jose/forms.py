"""What is inside a token, and whether what the token claims beside it agrees with that.

A claim that says something else than the document is a contradiction that somebody signed: never genuine. A claim that
is not there, although the profile of Open Badges asks for it, is a caution: 1EdTech's own samples leave out ``sub``.

=================== ========================= ==========================================================
form                where the document is     claims
=================== ========================= ==========================================================
Open Badges 3.0     the payload               iss, sub, jti, nbf, exp: as in the document, all required
data model 1.1      ``vc`` or ``vp``          the same; what the document leaves out is taken from them
vc+jwt, vp+jwt      the payload               iss, sub, jti as in the document; nbf and exp are about the
                                              signature, not about the credential
Open Badges 2.0     the payload               none that mean anything
=================== ========================= ==========================================================

Spec: https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof, https://www.w3.org/TR/vc-data-model-1.1/#json-web-token,
https://www.w3.org/TR/vc-jose-cose/#jose-header-parameters-jwt-claims
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from vc.credential import CONTEXT_1, DataModel, data_model, issuer_id, text_of
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.jose.compact import Jws, JwtForm
from vc.problems import (
    Caution,
    ClaimAbsentCaution,
    ClaimMismatchError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodUrlError,
    KindError,
    MalformedDateError,
    MalformedValueError,
    ProblemError,
    ProofExpiredError,
    ProofVerificationError,
    Unsupported,
)
from vc.timestamps import format_timestamp, parse_timestamp

CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf"})
"""The members of a payload that are the token's, not the document's."""

_KEY_NAME: Final = re.compile(r"[A-Za-z0-9._~-]+")
_PERIOD: Final = {DataModel.V1: ("issuanceDate", "expirationDate"), DataModel.V2: ("validFrom", "validUntil")}
_MOMENTS: Final = ("nbf", "exp", "iat")
_LATEST: Final = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_JOSE_COSE: Final = frozenset({JwtForm.VC_JWT, JwtForm.VP_JWT})
_VCDM_1: Final = {JwtForm.VCDM_1_CREDENTIAL: "vc", JwtForm.VCDM_1_PRESENTATION: "vp"}


def inside(jws: Jws) -> JsonObject:
    """The credential or presentation in the token; claims are not compared (``claim_problems`` does that).

    In a token of the data model 1.1, what the document leaves out is taken from the claims; ``exp`` is the end of an
    Open Badges credential that states none.

    Raises:
        MalformedValueError: there is no object where the document has to be, or a claim that is needed is malformed.

    Spec: https://www.w3.org/TR/vc-data-model-1.1/#jwt-decoding

    """
    if jws.form is JwtForm.OPEN_BADGES_2:
        return jws.payload
    if jws.form in _VCDM_1:
        return _filled(jws)
    document = {name: value for name, value in jws.payload.items() if name not in CLAIMS}
    if jws.form is JwtForm.OPEN_BADGES and "exp" in jws.payload:
        # Open Badges 3.0 §8.2.4.1: exp sets the validUntil of a credential that has none
        _fill_period(document, {"exp": jws.payload["exp"]})
    return document


def opened(jws: Jws) -> JsonObject:
    """The credential or presentation in the token, if the token does not contradict it; cautions are not raised.

    Raises:
        ClaimMismatchError: a claim says something else than the document.
        MalformedValueError: as ``inside``.

    """
    document = inside(jws)
    for problem in claim_problems(jws, document):
        if not isinstance(problem, Caution):
            raise problem
    return document


def _filled(jws: Jws) -> JsonObject:
    """The document of a token of the data model 1.1 with what only the claims say.

    VCDM 1.1 §6.3.1.2: "If nbf is present, the UNIX timestamp MUST be converted ... and MUST be used to set the value of
    the issuanceDate property", and so on for exp, iss, sub and jti. One that is there is compared instead.
    """
    name = _VCDM_1[jws.form]
    found = jws.payload[name]
    if not isinstance(found, Mapping):
        raise MalformedValueError(f"The claim “{name}” is not an object.", pointer=pointer(name))
    document: dict[str, JsonValue] = dict(found)
    payload = jws.payload
    if "jti" in payload:
        document.setdefault("id", payload["jti"])
    if jws.form.is_presentation:
        if "iss" in payload:
            document.setdefault("holder", payload["iss"])
        return document
    _fill_id(document, "issuer", payload.get("iss"))
    _fill_id(document, "credentialSubject", payload.get("sub"))
    _fill_period(document, payload)
    return document


def _fill_id(document: dict[str, JsonValue], member: str, claim: JsonValue) -> None:
    """Give the object at ``member`` the id that a claim states, unless it has one."""
    value = document.get(member)
    if claim is None:
        return
    if value is None:
        document[member] = claim if member == "issuer" else {"id": claim}
    elif isinstance(value, Mapping) and "id" not in value:
        document[member] = {**value, "id": claim}


def _fill_period(document: dict[str, JsonValue], payload: JsonObject) -> None:
    try:
        names = _PERIOD[data_model(document)]
    except KindError:
        return  # what it is, is decided elsewhere; without that, nobody knows what its dates are called
    for member, claim in zip(names, ("nbf", "exp"), strict=True):
        moment = moment_in(payload, claim)
        if moment is not None:
            document.setdefault(member, format_timestamp(moment))


def moment_in(payload: JsonObject, claim: str) -> datetime | None:
    """The moment that a claim names, ``None`` when it is absent: a whole number of seconds since 1970.

    Raises:
        MalformedValueError: it is something else.

    Spec: https://www.rfc-editor.org/rfc/rfc7519#section-2

    """
    value = payload.get(claim)
    if value is None and claim not in payload:
        return None
    # RFC 7519 allows fractions; nobody needs them, and programs round them differently.
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise MalformedValueError(f"“{claim}” is not a whole number of seconds since 1970.", pointer=pointer(claim))
    return datetime.fromtimestamp(value, tz=UTC)


def claim_problems(jws: Jws, document: JsonObject) -> Iterator[ProblemError]:
    """What speaks against the token's claims about ``document``, which is what ``inside`` gave: faults and cautions."""
    for claim in _MOMENTS:
        try:
            moment_in(jws.payload, claim)
        except MalformedValueError as error:
            yield error
    if jws.form is JwtForm.OPEN_BADGES_2:
        return
    yield from _name_problems(jws, document)
    if not jws.form.is_presentation and jws.form not in _JOSE_COSE:
        yield from _period_problems(jws, document)


def _name_problems(jws: Jws, document: JsonObject) -> Iterator[ProblemError]:
    """``iss``, ``sub`` and ``jti`` against the document; compared character by character."""
    try:
        for claim, member, meant in _names(document, presentation=jws.form.is_presentation):
            said = jws.payload.get(claim)
            if said is None:
                if jws.form is JwtForm.OPEN_BADGES:
                    yield _absent(claim, member)
            elif meant is None and jws.form in _JOSE_COSE:
                continue  # VC-JOSE-COSE: "SHOULD avoid setting JWT claims to values that conflict"; nothing conflicts
            elif said != meant:
                yield _mismatch(claim, said, member, meant)
    except ProblemError as error:
        yield error


def _names(document: JsonObject, *, presentation: bool) -> list[tuple[str, str, str | None]]:
    """The claims that name somebody or something, each with the member of the document that does, and what it says."""
    identifier = ("jti", "id", text_of(document, "id"))
    if presentation:
        return [("iss", "holder", issuer_id(document, "holder")), identifier]
    return [
        ("iss", "issuer", issuer_id(document)),
        ("sub", "credentialSubject.id", subject_id(document)),
        identifier,
    ]


def subject_id(document: JsonObject) -> str | None:
    """The id of the one subject; a credential about several has none that a claim could repeat."""
    subjects = listed(document.get("credentialSubject"))
    only = subjects[0] if len(subjects) == 1 else None
    return text_of(only, "id", "/credentialSubject") if isinstance(only, Mapping) else None


def _period_problems(jws: Jws, document: JsonObject) -> Iterator[ProblemError]:
    """``nbf`` and ``exp`` against the dates of the document, in whole seconds: a claim has no fractions.

    A document of the data model 1.1 may give two first (or last) days; a claim repeats one of them.
    """
    first = CONTEXT_1 in listed(document.get("@context"))[:1]
    places = zip(*(_PERIOD.values() if first else [_PERIOD[DataModel.V2]]), strict=True)
    for claim, members in zip(("nbf", "exp"), places, strict=True):
        stated = [member for member in members if member in document]
        said = _readable(jws.payload, claim)
        try:
            moments = [parse_timestamp(document[member], pointer=pointer(member)) for member in stated]
        except MalformedDateError as error:
            yield error
            continue
        if claim not in jws.payload:
            if jws.form is JwtForm.OPEN_BADGES and (stated or claim == "nbf"):
                yield _absent(claim, members[-1])
        elif said and int(said.timestamp()) not in [math.floor(moment.timestamp()) for moment in moments]:
            meant = " and ".join(map(format_timestamp, moments)) or None
            yield _mismatch(claim, format_timestamp(said), members[0], meant)


def _absent(claim: str, member: str) -> ClaimAbsentCaution:
    detail = f"The token has no claim “{claim}”, which has to repeat the credential's {member}."
    return ClaimAbsentCaution(detail, pointer=pointer(claim))


def _mismatch(claim: str, said: JsonValue, member: str, meant: str | None) -> ClaimMismatchError:
    detail = f"The token's claim “{claim}” says {str(said)[:200]!r}; {member} says {str(meant)[:200]!r}."
    if meant is None:
        detail = f"The token's claim “{claim}” says {str(said)[:200]!r}; {member} says nothing."
    return ClaimMismatchError(detail, pointer=pointer(claim))


def time_problems(jws: Jws, *, now: datetime, skew: timedelta) -> Iterator[ProblemError]:
    """What the token's own times say against it; the credential's are judged with the credential.

    VC-JOSE-COSE: "When the iat and/or exp JWT claims are present, they represent the issuance and expiration time of
    the signature". Malformed times are ``claim_problems``' to tell.
    """
    if (made := _readable(jws.payload, "iat")) and made > now + skew:
        yield ProofVerificationError("The token says that it was made in the future.", pointer="/iat")
    if jws.form not in _JOSE_COSE and not jws.form.is_presentation:
        return
    if (start := _readable(jws.payload, "nbf")) and start > now + skew:
        yield ProofVerificationError("The token is not to be used yet.", pointer="/nbf")
    if (end := _readable(jws.payload, "exp")) and end <= now - skew:
        yield ProofExpiredError(f"The token was only to be used until {format_timestamp(end)}.", pointer="/exp")


def _readable(payload: JsonObject, claim: str) -> datetime | None:
    try:
        return moment_in(payload, claim)
    except MalformedValueError:
        return None


def answer_problems(jws: Jws, *, challenge: str | None, domain: str | None) -> Iterator[ProblemError]:
    """Whether a presentation's token answers the challenge that was asked, for the domain that asked it; nobody else.

    ``None``: nothing was asked.

    Spec: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
    """
    audience = listed(jws.payload.get("aud"))
    if domain is not None and audience != [domain]:
        named = ", ".join(str(item)[:200] for item in audience[:4]) or "nobody"
        yield InvalidDomainError(f"It was made for {named}, not for {domain}.", pointer="/aud")
    if challenge is not None and jws.payload.get("nonce") != challenge:
        yield InvalidChallengeError("It answers another request than the one that was made.", pointer="/nonce")


def key_name(jws: Jws, *, party: str) -> str:
    """The whole name of the key that the token names; a relative one belongs to ``party`` (issuer or holder).

    Raises:
        Unsupported: the token does not say which key signed it.
        InvalidVerificationMethodUrlError: Open Badges wants a URL, and it is none.

    Spec: https://www.w3.org/TR/vc-jose-cose/#using-header-params-claims-key-discovery

    """
    if jws.key_id is None:
        raise Unsupported("The token does not say which key signed it.", pointer="/kid")
    if ":" in jws.key_id:
        return jws.key_id
    name = jws.key_id.removeprefix("#")
    # Open Badges 3.0 §8.2.1: "kid ... a URI that can be dereferenced to an object of type JWK"
    if jws.form is JwtForm.OPEN_BADGES or not _KEY_NAME.fullmatch(name):
        raise InvalidVerificationMethodUrlError("The token names its key by something that is no URL.", pointer="/kid")
    return f"{party}#{name}"
