"""A record and a portfolio as PDF: what the page says and nothing else, with the signed credentials inside."""

import io
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from pypdf import PdfReader

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused, TooLarge
from kit.i18n import Catalogues
from kit.intake import read
from tests.unit.wallet.partial import year
from tests.unit.wallet.samples import award, strangers
from tests.unit.wallet.test_share_parts import choice as part_of
from tests.unit.wallet.test_share_parts import keep as keep_original
from tests.unit.wallet.test_sharing import keep, shared
from tests.unit.wallet.test_works import photo
from wallet.service import portfolio
from wallet.service.papers import setting_of
from wallet.service.works import Made

SAY = partial(Catalogues.load([]).say, "en")


def english(paper=""):
    return setting_of(paper, language="en", say=SAY)


def text_of(data):
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def records(data):
    return [one.text for one in read(data, media_type="application/pdf", name="record.pdf").items]


@pytest.fixture
def rich(services, hadleys):
    """An award of Teresa's that says a lot."""
    return services.credentials.add_file(
        hadleys.teresa,
        hadleys.teresa_learner,
        award(
            narrative="Built with spaghetti.",
            evidence=[{"id": "https://maple.example/film", "type": ["Evidence"], "name": "A film of the load test"}],
            criteria={"id": "https://maple.example/criteria", "narrative": "Carry ten kilograms."},
        ),
    ).credential_id


def test_the_paper_says_what_the_page_says_and_holds_the_files_byte_for_byte(services, hadleys, rich):
    other = keep(services, hadleys.teresa, hadleys.teresa_learner, 2, title="Zoë's otters")
    services.credentials.note(hadleys.teresa, rich, "Ask about the bakery")
    services.arranging.tag(hadleys.teresa, rich, ["For grandma"])
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, rich, other)
    data = services.shares.paper(hadleys.teresa, view.id, english())
    said = text_of(data)
    for card in services.reading.record(view.token, reader="").shared.cards:
        facts = [card.title, card.issuer_name, card.issuer_id, card.description, card.criteria, card.narrative]
        facts += [card.criteria_link, *(line.name for line in card.evidence), *(line.link for line in card.evidence)]
        for fact in facts:
            assert "".join(fact.split()) in "".join(said.split()), fact
    assert "Jonah Hadley" in said  # the name that was chosen to be shown
    assert "http://localhost:8003/" in said
    for private in ("bakery", "grandma", view.token, view.code, "Brightwater", "Admission"):
        assert private not in said
    assert records(data) == [services.credentials.document(hadleys.teresa, one) for one in (rich, other)]


def test_the_reader_gets_the_same_paper_and_the_family_sees_it(services, hadleys, rich):
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, rich)
    data = services.reading.paper(view.token, english("letter"), reader="Ms. Ames")
    assert text_of(data) == text_of(services.shares.paper(hadleys.teresa, view.id, english("letter")))
    box = PdfReader(io.BytesIO(data)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (612, 792)
    told = services.shares.share(hadleys.teresa, view.id).openings.items
    assert [(one.kind, one.reader) for one in told] == [("file", "Ms. Ames")]


def test_the_paper_of_a_part_says_so_and_holds_only_the_part(services, hadleys):
    kept = keep_original(services, hadleys, year())
    lines = services.shares.lines(hadleys.teresa, kept)
    share_id = services.shares.create(
        hadleys.teresa, hadleys.teresa_learner, part_of(kept, [lines[0].pointer, lines[1].pointer])
    )
    data = services.shares.paper(hadleys.teresa, share_id, english())
    assert f"A part: 2 of {len(lines)} lines" in text_of(data)
    (document,) = records(data)
    token = services.shares.share(hadleys.teresa, share_id).token
    assert document == services.reading.files(token, reader="").data
    for hidden in (b"Drama", b"otters"):
        assert hidden not in document


def test_O8_a_minors_paper_waits_for_the_guardian_and_ends_with_the_link(services, hadleys):
    """What cannot be taken back is not handed out before a guardian approved it."""
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    waiting = shared(services, hadleys.jonah, hadleys.jonah_learner, kept)
    with pytest.raises(Conflict):
        services.shares.paper(hadleys.jonah, waiting.id, english())
    services.shares.approve(hadleys.teresa, waiting.id)
    assert services.shares.paper(hadleys.jonah, waiting.id, english())
    token = services.shares.share(hadleys.jonah, waiting.id).token
    services.shares.recall(hadleys.jonah, waiting.id)
    with pytest.raises(Conflict):
        services.shares.paper(hadleys.jonah, waiting.id, english())
    with pytest.raises(Gone):
        services.reading.paper(token, english(), reader="")


def test_who_may_only_look_hands_out_no_paper(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.wren)
    view = shared(services, hadleys.teresa, hadleys.wren, kept, name="Wren")
    with pytest.raises(Refused):
        services.shares.paper(hadleys.marcus, view.id, english())


def test_a_paper_that_is_none_is_refused():
    with pytest.raises(BadInput) as caught:
        english("../etc/passwd")
    assert caught.value.field == "paper"


def test_an_expired_award_is_on_the_paper_as_expired(services, hadleys, clock):
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner, valid_until=datetime(2026, 12, 1, tzinfo=UTC))
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, kept)
    clock.advance(timedelta(days=12))
    assert "Has run out" in text_of(services.shares.paper(hadleys.teresa, view.id, english()))
    assert services.reading.record(view.token, reader="").shared.cards[0].lapsed


def test_the_portfolio_holds_works_with_and_without_an_award(services, hadleys, rich, monkeypatch):
    works = services.works
    works.add(hadleys.teresa, hadleys.teresa_learner, Made(title="Load test", words="It held.", credential_id=rich))
    works.add(
        hadleys.teresa, hadleys.teresa_learner, Made(title="The pond", words="Otters.", credential_id=""), file=photo()
    )
    data = services.portfolios.paper(hadleys.teresa, hadleys.teresa_learner, english())
    said = text_of(data)
    for word in (
        "Portfolio of Teresa Hadley",
        "2026",
        "Bridge building",
        "Load test",
        "It held.",
        "The pond",
        "Otters.",
    ):
        assert word in said
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(data)).pages) == 1
    assert records_or_none(data) == []
    collection = services.arranging.make(hadleys.teresa, hadleys.teresa_learner, name="Bridges")
    services.arranging.put(hadleys.teresa, collection, [rich])
    assert "Bridges" in text_of(services.portfolios.paper_of_collection(hadleys.teresa, collection, english()))
    monkeypatch.setattr(portfolio, "MOST_ON_PAPER", 1)
    with pytest.raises(TooLarge):
        services.portfolios.paper(hadleys.teresa, hadleys.teresa_learner, english())


def records_or_none(data):
    return list(PdfReader(io.BytesIO(data)).attachments)


def test_a_collection_is_shared_in_its_order(services, hadleys):
    ids = [keep(services, hadleys.teresa, hadleys.teresa_learner, n, title=f"No {n}") for n in range(1, 5)]
    wanted = (ids[2], ids[0], ids[3])
    sheet = services.shares.sheet(hadleys.teresa, hadleys.teresa_learner, picked=wanted)
    assert [item.card.id for item in sheet.items] == [*wanted, ids[1]]
    assert [card.id for card in sheet.preview.cards] == list(wanted)
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, *wanted)
    assert [card.id for card in services.reading.record(view.token, reader="").shared.cards] == list(wanted)


def test_another_family_gets_no_paper(services, hadleys, rich):
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, rich)
    stranger, _learner = strangers(services)
    for ask in (
        lambda: services.shares.paper(stranger, view.id, english()),
        lambda: services.portfolios.paper(stranger, hadleys.teresa_learner, english()),
    ):
        with pytest.raises(NotFound):
            ask()
