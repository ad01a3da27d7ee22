"""The composition that the official suites call over HTTPS: the product's functions behind the routes of the VC-API.

``python -m tests.conformance.app --port 40443`` serves it on loopback with a certificate made at start.
"""

from __future__ import annotations

import argparse
import ipaddress
import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from tests.conformance import jose_bridge, service
from tests.conformance.instances import INSTANCES, manifest
from vc import Evidence, MissingEvidence, Resource, Url
from vc.checks import CREDENTIALS, DocumentKind
from vc.did.resolving import answer_for
from vc.document import PRESENTATION_LIMITS, JsonObject, parse
from vc.problems import ProblemError

LISTED = INSTANCES["BitstringStatusList"]
PLACES = {
    "https://closed.satchel.example/.well-known/did.json": 410,
    "https://nowhere.satchel.example/.well-known/did.json": 404,
}


def create_app(base: str) -> FastAPI:
    """The app; ``base`` is the address under which the suites reach it."""
    app = FastAPI(title="Satchel, composed for the official suites", openapi_url=None)
    lists = service.Lists(base)

    async def body_of(request: Request) -> JsonObject:
        return parse(await request.body() or b"{}", limits=PRESENTATION_LIMITS).value

    def refused(error: ProblemError) -> JSONResponse:
        problem = error.problem.to_json()
        return JSONResponse({"verified": False, "problemDetails": [problem]}, status_code=400)

    async def answered(request: Request, made: Callable[[JsonObject, Any], Response]) -> Response:
        try:
            body = await body_of(request)
            options = body.get("options") or {}
            return made(body, options if isinstance(options, dict) else {})
        except ProblemError as error:
            return refused(error)

    @app.get("/conformance/manifest.json")
    def show_manifest() -> Any:
        return manifest(base)

    @app.post("/issuers/{name}/credentials/issue")
    async def issue(name: str, request: Request) -> Response:
        def made(body: JsonObject, options: Any) -> Response:
            found = service.issue(INSTANCES[name], body.get("credential"), options, lists=lists, now=service.now())
            return JSONResponse({"verifiableCredential": found}, status_code=201)

        return await answered(request, made)

    def judged(value: Any, options: Any, expected: frozenset[DocumentKind]) -> Response:
        report = service.verify(value, options, expected=expected, lists=lists, instance=LISTED, now=service.now())
        problems = [problem.to_json() for each in (report, *report.children) for problem in each.problems]
        if service.is_verified(report):
            return JSONResponse({"verified": True, "problemDetails": problems})
        return JSONResponse({"verified": False, "problemDetails": problems}, status_code=400)

    @app.post("/verifiers/{name}/credentials/verify")
    async def verify_credential(name: str, request: Request) -> Response:
        return await answered(
            request,
            lambda body, options: judged(
                body.get("verifiableCredential"), options, CREDENTIALS | {DocumentKind.STATUS_LIST}
            ),
        )

    @app.post("/verifiers/{name}/presentations/verify")
    async def verify_presentation(name: str, request: Request) -> Response:
        return await answered(
            request,
            lambda body, options: judged(
                body.get("verifiablePresentation"), options, frozenset({DocumentKind.PRESENTATION})
            ),
        )

    @app.post("/holders/{name}/credentials/derive")
    async def derive(name: str, request: Request) -> Response:
        def made(body: JsonObject, options: Any) -> Response:
            shown = service.derive(body.get("verifiableCredential"), options)
            return JSONResponse({"verifiableCredential": shown}, status_code=201)

        return await answered(request, made)

    @app.get("/status-lists/{number}")
    def status_list(number: str) -> Response:
        return JSONResponse(lists.document(LISTED, service.now()))

    @app.post("/status-lists/withdraw")
    async def withdraw(request: Request) -> Response:
        """Ours, for the checks that the suites do not make: a withdrawn credential has to be refused."""
        lists.set.add(int(str((await body_of(request))["index"])))
        return JSONResponse({})

    @app.get("/1.0/identifiers/{identifier:path}")
    @app.get("/1.0/identifiers")
    def resolve(request: Request, identifier: str = "") -> Response:
        path = request.scope["raw_path"].decode("ascii").partition("/1.0/identifiers")[2].removeprefix("/")
        evidence, moment = Evidence(), service.now()
        while True:
            try:
                answer = answer_for(
                    unquote(path),
                    accept=request.headers.get("accept", "*/*"),
                    options=dict(request.query_params),
                    evidence=evidence,
                    policy=service.policy_for({}),
                )
                break
            except MissingEvidence as missing:
                known = Resource(
                    url=missing.url, body=b"", media_type="", retrieved=moment, final=PLACES.get(missing.url, 404)
                )
                evidence |= {Url(missing.url): known}
        return JSONResponse(answer.body, status_code=answer.status, media_type=answer.media_type)

    @app.post("/conformance/jose-cose/{operation}")
    async def jose(operation: str, request: Request) -> Response:
        return JSONResponse(jose_bridge.answer(operation, await request.json()))

    return app


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_file, key_file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=40443)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        certificate_file, key_file = certificate(Path(folder))
        uvicorn.run(
            create_app(f"https://localhost:{given.port}"),
            host="127.0.0.1",
            port=given.port,
            ssl_certfile=str(certificate_file),
            ssl_keyfile=str(key_file),
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
            log_level="warning",
        )


if __name__ == "__main__":
    main()
