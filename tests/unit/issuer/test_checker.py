"""The checks of a chunk decide as the whole verdict does on each document alone, whatever is done to a document."""

from dataclasses import replace
from datetime import timedelta

import pytest

from issuer.keystore import ASSERTION
from issuer.service.bulk import Signing
from issuer.service.lint import lint
from issuer.service.organisations import Published
from issuer.service.securing import AS_TOKEN, USUAL, Secured, form_of
from issuer.service.selfcheck import Checker, NotGood, check_signed
from issuer.service.signing import Faulty, Made, Withheld, opened, sign_all
from issuer.store import status, tables
from kit.errors import Unavailable
from tests.issuing import NOW, Workshop, settings
from vc.document import CREDENTIAL_LIMITS, parse, serialize
from vc.keys import P256Signer, parse_multikey
from vc.problems import ProblemError
from vc.securing import open_document


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checker")
    made = Workshop(settings(folder, f"sqlite:///{folder}/issuer.db", job_processes=0))
    made.add_keys()
    yield made
    made.close()


@pytest.fixture(scope="module", params=[USUAL, AS_TOKEN])
def world(request, shop):
    """An issuer, and the task of signing three of its awards in one form."""
    tasks = []
    patch = pytest.MonkeyPatch()
    patch.setattr(Signing, "sign", lambda self, task: tasks.append(task) or sign_all(task, self._keystore))
    shop.finish(shop.freeze(3, format_=request.param))
    patch.undo()
    return shop, tasks[0]


def _put(path, value):
    def change(document):
        *names, last = path
        node = document
        for name in names:
            node = node[name]
        node[last] = value

    return change


def _drop(*path):
    def change(document):
        *names, last = path
        node = document
        for name in names:
            node = node[name]
        del node[last]

    return change


SUBJECT = ("credentialSubject",)
CHANGES = {
    "nothing": lambda document: None,
    "another name": _put(("name",), "Geometry"),
    "a holder": _put((*SUBJECT, "id"), "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    "a narrative": _put((*SUBJECT, "narrative"), "Did *well*."),
    "a role": _put((*SUBJECT, "role"), "Captain"),
    "credits": _put((*SUBJECT, "creditsEarned"), 0.5),
    "a result of nothing": _put((*SUBJECT, "result"), [{"type": ["Result"], "value": "A"}]),
    "a result without a type": _put((*SUBJECT, "result"), [{"value": "A"}]),
    "a word without a meaning": _put((*SUBJECT, "favouriteColour"), "red"),
    "a word without a meaning in a result": _put((*SUBJECT, "result"), [{"type": ["Result"], "colour": "red"}]),
    "a day": _put((*SUBJECT, "activityStartDate"), "2026-01-01T00:00:00Z"),
    "a day that is none": _put((*SUBJECT, "activityEndDate"), "2026-02-31T00:00:00Z"),
    "a day in a result that is none": _put(
        (*SUBJECT, "result"), [{"type": ["Result"], "value": "A", "awardedDate": "2026-02-31T00:00:00Z"}]
    ),
    "an awarded day that is none": _put(("awardedDate",), "2026-02-31T00:00:00Z"),
    "an end": _put(("validUntil",), "2031-01-01T00:00:00Z"),
    "an end that is past": _put(("validUntil",), "2026-11-23T09:00:01Z"),
    "an end before the beginning": _put(("validUntil",), "2001-01-01T00:00:00Z"),
    "a beginning to come": _put(("validFrom",), "2031-01-01T00:00:00Z"),
    "no beginning": _drop("validFrom"),
    "another issuer": _put(("issuer", "id"), "did:web:localhost%3A8001:orgs:oak"),
    "no issuer": _drop("issuer"),
    "another type": _put(("type",), ["VerifiableCredential"]),
    "one more context": _put(("@context",), ["https://www.w3.org/ns/credentials/v2"]),
    "no achievement": _drop("credentialSubject", "achievement"),
    "no identifier": _drop("credentialSubject", "identifier"),
    "an identifier that is none": _put((*SUBJECT, "identifier", 0, "identityHash"), "x"),
    "an endorsement that nobody signed": _put(("endorsement",), [{"id": "urn:uuid:1"}]),
    "an endorsement in a result": _put(
        (*SUBJECT, "result"), [{"type": ["Result"], "value": "A", "endorsement": [{"id": "urn:x"}]}]
    ),
    "a related resource without a digest": _put(("relatedResource",), [{"id": "https://x.example/"}]),
    "another schema": _put(("credentialSchema",), {"id": "https://x.example/s.json", "type": "JsonSchema"}),
    "a refresh service": _put(("refreshService",), {"id": "https://x.example/r", "type": "1EdTechCredentialRefresh"}),
    "evidence": _put(("evidence",), [{"type": ["Evidence"], "name": "Essay"}]),
    "another index": _put(("credentialStatus", 0, "statusListIndex"), "7"),
    "another list": _put(("credentialStatus", 0, "statusListCredential"), "http://localhost:8001/orgs/maple/status/9"),
    "a text that is too long": _put((*SUBJECT, "narrative"), "x" * 300_000),
}


def _alone(shop, task, item):
    """What becomes of one document by itself: as `Issuance` signs it."""
    try:
        unsigned = parse(item.unsigned, limits=CREDENTIAL_LIMITS).value
        lint(unsigned)
        signer = shop.services.context.keystore.signer(
            task.key, organisation_id=task.organisation_id, purpose=ASSERTION, use=form_of(item.format).use
        )
        drawn = opened(shop.services.context.keystore, item.intent_id, item.drawn_sealed)
        body = form_of(item.format).secure(unsigned, signer, item.created, drawn).body
        check_signed(
            body,
            organisation=shop.desk.organisation,
            identifier_document=task.identifier_document,
            lists={url: Published(body=each, etag="") for url, each in task.lists.items()},
            now=task.now,
            settings=shop.services.context.settings,
        )
    except ProblemError as error:
        return Faulty(detail=error.detail, pointer=error.pointer)
    except Unavailable:
        return Withheld
    return body


def _changed(item, change):
    document = parse(item.unsigned, limits=CREDENTIAL_LIMITS).value
    change(document)
    return replace(item, unsigned=serialize(document))


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("place", [0, 2])
def test_in_a_chunk_a_document_is_judged_as_it_is_alone(world, name, place):
    shop, task = world
    items = list(task.items)
    items[place] = _changed(items[place], CHANGES[name])
    answers = sign_all(task.part(items), shop.services.context.keystore)
    assert all(isinstance(each, Made) for index, each in enumerate(answers) if index != place)
    alone, here = _alone(shop, task, items[place]), answers[place]
    if isinstance(alone, bytes) and name == "another index":
        assert isinstance(here, Withheld), "it is held to the index that it was given"
    elif isinstance(alone, bytes):
        assert isinstance(here, Made)
        assert here.body == alone
    elif alone is Withheld:
        assert isinstance(here, Withheld)
    else:
        assert here == alone


@pytest.mark.parametrize("name", CHANGES)
def test_among_others_changed_alike_a_document_is_judged_as_it_is_alone(world, name):
    """All three are changed: none of them may open the frame for the others unless it is good itself."""
    shop, task = world
    items = [_changed(item, CHANGES[name]) for item in task.items]
    answers = sign_all(task.part(items), shop.services.context.keystore)
    kinds = {type(_alone(shop, task, item)) for item in items}
    assert len(kinds) == 1
    assert len({type(answer) for answer in answers}) == 1


def test_the_changes_end_in_every_way(world):
    shop, task = world
    ends = [
        type(sign_all(task.part([_changed(task.items[0], each)]), shop.services.context.keystore)[0])
        for each in CHANGES.values()
    ]
    assert {Made, Faulty, Withheld} == set(ends)
    assert min(ends.count(each) for each in (Made, Faulty, Withheld)) >= 2


@pytest.mark.parametrize("which", [0, 1])
def test_an_index_that_is_set_already_is_not_handed_out(world, which):
    shop, task = world
    place = task.items[1].places[which]
    with shop.services.context.database.session() as session:
        row = session.query(tables.StatusListRow).filter_by(purpose=place.purpose).one()
        saved = row.valid_from
        assert status.set_value(session, list_id=row.id, position=place.position, value=1, now=NOW)
        row.valid_from = NOW - timedelta(seconds=2)
        number = row.number
    assert saved is not None
    lists = shop.services.lists.published(shop.desk.organisation, [number])
    later = replace(task, lists={**task.lists, **{url: each.body for url, each in lists.items()}})
    answers = sign_all(later, shop.services.context.keystore)
    assert [type(each) for each in answers] == [Made, Withheld, Made]


@pytest.mark.parametrize("damage", ["altered", "another's", "missing", "no list"])
def test_a_list_that_does_not_verify_lets_nothing_out(world, damage):
    shop, task = world
    first, *_others = task.lists
    body = task.lists[first]
    lists = dict(task.lists)
    if damage == "altered":
        lists[first] = body.replace(b'"validUntil":"20', b'"validUntil":"21')
        assert lists[first] != body
    elif damage == "another's":
        lists[first] = body.replace(b"orgs:maple", b"orgs:oak__")
    elif damage == "missing":
        del lists[first]
    else:
        lists[first] = b"{}"
    answers = sign_all(replace(task, lists=lists), shop.services.context.keystore)
    assert {type(each) for each in answers} == {Withheld}


def test_another_identifier_document_lets_nothing_out(world):
    shop, task = world
    other = task.identifier_document.replace(
        task.key.multikey.encode(), b"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    )
    written = str(parse_multikey(task.key.multikey).jwk["x"]).encode()
    other = other.replace(written, P256Signer(b"another key of thirty-two bytes.", "").public_key.jwk["x"].encode())
    assert other != task.identifier_document
    answers = sign_all(replace(task, identifier_document=other), shop.services.context.keystore)
    assert {type(each) for each in answers} == {Withheld}


def test_bytes_that_do_not_read_back_are_refused(world):
    shop, task = world
    made = sign_all(task, shop.services.context.keystore)
    checker = Checker(
        did=task.did, identifier_document=task.identifier_document, lists=task.lists, loopback=True, now=task.now
    )
    documents = [open_document(each.body).value for each in made]
    around = {"proof": {"made": "alike"}}
    signed = [
        Secured(body=each.body, document=document, for_holder=None, around=around)
        for each, document in zip(made, documents, strict=True)
    ]
    entries = [[place.entry for place in item.places] for item in task.items]
    checker.check_added(signed[0], entries=entries[0])
    checker.check_added(signed[1], entries=entries[1])
    with pytest.raises(NotGood, match="parse"):
        checker.check_added(replace(signed[2], body=made[1].body), entries=entries[2])
    with pytest.raises(NotGood, match="status"):
        checker.check_added(signed[2], entries=entries[1])
