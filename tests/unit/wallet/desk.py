"""A verifier that asks by a link, as a server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Desk:
    """Answers an empty POST with its request, and takes what is sent for an answer; `refuses` answers 503."""

    def __init__(self):
        self.taken = []
        self.refuses = False
        self.request = None
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, answer = desk.answer(body)
                sent = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_words):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"
        self.link = f"{self.origin}/exchanges/1"
        self.request = asked(self.origin)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, body):
        if "verifiablePresentation" not in body:
            return 200, {"verifiablePresentationRequest": self.request}
        if self.refuses:
            return 503, {}
        self.taken.append(body["verifiablePresentation"])
        return 200, {}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


def asked(domain, *, challenge="c" * 24, endpoint="", example=None, **more):
    """A request for an award called "Bridge building"."""
    example = {"credentialSubject": {"achievement": {"name": "Bridge building"}}} if example is None else example
    query = {"type": "QueryByExample", "credentialQuery": [{"reason": "For admission.", "example": example, **more}]}
    made = {"query": [query], "challenge": challenge, "domain": domain}
    if endpoint:
        made["interact"] = {"service": [{"type": "UnmediatedHttpPresentationService2021", "serviceEndpoint": endpoint}]}
    return made
