"""Tokens: credentials and presentations secured as a compact JWS (JOSE).

Read (``parse_compact``, ``enveloped``), asked what they hold (``inside``, ``opened``), compared (``claim_problems``,
``time_problems``, ``answer_problems``), verified with a key (``verify_jws``) and made (``sign_…``). Reading proves
nothing: a ``Jws`` is what somebody wrote.

Spec: https://www.w3.org/TR/vc-jose-cose/, https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof
"""

from vc.jose.compact import ALGORITHMS, Jws, JwtForm, parse_compact
from vc.jose.envelope import envelope_type, enveloped, in_envelope
from vc.jose.forms import answer_problems, claim_problems, inside, key_name, moment_in, opened, time_problems
from vc.jose.signing import sign_credential, sign_presentation
from vc.jose.verifying import verify_jws

__all__ = [
    "ALGORITHMS",
    "Jws",
    "JwtForm",
    "answer_problems",
    "claim_problems",
    "envelope_type",
    "enveloped",
    "in_envelope",
    "inside",
    "key_name",
    "moment_in",
    "opened",
    "parse_compact",
    "sign_credential",
    "sign_presentation",
    "time_problems",
    "verify_jws",
]
