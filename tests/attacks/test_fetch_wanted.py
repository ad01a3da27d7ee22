"""What a verdict says that it wants at an address decides what is taken from there, and whether a copy is kept."""

from datetime import timedelta

import pytest

from kit.fetch.kinds import KINDS
from tests.attacks.fetching import canary, clock, local, make_fetcher  # noqa: F401 - fixtures
from vc.wanted import Wanted

PERSONAL = {Wanted.HOSTED_BADGE, Wanted.CREDENTIAL, Wanted.IMAGE}


def answer(body, media_type):
    def reply(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


@pytest.mark.parametrize("wanted", list(Wanted), ids=lambda wanted: wanted.value)
def test_each_thing_has_its_own_media_types_and_what_is_about_a_person_is_not_kept(local, canary, wanted):  # noqa: F811
    kind = KINDS[wanted]
    url = f"http://localhost:{canary.port}/x"
    canary.answer = answer(b"{}", kind.media_types[0])
    assert local.fetch([url], wanted={url: wanted})[url].error is None
    assert (local.cache.get(url) is None) is (wanted in PERSONAL)
    canary.answer = answer(b"<p>", "text/html")
    assert local.fetch([url], wanted={url: wanted})[url].error == "bad-content-type"
    canary.answer = answer(b" " * (kind.max_bytes + 1), kind.media_types[0])
    assert local.fetch([url], wanted={url: wanted})[url].error == "too-large"


def test_only_what_a_person_pointed_at_is_followed_elsewhere():
    assert {wanted for wanted, kind in KINDS.items() if kind.redirects} == {Wanted.IMAGE}


def test_what_was_kept_as_one_thing_is_not_taken_for_another(local, canary):  # noqa: F811
    # A host that serves as text whatever anybody puts there: as a status list it may be a token, as keys it is none.
    url = f"http://localhost:{canary.port}/raw/1"

    def reply(handler):
        known = handler.headers.get("If-None-Match") == '"1"'
        handler.send_response(304 if known else 200)
        handler.send_header("ETag", '"1"')
        handler.send_header("Content-Type", "text/plain")
        handler.send_header("Content-Length", "0" if known else "2")
        handler.end_headers()
        handler.wfile.write(b"" if known else b"{}")

    canary.answer = reply
    assert local.fetch([url], wanted={url: Wanted.STATUS_LIST})[url].error is None
    assert local.fetch([url], wanted={url: Wanted.STATUS_LIST})[url].from_cache
    day = timedelta(days=1)
    for options in ({}, {"reuse_within": day}, {"stale_within": day}):
        found = local.fetch([url], wanted={url: Wanted.CONTROLLER_DOCUMENT}, **options)[url]
        assert (found.error, found.body) == ("bad-content-type", b"")
