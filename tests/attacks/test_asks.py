"""Attacks on what is sent to an address that somebody typed: section I again, through `Fetcher.ask`."""

import pytest

from kit.fetch import Reason
from tests.attacks.fetching import (
    PUBLIC,
    Elsewhere,
    canary,
    certificate,
    clock,
    flood,
    local,
    make_fetcher,
    redirect_to,
    say_nothing,
    secured,
)
from tests.attacks.test_fetch import INNER, SPELLINGS

__all__ = ["canary", "clock", "local", "make_fetcher"]


def ask(fetcher, url, *, media_types=None, max_bytes=1000, seconds=0.3, **headers):
    return fetcher.ask(
        "POST", url, headers=headers, content=b"{}", media_types=media_types, max_bytes=max_bytes, seconds=seconds
    )


def test_I1_I7_no_spelling_of_an_inner_address_is_asked(make_fetcher, canary):
    network = Elsewhere(canary, PUBLIC)
    fetcher = make_fetcher(network=network)
    for host in SPELLINGS:
        url = f"https://{host}/notices"
        assert not fetcher.takes(url), host
        assert ask(fetcher, url).error is Reason.REFUSED_ADDRESS
    assert (network.resolved, canary.connections) == ([], 0)


def test_I2_no_inner_address_is_dialled_whatever_name_leads_there(make_fetcher, canary):
    network = Elsewhere(canary, *INNER, PUBLIC)
    fetcher = make_fetcher(network=network)
    for number, _address in enumerate(INNER):
        assert ask(fetcher, f"https://p{number}.example.org/").error is Reason.REFUSED_ADDRESS
    assert (len(network.resolved), network.dialled, canary.connections) == (len(INNER), [], 0)


def test_I3_a_name_that_leads_somewhere_else_the_second_time_is_resolved_once(make_fetcher, canary):
    network = Elsewhere(canary, PUBLIC, "127.0.0.1")
    ask(make_fetcher(network=network), "https://program.example/")
    assert network.dialled == [PUBLIC]


def test_I4_a_redirect_is_an_answer_and_nothing_else(local, canary):
    canary.answer = redirect_to(f"http://127.0.0.1:{canary.port}/inner")
    reply = ask(local, f"http://127.0.0.1:{canary.port}/")
    assert (reply.status, reply.headers["location"]) == (302, f"http://127.0.0.1:{canary.port}/inner")
    assert canary.connections == 1


@pytest.mark.parametrize("answer", [flood, say_nothing])
def test_I5_what_never_ends_does(local, canary, answer):
    canary.answer = answer
    reply = ask(local, f"http://127.0.0.1:{canary.port}/")
    assert reply.error in {Reason.TOO_LARGE, Reason.TIMEOUT}
    assert reply.body == b""


def test_I5_what_comes_packed_stays_packed(local, canary):
    canary.answer = lambda handler: handler.reply(b"\x1f\x8b", Content_Encoding="gzip")
    assert ask(local, f"http://127.0.0.1:{canary.port}/").error is Reason.BAD_CONTENT_TYPE


def test_I11_a_certificate_that_nobody_vouches_for_is_refused(make_fetcher, canary, tmp_path):
    secured(canary, certificate(tmp_path, "program.example"))
    reply = ask(make_fetcher(network=Elsewhere(canary, PUBLIC)), "https://program.example/", seconds=2)
    assert reply.error is Reason.TLS
    assert canary.asked == []


def test_a_body_of_another_kind_is_left_out_and_the_status_stays(local, canary):
    canary.answer = lambda handler: handler.reply(b"<p>no</p>", status=201, kind="text/html")
    reply = ask(local, f"http://127.0.0.1:{canary.port}/", media_types=("application/json",))
    assert (reply.status, reply.body, reply.error) == (201, b"", Reason.BAD_CONTENT_TYPE)
    canary.answer = lambda handler: handler.reply(b"", status=304, kind="text/html")
    assert ask(local, f"http://127.0.0.1:{canary.port}/", media_types=("application/json",)).error is None


def test_only_headers_that_mean_something_to_us_are_told(local, canary):
    canary.answer = lambda handler: handler.reply(b"", status=503, Retry_After="120", Set_Cookie="a=b", ETag='"1"')
    reply = ask(local, f"http://127.0.0.1:{canary.port}/", Authorization="Bearer x")
    assert reply.headers == {"retry-after": "120", "etag": '"1"'}
    assert canary.asked[-1][2]["Authorization"] == "Bearer x"
    assert "Cookie" not in canary.asked[-1][2]
