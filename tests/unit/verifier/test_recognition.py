"""The list of recognised issuers: kept by hand, every change on record, every change to be taken back."""

import json
from datetime import UTC, datetime

import pytest

from kit import audit
from kit.clock import FixedClock
from kit.db import Database
from kit.errors import BadInput, Conflict, NotFound
from kit.paging import window
from verifier import store
from verifier.service.recognition import Draft, Recognition

NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
DID = "did:web:maple.example:orgs:coop"


@pytest.fixture
def recognition(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/verifier.db")
    database.upgrade("verifier.migrations")
    yield Recognition(database=database, clock=FixedClock(instant=NOW))
    database.close()


def draft(did=DID, name="Maple Co-op", list_name="Providers", note=""):
    return Draft(did=did, name=name, list_name=list_name, note=note)


def names(recognition):
    return [issuer.name for issuer in recognition.recognised()]


def only_id(recognition):
    ((entry_id, _),) = recognition.page(search="", window=window(page=1)).items
    return entry_id


def test_what_is_added_is_recognised(recognition):
    recognition.add(draft(name="  Maple   Co-op "), actor="ana")
    (issuer,) = recognition.recognised()
    assert (issuer.did, issuer.name, issuer.list_name) == (DID, "Maple Co-op", "Providers")
    assert recognition.entry(only_id(recognition)).added_by == "ana"


def test_the_same_issuer_twice_is_a_conflict(recognition):
    recognition.add(draft(), actor="ana")
    with pytest.raises(Conflict):
        recognition.add(draft(name="Other"), actor="ana")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (draft(did=""), "did"),
        (draft(did="maple.example"), "did"),
        (draft(did="did:web:" + "a" * 400), "did"),
        (draft(name=" "), "name"),
        (draft(name="a\u202eb"), "name"),
        (draft(name="\u3164"), "name"),
        (draft(name="\u2800 \u2800"), "name"),
        (draft(name="Maple\u3164"), "name"),
        (draft(name="\u0301"), "name"),
        (draft(list_name=""), "list"),
        (draft(list_name="\u115f"), "list"),
        (draft(did="did:web:example.org:..:a"), "did"),
        (draft(did="did:web:exa mple.org"), "did"),
        (draft(did="https://EXAMPLE.org/issuers/1"), "did"),
        (draft(did="https://10.0.0.1/issuers/1"), "did"),
        (draft(did="https://example.org/issuers/1#key"), "did"),
        (draft(did="http://example.org/issuers/1"), "did"),
        (draft(note="x" * 3000), "note"),
    ],
)
def test_a_wrong_entry_names_its_field(recognition, wrong, field):
    with pytest.raises(BadInput) as caught:
        recognition.add(wrong, actor="ana")
    assert caught.value.field == field
    assert not recognition.recognised()


def test_adding_editing_and_removing_can_each_be_taken_back(recognition):
    added = recognition.add(draft(), actor="ana")
    edited = recognition.edit(only_id(recognition), draft(did="did:web:ignored.example", name="Maple"), actor="ben")
    assert names(recognition) == ["Maple"]
    removed, name = recognition.remove(only_id(recognition), actor="ana")
    assert name == "Maple"
    assert names(recognition) == []
    recognition.undo(removed, actor="ana")
    assert names(recognition) == ["Maple"]
    recognition.undo(edited, actor="ana")
    assert names(recognition) == ["Maple Co-op"]
    recognition.undo(added, actor="ana")
    assert names(recognition) == []


def test_nothing_is_taken_back_twice_or_over_a_newer_change(recognition):
    added = recognition.add(draft(), actor="ana")
    edited = recognition.edit(only_id(recognition), draft(name="Maple"), actor="ana")
    with pytest.raises(Conflict):
        recognition.undo(added, actor="ana")
    recognition.undo(edited, actor="ana")
    with pytest.raises(Conflict):
        recognition.undo(edited, actor="ana")
    with pytest.raises(NotFound):
        recognition.undo("no such batch", actor="ana")


def test_an_exported_list_can_be_imported_and_taken_back_whole(recognition):
    recognition.add(draft(), actor="ana")
    recognition.add(draft(did=DID + "2", name="Birch"), actor="ana")
    exported = json.dumps(recognition.export()).encode()
    assert recognition.import_list(exported, actor="ben").unchanged == 2
    value = json.loads(exported)
    value["issuers"][0]["name"] = "Birch Studio"
    value["issuers"].append({"did": DID + "3", "name": "Oak", "list": "Providers"})
    done = recognition.import_list(json.dumps(value).encode(), actor="ben")
    assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
    assert sorted(names(recognition)) == ["Birch Studio", "Maple Co-op", "Oak"]
    assert recognition.undo(done.batch, actor="ben") == 2
    assert sorted(names(recognition)) == ["Birch", "Maple Co-op"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"issuers": [\n{]}', "line 2"),
        (b"\xff", "JSON"),
        (b"[]", "no list"),
        (b'{"issuers": []}', "no list"),
        (b'{"issuers": ["x"]}', "Entry 1"),
        (b'{"issuers": [{"did": "did:web:a.example", "name": "A", "list": "L"}, {"did": "x"}]}', "Entry 2"),
        (
            b'{"issuers": [{"did": "did:web:a.example", "name": "A", "list": "L"}, {"did": "did:web:a.example", "name": "A", "list": "L"}]}',
            "twice",
        ),
    ],
)
def test_a_wrong_file_changes_nothing_and_says_where(recognition, data, words):
    with pytest.raises(BadInput) as caught:
        recognition.import_list(data, actor="ana")
    assert words in str(caught.value.detail)
    assert not recognition.recognised()


def test_an_issuer_may_be_known_by_its_https_address(recognition):
    recognition.add(draft(did=" https://example.org/issuers/1 "), actor="ana")
    assert [issuer.did for issuer in recognition.recognised()] == ["https://example.org/issuers/1"]


def test_every_change_is_in_the_audit_without_names(recognition):
    added = recognition.add(draft(), actor="ana")
    recognition.undo(added, actor="ana")
    with recognition.database.reading() as session:
        assert audit.verify_chain(session, store.AUDIT) is None
        assert audit.head(session, store.AUDIT)[0] == 2
        rows = session.execute(store.AUDIT.select()).all()
    assert "Maple" not in str(rows)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("did:web:EXAMPLE.org", "did:web:example.org"),
        ("did:web:ex%61mple.org", "did:web:example.org"),
        ("did:web:example.org%3A443", "did:web:example.org"),
        ("did:web:example.org%3a8443", "did:web:example.org%3A8443"),
        ("did:web:example.org.", "did:web:example.org"),
        ("did:WEB:example.org", "did:web:example.org"),
        ("did:web:bücher.example:orgs:a", "did:web:xn--bcher-kva.example:orgs:a"),
        ("did:web:example.org:org%73:caf%c3%a9", "did:web:example.org:orgs:caf%C3%A9"),
        ("did:web:localhost:8001:orgs:a", "did:web:localhost%3A8001:orgs:a"),
    ],
)
def test_a_spelling_that_never_matches_is_refused_with_the_right_one(recognition, typed, right):
    with pytest.raises(BadInput) as caught:
        recognition.add(draft(did=typed), actor="ana")
    assert caught.value.field == "did"
    assert str(caught.value.remedy).endswith(right)
    recognition.add(draft(did=right), actor="ana")
    assert [issuer.did for issuer in recognition.recognised()] == [right]


@pytest.mark.parametrize(
    "did", ["did:web:localhost%3A8001:orgs:maple-co-op", "did:web:a.example:Orgs:B_1", "did:key:z6MkhaXgBZD"]
)
def test_the_one_spelling_is_taken(recognition, did):
    recognition.add(draft(did=did), actor="ana")
    assert [issuer.did for issuer in recognition.recognised()] == [did]


def test_an_old_entry_in_another_spelling_can_be_reworded_and_removed(recognition):
    from dataclasses import replace

    recognition.add(draft(), actor="ana")
    with recognition.database.session() as session:
        old = replace(store.all_entries(session)[0], did="did:web:EXAMPLE.org")
        store.write_entry(session, old.did, old, batch="b", at=NOW, actor="ana")
    entry_id = next(number for number, entry in recognition.page(search="EXAMPLE", window=window(page=1)).items)
    recognition.edit(entry_id, draft(did="x", name="Reworded"), actor="ana")
    assert recognition.remove(entry_id, actor="ana")[1] == "Reworded"
