"""Asking a provider to confirm: what is asked, by whose leave, and the one answer."""

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from tests.unit.wallet.samples import strangers
from tests.unit.wallet.test_sharing import choice, keep
from wallet.service.asks import asking_for_confirmation

OFFER = "https://maple.example/claim/abcdefghijk"
WORDS = "Jonah led the load test in May. Could you confirm it?"


def ask(services, actor, learner, kept, words=WORDS):
    made = services.shares.create(
        actor, learner, choice(kept, recipient="Maple Co-op"), ask=asking_for_confirmation(words)
    )
    return services.shares.share(actor, made)


@pytest.fixture
def asked(services, hadleys):
    return ask(services, hadleys.teresa, hadleys.jonah_learner, keep(services, hadleys.teresa, hadleys.jonah_learner))


def test_the_provider_sees_what_is_asked_and_answers_with_an_award(services, hadleys, asked):
    read = services.reading.record(asked.token, reader="Hannah")
    assert (read.ask.words, read.ask.state) == (WORDS, "open")
    services.confirming.confirm(read.opened, OFFER, said="Gladly.", reader="Hannah")
    ask_ = services.shares.share(hadleys.teresa, asked.id).ask
    assert (ask_.state, ask_.link, ask_.said) == ("answered", OFFER, "Gladly.")
    line = services.shares.shares(hadleys.teresa, hadleys.jonah_learner)[0]
    assert (line.asks, line.ask_state) == ("confirmation", "answered")
    for again in (
        lambda: services.confirming.confirm(asked.token, OFFER, said="", reader=""),
        lambda: services.confirming.decline(asked.token, said="", reader=""),
    ):
        with pytest.raises(Conflict):
            again()
    assert services.shares.share(hadleys.teresa, asked.id).ask.link == OFFER


def test_a_provider_says_no_in_words_that_the_family_reads_as_text(services, hadleys, asked):
    services.confirming.decline(asked.token, said="<b>Not ours</b>", reader="Hannah")
    ask_ = services.shares.share(hadleys.teresa, asked.id).ask
    assert (ask_.state, ask_.said, ask_.link) == ("declined", "<b>Not ours</b>", "")


@pytest.mark.parametrize("offer", ["", "x", "javascript:alert(1)", "https://a@b.example/claim", "http://maple.example/c",
                                   "https://maple.example/a b", "ftp://maple.example/c", "https://169.254.169.254/x"])  # fmt: skip
def test_an_answer_that_is_no_claim_link_is_refused_and_may_be_given_anew(services, hadleys, asked, offer):
    with pytest.raises(BadInput):
        services.confirming.confirm(asked.token, offer, said="", reader="")
    assert services.shares.share(hadleys.teresa, asked.id).ask.state == "open"


def test_O8_a_minors_request_waits_for_a_guardian_with_its_words(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    waiting = ask(services, hadleys.jonah, hadleys.jonah_learner, kept)
    assert (waiting.state, waiting.token) == ("waiting", "")
    assert services.shares.share(hadleys.teresa, waiting.id).ask.words == WORDS
    with pytest.raises(Refused):
        services.shares.approve(hadleys.jonah, waiting.id)
    services.shares.approve(hadleys.teresa, waiting.id)
    assert services.shares.share(hadleys.jonah, waiting.id).token


def test_a_recalled_request_takes_no_answer(services, hadleys, asked):
    services.shares.recall(hadleys.teresa, asked.id)
    with pytest.raises(Gone):
        services.confirming.confirm(asked.token, OFFER, said="", reader="")


def test_a_share_that_asks_nothing_takes_no_answer(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner)
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept))
    token = services.shares.share(hadleys.teresa, made).token
    assert services.reading.record(token, reader="").ask is None
    with pytest.raises(NotFound):
        services.confirming.decline(token, said="", reader="")
    assert [one.kind for one in services.shares.share(hadleys.teresa, made).openings.items] == ["page"]


def test_a_request_is_gone_with_its_learner(services, hadleys, asked):
    services.confirming.decline(asked.token, said="No", reader="")
    services.erasure.remove_learner(hadleys.teresa, hadleys.jonah_learner)
    services.erasure.erase_learner(hadleys.teresa, hadleys.jonah_learner)
    with pytest.raises((NotFound, Gone)):
        services.reading.record(asked.token, reader="")


def test_another_family_asks_nothing_with_these_awards(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    stranger, learner = strangers(services)
    with pytest.raises(NotFound):
        ask(services, stranger, learner, kept)
