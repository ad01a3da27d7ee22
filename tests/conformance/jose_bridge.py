"""The W3C suite for VC-JOSE-COSE speaks to programs, not to servers: these functions answer it in JSON.

``answer("issue" | "verify", request)`` takes ``{"input", "key", "feature", "verificationTime"}`` and gives
``{"result", "data"}``. What the suite wants and the product refuses is let pass here and nowhere else:

* its fixtures write ``iat`` as a text; that one problem is not counted;
* its presentations hold envelopes whose tokens are placeholders; of an envelope only the form is looked at;
* it wants a credential with members that are none of the data model's refused, without any JSON-LD.

``python -m tests.conformance.jose_bridge issue|verify`` does the same with standard input and output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from vc.document import CREDENTIAL_LIMITS, JsonObject, JsonValue, listed, parse
from vc.jose import (
    Jws,
    JwtForm,
    claim_problems,
    envelope_type,
    inside,
    parse_compact,
    sign_credential,
    sign_presentation,
    time_problems,
    verify_jws,
)
from vc.keys import Ed25519Signer, P256Signer, P384Signer, P521Signer, Signer, parse_jwk
from vc.multibase import base64url_decode
from vc.problems import MalformedValueError, ProblemError
from vc.timestamps import parse_timestamp

FORMS = {"credential_jose": JwtForm.VC_JWT, "presentation_jose": JwtForm.VP_JWT}
SKEW = timedelta(seconds=300)
CREDENTIAL = frozenset(
    {
        "@context", "id", "type", "name", "description", "issuer", "validFrom", "validUntil", "credentialSubject",
        "credentialStatus", "credentialSchema", "evidence", "termsOfUse", "refreshService", "relatedResource",
        "confidenceMethod", "renderMethod",
    }
)  # fmt: skip
PRESENTATION = frozenset({"@context", "id", "type", "holder", "verifiableCredential", "termsOfUse"})
SIGNERS: Mapping[str, Callable[[bytes, str], Signer]] = {
    "Ed25519": Ed25519Signer,
    "P-256": P256Signer,
    "P-384": P384Signer,
    "P-521": P521Signer,
}


def answer(operation: str, request: Mapping[str, Any]) -> JsonObject:
    """``success`` with what was made or found inside, ``failure`` with the reason, or ``indeterminate``."""
    form = FORMS.get(request["feature"])
    if form is None or operation not in ("issue", "verify"):
        return {"result": "indeterminate", "data": f"{operation} {request['feature']} is not implemented."}
    step = issue if operation == "issue" else verify
    try:
        data = step(request, form, at(request))
    except ProblemError as error:
        return {"result": "failure", "data": f"{type(error).__name__}: {error.detail}"}
    return {"result": "success", "data": data}


def at(request: Mapping[str, Any]) -> datetime:
    return parse_timestamp(request["verificationTime"], pointer="/verificationTime")


def issue(request: Mapping[str, Any], form: JwtForm, now: datetime) -> str:
    """The token of the document in ``input``, signed with the key's secret half under the key's ``kid``."""
    document = parse(request["input"].encode(), limits=CREDENTIAL_LIMITS).value
    refuse_unknown(document, PRESENTATION if form.is_presentation else CREDENTIAL)
    signer = signer_of(request["key"]["secretKeyJwk"])
    if not form.is_presentation:
        return sign_credential(document, signer=signer, form=form, embed_key=False, issued=None)
    refuse_bare(document)
    return sign_presentation(
        document,
        signer=signer,
        form=form,
        embed_key=False,
        challenge="vc-jose-cose-test-suite",
        domain="vc-jose-cose-test-suite",
        issued=now,
        expires=now + timedelta(days=1),
    )


def signer_of(jwk: Mapping[str, str]) -> Signer:
    return SIGNERS[jwk["crv"]](base64url_decode(jwk["d"]), jwk["kid"])


def refuse_unknown(document: JsonObject, known: frozenset[str]) -> None:
    if more := sorted(document.keys() - known):
        raise MalformedValueError(f"“{more[0]}” is no member of the data model.", pointer=f"/{more[0]}")


def verify(request: Mapping[str, Any], form: JwtForm, now: datetime) -> str:
    """What is inside a token of this form that the given key signed."""
    jws = parse_compact(request["input"].strip())
    if jws.form is not form:
        raise MalformedValueError(f"A {form.value} was asked for; this is a {jws.form.value}.")
    verify_jws(jws, public_key=parse_jwk(request["key"]["publicKeyJwk"]))
    document = inside(jws)
    for problem in problems(jws, document, now):
        raise problem
    if form.is_presentation:
        refuse_bare(document)
    return json.dumps(document)


def problems(jws: Jws, document: JsonObject, now: datetime) -> list[ProblemError]:
    found = [*claim_problems(jws, document), *time_problems(jws, now=now, skew=SKEW)]
    textual = isinstance(jws.payload.get("iat"), str)
    return [problem for problem in found if not (textual and problem.pointer == "/iat")]


def refuse_bare(presentation: JsonObject) -> None:
    """Refuse a presentation in which something else than an envelope with a ``data:`` URL stands for a credential.

    Spec: https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose
    """
    for index, child in enumerate(listed(presentation.get("verifiableCredential"))):
        if envelope_type(child) is None or not url_of(child).startswith("data:"):
            raise MalformedValueError("A credential in it is in no envelope.", pointer=f"/verifiableCredential/{index}")


def url_of(child: JsonValue) -> str:
    found = child.get("id") if isinstance(child, Mapping) else None
    return found if isinstance(found, str) else ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answer(sys.argv[1], json.load(sys.stdin))))
