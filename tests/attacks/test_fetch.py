"""Attacks through URLs that documents name: section I of the threat catalogue, by id. The canary counts connections."""

import datetime as dt
import http.server
import socket
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
from kit.fetch import CREDENTIAL, DID_DOCUMENT, STATUS_LIST, Fetcher, MemoryCache, Reason
from kit.fetch.addresses import is_public
from kit.fetch.fetcher import AT_ONCE
from kit.fetch.network import SystemNetwork
from vc.evidence import Resource

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


SPELLINGS = """127.0.0.1 127.1 127.0.1 0 0.0.0.0 0x7f.1 0x7f000001 2130706433 017700000001 0177.0.0.1 127.0.0.1. localhost
localhost. LOCALHOST [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1]
[2002:7f00:1::] [fe80::1] [fe80::1%25eth0] [fc00::1] 10.0.0.1 10.1 172.16.0.1 192.168.1.1 192.168.257 169.254.169.254
[fd00:ec2::254] 100.100.100.200 169.254.0xa9.0xfe 2852039166 0xA9FEA9FE 127.127.127.127 1.1.1.1 [2606:4700::1111]
metadata.google.internal intranet printer.local db.internal router.lan a.localhost db.localdomain
db.intranet nas.home.arpa files.corp tv.home x.private x.test x.invalid x.onion
1.in-addr.arpa ①②⑦.⓪.⓪.① 127。0。0。1 ｌocalhost exa%6dple.org xn--.example -a.example a-.example a..example .example example
""".split()  # noqa: SIM905


@pytest.mark.parametrize("host", SPELLINGS)
def test_i1_i7_no_spelling_of_an_inner_address_is_asked(make_fetcher, canary, host):
    network = Elsewhere(canary, PUBLIC)
    fetcher = make_fetcher(network=network)
    assert reason(fetcher, f"https://{host}/did.json") == "refused-address"
    assert reason(fetcher, f"https://{host}:{canary.port}/did.json") == "refused-address"
    assert network.resolved == []
    assert canary.connections == 0


INNER = """0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 168.63.129.16 ::ffff:168.63.129.16 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:10.0.0.1
::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 4000::1 fc00::1 fd00:ec2::254 fe80::1
fe80::1%eth0 fec0::1 ff02::1 5f00::1 nonsense""".split()  # noqa: SIM905


@pytest.mark.parametrize("address", INNER)
def test_i2_no_inner_address_is_dialled_whatever_name_leads_there(make_fetcher, canary, address):
    assert not is_public(address)
    network = Elsewhere(canary, address)
    assert reason(make_fetcher(network=network), "https://issuer.example/did.json") == "refused-address"
    assert network.dialled == []


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"],
)
def test_i2_public_addresses_are(address):
    assert is_public(address)


def test_i2_one_inner_address_among_public_ones_spoils_the_name(make_fetcher, canary):
    network = Elsewhere(canary, [PUBLIC, "127.0.0.1"])
    assert reason(make_fetcher(network=network), "https://issuer.example/") == "refused-address"
    assert network.dialled == []


def test_i3_a_name_is_resolved_once_and_the_checked_address_is_dialled(make_fetcher, canary):
    network = Elsewhere(canary, PUBLIC, "127.0.0.1")
    fetcher = make_fetcher(network=network)
    reason(fetcher, "https://issuer.example/")
    assert (network.resolved, network.dialled) == (["issuer.example"], [PUBLIC])
    assert reason(fetcher, "https://issuer.example/") == "refused-address"
    assert network.dialled == [PUBLIC]


def redirect_to(*places):
    left = list(places)

    def answer(handler):
        place = left.pop(0) if left else None
        if place is None:
            handler.reply(b"{}")
        else:
            handler.reply(b"", status=302, Location=place)

    return answer


@pytest.mark.parametrize(
    "place",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "https://127.0.0.2/",
        "file:///etc/passwd",
        "//evil.internal/",
        "gopher://x/",
    ],
)
def test_i4_a_redirect_is_checked_like_a_first_address(local, canary, place):
    canary.answer = redirect_to(place)
    assert reason(local, f"http://localhost:{canary.port}/") == "refused-address"
    assert canary.connections == 1


def test_i4_three_redirects_are_followed_and_no_more(local, canary):
    canary.answer = redirect_to("/a", "/b", "/c")
    assert reason(local, f"http://localhost:{canary.port}/") is None
    canary.answer = redirect_to("/a", "/b", "/c", "/d")
    assert reason(local, f"http://localhost:{canary.port}/") == "http-status"


@pytest.mark.parametrize("kind", [DID_DOCUMENT, STATUS_LIST])
def test_i4_controller_documents_and_status_lists_follow_none(local, canary, kind):
    canary.answer = redirect_to("/a")
    assert reason(local, f"http://localhost:{canary.port}/", kind=kind) == "http-status"
    assert canary.connections == 1


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/vc")
    handler.end_headers()
    for _byte in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def drip_headers(handler):
    for _line in range(200):
        handler.wfile.write(b"X")
        handler.wfile.flush()
        time.sleep(0.1)


def say_nothing(_handler):
    time.sleep(10)


@pytest.mark.parametrize("answer", [drip, drip_headers, say_nothing])
def test_i5_one_deadline_ends_it_however_bytes_trickle(local, canary, answer):
    canary.answer = answer
    started = time.monotonic()
    assert reason(local, f"http://localhost:{canary.port}/") == "timeout"
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize("answer", [drip, drip_headers, say_nothing])
def test_i5_the_deadline_holds_on_the_connection_itself(local, canary, answer):
    canary.answer = answer
    started = time.monotonic()
    assert local.post_json(f"http://localhost:{canary.port}/", {}, seconds=0.5).error is Reason.TIMEOUT
    assert time.monotonic() - started < 1.5


def test_i5_a_slow_resolver_ends_too(make_fetcher, canary):
    class Slow(Elsewhere):
        def resolve(self, host, port, *, timeout):
            time.sleep(timeout)
            raise TimeoutError

    started = time.monotonic()
    assert reason(make_fetcher(network=Slow(canary, PUBLIC)), "https://issuer.example/") == "timeout"
    assert time.monotonic() - started < 3.5


def flood(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/vc")
    handler.end_headers()
    for _part in range(1024):
        handler.wfile.write(b" " * 1024 * 1024)


@pytest.mark.parametrize("kind", [DID_DOCUMENT, STATUS_LIST, CREDENTIAL])
def test_i5_a_flood_is_cut_off(local, canary, kind):
    canary.answer = flood
    assert reason(local, f"http://localhost:{canary.port}/", kind=kind) == "too-large"


def test_i5_exactly_the_limit_is_read(local, canary):
    canary.answer = lambda handler: handler.reply(b" " * DID_DOCUMENT.max_bytes, kind="application/did+json")
    assert reason(local, f"http://localhost:{canary.port}/did.json", kind=DID_DOCUMENT) is None


def test_i5_a_compressed_bomb_stays_packed(local, canary):
    canary.answer = lambda handler: handler.reply(b"\x1f\x8b", Content_Encoding="gzip")
    assert reason(local, f"http://localhost:{canary.port}/") == "bad-content-type"
    assert canary.asked[0][2]["Accept-Encoding"] == "identity"


def test_i5_endless_headers_are_not_kept(local, canary):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            handler.wfile.write(f"X-{number}: {'y' * 1000}\r\n".encode())

    canary.answer = answer
    assert reason(local, f"http://localhost:{canary.port}/") in {"unreachable", "timeout"}


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "", "image/jpeg", "application/xml"])
def test_another_kind_of_content_is_not_taken(local, canary, kind):
    canary.answer = lambda handler: handler.reply(b"{}", kind=kind)
    assert reason(local, f"http://localhost:{canary.port}/", kind=DID_DOCUMENT) == "bad-content-type"


def test_a_link_is_asked_for_a_credential_first_and_for_a_web_page_last(local, canary):
    canary.answer = lambda handler: handler.reply(b"{}", kind="application/json")
    local.get(f"http://localhost:{canary.port}/", kind=CREDENTIAL)
    accept = canary.asked[0][2]["Accept"].split(", ")
    assert (accept[0], accept[-1]) == ("application/vc", "application/xhtml+xml;q=0.1")


@pytest.mark.parametrize("status", [201, 204, 206, 400, 401, 404, 410, 500])
def test_only_200_is_an_answer(local, canary, status):
    canary.answer = lambda handler: handler.reply(b"", status=status)
    found = local.get(f"http://localhost:{canary.port}/", kind=CREDENTIAL)
    assert (found.error, found.final, found.body) == ("http-status", status, b"")


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


def test_i11_a_certificate_that_nobody_vouches_for_is_refused(make_fetcher, canary, tmp_path):
    path = certificate(tmp_path, "issuer.example")
    secured(canary, path)
    network = Elsewhere(canary, PUBLIC)
    assert reason(make_fetcher(network=network), "https://issuer.example/") == "tls"
    assert canary.asked == []
    trusting = make_fetcher(network=network, ca_file=path)
    assert reason(trusting, "https://issuer.example/") is None
    assert reason(trusting, "https://other.example/") == "tls"
    assert [asked[2]["Host"] for asked in canary.asked] == ["issuer.example"]


def test_i11_an_expired_certificate_is_refused(make_fetcher, canary, tmp_path):
    path = certificate(tmp_path, "issuer.example", days=-1)
    secured(canary, path)
    fetcher = make_fetcher(network=Elsewhere(canary, PUBLIC), ca_file=path)
    assert reason(fetcher, "https://issuer.example/") == "tls"


def test_i12_reasons_do_not_tell_open_ports_from_closed_ones(make_fetcher):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
    fetcher = make_fetcher()
    urls = [f"https://10.0.0.1:{port}/" for port in (22, 443, closed)]
    assert {reason(fetcher, url) for url in urls} == {"refused-address"}
    assert len({member.value for member in Reason}) == 8


def test_i13_proxies_in_the_environment_are_not_asked(local, canary, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert reason(local, f"http://localhost:{canary.port}/") is None


def test_i13_a_netrc_is_not_read(local, canary, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine localhost login ada password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    reason(local, f"http://localhost:{canary.port}/")
    assert "authorization" not in {name.lower() for name in canary.asked[0][2]}


@pytest.mark.parametrize(
    "url",
    ["http://issuer.example/", "ftp://issuer.example/", "file:///etc/passwd", "gopher://issuer.example:70/_x", "dict://x.example:11211/",
     "data:application/vc,{}", "blob:https://x.example/1", "javascript:1", "ldap://issuer.example/", "//issuer.example/", "issuer.example", "",
     "https://issuer.example:22/", "https://issuer.example:6379/", "https://issuer.example:0/", "https://issuer.example:70000/", "https://issuer.example:443x/"],
)  # fmt: skip
def test_i14_only_https_at_its_own_port(make_fetcher, canary, url):
    network = Elsewhere(canary, PUBLIC)
    assert reason(make_fetcher(network=network), url) == "refused-address"
    assert network.resolved == []


def test_i14_a_port_that_the_operator_allows(make_fetcher, canary):
    network = Elsewhere(canary, PUBLIC)
    reason(make_fetcher(network=network, ports=[8443]), "https://issuer.example:8443/")
    assert network.dialled == [PUBLIC]


@pytest.mark.parametrize(
    "url",
    ["https://ex.org\\@127.0.0.1/", "https://ex.org@127.0.0.1/", "https://ex.org:443@127.0.0.1/", "https://127.0.0.1\\@ex.org/",
     "https://ex.org#@127.0.0.1/", "https://ex.org/\\..\\x", "https://ex.org /", " https://ex.org/", "https://ex.org/\n", "https://ex.org/\r\nHost: x",
     "https://ex.org/a b", "https://ex.org/#f", "https://ex.org?x#", "https:///ex.org", "https:ex.org", "https:/ex.org/", "https://éx.org/", "https://ex.org/é",
     "https://ex%2eorg/", "https://ex.org%2f@127.0.0.1/", "https://[ex.org]/", "https://ex.org/%00" + "a" * 3000],
)  # fmt: skip
def test_i16_nothing_that_parsers_read_differently(make_fetcher, canary, url):
    network = Elsewhere(canary, PUBLIC)
    assert reason(make_fetcher(network=network), url) == "refused-address"
    assert network.resolved == []


def test_loopback_means_this_machine_only_and_only_when_asked_for(fetcher, local, make_fetcher, canary):
    assert reason(fetcher, f"http://localhost:{canary.port}/") == "refused-address"
    assert reason(local, f"http://127.0.0.1:{canary.port}/") is None
    assert reason(local, "http://issuer.example/") == "refused-address"
    assert reason(local, "http://10.0.0.1/") == "refused-address"
    poisoned = make_fetcher(loopback=True, network=Elsewhere(canary, "10.0.0.1"))
    assert reason(poisoned, f"http://localhost:{canary.port}/") == "refused-address"


def test_a_private_host_is_reached_only_by_its_configured_name(make_fetcher, canary, tmp_path):
    path = certificate(tmp_path, "school.lan")
    secured(canary, path)
    network = Elsewhere(canary, "192.168.1.5")
    fetcher = make_fetcher(network=network, ca_file=path, private_hosts=["school.lan"])
    assert reason(fetcher, "https://school.lan:8001/") is None
    assert reason(fetcher, "http://school.lan:8001/") == "refused-address"
    assert reason(fetcher, "https://other.lan/") == "refused-address"


# -- copies --------------------------------------------------------------------------------------------------------


def with_etag(handler):
    if handler.headers.get("If-None-Match") == '"1"':
        handler.send_response(304)
        handler.end_headers()
    else:
        handler.reply(b'{"list":1}', ETag='"1"')


def test_a_copy_is_asked_about_and_never_passed_off_as_fresh(local, canary, clock):
    url = f"http://localhost:{canary.port}/status/1"
    canary.answer = with_etag
    first = local.fetch([url])[url]
    clock.advance(timedelta(hours=4))
    again = local.fetch([url])[url]
    assert (again.body, again.from_cache, again.retrieved) == (first.body, True, clock.now())
    assert [asked[2].get("If-None-Match") for asked in canary.asked] == [None, '"1"']
    clock.advance(timedelta(hours=4))
    canary.answer = lambda handler: handler.reply(b"", status=500)
    gone = local.fetch([url])[url]
    assert (gone.error, gone.body) == ("http-status", b"")
    assert local.last_good(url) == again.retrieved
    stale = local.fetch([url], stale_within=timedelta(hours=5))[url]
    assert (stale.error, stale.from_cache, stale.retrieved) == (None, True, again.retrieved)
    assert local.fetch([url], stale_within=timedelta(hours=3))[url].error == "http-status"


def test_bulk_reuses_a_recent_copy_and_says_so(local, canary, clock):
    url = f"http://localhost:{canary.port}/status/1"
    retrieved = local.fetch([url])[url].retrieved
    clock.advance(timedelta(seconds=30))
    again = local.fetch([url], reuse_within=timedelta(minutes=1))[url]
    assert (again.from_cache, again.retrieved, canary.connections) == (True, retrieved, 1)


def test_a_304_for_something_we_never_had_is_no_answer(local, canary):
    canary.answer = lambda handler: handler.reply(b"", status=304)
    assert reason(local, f"http://localhost:{canary.port}/") == "http-status"


def test_i9_a_changed_document_replaces_the_copy_at_once(local, canary):
    url = f"http://localhost:{canary.port}/did.json"
    canary.answer = lambda handler: handler.reply(b"1", kind="application/did+json", ETag='"1"')
    local.fetch([url])
    canary.answer = lambda handler: handler.reply(b"2", kind="application/did+json", ETag='"2"')
    assert local.fetch([url])[url].body == b"2"


def test_the_cache_is_bounded(clock):
    cache = MemoryCache(entries=3, total=100)
    for number in range(5):
        cache.put(Resource(url=str(number), body=b"x" * 10, media_type="", retrieved=clock.now()))
    assert [cache.get(str(number)) is not None for number in range(5)] == [False, False, True, True, True]
    cache.put(Resource(url="big", body=b"x" * 90, media_type="", retrieved=clock.now()))
    assert cache.get("4") is not None
    assert cache.get("2") is None


# -- many at once --------------------------------------------------------------------------------------------------


def test_i15_at_most_two_at_a_time_per_host(local, canary):
    busy, most, lock = 0, 0, threading.Lock()

    def answer(handler):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.05)
        with lock:
            busy -= 1
        handler.reply(b"{}")

    canary.answer = answer
    found = local.fetch([f"http://localhost:{canary.port}/{number}" for number in range(12)])
    assert all(resource.error is None for resource in found.values())
    assert most == 2


def test_r11_a_host_that_keeps_failing_is_left_alone_for_a_while(local, canary, clock):
    canary.answer = lambda handler: handler.reply(b"", status=503)
    url = f"http://localhost:{canary.port}/"
    for _try in range(5):
        assert reason(local, url) == "http-status"
    assert reason(local, url) == "unreachable"
    assert canary.connections == 5
    clock.advance(timedelta(seconds=10))
    canary.answer = lambda handler: handler.reply(b"{}")
    assert reason(local, url) is None
    assert reason(local, url) is None


def test_r11_everything_is_over_by_the_deadline(local, canary):
    canary.answer = say_nothing
    started = time.monotonic()
    found = local.fetch([f"http://localhost:{canary.port}/{number}" for number in range(10)], seconds=1.0)
    assert {resource.error for resource in found.values()} == {"timeout"}
    assert len(found) == 10
    assert time.monotonic() - started < 1.5


def test_posting_brings_any_status_and_never_follows(local, canary):
    canary.answer = lambda handler: handler.reply(
        handler.received, status=409, kind="application/problem+json; charset=utf-8"
    )
    reply = local.post_json(f"http://localhost:{canary.port}/claim/x", {"ü": 1})
    assert (reply.status, reply.media_type, reply.json(), reply.error) == (
        409,
        "application/problem+json",
        {"ü": 1},
        None,
    )
    canary.answer = redirect_to("/elsewhere")
    assert local.post_json(f"http://localhost:{canary.port}/", {}).status == 302
    assert canary.connections == 2
    assert local.post_json("https://10.0.0.1/", {}).error is Reason.REFUSED_ADDRESS
    canary.answer = flood
    assert local.post_json(f"http://localhost:{canary.port}/", {}).error is Reason.TOO_LARGE


class Names:
    """A resolver that hangs for some names, until the test lets go."""

    def __init__(self):
        self.asked = []
        self.free = threading.Event()

    def __call__(self, host, port, **_kinds):
        self.asked.append(host)
        if host.startswith("slow"):
            self.free.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, port))]


@pytest.fixture
def names(monkeypatch):
    made = Names()
    monkeypatch.setattr(socket, "getaddrinfo", made)
    yield made
    made.free.set()


def test_i14_names_that_are_never_answered_hold_up_no_others(names):
    network = SystemNetwork()
    for number in range(40):
        with pytest.raises(TimeoutError):
            network.resolve(f"slow{number}.example", 443, timeout=0.01)
    began = time.monotonic()
    assert network.resolve("quick.example", 443, timeout=3) == [PUBLIC]
    assert time.monotonic() - began < 1
    held = [thread for thread in threading.enumerate() if thread.name == "resolve"]
    assert all(thread.daemon for thread in held), "a process that ends waits for none of them"


def test_i14_a_name_that_is_never_answered_holds_one_thread_however_often_it_is_asked_for(names):
    network = SystemNetwork()
    for _number in range(30):
        with pytest.raises(TimeoutError):
            network.resolve("slow.example", 443, timeout=0.01)
    assert names.asked == ["slow.example"]


def test_i14_look_ups_are_bounded_and_their_places_come_back(names, monkeypatch):
    monkeypatch.setattr("kit.fetch.network._LOOKUPS", 2)
    network = SystemNetwork()
    for host in ("slow1.example", "slow2.example", "quick.example"):
        with pytest.raises(TimeoutError):
            network.resolve(host, 443, timeout=0.01)
    assert names.asked == ["slow1.example", "slow2.example"]
    names.free.set()
    assert network.resolve("quick.example", 443, timeout=3) == [PUBLIC]
    assert network.resolve("slow1.example", 443, timeout=3) == [PUBLIC]


def test_i14_a_name_that_is_none_is_told_as_such(monkeypatch):
    def unknown(*_names, **_kinds):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    network = SystemNetwork()
    for _time in range(2):
        with pytest.raises(OSError, match="not known"):
            network.resolve("nobody.example", 443, timeout=1)


def slow(handler):
    time.sleep(1)
    handler.reply(b"{}")


def test_i14_slow_hosts_of_one_document_hold_up_no_other(local, canary):
    servers = [Canary() for _number in range(8)]
    for server in servers:
        server.answer = slow
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    urls = [f"http://localhost:{server.port}/{number}" for number in range(4) for server in servers]
    found = []
    first = threading.Thread(target=lambda: found.append(local.fetch(urls, kind=CREDENTIAL, seconds=2)))
    first.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert reason(local, f"http://localhost:{canary.port}/") is None
    assert time.monotonic() - began < 0.7
    assert sum(server.connections for server in servers) <= AT_ONCE
    first.join()
    assert [resource.url for resource in found[0].values()] == urls
    assert {resource.error for resource in found[0].values()} == {None, "timeout"}
    for server in servers:
        server.shutdown()
        server.server_close()


def test_i14_a_host_is_not_called_slow_for_the_time_that_others_used_up(local, canary):
    canary.answer = slow
    for number in range(8):
        found = local.fetch([f"http://localhost:{canary.port}/{number}"], kind=CREDENTIAL, seconds=0.1)
        assert {resource.error for resource in found.values()} == {"timeout"}
    canary.answer = lambda handler: handler.reply(b"{}")
    assert reason(local, f"http://localhost:{canary.port}/") is None


def test_what_is_about_a_person_is_not_kept(local, canary):
    url = f"http://localhost:{canary.port}/credential"
    canary.answer = with_etag
    for _round in range(2):
        assert local.get(url, kind=CREDENTIAL).body == b'{"list":1}'
    assert [asked[2].get("If-None-Match") for asked in canary.asked] == [None, None]
    assert local.cache.get(url) is None
    assert local.last_good(url) is None
