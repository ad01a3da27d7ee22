"""Attacks through URLs that documents name: section I of the threat catalogue, by id. The canary counts connections."""

import socket
import time

import pytest

from kit.fetch import CREDENTIAL, DID_DOCUMENT, STATUS_LIST, Reason
from kit.fetch.addresses import is_public
from tests.attacks.fetching import (
    PUBLIC,
    Elsewhere,
    canary,
    certificate,
    clock,
    fetcher,
    flood,
    local,
    make_fetcher,
    reason,
    redirect_to,
    say_nothing,
    secured,
)

__all__ = ["canary", "clock", "fetcher", "local", "make_fetcher"]

SPELLINGS = """127.0.0.1 127.1 127.0.1 0 0.0.0.0 0x7f.1 0x7f000001 2130706433 017700000001 0177.0.0.1 127.0.0.1. localhost
localhost. LOCALHOST [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1]
[2002:7f00:1::] [fe80::1] [fe80::1%25eth0] [fc00::1] 10.0.0.1 10.1 172.16.0.1 192.168.1.1 192.168.257 169.254.169.254
[fd00:ec2::254] 100.100.100.200 169.254.0xa9.0xfe 2852039166 0xA9FEA9FE 127.127.127.127 1.1.1.1 [2606:4700::1111]
metadata.google.internal intranet printer.local db.internal router.lan a.localhost db.localdomain
db.intranet nas.home.arpa files.corp tv.home x.private x.test x.invalid x.onion
1.in-addr.arpa ①②⑦.⓪.⓪.① 127。0。0。1 ｌocalhost exa%6dple.org xn--.example -a.example a-.example a..example .example example
""".split()  # noqa: SIM905


@pytest.mark.parametrize("host", SPELLINGS)
def test_I1_I7_no_spelling_of_an_inner_address_is_asked(make_fetcher, canary, host):
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
def test_I2_no_inner_address_is_dialled_whatever_name_leads_there(make_fetcher, canary, address):
    assert not is_public(address)
    network = Elsewhere(canary, address)
    assert reason(make_fetcher(network=network), "https://issuer.example/did.json") == "refused-address"
    assert network.dialled == []


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"],
)
def test_I2_public_addresses_are(address):
    assert is_public(address)


def test_I2_one_inner_address_among_public_ones_spoils_the_name(make_fetcher, canary):
    network = Elsewhere(canary, [PUBLIC, "127.0.0.1"])
    assert reason(make_fetcher(network=network), "https://issuer.example/") == "refused-address"
    assert network.dialled == []


def test_I3_a_name_is_resolved_once_and_the_checked_address_is_dialled(make_fetcher, canary):
    network = Elsewhere(canary, PUBLIC, "127.0.0.1")
    fetcher = make_fetcher(network=network)
    reason(fetcher, "https://issuer.example/")
    assert (network.resolved, network.dialled) == (["issuer.example"], [PUBLIC])
    assert reason(fetcher, "https://issuer.example/") == "refused-address"
    assert network.dialled == [PUBLIC]


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
def test_I4_a_redirect_is_checked_like_a_first_address(local, canary, place):
    canary.answer = redirect_to(place)
    assert reason(local, f"http://localhost:{canary.port}/") == "refused-address"
    assert canary.connections == 1


def test_I4_three_redirects_are_followed_and_no_more(local, canary):
    canary.answer = redirect_to("/a", "/b", "/c")
    assert reason(local, f"http://localhost:{canary.port}/") is None
    canary.answer = redirect_to("/a", "/b", "/c", "/d")
    assert reason(local, f"http://localhost:{canary.port}/") == "http-status"


@pytest.mark.parametrize("kind", [DID_DOCUMENT, STATUS_LIST])
def test_I4_controller_documents_and_status_lists_follow_none(local, canary, kind):
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


@pytest.mark.parametrize("answer", [drip, drip_headers, say_nothing])
def test_I5_one_deadline_ends_it_however_bytes_trickle(local, canary, answer):
    canary.answer = answer
    started = time.monotonic()
    assert reason(local, f"http://localhost:{canary.port}/") == "timeout"
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize("answer", [drip, drip_headers, say_nothing])
def test_I5_the_deadline_holds_on_the_connection_itself(local, canary, answer):
    canary.answer = answer
    started = time.monotonic()
    assert local.post_json(f"http://localhost:{canary.port}/", {}, seconds=0.5).error is Reason.TIMEOUT
    assert time.monotonic() - started < 1.5


def test_I5_a_slow_resolver_ends_too(make_fetcher, canary):
    class Slow(Elsewhere):
        def resolve(self, host, port, *, timeout):
            time.sleep(timeout)
            raise TimeoutError

    started = time.monotonic()
    assert reason(make_fetcher(network=Slow(canary, PUBLIC)), "https://issuer.example/") == "timeout"
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize("kind", [DID_DOCUMENT, STATUS_LIST, CREDENTIAL])
def test_I5_a_flood_is_cut_off(local, canary, kind):
    canary.answer = flood
    assert reason(local, f"http://localhost:{canary.port}/", kind=kind) == "too-large"


def test_I5_exactly_the_limit_is_read(local, canary):
    canary.answer = lambda handler: handler.reply(b" " * DID_DOCUMENT.max_bytes, kind="application/did+json")
    assert reason(local, f"http://localhost:{canary.port}/did.json", kind=DID_DOCUMENT) is None


def test_I5_a_compressed_bomb_stays_packed(local, canary):
    canary.answer = lambda handler: handler.reply(b"\x1f\x8b", Content_Encoding="gzip")
    assert reason(local, f"http://localhost:{canary.port}/") == "bad-content-type"
    assert canary.asked[0][2]["Accept-Encoding"] == "identity"


def test_I5_endless_headers_are_not_kept(local, canary):
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


def test_I11_a_certificate_that_nobody_vouches_for_is_refused(make_fetcher, canary, tmp_path):
    path = certificate(tmp_path, "issuer.example")
    secured(canary, path)
    network = Elsewhere(canary, PUBLIC)
    assert reason(make_fetcher(network=network), "https://issuer.example/") == "tls"
    assert canary.asked == []
    trusting = make_fetcher(network=network, ca_file=path)
    assert reason(trusting, "https://issuer.example/") is None
    assert reason(trusting, "https://other.example/") == "tls"
    assert [asked[2]["Host"] for asked in canary.asked] == ["issuer.example"]


def test_I11_an_expired_certificate_is_refused(make_fetcher, canary, tmp_path):
    path = certificate(tmp_path, "issuer.example", days=-1)
    secured(canary, path)
    fetcher = make_fetcher(network=Elsewhere(canary, PUBLIC), ca_file=path)
    assert reason(fetcher, "https://issuer.example/") == "tls"


def test_I12_reasons_do_not_tell_open_ports_from_closed_ones(make_fetcher):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = taken.getsockname()[1]
    fetcher = make_fetcher()
    urls = [f"https://10.0.0.1:{port}/" for port in (22, 443, closed)]
    assert {reason(fetcher, url) for url in urls} == {"refused-address"}
    assert len({member.value for member in Reason}) == 8


def test_I13_proxies_in_the_environment_are_not_asked(local, canary, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert reason(local, f"http://localhost:{canary.port}/") is None


def test_I13_a_netrc_is_not_read(local, canary, monkeypatch, tmp_path):
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
def test_I14_only_https_at_its_own_port(make_fetcher, canary, url):
    network = Elsewhere(canary, PUBLIC)
    assert reason(make_fetcher(network=network), url) == "refused-address"
    assert network.resolved == []


def test_I14_a_port_that_the_operator_allows(make_fetcher, canary):
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
def test_I16_nothing_that_parsers_read_differently(make_fetcher, canary, url):
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
