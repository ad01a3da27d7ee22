"""Let a Python library verify our tokens and make its own (see peer.mjs for the layout).

``peer.py joserfc | pyjwt | openvc``. Runs in an environment of its own: it must not import Satchel.
"""

import json
import sys
from pathlib import Path
from typing import Any

import jwt
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from jwt.algorithms import get_default_algorithms
from openvc.keys import Ed25519SigningKey, P256SigningKey
from openvc.proof.vc_jwt import VcJwtProofSuite

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
REGISTRY = jws.JWSRegistry(algorithms=["EdDSA", "RS256", *CURVES], strict_check_header=False)


def key_for(alg: str) -> Any:
    if alg in CURVES:
        return ECKey.generate_key(CURVES[alg])
    return RSAKey.generate_key(2048) if alg == "RS256" else OKPKey.generate_key("Ed25519")


class Joserfc:
    def verify(self, token: str, jwk: Any, _: str) -> None:
        jws.deserialize_compact(token, import_key(jwk), registry=REGISTRY)

    def sign(self, header: Any, payload: Any) -> tuple[str, Any]:
        key = key_for(header["alg"])
        return jws.serialize_compact(header, json.dumps(payload), key, registry=REGISTRY), key.as_dict(private=False)


class PyJwt:
    def verify(self, token: str, jwk: Any, alg: str) -> None:
        jwt.PyJWS().decode_complete(token, jwt.PyJWK(jwk, algorithm=alg).key, algorithms=[alg])

    def sign(self, header: Any, payload: Any) -> tuple[str, Any]:
        key = key_for(header["alg"])
        secret = get_default_algorithms()[header["alg"]].from_jwk(json.dumps(key.as_dict(private=True)))
        more = {name: value for name, value in header.items() if name != "alg"}
        token = jwt.PyJWS().encode(json.dumps(payload).encode(), secret, algorithm=header["alg"], headers=more)
        return token, key.as_dict(private=False)


class OpenVc:
    """Reads and writes the data model 1.1 with EdDSA, ES256 and ES384; the rest is not its business."""

    def verify(self, token: str, jwk: Any, _: str) -> None:
        VcJwtProofSuite().verify(token, public_key_jwk=jwk, check_temporal=False)

    def sign(self, header: Any, payload: Any) -> tuple[str, Any]:
        kind = P256SigningKey if header["alg"] == "ES256" else Ed25519SigningKey
        key = kind.generate(header["kid"])
        return VcJwtProofSuite().sign(payload["vc"], signing_key=key), key.public_jwk()


def main(peer: Any) -> None:
    tasks = json.loads(Path("in.json").read_text())
    verified = {}
    for name, task in tasks["verify"].items():
        try:
            peer.verify(task["token"], task["jwk"], task["alg"])
            verified[name] = True
        except Exception:  # noqa: BLE001 - the peer's errors are its own
            verified[name] = False
    signed = {}
    for name, task in tasks["sign"].items():
        token, jwk = peer.sign(task["header"], task["payload"])
        signed[name] = {"token": token, "jwk": jwk}
    Path("out.json").write_text(json.dumps({"verified": verified, "signed": signed}))


if __name__ == "__main__":
    main({"joserfc": Joserfc, "pyjwt": PyJwt, "openvc": OpenVc}[sys.argv[1]]())
