"""A network in which every dialled address is a canary, for the attacks of section I of the threat catalogue."""

import datetime as dt
import http.server
import ssl
import threading
import time
from datetime import UTC, timedelta

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kit.clock import FixedClock
from kit.fetch import CREDENTIAL, Fetcher

PUBLIC = "93.184.215.14"


class Canary(http.server.ThreadingHTTPServer):
    """A server on loopback that remembers every connection and answers as a test tells it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections = 0
        self.asked = []
        self.answer = lambda handler: handler.reply(b"{}")

    @property
    def port(self):
        return self.server_address[1]

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, request, client_address):
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        length = int(self.headers.get("content-length", 0))
        self.received = self.rfile.read(length)
        self.server.answer(self)

    do_POST = do_GET  # noqa: N815

    def reply(self, body, *, status=200, kind="application/vc", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def canary():
    server = Canary()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class Elsewhere:
    """A network in which names resolve as a test says, and every dialled address is the canary."""

    def __init__(self, canary, *answers):
        self.canary, self.answers = canary, list(answers)
        self.resolved, self.dialled = [], []

    def resolve(self, host, port, *, timeout):
        self.resolved.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [found] if isinstance(found, str) else found

    def dial(self, address, port, *, timeout):
        self.dialled.append(address)
        return httpcore2.SyncBackend().connect_tcp("127.0.0.1", self.canary.port, timeout=timeout)


@pytest.fixture
def clock():
    return FixedClock(instant=dt.datetime(2027, 3, 3, 10, tzinfo=UTC))


@pytest.fixture
def make_fetcher(clock):
    made = []

    def make(**changes):
        made.append(Fetcher(**{"clock": clock, "loopback": False, "ca_file": None, **changes}))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher):
    """As in production."""
    return make_fetcher()


@pytest.fixture
def local(make_fetcher):
    """As in a demonstration on one machine."""
    return make_fetcher(loopback=True)


def reason(fetcher, url, *, kind=CREDENTIAL):
    return fetcher.get(url, kind=kind).error


def redirect_to(*places):
    left = list(places)

    def answer(handler):
        place = left.pop(0) if left else None
        if place is None:
            handler.reply(b"{}")
        else:
            handler.reply(b"", status=302, Location=place)

    return answer


def say_nothing(_handler):
    time.sleep(10)


def flood(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/vc")
    handler.end_headers()
    for _part in range(1024):
        handler.wfile.write(b" " * 1024 * 1024)


def certificate(folder, name, *, days=1):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def secured(canary, path, *, minimum=ssl.TLSVersion.TLSv1_2):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = minimum
    context.load_cert_chain(path)
    canary.socket = context.wrap_socket(canary.socket, server_side=True)
