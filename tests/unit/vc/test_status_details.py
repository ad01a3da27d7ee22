"""What the check of the status says in detail; the lists come from a judge who has found them genuine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.attacks.world import DAY, INDEX, NOW, SCHOOL, policy
from vc import Evidence, Outcome, Report, Resource, Url, build_status_list
from vc.checks import Check, CheckName, DocumentKind, Findings
from vc.credential_checks import Context
from vc.document import serialize
from vc.problems import NewerVersionCaution, StaleEvidenceError, StatusVerificationError, SuspendedCaution, Unsupported
from vc.status import Reason, StatusListEntry, encode_list, entry_key
from vc.status_checks import MAX_ENTRIES, check_status, is_own_address, refuse_repeated, refuse_stale, refuse_unverified
from vc.wanted import Wanted

LIST = Url("https://school.example/orgs/river/status/1")
OTHER = Url("https://school.example/orgs/river/status/2")
IDS = Url("https://school.example/orgs/river/withdrawn.json")
ELSEWHERE = Url("https://lists.example/withdrawn.json")
MINE = "urn:uuid:5b6a5a7e-0000-4000-8000-000000000001"
FETCHED = NOW - timedelta(hours=1)
FROM = "2027-03-02T10:02:00Z"
GENUINE = Report(
    document_kind=DocumentKind.STATUS_LIST,
    digest="",
    checks=(
        Check(name=CheckName.SIGNATURE, outcome=Outcome.PASSED),
        Check(name=CheckName.VALIDITY, outcome=Outcome.PASSED, facts={"validFrom": FROM}),
    ),
)


def listed(purpose: Any = "revocation", *, url: Url = LIST, values: Any = (), size: int = 1, **subject: Any) -> Any:
    document: Any = build_status_list(
        id=url,
        issuer=SCHOOL,
        purpose="revocation",
        set_indices=(),
        messages={},
        valid_from=NOW - DAY,
        valid_until=NOW + DAY,
        ttl_ms=86_400_000,
        since={INDEX: date(2027, 3, 1)},
    )
    encoded = encode_list(values, length=131_072, size=size)
    document["credentialSubject"] |= {"statusPurpose": purpose, "encodedList": encoded} | subject
    return document


def entry(purpose: str = "revocation", *, url: Url = LIST, index: int = INDEX, **more: Any) -> Any:
    return {**StatusListEntry(list_url=url, index=index, purpose=purpose, size=1).to_json(), **more}


def resource(url: Url, body: Any, **changes: Any) -> Resource:
    data = body if isinstance(body, bytes) else serialize(body)
    members: dict[str, Any] = {"url": url, "body": data, "media_type": "application/vc", "retrieved": FETCHED}
    return Resource(**(members | changes))


def context(*resources: Resource, first_seen: Any = None, **changes: Any) -> Context:
    held = Evidence({found.url: found for found in resources}, first_seen or {})
    return Context(evidence=held, policy=replace(policy(), **changes), now=NOW)


def looked_up(
    entries: Any, *lists: Any, report: Report = GENUINE, where: Context | None = None, **more: Any
) -> Findings:
    """What comes of looking these entries up in these lists."""
    found = {serialize(document): document for document in lists}

    def judge(body: bytes) -> tuple[Any, Report]:
        return found[body], report

    findings = Findings()
    document: Any = {"id": MINE, "issuer": {"id": SCHOOL}, "credentialStatus": entries} | more
    here = where or context(*(resource(each["id"], each) for each in lists))
    check_status(findings, document=document, context=here, judge=judge)
    return findings


def pointers(findings: Findings) -> list[str | None]:
    return [problem.pointer for problem in findings.problems]


def told(findings: Findings, number: int = 0) -> Any:
    entries: Any = findings.facts["entries"]
    return entries[number]


BASE = {"retrieved": FETCHED.isoformat(), "fromCache": False, "listIssuer": SCHOOL, "listValidFrom": FROM}


def test_a_credential_without_a_status_has_nothing_to_look_up() -> None:
    nothing: tuple[Any, ...] = (None, [])
    for entries in nothing:
        findings = looked_up(entries)
        assert (findings.outcome(), findings.facts) == (Outcome.NOT_APPLICABLE, {})


def test_a_position_that_is_not_set_is_told_with_all_that_was_asked() -> None:
    findings = looked_up(entry(), listed())
    assert findings.outcome() is Outcome.PASSED
    assert told(findings) == {"purpose": "revocation", "index": INDEX, "list": LIST, "value": 0, **BASE}
    summary = {name: value for name, value in findings.facts.items() if name != "entries"}
    assert summary == {"listIssuer": SCHOOL, "retrieved": FETCHED.isoformat(), "fromCache": False}


def test_a_position_that_is_set_is_told_with_its_day() -> None:
    seen = {entry_key(LIST, INDEX): NOW - DAY}
    where = context(resource(LIST, listed(values=(INDEX,))), first_seen=seen)
    findings = looked_up([entry()], listed(values=(INDEX,)), where=where)
    assert findings.outcome() is Outcome.FAILED
    assert pointers(findings) == ["/credentialStatus/0"]
    assert told(findings)["value"] == 1
    assert told(findings)["firstSeen"] == findings.facts["firstSeen"] == (NOW - DAY).isoformat()
    assert told(findings)["since"] == findings.facts["since"] == "2027-03-01"
    assert "message" not in told(findings)
    elsewhere = looked_up(entry(index=5), listed(values=(5,)))
    assert pointers(elsewhere) == ["/credentialStatus"]
    assert not {"since", "firstSeen"} & set(told(elsewhere))


@pytest.mark.parametrize(
    ("purpose", "outcome"),
    [("suspension", Outcome.CAUTION), ("refresh", Outcome.CAUTION), ("other", Outcome.INDETERMINATE)],
)
def test_what_the_purposes_mean(purpose: str, outcome: Outcome) -> None:
    findings = looked_up([entry(purpose)], listed(purpose, values=(INDEX,)))
    assert findings.outcome() is outcome
    assert pointers(findings) == ["/credentialStatus/0"]
    expected = {"suspension": SuspendedCaution, "refresh": NewerVersionCaution, "other": Unsupported}
    assert [problem.type for problem in findings.problems] == [expected[purpose].type]
    calm = looked_up([entry(purpose)], listed(purpose))
    assert ("retrieved" in calm.facts) is (purpose == "suspension")
    assert ("since" in findings.facts) is (purpose == "suspension")
    assert ("listIssuer" in findings.facts) is (purpose == "suspension")


def messages(*texts: str, **more: Any) -> Any:
    said = [{"status": f"0x{value:x}", "message": text} for value, text in enumerate(texts)]
    return entry("message", statusSize=1, statusMessage=said, **more)


def test_a_message_in_the_issuer_s_words_is_a_caution_and_its_first_value_a_meaning() -> None:
    findings = looked_up([messages("fine", "late", statusReference="urn:r")], listed("message", values=(INDEX,)))
    assert findings.outcome() is Outcome.CAUTION
    assert findings.facts["message"] == told(findings)["message"] == "late"
    assert told(findings)["references"] == ["urn:r"]
    assert pointers(findings) == ["/credentialStatus/0"]
    assert "The issuer says: late" in findings.problems[0].detail
    assert not {"reason", "meaning"} & set(told(findings))
    clear = looked_up([messages("fine", "late")], listed("message"))
    assert clear.outcome() is Outcome.PASSED
    assert told(clear)["meaning"] == "fine"
    assert not {"message", "references"} & set(told(clear))


def test_one_of_our_reasons_explains_and_warns_of_nothing() -> None:
    ours = StatusListEntry.reason(list_url=LIST, index=INDEX).to_json()
    findings = looked_up([ours], listed("message", values={INDEX: Reason.REPLACED.value}, size=3))
    assert findings.outcome() is Outcome.PASSED
    assert findings.facts["reason"] == told(findings)["reason"] == "replaced"
    assert findings.facts["message"] == Reason.REPLACED.sentence
    unset = looked_up([ours], listed("message", size=3))
    assert not {"meaning", "reason", "message"} & set(told(unset))
    revoked = {**ours, "statusPurpose": "revocation"}
    assert looked_up([revoked], listed(values={INDEX: 2}, size=3)).facts["reason"] == "replaced"


def test_the_first_list_asked_and_the_one_that_withdrew_are_told() -> None:
    """What is beside the entries is of the first, unless a later one is set."""
    two = (listed(), listed("suspension", url=OTHER, values=(INDEX,)))
    later = NOW - timedelta(minutes=5)
    where = context(resource(LIST, two[0]), resource(OTHER, two[1], retrieved=later, from_cache=True))
    findings = looked_up([entry(), entry("suspension", url=OTHER)], *two, where=where)
    assert findings.facts["retrieved"] == later.isoformat()
    assert findings.facts["fromCache"] is False
    calm = (listed(), listed("suspension", url=OTHER))
    where = context(resource(LIST, calm[0]), resource(OTHER, calm[1], retrieved=later, from_cache=True))
    findings = looked_up([entry(), entry("suspension", url=OTHER)], *calm, where=where)
    assert findings.facts["retrieved"] == FETCHED.isoformat()
    assert told(findings, 1)["fromCache"] is True


def test_so_many_entries_and_no_more() -> None:
    many = [entry(index=index) for index in range(MAX_ENTRIES + 1)]
    assert looked_up(many[:-1], listed()).outcome() is Outcome.PASSED
    findings = looked_up(many, listed())
    assert MAX_ENTRIES == 8
    assert (findings.outcome(), findings.facts) == (Outcome.INDETERMINATE, {})
    assert pointers(findings) == ["/credentialStatus"]


def test_an_entry_that_is_given_twice_is_doubted() -> None:
    findings = looked_up([entry(), entry(index=3), entry()], listed())
    assert findings.outcome() is Outcome.INDETERMINATE
    assert pointers(findings) == ["/credentialStatus/2"]
    both = looked_up([entry(), entry("suspension")], listed(["revocation", "suspension"]))
    assert both.outcome() is Outcome.PASSED
    apart = Findings()
    earlier: Any = [{"purpose": "revocation", "index": 1, "list": LIST}]
    for change in ({"purpose": "suspension"}, {"index": 2}, {"list": OTHER}):
        refuse_repeated(apart, earlier[0] | change, earlier, here="/x")
    refuse_repeated(apart, {}, [{}], here="/x")
    assert not apart.problems


@pytest.mark.parametrize(
    "bad", ["text", {"type": "Dog"}, entry(statusListIndex="x"), entry(url=Url("http://a.example"))]
)
def test_an_entry_that_cannot_be_read_leaves_the_question_open(bad: Any) -> None:
    findings = looked_up([entry(), bad], listed())
    assert findings.outcome() is Outcome.INDETERMINATE
    assert all((pointer or "").startswith("/credentialStatus/1") for pointer in pointers(findings))
    assert "value" not in told(findings, 1)


def test_the_address_of_a_list_that_is_none_is_named_by_its_place() -> None:
    findings = looked_up([entry(url=Url("ftp://a.example/"))])
    assert pointers(findings) == ["/credentialStatus/0/statusListCredential"]
    findings = looked_up([{"id": "ftp://a.example/", "type": "1EdTechRevocationList"}])
    assert pointers(findings) == ["/credentialStatus/0/id"]


def test_a_list_that_nobody_fetched_is_asked_for() -> None:
    findings = looked_up([entry()])
    assert (findings.missing, findings.wanted) == ({LIST}, {LIST: Wanted.STATUS_LIST})
    findings = looked_up([{"id": IDS, "type": "1EdTechRevocationList"}])
    assert (findings.missing, findings.wanted) == ({IDS}, {IDS: Wanted.REVOCATION_LIST})


def test_a_list_that_could_not_be_had_says_why() -> None:
    findings = looked_up([entry()], where=context(resource(LIST, b"", error="timeout")))
    assert findings.outcome() is Outcome.INDETERMINATE
    assert pointers(findings) == ["/credentialStatus/0"]
    assert (findings.facts["url"], findings.facts["reason"], findings.facts["at"]) == (
        LIST,
        "timeout",
        FETCHED.isoformat(),
    )
    assert "value" not in told(findings)


def test_a_list_of_another_issuer_says_nothing() -> None:
    foreign = listed(values=(INDEX,)) | {"issuer": "did:web:other.example"}
    findings = looked_up([entry()], foreign)
    assert findings.outcome() is Outcome.INDETERMINATE
    assert "listIssuer" not in told(findings)
    anonymous = {name: value for name, value in listed().items() if name != "issuer"}
    assert "issued by nobody" in looked_up([entry()], anonymous).problems[0].detail


def test_what_the_list_itself_lacks_is_asked_for() -> None:
    lacking = Check(name=CheckName.ISSUER_KEY, outcome=Outcome.INDETERMINATE, missing=frozenset({OTHER}))
    findings = looked_up([entry()], listed(values=(INDEX,)), report=replace(GENUINE, checks=(*GENUINE.checks, lacking)))
    assert findings.missing == {OTHER}
    assert findings.outcome() is Outcome.INDETERMINATE
    assert "value" not in told(findings)


def test_a_list_that_does_not_say_from_when_it_holds() -> None:
    silent = replace(GENUINE, checks=GENUINE.checks[:1])
    assert "listValidFrom" not in told(looked_up([entry()], listed(), report=silent))


def test_what_does_not_verify_is_no_list() -> None:
    refuse_unverified(GENUINE)
    with pytest.raises(StatusVerificationError):
        refuse_unverified(replace(GENUINE, document_kind=DocumentKind.CREDENTIAL))
    late = Check(name=CheckName.VALIDITY, outcome=Outcome.CAUTION)
    with pytest.raises(StatusVerificationError):
        refuse_unverified(replace(GENUINE, checks=(*GENUINE.checks, late)))
    one, two = (StatusVerificationError(text).problem for text in ("One.", "Two."))
    failed = Check(name=CheckName.SCHEMA, outcome=Outcome.FAILED, problems=(one, two))
    with pytest.raises(StatusVerificationError, match=r"verify\. One\. Two\."):
        refuse_unverified(replace(GENUINE, checks=(*GENUINE.checks, failed)))


def test_a_list_is_judged_and_expanded_once() -> None:
    where = context(resource(LIST, listed()))
    looked_up([entry(), entry(index=3)], listed(), where=where)
    assert where.lists.expanded == 16_384
    assert set(where.lists.read) == {LIST}
    full = context(resource(LIST, listed()))
    full.lists.expanded = 64 << 20
    assert looked_up([entry()], listed(), where=full).outcome() is Outcome.INDETERMINATE


def test_what_is_no_list_leaves_the_question_open() -> None:
    def judge(_body: bytes) -> Any:
        raise StatusVerificationError("It is a web page.")

    findings = Findings()
    document: Any = {"issuer": SCHOOL, "credentialStatus": [entry()]}
    check_status(findings, document=document, context=context(resource(LIST, b"<html>")), judge=judge)
    assert findings.outcome() is Outcome.INDETERMINATE
    assert "not a status list (It is a web page.)" in findings.problems[0].detail


# How old


@pytest.mark.parametrize(
    ("age", "life", "fresh"),
    [
        (timedelta(hours=24), None, True),
        (timedelta(hours=24, seconds=1), None, False),
        (timedelta(minutes=10), timedelta(minutes=10), True),
        (timedelta(minutes=11), timedelta(minutes=10), False),
        (timedelta(hours=25), timedelta(hours=48), False),
        (-timedelta(minutes=5), None, True),
        (-timedelta(minutes=5, seconds=1), None, False),
    ],
)
def test_how_long_a_copy_is_relied_on(age: timedelta, life: timedelta | None, fresh: bool) -> None:
    here = context(max_status_age=timedelta(hours=24), clock_skew=timedelta(minutes=5))
    copy = resource(LIST, b"", retrieved=NOW - age)
    if fresh:
        refuse_stale(copy, context=here, life=life)
        return
    with pytest.raises(StaleEvidenceError):
        refuse_stale(copy, context=here, life=life)


def test_an_old_copy_still_shows_a_withdrawal_and_nothing_else() -> None:
    for purpose, outcome in (("revocation", Outcome.FAILED), ("suspension", Outcome.INDETERMINATE)):
        document = listed(purpose, values=(INDEX,), ttl=60_000)
        assert looked_up([entry(purpose)], document).outcome() is outcome
        assert looked_up([entry(purpose, index=3)], document).outcome() is Outcome.INDETERMINATE


# Lists that nobody signed

UNSIGNED: Any = {"id": IDS, "issuer": SCHOOL, "revokedCredential": [{"id": MINE, "revocationReason": "Twice."}]}


def unsigned_lookup(body: Any, *, url: Url = IDS, **more: Any) -> Findings:
    found = {"id": url, "type": ["1EdTechRevocationList"]}
    return looked_up([found], where=context(resource(url, body)), **more)


def test_an_unsigned_list_at_home_withdraws_and_clears() -> None:
    findings = unsigned_lookup(UNSIGNED)
    facts = {"purpose": "revocation", "list": IDS, "value": 1, "signed": False, "ownAddress": True, "message": "Twice."}
    known = {name: value for name, value in BASE.items() if name != "listValidFrom"}
    assert told(findings) == {**facts, **known}
    assert (findings.outcome(), pointers(findings)) == (Outcome.FAILED, ["/credentialStatus/0"])
    assert (findings.facts["message"], findings.facts["listIssuer"]) == ("Twice.", SCHOOL)
    silent = unsigned_lookup({**UNSIGNED, "revokedCredential": [{"id": MINE}]})
    assert "message" not in told(silent)
    clear = unsigned_lookup({**UNSIGNED, "revokedCredential": []})
    assert (clear.outcome(), told(clear)["value"]) == (Outcome.PASSED, 0)


def test_an_unsigned_list_elsewhere_is_hearsay() -> None:
    body = {**UNSIGNED, "id": ELSEWHERE}
    accused = unsigned_lookup(body, url=ELSEWHERE)
    assert (accused.outcome(), pointers(accused)) == (Outcome.INDETERMINATE, ["/credentialStatus/0"])
    assert told(accused)["ownAddress"] is False
    cleared = unsigned_lookup({**body, "revokedCredential": []}, url=ELSEWHERE)
    assert (cleared.outcome(), pointers(cleared)) == (Outcome.CAUTION, ["/credentialStatus/0"])
    nameless = unsigned_lookup(UNSIGNED, id=None)
    assert (nameless.outcome(), pointers(nameless)) == (Outcome.INDETERMINATE, [""])
    old = context(resource(IDS, UNSIGNED, retrieved=NOW - 2 * DAY))
    stale = looked_up([{"id": IDS, "type": "1EdTechRevocationList"}], where=old)
    assert stale.outcome() is Outcome.INDETERMINATE


def test_whose_address_it_is() -> None:
    assert is_own_address(IDS, SCHOOL, context=context())
    assert not is_own_address(ELSEWHERE, SCHOOL, context=context())
    home = Url("http://localhost:8000/list")
    assert is_own_address(home, "did:web:localhost%3A8000", context=context(loopback=True))
