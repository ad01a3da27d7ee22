"""Showing some lines of an award that was issued for it."""

import json
from datetime import date

import pytest

from kit.errors import BadInput, Conflict, NotFound
from tests.unit.wallet.partial import SUBJECTS, year
from tests.unit.wallet.samples import award, strangers
from vc import is_base_proof, reveal_all
from vc.document import listed, serialize
from wallet import store
from wallet.service.arriving import BASE, Original
from wallet.service.authority import Right
from wallet.service.parting import lines_of, show
from wallet.service.share_views import Choice

QUESTION = {"challenge": "c" * 24, "domain": "https://verifier.example", "reader": ""}
HIDDEN = ("Biology", "Drama", "Zebrafinch", "otters", "3%")


@pytest.fixture(scope="module")
def original():
    return year()


def keep(services, hadleys, original, learner=None):
    """Keep it as a claim does: with everything shown, and the original beside it."""
    judged = services.credentials._judging.judge(serialize(reveal_all(json.loads(original))))
    with services.tools.database.session() as session:
        home = services.people.open(session, hadleys.teresa)
        opened = home.learner(learner or hadleys.teresa_learner, Right.RECEIVE)
        beside = Original(data=original, media_type=BASE)
        return services.credentials.keep(
            home, opened, judged, source="file", key_id=None, original=beside
        ).credential_id


def choice(kept, lines, **more):
    given = {"recipient": "Brightwater", "purpose": "", "until": date(2026, 12, 1), "shown_name": ""}
    return Choice(credential_ids=(kept,), parts={kept: frozenset(lines)}, **(given | more))


def test_the_lines_are_results_and_what_is_said_of_the_learner_and_nothing_that_is_mandatory(original):
    lines = lines_of(original)
    assert [str(line.name) for line in lines[:2]] == ["Algebra 1", "Biology 2"]
    assert (lines[0].value, len(lines)) == ("0%", 33)
    assert {line.pointer for line in lines[31:]} == {"/credentialSubject/narrative", "/evidence/0"}
    assert not any("/id" in line.pointer or "achievement" in line.pointer for line in lines)


@pytest.mark.parametrize("count", [0, 1, 3, 32])
def test_j8_what_is_left_out_is_in_none_of_the_bytes(original, count):
    lines = [line.pointer for line in lines_of(original)]
    made = show(original, lines[:count])
    assert (made.shown, made.of) == (count, 33)
    results = json.loads(made.data)["credentialSubject"].get("result", [])
    assert len(listed(results)) == min(count, 31)
    for index in range(count, 31):
        assert f'{SUBJECTS[index % 5]} {index + 1}"'.encode() not in made.data, "nor the name of the result"
    assert (b"otters" in made.data) is False
    assert all(not is_base_proof(proof) for proof in listed(json.loads(made.data)["proof"]))


def test_lines_that_are_none_are_refused_and_all_of_them_are_the_whole(original):
    lines = [line.pointer for line in lines_of(original)]
    for wrong in ("/issuer", "/credentialSubject", "/credentialSubject/result/31", "", "x", "/proof"):
        with pytest.raises(BadInput):
            show(original, [wrong])
    assert show(original, lines).data == serialize(reveal_all(json.loads(original)))


def test_j8_three_of_thirty_three_lines_in_page_files_and_presentation(services, hadleys, original):
    kept = keep(services, hadleys, original)
    lines = [line.pointer for line in services.shares.lines(hadleys.teresa, kept)]
    wanted = choice(kept, [lines[0], lines[4], lines[30]])
    sheet = services.shares.sheet(hadleys.teresa, hadleys.teresa_learner, wanted)
    assert [one.on for one in sheet.items[0].lines].count(True) == 3
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, wanted)
    view = services.shares.share(hadleys.teresa, made)
    seen = services.reading.record(view.token, reader="").shared
    assert seen == sheet.preview == view.shared
    (card,) = seen.cards
    assert (card.shown, card.of) == (3, 33)
    assert [line.value for line in card.results] == ["0%", "4%", "30%"]
    file = services.reading.files(view.token, reader="").data
    presentation = services.reading.present(view.token, **QUESTION)
    for told in (repr(seen), file.decode(), presentation.decode()):
        for word in HIDDEN:
            assert word not in told.replace("30%", ""), word
    report = services.credentials._judging.judge(file).report
    assert report.verdict.value == "genuineAndCurrent"
    with services.tools.database.reading() as session:
        (part,) = store.shares.parts(session, made)
        assert b"Algebra" not in part.sealed
        assert store.shares.parts(session, "other") == []


def test_all_lines_on_is_the_whole_award_and_says_nothing_of_a_part(services, hadleys, original):
    kept = keep(services, hadleys, original)
    lines = [line.pointer for line in services.shares.lines(hadleys.teresa, kept)]
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept, lines))
    view = services.shares.share(hadleys.teresa, made)
    assert (view.partial, view.shared.cards[0].of, len(view.shared.cards[0].results)) == (False, 0, 31)
    assert services.reading.files(view.token, reader="").data == services.credentials.document(hadleys.teresa, kept)


def test_an_award_that_was_not_issued_for_it_is_shared_whole_or_not_at_all(services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id
    assert services.shares.lines(hadleys.teresa, kept) == ()
    with pytest.raises(BadInput):
        services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept, ["/credentialSubject/result/0"]))
    assert services.shares.shares(hadleys.teresa, hadleys.teresa_learner) == []
    with pytest.raises(NotFound):
        services.shares.lines(strangers(services)[0], kept)


def test_a_part_is_what_the_guardian_approves_and_no_update_makes_it_more(services, hadleys, original):
    """Attack J10."""
    kept = keep(services, hadleys, original, hadleys.jonah_learner)
    lines = [line.pointer for line in services.shares.lines(hadleys.jonah, kept)]
    made = services.shares.create(hadleys.jonah, hadleys.jonah_learner, choice(kept, lines[:1]))
    assert services.shares.share(hadleys.teresa, made).shared.cards[0].shown == 1
    services.shares.approve(hadleys.teresa, made)
    with pytest.raises(Conflict):
        services.shares.update(hadleys.teresa, made, {kept: 1})
    token = services.shares.share(hadleys.teresa, made).token
    assert len(services.reading.record(token, reader="").shared.cards[0].results) == 1


def test_erasing_an_award_erases_the_parts_of_it(services, hadleys, original):
    """Attack O10."""
    kept = keep(services, hadleys, original)
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept, []))
    services.credentials.remove(hadleys.teresa, kept)
    services.erasure.erase_credential(hadleys.teresa, kept)
    with services.tools.database.reading() as session:
        assert store.shares.parts(session, made) == []
