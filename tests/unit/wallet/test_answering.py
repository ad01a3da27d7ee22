"""Answering a verifier: for its own challenge and site, once, with what was seen and approved."""

import json

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from tests.unit.wallet.desk import Desk, asked
from tests.unit.wallet.samples import NOW, award, keep_bound, strangers
from tests.unit.wallet.test_papers import english
from vc import RECOMMENDED, Evidence, serialize, verify
from vc.checks import Verdict
from wallet.service.exchange import ProviderRefused
from wallet.service.questions import parse_question, read_question

SITE = "https://admissions.example"


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.stop()


def take_up(services, actor, learner, text):
    question = services.answering.read(actor, text)
    sheet = services.answering.sheet(actor, learner, question)
    picked = [card.id for card in sheet.sheet.preview.cards]
    choice = services.answering.choice(question, picked, {})
    return services.answering.take_up(actor, learner, question, choice)


def judged(presentation, challenge, domain):
    policy = RECOMMENDED(recognised=(), loopback=True, require_holder_binding=True, challenge=challenge, domain=domain)
    return verify(serialize(presentation), evidence=Evidence(), policy=policy, now=NOW).verdict


def test_a_link_is_asked_and_answered_with_what_fits_for_this_site_alone(services, hadleys, desk):
    kept = keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner, 2, title="Secret baking")
    question = services.answering.read(hadleys.teresa, desk.link)
    assert (question.host, question.endpoint, question.reason) == ("localhost", desk.link, "For admission.")
    asked_sheet = services.answering.sheet(hadleys.teresa, hadleys.teresa_learner, question)
    assert [match.credential_ids for match in asked_sheet.matches] == [(kept,)]
    assert [item.card.id for item in asked_sheet.sheet.items] == [kept]
    share_id = take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    assert desk.taken == []
    services.answering.send(hadleys.teresa, share_id)
    (sent,) = desk.taken
    assert judged(sent, "c" * 24, desk.origin) is Verdict.GENUINE_AND_CURRENT
    assert judged(sent, "d" * 24, desk.origin) is Verdict.NOT_GENUINE
    assert judged(sent, "c" * 24, SITE) is Verdict.NOT_GENUINE
    assert "Secret baking" not in json.dumps(sent)
    view = services.shares.share(hadleys.teresa, share_id)
    assert (view.state, view.ask.state, view.recipient, view.token) == ("recalled", "answered", "localhost", "")


def test_a_request_is_answered_once(services, hadleys, desk):
    """Replay: neither the same share nor the same challenge of the same site."""
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    share_id = take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    with pytest.raises(Conflict):
        take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    services.answering.send(hadleys.teresa, share_id)
    for again in (services.answering.send, services.answering.answer):
        with pytest.raises(Conflict):
            again(hadleys.teresa, share_id)
    with pytest.raises(Conflict):
        take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    assert len(desk.taken) == 1
    desk.request = asked(desk.origin, challenge="e" * 24)
    assert take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)


def test_an_answer_that_was_not_taken_can_be_sent_again(services, hadleys, desk):
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    share_id = take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    desk.refuses = True
    with pytest.raises(ProviderRefused):
        services.answering.send(hadleys.teresa, share_id)
    assert services.shares.share(hadleys.teresa, share_id).ask.state == "open"
    desk.refuses = False
    services.answering.send(hadleys.teresa, share_id)
    assert len(desk.taken) == 1


def test_a_question_that_was_dropped_can_be_taken_up_anew(services, hadleys, desk):
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    first = take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    services.shares.recall(hadleys.teresa, first)
    with pytest.raises(Gone):
        services.answering.send(hadleys.teresa, first)
    assert take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link) != first


def test_O8_a_minors_answer_waits_for_a_guardian_and_goes_to_nobody_else(services, hadleys, desk):
    keep_bound(services, hadleys.teresa, hadleys.jonah_learner)
    share_id = take_up(services, hadleys.jonah, hadleys.jonah_learner, desk.link)
    for way in (services.answering.send, services.answering.answer):
        with pytest.raises(Conflict):
            way(hadleys.jonah, share_id)
    with pytest.raises(Refused):
        services.shares.approve(hadleys.jonah, share_id)
    services.shares.approve(hadleys.teresa, share_id)
    with pytest.raises(Conflict):
        services.presenting.answer(hadleys.jonah, share_id, challenge="x" * 24, domain="https://elsewhere.example")
    with pytest.raises(Conflict):
        services.shares.paper(hadleys.jonah, share_id, english())
    assert services.shares.share(hadleys.jonah, share_id).token == ""
    services.answering.send(hadleys.jonah, share_id)
    assert len(desk.taken) == 1


def test_a_request_that_was_brought_is_answered_into_a_file(services, hadleys):
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    share_id = take_up(services, hadleys.teresa, hadleys.teresa_learner, json.dumps(asked(SITE)))
    with pytest.raises(Conflict):
        services.answering.send(hadleys.teresa, share_id)
    assert services.shares.share(hadleys.teresa, share_id).ask.state == "open"
    made = json.loads(services.answering.answer(hadleys.teresa, share_id))
    assert judged(made, "c" * 24, SITE) is Verdict.GENUINE_AND_CURRENT


def test_what_is_bound_to_no_key_answers_nothing(services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award())
    with pytest.raises(BadInput):
        take_up(services, hadleys.teresa, hadleys.teresa_learner, json.dumps(asked(SITE)))


def test_nothing_goes_along_that_was_not_asked_for_or_is_somebody_elses(services, hadleys):
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    other = keep_bound(services, hadleys.teresa, hadleys.teresa_learner, 2, title="Secret baking")
    wrens = keep_bound(services, hadleys.teresa, hadleys.wren, 3)
    question = parse_question(json.dumps(asked(SITE)), loopback=True)
    for wrong in (other, wrens, "x"):
        choice = services.answering.choice(question, [wrong], {})
        with pytest.raises(BadInput):
            services.answering.take_up(hadleys.teresa, hadleys.teresa_learner, question, choice)


def test_another_family_neither_sees_nor_sends_an_answer(services, hadleys, desk):
    keep_bound(services, hadleys.teresa, hadleys.teresa_learner)
    share_id = take_up(services, hadleys.teresa, hadleys.teresa_learner, desk.link)
    stranger, _learner = strangers(services)
    for act in (services.answering.send, services.answering.answer):
        with pytest.raises(NotFound):
            act(stranger, share_id)
    with pytest.raises(NotFound):
        services.answering.send(hadleys.teresa, "x" * 36)


@pytest.mark.parametrize(
    ("link", "request_"),
    [
        ("https://evil.example/x", asked(SITE)),
        ("", asked(SITE, endpoint="https://evil.example/answer")),
        ("", asked(SITE, endpoint="https://admissions.example.evil.example/answer")),
        ("", asked(SITE, endpoint="https://admissions.example:8443/answer")),
        ("", asked(SITE, endpoint="http://admissions.example/answer")),
        ("", asked(SITE, endpoint="javascript:alert(1)")),
        ("", asked(SITE, endpoint="https://a@admissions.example/answer")),
    ],
)
def test_J10_an_answer_goes_to_the_site_that_it_is_signed_for_or_nowhere(link, request_):
    with pytest.raises(BadInput):
        read_question(request_, link=link, loopback=False)


@pytest.mark.parametrize(
    "change",
    [
        {"challenge": ""}, {"challenge": "short"}, {"challenge": None}, {"challenge": "a b c d e f g h"},
        {"domain": None}, {"domain": "admissions.example"}, {"domain": "http://admissions.example"},
        {"domain": "https://admissions.example/x"}, {"query": []}, {"query": None}, {"query": "x"},
        {"query": [{"type": "DIDAuthentication"}]}, {"query": [{"type": "PresentationExchange"}]},
        {"query": [{"type": "QueryByExample", "credentialQuery": [{"reason": "x"}]}]},
        {"query": [{"type": "QueryByExample", "credentialQuery": [{"example": {}}] * 11}]},
        {"query": [{"type": "QueryByExample", "credentialQuery": [{"example": {}, "trustedIssuer": [3]}]}]},
    ],
)  # fmt: skip
def test_a_request_that_is_none_is_refused_in_words(change):
    with pytest.raises(BadInput) as caught:
        read_question({**asked(SITE), **change}, link="", loopback=False)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "scanned",
    [
        "javascript:alert(1)", "data:text/html,x", "openid4vp://?request_uri=https://a.example", "file:///etc/passwd",
        "https://", "x", "", "{", "[]", '{"a":1,"a":2}', "{" * 5000, "https://a.example https://b.example",
        "http://169.254.169.254/latest", "intent://x#Intent;end",
    ],
)  # fmt: skip
def test_J9_what_a_code_may_hold_is_a_link_or_a_request_and_nothing_else(services, hadleys, scanned):
    with pytest.raises(BadInput):
        services.answering.read(hadleys.teresa, scanned)


def test_an_example_fits_what_holds_all_of_it():
    document = {
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:maple.example"},
        "credentialSubject": {"achievement": {"name": "Algebra", "tag": ["a", "b"]}},
    }

    def fits(example, **more):
        (wanted,) = read_question(asked(SITE, example=example, **more), link="", loopback=False).wanted
        return wanted.fits(document)

    assert fits({"type": "OpenBadgeCredential"})
    assert fits({"@context": ["https://elsewhere.example"], "type": ["OpenBadgeCredential"]})
    assert fits({"credentialSubject": {"achievement": {"name": "", "tag": ["b"]}}})
    assert fits({}, trustedIssuer=[{"id": "did:web:maple.example"}])
    assert not fits({}, trustedIssuer=[{"issuer": "did:web:other.example"}])
    assert not fits({"type": ["ClrCredential"]})
    assert not fits({"credentialSubject": {"achievement": {"name": "Algebra", "level": ""}}})
    assert not fits({"credentialSubject": "x"})
