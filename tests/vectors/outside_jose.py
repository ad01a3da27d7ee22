"""Published tokens that stay outside the repository: what we make of each.

``python -m tests.vectors.outside_jose FOLDER`` reads ``FOLDER/wycheproof/json_web_signature_test.json`` (C2SP's
Wycheproof), ``FOLDER/speccheck`` and ``FOLDER/cctv`` (Ed25519, see ``tests.vectors.outside``), and every token in the files of ``FOLDER/1edtech`` (text, PNG, SVG; ``keys/*.json`` with a ``publicKeyPem`` are
tried for tokens that carry no key), prints what each came to, and ends with 1 if anything that must be refused was
accepted. The figures are in ``docs/verification.md``.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tests.vectors.outside import Vector, cctv, speccheck
from vc import RECOMMENDED, Evidence, Resource, Url, serialize, verify
from vc.credential import issuer_id
from vc.jose import Jws, claim_problems, inside, parse_compact, verify_jws
from vc.jose.compact import Parts, read_parts
from vc.keys import KeyKind, PublicKey, parse_jwk
from vc.problems import ProblemError

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TOKEN = re.compile(rb"ey[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def judged(text: str, jwk: Any) -> str:
    """``accepted``, or the first reason to refuse a token with this key."""
    try:
        key: PublicKey = parse_jwk(jwk)
    except ProblemError as error:
        return f"key: {type(error).__name__}"
    try:
        verify_jws(read_parts(text), public_key=key)
    except ProblemError as error:
        return f"token: {type(error).__name__}"
    return "accepted"


def wycheproof(folder: Path) -> int:
    """The number of vectors accepted although they are invalid."""
    found = json.loads((folder / "json_web_signature_test.json").read_text())
    counts: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    refused: Counter[str] = Counter()
    wrong: list[str] = []
    for group in found["testGroups"]:
        jwk = group.get("public") or group["private"]
        for test in group["tests"]:
            text = test["jws"] if isinstance(test["jws"], str) else json.dumps(test["jws"])
            outcome = judged(text, jwk)
            counts[test["result"], "accepted" if outcome == "accepted" else "refused"] += 1
            if test["result"] == "valid" and outcome != "accepted":
                reasons[str(jwk.get("alg")), outcome] += 1
            if test["result"] != "valid" and outcome != "accepted":
                refused[outcome] += 1
            if test["result"] != "valid" and outcome == "accepted":
                wrong.append(f"{test['tcId']} {test['comment']}")
    say(f"Wycheproof JWS: {found['numberOfTests']} vectors")
    for (result, outcome), count in sorted(counts.items()):
        say(f"  {result:8} {outcome:9} {count}")
    for (algorithm, outcome), count in sorted(reasons.items()):
        say(f"  refused although valid: {count} × {algorithm}, {outcome}")
    for outcome, count in sorted(refused.items()):
        say(f"  refused and invalid: {count} × {outcome}")
    for line in wrong:
        say(f"  ACCEPTED ALTHOUGH INVALID: {line}")
    return len(wrong)


def primitives(folder: Path) -> int:
    """The number of vectors of Ed25519 that a token's signature is judged otherwise on than is expected."""
    wrong = 0
    for name, vectors in (("speccheck", speccheck(folder / "speccheck")), ("CCTV", cctv(folder / "cctv"))):
        judgements = [(verifies(vector), vector.valid) for vector in vectors]
        differing = sum(verified != valid for verified, valid in judgements)
        say(
            f"{name}: {len(judgements)} vectors, {sum(verified for verified, _ in judgements)} accepted, {differing} differ"
        )
        wrong += differing
    return wrong


def verifies(vector: Vector) -> bool:
    """Whether a token with this signature over this message would verify."""
    try:
        key: PublicKey = vector.key()
        parts = Parts(
            text="",
            header={},
            payload=b"",
            algorithm=key.jose_algorithm,
            signing_input=vector.message,
            signature=vector.signature,
        )
        verify_jws(parts, public_key=key)
    except ProblemError:
        return False
    return True


def read(text: bytes, keys: dict[str, PublicKey]) -> str:
    """What a published credential came to, as far as it can be told without fetching anything."""
    try:
        jws = parse_compact(text)
        document = inside(jws)
    except ProblemError as error:
        return f"not read: {type(error).__name__}: {error.detail}"
    claims = ", ".join(f"{type(problem).__name__} {problem.pointer}" for problem in claim_problems(jws, document))
    return f"{jws.form.value}, {jws.algorithm}; claims: {claims or 'agree'}; signature: {signature(jws, keys)}; if the issuer listed its key: {verdict(jws)}"


def signature(jws: Jws, keys: dict[str, PublicKey]) -> str:
    if jws.embedded_key is None:
        return fitting(jws, keys) or f"key not at hand ({jws.key_id or 'none named'})"
    try:
        verify_jws(jws, public_key=jws.embedded_key)
    except ProblemError as error:
        return f"{type(error).__name__}: {error.detail}"
    return "verifies with the key in the header"


def verdict(jws: Jws) -> str:
    """What the token is worth if its issuer published the key that it carries, as a list of keys at its own address."""
    issuer, key = issuer_id(inside(jws)), jws.embedded_key
    if key is None or issuer is None:
        return "not asked"
    method = {"id": f"{issuer}#1", "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": key.jwk}
    listed = {"id": issuer, "verificationMethod": [method], "assertionMethod": [f"{issuer}#1"]}
    place = Url(issuer)
    answer = Resource(url=place, body=serialize(listed), media_type="application/json", retrieved=NOW)
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=False, challenge=None, domain=None)
    report = verify(jws.text.encode(), evidence=Evidence({place: answer}), policy=policy, now=NOW)
    return report.verdict.value


def fitting(jws: Jws, keys: dict[str, PublicKey]) -> str | None:
    """Which of the published keys a token without one verifies with."""
    for name, key in keys.items():
        try:
            verify_jws(jws, public_key=key)
        except ProblemError:
            continue
        return f"verifies with {name}"
    return None


def published(path: Path) -> PublicKey:
    """The key of a CryptographicKey of Open Badges 2.0."""
    key = load_pem_public_key(json.loads(path.read_text())["publicKeyPem"].encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return PublicKey(kind=KeyKind.RSA, raw=key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def main(folder: Path) -> int:
    wrong = wycheproof(folder / "wycheproof") + primitives(folder)
    keys = {path.name: published(path) for path in sorted((folder / "1edtech" / "keys").glob("*.json"))}
    for path in sorted(path for path in (folder / "1edtech").iterdir() if path.is_file()):
        for text in sorted(set(TOKEN.findall(path.read_bytes()))):
            say(f"{path.name}: {read(text, keys)}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
