"""Awards put together, year by year, and what to do about each: pure functions on cards."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kit.paging import window
from tests.unit.wallet.samples import NOW, award, signer
from vc.document import serialize
from vc.openbadges import IssuerProfile, build_endorsement
from vc.proof import add_proof
from vc.securing import open_document
from wallet.service.cards import Kept, read_card
from wallet.service.finding import By, grouped, matching, newest_first, years


def endorsed(document, seed=9, **more):
    """The same award with somebody's word beside it, signed by both; seed 7 is the award's own."""
    by = signer(seed)
    word = build_endorsement(
        credential_id="urn:uuid:00000000-0000-4000-8000-00000000e001",
        issuer=IssuerProfile(id=by.verification_method.partition("#")[0], name="Prairie Museum"),
        endorsed_id=document["credentialSubject"]["achievement"]["id"],
        comment="We saw the bridge hold.",
        valid_from=NOW,
        awarded_date=NOW,
        valid_until=None,
        status=(),
        name="A word",
    )
    signed = add_proof(
        word, signer=by, suite="eddsa-rdfc-2022", purpose="assertionMethod", created=NOW, challenge=None, domain=None
    )
    subject = document["credentialSubject"]
    achievement = {**subject["achievement"], "endorsement": [signed], **more}
    bare = {name: value for name, value in document.items() if name != "proof"}
    changed = {**bare, "credentialSubject": {**subject, "achievement": achievement}}
    again = add_proof(
        changed, signer=signer(), suite="eddsa-rdfc-2022", purpose="assertionMethod", created=NOW, challenge=None,
        domain=None,
    )  # fmt: skip
    return serialize(again)


def card(number=1, *, title="Bridge", issuer="Maple", day=datetime(2026, 5, 1, tzinfo=UTC), **more):
    kept = Kept(
        id=f"c{number}", received_at=NOW, checked_at=NOW, seen_at=NOW, verdict="genuineAndCurrent", bound=True, note="",
        tags=(), edition=1,
    )  # fmt: skip
    made = read_card(open_document(award(number, title=title, issuer_name=issuer)).value, kept)
    return replace(made, awarded_on=day.date() if day else None, **more)


FIRST = datetime(2025, 9, 3, tzinfo=UTC)
CARDS = [
    card(1, title="Bridge", subject="Engineering", skills=("Building", "Measuring"), term="Fall"),
    card(2, title="Pond", issuer="Reed", day=FIRST, subject="Biology", skills=("Measuring",), term="Fall"),
    card(3, title="Fiddle", issuer="Reed", day=None),
    card(4, title="Clay", day=datetime(2026, 2, 1, tzinfo=UTC), term="Spring"),
]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.TIME, {"2026": ["Bridge", "Clay"], "2025": ["Pond"], "": ["Fiddle"]}),
        (By.SUBJECT, {"Biology": ["Pond"], "Engineering": ["Bridge"], "": ["Clay", "Fiddle"]}),
        (By.PROVIDER, {"Maple": ["Bridge", "Clay"], "Reed": ["Pond", "Fiddle"]}),
        (By.SKILL, {"Building": ["Bridge"], "Measuring": ["Bridge", "Pond"], "": ["Clay", "Fiddle"]}),
    ],
)
def test_awards_are_put_together_and_what_says_nothing_comes_last(by, expected):
    found = grouped(CARDS, by, window(page=1))
    assert {one.name: [each.title for each in one.cards] for one in found.items} == expected
    assert [one.name for one in found.items] == list(expected)
    assert [one.total for one in found.items] == [len(titles) for titles in expected.values()]


def test_a_group_that_is_cut_by_a_page_still_says_how_many_it_holds():
    first, second = (grouped(CARDS, By.PROVIDER, window(page=number, size=3)) for number in (1, 2))
    assert [(one.name, one.total, len(one.cards)) for one in first.items] == [("Maple", 2, 2), ("Reed", 2, 1)]
    assert [(one.name, one.total, len(one.cards)) for one in second.items] == [("Reed", 2, 1)]
    assert (first.total, first.pages, second.next) == (4, 2, None)


def test_a_timeline_goes_by_year_and_term():
    told = [(year.year, [(term.name, [c.title for c in term.cards]) for term in year.terms]) for year in years(CARDS)]
    assert told == [
        (2026, [("Fall", ["Bridge"]), ("Spring", ["Clay"])]),
        (2025, [("Fall", ["Pond"])]),
        (None, [("", ["Fiddle"])]),
    ]
    assert [one.title for one in newest_first(CARDS)] == ["Bridge", "Clay", "Pond", "Fiddle"]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("", ["Bridge", "Pond", "Fiddle", "Clay"]),
        ("MEASURING", ["Bridge", "Pond"]),
        ("measuring biology", ["Pond"]),
        ("reed", ["Pond", "Fiddle"]),
        ("ten kilograms clay", ["Clay"]),
        ("nothing-of-it", []),
    ],
)
def test_every_word_has_to_stand_somewhere(words, titles):
    assert [one.title for one in matching(CARDS, words)] == titles


def test_a_card_names_subject_and_skills_each_once():
    document = open_document(award()).value
    subject = document["credentialSubject"]
    achievement = {
        **subject["achievement"],
        "fieldOfStudy": "Engineering",
        "tag": ["Building", "building", " "],
        "alignment": [{"type": ["Alignment"], "targetName": "Measuring", "targetUrl": "https://case.example/1"}],
    }
    kept = Kept(
        id="c", received_at=NOW, checked_at=NOW, seen_at=NOW, verdict="genuineAndCurrent", bound=False, note="",
        tags=(), edition=1,
    )  # fmt: skip
    made = read_card({**document, "credentialSubject": {**subject, "achievement": achievement}}, kept)
    assert (made.subject, made.skills) == ("Engineering", ("Building", "Measuring"))


def advice(services, actor, kept):
    return [one.kind for one in services.credentials.look(actor, kept).advice]


def test_what_runs_out_is_told_before_on_and_after_its_day_without_another_check(services, hadleys, clock):
    data = award(valid_until=NOW + timedelta(days=90))
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, data).credential_id
    assert advice(services, hadleys.teresa, kept) == []
    clock.advance(timedelta(days=30))
    assert advice(services, hadleys.teresa, kept) == ["expiresSoon"]
    clock.advance(timedelta(days=60) - timedelta(seconds=1))
    assert advice(services, hadleys.teresa, kept) == ["expiresSoon"]
    clock.advance(timedelta(seconds=1))
    view = services.credentials.look(hadleys.teresa, kept)
    assert [one.kind for one in view.advice] == ["expired"]
    assert (view.card.lapsed, view.card.verdict) == (True, "genuineAndCurrent")
    services.credentials.check_again(hadleys.teresa, kept)
    assert advice(services, hadleys.teresa, kept) == ["expired"]


def test_what_begins_later_and_what_was_corrected_is_told(services, hadleys, clock):
    later = award(2, valid_from=NOW + timedelta(days=2))
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, later).credential_id
    assert advice(services, hadleys.teresa, kept) == ["notYet"]
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
    clock.advance(timedelta(hours=1))
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(valid_from=NOW, narrative="Corrected."))
    told = services.credentials.look(hadleys.teresa, kept).advice
    assert [(one.kind, one.day) for one in told] == [("corrected", clock.now())]


def test_who_stands_behind_an_award_is_named_with_what_the_last_check_found(services, hadleys):
    data = endorsed(open_document(award()).value)
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, data).credential_id
    view = services.credentials.look(hadleys.teresa, kept)
    (one,) = view.card.endorsements
    assert (one.by, one.comment, one.about) == ("Prairie Museum", "We saw the bridge hold.", "achievement")
    assert view.standing[one.place] == "genuineAndCurrent"
