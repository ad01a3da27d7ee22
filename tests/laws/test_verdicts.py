"""Laws of verdicts: what holds for every document, every change, every order, and every piece of evidence."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.attacks.world import (
    ASKED,
    INDEX,
    NOW,
    REASONS,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_DOCUMENT,
    SCHOOL_SIGNER,
    SUSPENSIONS,
    did_json,
    evidence,
    judge,
    plain,
    policy,
    present,
    resource,
    sign,
    signed,
    status_list,
    unsigned,
)
from vc import Ed25519Signer, Evidence, Record, Report, Verdict, add_proof, parse, replay, serialize, verify
from vc.document import CREDENTIAL_LIMITS, at
from vc.openbadges import AchievementCredential
from vc.problems import ProblemError
from vc.status import decode_list, encode_list, read_entry, read_journal, write_journal

BADGE = signed()
SHOWN = present(BADGE, signed(2))
REFUSED = {Verdict.NOT_GENUINE, Verdict.COULD_NOT_BE_CHECKED}
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    texts,
    st.lists(texts, max_size=2),
    st.dictionaries(texts, texts, max_size=2),
)


def places(value: Any, here: str = "") -> list[str]:
    """The pointer of everything in a document."""
    found = [here] if here else []
    if isinstance(value, dict):
        for name, item in value.items():
            found += places(item, f"{here}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, f"{here}/{index}")
    return found


def parent_of(document: Any, place: str) -> tuple[Any, Any]:
    above, _, last = place.rpartition("/")
    parent = at(document, above)
    return parent, int(last) if isinstance(parent, list) else last.replace("~1", "/").replace("~0", "~")


def same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def says_the_same(before: Any, after: Any) -> bool:
    """Whether the change is one that no reader could see: one value written alone or as an array of one."""
    return same([before] if not isinstance(before, list) else before, [after] if not isinstance(after, list) else after)


@slow
@given(st.sampled_from(places(BADGE)), values)
def test_a_badge_with_anything_replaced_is_refused(place: str, value: Any) -> None:
    document = plain(BADGE)
    parent, key = parent_of(document, place)
    assume(not says_the_same(parent[key], value))
    parent[key] = value
    assert judge(document).verdict in REFUSED


@pytest.mark.parametrize("place", places(BADGE))
def test_a_badge_with_anything_left_out_is_refused(place: str) -> None:
    document = plain(BADGE)
    parent, key = parent_of(document, place)
    del parent[key]
    assert judge(document).verdict in REFUSED


@slow
@given(st.sampled_from(["", *places(BADGE)]), texts, values)
def test_a_badge_with_anything_added_is_refused(place: str, name: str, value: Any) -> None:
    document = plain(BADGE)
    container = at(document, place)
    if isinstance(container, dict):
        assume(name not in container and name != "@context")
        container[name] = value
    elif isinstance(container, list):
        assume(value not in container)
        container.append(value)
    else:
        assume(False)
    assert judge(document).verdict in REFUSED


CREATED = unsigned()
CREATED["credentialSubject"]["achievement"]["creator"] = {"id": SCHOOL, "type": ["Profile"], "name": "River School"}
CREATED = sign(CREATED)


def shown(document: Any) -> Any:
    """What the views return, without the order of sets."""
    view = AchievementCredential.view(document)
    return view.issuer_id, view.issuer, view.achievement, view.results, view.evidence, view.subject


@slow
@given(st.sampled_from(places(CREATED)), st.sampled_from(places(CREATED)), st.sampled_from(["move", "swap", "split"]))
def test_what_is_moved_swapped_or_split_is_refused_or_changes_no_view(left: str, right: str, how: str) -> None:
    document = plain(CREATED)
    assume(not left.startswith(right) and not right.startswith(left))
    (one, key), (other, name) = parent_of(document, left), parent_of(document, right)
    if how == "swap":
        one[key], other[name] = other[name], one[key]
    elif how == "move":
        assume(isinstance(one, dict) and isinstance(other, dict) and key not in other)
        other[key] = one.pop(key)
    else:
        assume(isinstance(other, list) and isinstance(other[name], dict) and len(other[name]) > 1)
        member = list(other[name])[-1]
        half = {word: item for word, item in other[name].items() if word in ("id", "type")}
        other.append({**half, member: other[name].pop(member)})
    assert judge(document).verdict in REFUSED or shown(document) == shown(CREATED)


@pytest.mark.parametrize("place", places(CREATED))
@pytest.mark.parametrize("how", ["strip", "repeat"])
def test_what_is_stripped_or_repeated_is_refused_or_changes_no_view(place: str, how: str) -> None:
    document = plain(CREATED)
    parent, key = parent_of(document, place)
    if how == "strip" and isinstance(parent[key], dict) and "id" in parent[key]:
        parent[key] = parent[key]["id"]
    elif how == "repeat" and isinstance(parent, list):
        parent.append(parent[key])
    assert judge(document).verdict in REFUSED or shown(document) == shown(CREATED)


@slow
@given(st.sampled_from(places(SHOWN)), texts)
def test_a_presentation_with_any_text_replaced_is_refused(place: str, text: str) -> None:
    document = plain(SHOWN)
    parent, key = parent_of(document, place)
    assume(isinstance(parent[key], str) and parent[key] != text)
    parent[key] = text
    assert judge(document, **ASKED).verdict in REFUSED


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        return {name: shuffled(value[name], random) for name in names}
    return [shuffled(item, random) for item in value] if isinstance(value, list) else value


@slow
@given(st.randoms(use_true_random=False))
def test_the_order_of_members_and_the_white_space_never_matter(random: Any) -> None:
    data = json.dumps(shuffled(BADGE, random), indent=random.choice([None, 1, 7])).encode()
    assert judge(data).verdict is Verdict.GENUINE_AND_CURRENT


@slow
@given(st.binary(min_size=32, max_size=32), texts, texts)
def test_what_we_sign_verifies(seed: bytes, name: str, narrative: str) -> None:
    method = SCHOOL_SIGNER.verification_method
    document = unsigned(name=name)
    document["credentialSubject"]["narrative"] = narrative
    made = sign(document, signer=Ed25519Signer(seed, method))
    listed = did_json()
    listed["verificationMethod"][0]["publicKeyMultibase"] = Ed25519Signer(seed, method).public_key.multikey
    report = judge(made, resource(SCHOOL_DOCUMENT, listed))
    assert report.check("signature").outcome.value == "passed"


@slow
@given(st.binary(max_size=60))
def test_junk_bytes_raise_only_problems(data: bytes) -> None:
    with contextlib.suppress(ProblemError):
        parse(data, limits=CREDENTIAL_LIMITS)
    assert judge(data).verdict in REFUSED


documents = st.recursive(
    st.one_of(
        values, st.sampled_from(["VerifiableCredential", "VerifiablePresentation", "did:key:z6Mk", BADGE["@context"]])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*BADGE, *BADGE["proof"]]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {
            "@context": st.sampled_from([BADGE["@context"], BADGE["@context"][:1], "x"]),
            "type": st.sampled_from([BADGE["type"], ["VerifiablePresentation"], ["VerifiableCredential"], "x"]),
        }
    ),
    st.dictionaries(st.sampled_from([*BADGE, "verifiableCredential", "holder"]), documents, max_size=8),
)
def test_junk_documents_give_a_report_and_never_a_genuine_one(start: dict, more: dict) -> None:
    assert judge({**more, **start}).verdict in REFUSED


@slow
@given(st.sampled_from(places(BADGE)), documents)
def test_junk_in_a_badge_gives_a_report(place: str, value: Any) -> None:
    document = plain(BADGE)
    parent, key = parent_of(document, place)
    assume(not says_the_same(parent[key], value))
    parent[key] = value
    assert judge(document).verdict in REFUSED


@slow
@given(st.sampled_from([*evidence().resources]), documents)
def test_junk_evidence_never_makes_a_genuine_report(url: str, value: Any) -> None:
    body = serialize(value) if isinstance(value, dict) else json.dumps(value).encode()
    assert judge(BADGE, resource(url, body)).verdict in REFUSED


@slow
@given(st.sampled_from(places(did_json())), documents)
def test_junk_in_a_did_document_gives_a_report(place: str, value: Any) -> None:
    document = did_json()
    parent, key = parent_of(document, place)
    parent[key] = value
    assert judge(BADGE, resource(SCHOOL_DOCUMENT, document)).verdict in Verdict


@slow
@given(st.sampled_from(places(status_list())), documents)
def test_junk_in_a_status_list_leaves_the_question_open(place: str, value: Any) -> None:
    document = status_list()
    parent, key = parent_of(document, place)
    assume(not says_the_same(parent[key], value))
    parent[key] = value
    assert judge(BADGE, resource(REVOCATIONS, document)).verdict is Verdict.COULD_NOT_BE_CHECKED


@slow
@given(st.sets(st.sampled_from([*evidence().resources])))
def test_less_evidence_never_makes_a_better_verdict(kept: set[str]) -> None:
    held = evidence()
    less = Evidence({url: item for url, item in held.resources.items() if url in kept})
    report = verify(serialize(BADGE), evidence=less, policy=policy(), now=NOW)
    complete = kept == set(held.resources)
    assert (report.verdict is Verdict.GENUINE_AND_CURRENT) is complete
    assert bool(report.missing) is not complete


withdrawn = (
    resource(REVOCATIONS, status_list(set_indices=(INDEX,))),
    resource(SUSPENSIONS, status_list(SUSPENSIONS, purpose="suspension")),
    resource(REASONS, b"", error="nobody answered"),
)


@pytest.mark.parametrize("document", [BADGE, SHOWN, {**BADGE, "name": "x"}, {**SHOWN, "holder": "did:web:x.example"}])
@pytest.mark.parametrize("more", [(), withdrawn], ids=["clean", "withdrawn"])
def test_rounds_come_to_the_same_report_as_one_look_and_so_does_a_replay(document: dict, more: tuple) -> None:
    held, data = evidence(*more), serialize(document)
    known, report = Evidence(), None
    for _ in range(4):
        report = verify(data, evidence=known, policy=policy(**ASKED), now=NOW, previous=report)
        if not report.missing:
            break
        known |= {url: held.resources[url] for url in report.missing}
    assert report == verify(data, evidence=held, policy=policy(**ASKED), now=NOW)
    record = Record(document=data, evidence=known, policy=policy(**ASKED), now=NOW, report=report)
    again = Record.from_json(json.loads(serialize(record.to_json())))
    assert again == record
    assert replay(again) == report
    assert Report.from_json(json.loads(serialize(report.to_json()))) == report


@slow
@given(st.dictionaries(st.integers(0, 131_071), st.integers(0, 7), max_size=9), st.sampled_from([3, 4, 8]))
def test_a_status_list_says_what_was_put_in(entries: dict[int, int], size: int) -> None:
    bits = decode_list(encode_list(entries, length=131_072, size=size))
    for index in {*entries, 0, 131_071}:
        assert read_entry(bits, index=index, size=size) == entries.get(index, 0)


@slow
@given(st.dictionaries(st.integers(0, 2**31), st.dates(), min_size=1, max_size=9), st.integers(0, 2**31))
def test_a_journal_says_what_was_put_in(days: dict, other: int) -> None:
    text = write_journal(days)
    for index in {*days, other}:
        assert read_journal(text, index=index) == days.get(index)


@slow
@given(texts)
def test_adding_a_proof_keeps_those_that_were_there(name: str) -> None:
    once = sign(unsigned(name=name))
    twice = add_proof(
        once,
        signer=SCHOOL_SIGNER,
        suite="eddsa-rdfc-2022",
        purpose="assertionMethod",
        created=NOW,
        challenge=None,
        domain=None,
    )
    assert plain(twice)["proof"][0] == once["proof"]
    assert judge(twice).verdict is Verdict.GENUINE_AND_CURRENT
