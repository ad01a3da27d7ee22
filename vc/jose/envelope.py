"""Envelopes: objects that hold a token in a ``data:`` URL. Only what is inside counts; an envelope says nothing itself.

Spec: https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-credentials
"""

from __future__ import annotations

from typing import Final

from vc.credential import CONTEXT
from vc.document import JsonObject, JsonValue, listed, pointer
from vc.jose.compact import Jws, JwtForm, parse_compact
from vc.problems import KindError, MalformedValueError, Unsupported

CREDENTIAL: Final = "EnvelopedVerifiableCredential"
PRESENTATION: Final = "EnvelopedVerifiablePresentation"

_MEMBERS: Final = frozenset({"@context", "id", "type"})
_VCDM_1: Final = frozenset({JwtForm.VCDM_1_CREDENTIAL, JwtForm.VCDM_1_PRESENTATION, JwtForm.OPEN_BADGES})
_FORMS: Final = {
    "application/vc+jwt": frozenset({JwtForm.VC_JWT}),
    "application/vp+jwt": frozenset({JwtForm.VP_JWT}),
    "application/jwt": _VCDM_1,
}
"""What a token of each media type may be."""


def enveloped(value: JsonValue) -> Jws | None:
    """The token in an envelope; ``None`` for everything that is no envelope.

    Raises:
        MalformedValueError: the envelope is not written as envelopes are, or says something of its own.
        KindError: what is inside is not what the envelope announces.
        Unsupported: it holds something else than a token.
        ProblemError: the token cannot be read (``parse_compact``).

    Spec: https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-presentations

    """
    kind = envelope_type(value)
    if kind is None or not isinstance(value, dict):
        return None
    if value["type"] not in (kind, [kind]):
        raise KindError(f"An {kind} is nothing else beside.", pointer="/type")
    contexts = listed(value.get("@context"))
    # VCDM 2.0 §4.13: "The @context property of the object MUST be present and include a context, such as the base
    # context for this specification, that defines at least the id, type, and EnvelopedVerifiableCredential terms"
    if CONTEXT not in contexts or not all(isinstance(item, str) for item in contexts):
        raise MalformedValueError(f"An envelope names the context {CONTEXT}.", pointer="/@context")
    if more := sorted(value.keys() - _MEMBERS):
        detail = f"“{more[0]}” stands outside the envelope, where nobody signed it."
        raise MalformedValueError(detail, pointer=pointer(more[0]))
    media_type, token = _data_url(value.get("id"))
    jws = parse_compact(token)
    if jws.form not in _FORMS[media_type] or jws.form.is_presentation != (kind == PRESENTATION):
        raise KindError(f"An {kind} of the type {media_type} does not hold such a token.", pointer="/id")
    return jws


def envelope_type(value: JsonValue) -> str | None:
    """Which kind of envelope an object says it is; ``None`` when it is none."""
    types = listed(value.get("type")) if isinstance(value, dict) else []
    return next((kind for kind in (CREDENTIAL, PRESENTATION) if kind in types), None)


def _data_url(value: JsonValue) -> tuple[str, str]:
    """The media type of a ``data:`` URL and what follows its comma, which for a token needs no decoding.

    Spec: https://www.rfc-editor.org/rfc/rfc2397#section-3
    """
    # VCDM 2.0 §4.13: "The id value of the object MUST be a data: URL [RFC2397] that expresses a secured verifiable
    # credential using an enveloping security scheme"
    scheme, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    media_type, comma, token = rest.partition(",")
    if scheme != "data" or not (colon and comma and token):
        raise MalformedValueError("An envelope's id is a data: URL with a signed token in it.", pointer="/id")
    if media_type not in _FORMS:
        raise Unsupported(f"Envelopes of the type {media_type[:60]} are not supported.", pointer="/id")
    return media_type, token


def in_envelope(token: str) -> JsonObject:
    """The envelope around a token that we made.

    Raises:
        ProblemError: it is not a token that we would read.

    """
    form = parse_compact(token).form
    media_type = next(name for name, forms in _FORMS.items() if form in forms)
    return {
        "@context": CONTEXT,
        "id": f"data:{media_type},{token}",
        "type": PRESENTATION if form.is_presentation else CREDENTIAL,
    }
