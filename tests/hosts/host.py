"""A host of awards on loopback, by the Open Badges API: a conforming one, and what can be wrong with one.

It keeps to the specification where it is asked (PKCE, exact redirect addresses, codes that are used once), so that a
client that does not is told. `wrong` names one way in which it misbehaves.

Spec: https://www.imsglobal.org/spec/ob/v3p0#api
"""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

API = "/ims/ob/v3p0"
UPSERT = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.upsert"
REQUIRED = {
    "client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri", "software_id", "software_version",
    "redirect_uris", "scope",
}  # fmt: skip


class Host(http.server.ThreadingHTTPServer):
    """The server, and everything it knows."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.wrong = ""
        self.description = {}
        self.tenant = ""
        self.answers = []
        self.clients, self.codes, self.tokens, self.refreshes = {}, {}, {}, {}
        self.credentials, self.asked, self.received = {}, [], []

    @property
    def url(self):
        """What people type."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.tenant}"

    def count(self, method, path):
        """How often something was asked for."""
        return sum(asked == (method, path) for asked in self.asked)

    def consent(self, url):
        """What somebody's browser does there who says yes: the address that it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
        client = self.clients[asked["client_id"]]
        assert asked["redirect_uri"] in client["redirect_uris"], "an unknown redirect address is never sent back to"
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) <= set(client["scope"].split())
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "scope": asked["scope"]}
        if self.wrong == "another issuer":
            back["iss"] = "https://honest.example"
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def described(self):
        """The service description, with what a test wants otherwise."""
        flow = {
            "authorizationUrl": f"{self.url}/authorize?lang=en",
            "tokenUrl": f"{self.url}/token",
            "refreshUrl": f"{self.url}/token",
            "scopes": {UPSERT: "Put awards", "offline_access": "Later, too"},
            **self.description.get("flow", {}),
        }
        scheme = {
            "type": "oauth2",
            "x-imssf-registrationUrl": f"{self.url}/register",
            "flows": {"authorizationCode": flow},
            **self.description.get("scheme", {}),
        }
        return {
            "openapi": "3.0.1",
            "info": {
                "title": "Satchel of Tests", "version": "3.0", "termsOfService": f"{self.url}/terms",
                "x-imssf-privacyPolicyUrl": f"{self.url}/privacy",
            },
            "paths": self.description.get("paths", {"/credentials": {"post": {"operationId": "upsertCredential"}}}),
            "components": {"securitySchemes": {"OAuth2ACG": scheme}},
        }  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers for `Host`."""

    def do_GET(self):
        """The description, open to everybody."""
        host, path = self.server, urlsplit(self.path).path
        host.asked.append(("GET", path))
        if path != f"{host.tenant}{API}/discovery":
            return self.say(404, {})
        if host.wrong == "slow":
            time.sleep(4)
        if host.wrong == "redirect":
            return self.say(302, {}, Location="http://127.0.0.1:1/inner")
        if host.wrong == "huge":
            return self.say(200, {**host.described(), "x-more": "x" * (600 * 1024)})
        if host.wrong == "packed":
            return self.say(200, host.described(), Content_Encoding="gzip")
        if host.wrong == "page":
            return self.say(200, {}, kind="text/html")
        return self.say(200, host.described(), ETag='"1"')

    def do_POST(self):
        """Registration, tokens, awards."""
        host, path = self.server, urlsplit(self.path).path
        host.asked.append(("POST", path.removeprefix(host.tenant)))
        body = self.rfile.read(int(self.headers["content-length"]))
        match path.removeprefix(host.tenant):
            case "/register":
                return self._register(json.loads(body))
            case "/token":
                return self._token({name: values[0] for name, values in parse_qs(body.decode()).items()})
            case other if other == f"{API}/credentials":
                return self._upsert(body)
        return self.say(404, {})

    def _register(self, asked):
        host = self.server
        names = {urlsplit(asked[name]).hostname for name in ("client_uri", "logo_uri", "tos_uri", "policy_uri")}
        if not asked.keys() >= REQUIRED or len(names) != 1 or host.wrong == "no registration":
            return self.say(400, {"error": "invalid_client_metadata", "error_description": "<script>no</script>"})
        client_id = secrets.token_hex(8)
        ends = {"secret ends": 1}.get(host.wrong, 0)
        known = {"client_id": client_id, "client_secret": f"{secrets.token_hex(8)}+/ %", "client_id_issued_at": 1,
                 "client_secret_expires_at": ends}  # fmt: skip
        host.clients[client_id] = {**asked, **known}
        if host.wrong == "another redirect":
            return self.say(201, {**asked, **known, "redirect_uris": ["http://127.0.0.1:1/theirs"]})
        if host.wrong == "redirects that are none":
            return self.say(201, {**asked, **known, "redirect_uris": None})
        return self.say(201, {**asked, **known})

    def _token(self, asked):
        host = self.server
        pair = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
        client_id, secret = (unquote_plus(part) for part in pair.split(":"))
        if host.clients.get(client_id, {}).get("client_secret") != secret:
            return self.say(401, {"error": "invalid_client"})
        if host.wrong == "no tokens now":
            return self.say(503, {})
        if asked["grant_type"] == "refresh_token":
            if host.refreshes.pop(asked["refresh_token"], None) != client_id or host.wrong == "no refresh":
                return self.say(400, {"error": "invalid_grant"})
        else:
            begun = host.codes.pop(asked["code"], None)
            digest = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=")
            if begun is None or (begun["client_id"], begun["redirect_uri"], begun["code_challenge"]) != (
                client_id, asked["redirect_uri"], digest.decode(),
            ):  # fmt: skip
                return self.say(400, {"error": "invalid_grant"})
        access, again = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        host.tokens[access], host.refreshes[again] = client_id, client_id
        given = {"access_token": access, "token_type": "Bearer", "expires_in": 3600, "scope": UPSERT}
        given |= {"refresh_token": again} if host.wrong != "no refresh" else {}
        match host.wrong:
            case "less":
                given["scope"] = "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
            case "another type":
                given["token_type"] = "mac"
            case "lines":
                given["access_token"] = "a\r\nX-More: b"
        return self.say(200, given, Cache_Control="no-store")

    def _upsert(self, body):
        host = self.server
        host.received.append((self.headers["content-type"], body))
        if host.answers:
            status, more, headers = host.answers.pop(0)
            return self.say(status, more, **headers)
        if self.headers["authorization"].removeprefix("Bearer ") not in host.tokens:
            return self.say(401, imsx("unauthorizedrequest"))
        name = json.loads(body)["id"] if body[:1] == b"{" else body
        before, host.credentials[name] = host.credentials.get(name), body
        return self.reply(304 if before == body else 200 if before else 201, body, self.headers["content-type"])

    def say(self, status, value, *, kind="application/json", **headers):
        """Answer with JSON."""
        self.reply(status, json.dumps(value).encode(), kind, **headers)

    def reply(self, status, body, kind, **headers):
        """Answer."""
        self.send_response(status)
        body = b"" if status == 304 else body
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        """Say nothing."""


def imsx(code):
    """An answer that says in the API's own words what is wrong."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "Call 555-0100 and say your password",
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": code},
            ]
        },
    }


@contextmanager
def running():
    """A host, for as long as the block."""
    host = Host()
    threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield host
    finally:
        host.shutdown()
        host.server_close()
