import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from kit.errors import BadInput, Conflict, NotFound, Refused
from tests.selective import issue, plain
from tests.unit.wallet.samples import award, strangers
from vc import derive_proof, serialize


def test_the_bytes_that_came_are_the_bytes_that_go(services, hadleys):
    data = award()
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, data)
    assert services.credentials.document(hadleys.teresa, arrival.credential_id) == data


def test_the_same_file_twice_is_kept_once(services, hadleys):
    first = services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    second = services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    assert (second.credential_id, second.already) == (first.credential_id, True)
    assert len(services.credentials.search(hadleys.teresa, hadleys.wren, "")) == 1


def test_an_altered_file_is_not_kept(services, hadleys):
    with pytest.raises(BadInput) as caught:
        services.credentials.add_file(hadleys.teresa, hadleys.wren, award().replace(b"ten kilograms", b"one kilogram "))
    assert caught.value.type.endswith("#not-genuine")
    assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a":1,"a":2}', b"\xff"])
def test_what_is_no_document_is_a_problem_in_words(services, hadleys, data):
    with pytest.raises(BadInput):
        services.credentials.add_file(hadleys.teresa, hadleys.wren, data)


def test_an_object_that_is_no_credential_is_refused(services, hadleys):
    with pytest.raises(BadInput):
        services.credentials.add_file(hadleys.teresa, hadleys.wren, b'{"type":"Cheese"}')


def test_a_newer_edition_replaces_and_the_older_stays_in_the_history(services, hadleys):
    old = award()
    new = award(valid_from=datetime(2026, 6, 1, tzinfo=UTC), narrative="Corrected.")
    first = services.credentials.add_file(hadleys.teresa, hadleys.wren, old)
    second = services.credentials.add_file(hadleys.teresa, hadleys.wren, new)
    assert (second.credential_id, second.replaced) == (first.credential_id, True)
    assert services.credentials.document(hadleys.teresa, first.credential_id) == new
    assert services.credentials.document(hadleys.teresa, first.credential_id, 1) == old
    view = services.credentials.look(hadleys.teresa, first.credential_id)
    assert [one.number for one in view.editions] == [2, 1]
    with pytest.raises(Conflict):
        services.credentials.add_file(hadleys.teresa, hadleys.wren, old)


def test_the_same_id_from_another_issuer_is_another_credential(services, hadleys):
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(seed=7))
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(seed=8))
    assert len(services.credentials.search(hadleys.teresa, hadleys.wren, "")) == 2


def test_search_finds_every_word_in_titles_and_notes(services, hadleys):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    services.credentials.add_file(hadleys.teresa, hadleys.wren, award(2, title="Pond ecology"))
    services.credentials.note(hadleys.teresa, kept.credential_id, "Grandpa helped\nwith the glue")
    found = services.credentials.search(hadleys.teresa, hadleys.wren, "GLUE maple")
    assert [card.title for card in found] == ["Bridge building"]
    assert services.credentials.search(hadleys.teresa, hadleys.wren, "glue pond") == []


def test_a_last_check_says_when_and_with_what_result(services, hadleys, clock):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    clock.advance(timedelta(days=2))
    services.credentials.check_again(hadleys.teresa, kept.credential_id)
    view = services.credentials.look(hadleys.teresa, kept.credential_id)
    assert view.card.verdict == view.report.verdict.value == "genuineAndCurrent"
    assert view.card.checked_at == clock.now()


def test_a_credential_that_expired_is_kept_and_says_so_after_a_check(services, hadleys, clock):
    data = award(valid_until=datetime(2026, 12, 1, tzinfo=UTC))
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, data)
    clock.advance(timedelta(days=30))
    services.credentials.check_again(hadleys.teresa, kept.credential_id)
    assert services.credentials.look(hadleys.teresa, kept.credential_id).card.verdict == "genuineBut"


def test_what_is_in_the_bin_can_be_taken_back_until_its_time_is_over(services, hadleys, clock):
    kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award())
    services.credentials.remove(hadleys.teresa, kept.credential_id)
    with pytest.raises(NotFound):
        services.credentials.look(hadleys.teresa, kept.credential_id)
    assert [one.card.title for one in services.credentials.discarded(hadleys.teresa, hadleys.wren)] == [
        "Bridge building"
    ]
    services.credentials.restore(hadleys.teresa, kept.credential_id)
    services.credentials.remove(hadleys.teresa, kept.credential_id)
    clock.advance(timedelta(days=31))
    assert services.erasure.empty_bins() == 1
    with pytest.raises(NotFound):
        services.credentials.restore(hadleys.teresa, kept.credential_id)


def test_a_minor_cannot_keep_a_file_on_their_own(services, hadleys):
    with pytest.raises(Refused):
        services.credentials.add_file(hadleys.jonah, hadleys.jonah_learner, award())


def test_the_archive_holds_exact_bytes_and_nobody_elses(services, hadleys):
    mine, theirs = award(), award(2, title="Secret of others")
    services.credentials.add_file(hadleys.teresa, hadleys.wren, mine)
    other, other_learner = strangers(services)
    services.credentials.add_file(other, other_learner, theirs)
    with zipfile.ZipFile(io.BytesIO(services.archive.pack(hadleys.teresa))) as archive:
        index = json.loads(archive.read("index.json"))
        assert [archive.read(line["file"]) for line in index["credentials"]] == [mine]
        assert index["credentials"][0]["learner"] == "Wren Hadley"
        assert b"Secret of others" not in b"".join(archive.read(name) for name in archive.namelist())


def test_an_original_for_selective_disclosure_is_not_kept_and_what_is_made_from_it_is(services, hadleys):
    original = issue(plain())
    with pytest.raises(BadInput) as caught:
        services.credentials.add_file(hadleys.teresa, hadleys.wren, serialize(original))
    assert caught.value.type.endswith("#base-proof")
    assert services.credentials.search(hadleys.teresa, hadleys.wren, "") == []
    shown = serialize(derive_proof(original, selective_pointers=[]))
    arrival = services.credentials.add_file(hadleys.teresa, hadleys.wren, shown)
    assert services.credentials.document(hadleys.teresa, arrival.credential_id) == shown
