"""What a learner says of themself: signed, kept, shared, and never to be taken for a provider's word."""

from datetime import date, timedelta

import pytest

from kit.errors import BadInput, NotFound, Refused
from kit.verdict import verdict_view
from tests.unit.wallet.samples import NOW, award, strangers
from vc.securing import open_document
from wallet.service.share_views import Choice
from wallet.service.stating import OWN_WORD, Statement

SAID = Statement(title="Read forty books", about="From March to June,\nmost of them aloud.", day=date(2026, 6, 30))


@pytest.fixture
def kept(services, hadleys):
    return services.stating.state(hadleys.teresa, hadleys.wren, SAID)


def test_a_statement_is_signed_kept_and_marked(services, hadleys, kept):
    view = services.credentials.look(hadleys.teresa, kept)
    assert (view.card.title, view.card.own_word, view.card.bound) == ("Read forty books", True, True)
    assert (view.card.awarded_on, view.card.verdict) == (SAID.day, "genuineAndCurrent")
    assert [one.source for one in view.editions] == ["self"]
    document = open_document(services.credentials.document(hadleys.teresa, kept)).value
    assert document["issuer"] == document["credentialSubject"]["id"]
    assert document["credentialSubject"]["achievement"]["criteria"]["narrative"] == OWN_WORD
    again = services.stating.state(hadleys.teresa, hadleys.wren, SAID)
    other = open_document(services.credentials.document(hadleys.teresa, again)).value
    assert (again != kept, other["issuer"]) == (True, document["issuer"])
    assert not [word for word in ("2016-06-03", "Wren", "Hadley") if word in str(document)]


def test_a_providers_award_is_not_the_learners_own_word(services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    assert not services.credentials.look(hadleys.teresa, kept).card.own_word
    report = services.credentials.look(hadleys.teresa, kept).report
    assert str(verdict_view(report, "en", NOW).who.word) == "On no list that you use"


def test_a_verifier_says_whose_word_it_is_and_is_never_green(services, hadleys, kept):
    report = services.credentials.look(hadleys.teresa, kept).report
    told = verdict_view(report, "en", NOW)
    assert (str(told.who.word), told.green) == ("Their own word", False)
    assert "Nobody else has confirmed it." in str(told.who.sentence)


def test_a_reader_is_told(services, hadleys, kept):
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="")
    share = services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.wren, choice))
    (card,) = services.reading.record(share.token, reader="").shared.cards
    assert card.own_word


def test_k11_only_who_has_the_say_signs_and_nothing_is_kept_otherwise(services, hadleys):
    stranger, _learner = strangers(services)
    for actor, refusal in ((hadleys.marcus, Refused), (stranger, NotFound), (hadleys.jonah, NotFound)):
        with pytest.raises(refusal):
            services.stating.state(actor, hadleys.wren, SAID)
    with pytest.raises(Refused):
        services.stating.state(hadleys.jonah, hadleys.jonah_learner, SAID)
    wrong = (
        Statement(title=" ", about="x", day=SAID.day),
        Statement(title="x", about="", day=SAID.day),
        Statement(title="x", about="x", day=NOW.date() + timedelta(days=1)),
        Statement(title="x" * 121, about="x", day=SAID.day),
    )
    for said in wrong:
        with pytest.raises(BadInput):
            services.stating.state(hadleys.teresa, hadleys.wren, said)
    assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []
