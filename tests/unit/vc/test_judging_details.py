"""The plan of a verdict in detail: which checks are made in which order, within which limits, and what is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import orjson

from tests.attacks.nested import endorsement
from tests.attacks.test_tokens_judged import shown
from tests.attacks.world import (
    ASKED,
    ATTACKER,
    ATTACKER_SIGNER,
    LEARNER,
    LEARNER_SIGNER,
    NOW,
    evidence,
    policy,
    present,
    sign,
    signed,
    signer_of,
    status_list,
    unsigned,
)
from vc import Outcome, Report, add_proof, presentation, serialize
from vc.checks import Check, CheckName, DocumentKind
from vc.credential_checks import Context
from vc.jose import parse_compact
from vc.jsonld import Budget
from vc.judging import LIMITS, LIST, ROOTS, Judge
from vc.problems import (
    BudgetExceeded,
    HolderNotBoundCaution,
    InvalidChallengeError,
    IssuerMismatchError,
    KindError,
    NotReached,
    ProblemError,
    Unsupported,
)
from vc.securing import Secured, open_value

BEFORE = ["parse", "kind", "contexts", "schema"]
SIGNED = ["proof-policy", "issuer-key", "signature"]


def judge(
    document: Any,
    *,
    expected: frozenset[DocumentKind] = ROOTS,
    previous: Report | None = None,
    secured: Secured | None = None,
    **changes: Any,
) -> Judge:
    """A judge of this document in the small world."""
    here = Context(evidence=evidence(), policy=replace(policy(), **changes), now=NOW)
    opened = secured or open_value(document)
    return Judge(opened, context=here, digest="d", subject="", previous=previous, expected=expected)


def names(report: Report) -> list[str]:
    return [str(check.name) for check in report.checks]


def found(report: Report, name: str) -> tuple[Outcome, list[tuple[str, str | None]]]:
    """What a check came to, with the types and places of its problems."""
    check = report.check(name)
    return check.outcome, [(problem.type.rsplit("#", 1)[1], problem.pointer) for problem in check.problems]


def name_of(problem: type[ProblemError]) -> str:
    return problem.type.rsplit("#", 1)[1]


# Credentials


def test_the_checks_of_a_credential_in_their_order() -> None:
    report = judge(signed()).report()
    assert names(report) == [*BEFORE, *SIGNED, "validity", "refresh", "status", "recognition", "holder-binding"]
    assert report.check("kind").facts == {"kind": "achievementCredential"}
    assert (report.document_kind, report.digest) == (DocumentKind.ACHIEVEMENT_CREDENTIAL, "d")
    assert found(report, "holder-binding") == (Outcome.NOT_APPLICABLE, [])


def test_a_status_list_has_neither_a_status_nor_parts() -> None:
    document = {**status_list(), "endorsement": [endorsement()]}
    one = judge(document, expected=frozenset({LIST}))
    assert names(one.report()) == [*BEFORE, *SIGNED, "validity"]
    assert (one.parts, one.context.tally.parts) == ((), 0)


def test_what_does_not_belong_there_is_not_looked_at() -> None:
    report = judge(signed(), expected=frozenset({LIST})).report()
    assert names(report) == ["parse", "kind"]
    assert found(report, "kind") == (Outcome.FAILED, [(name_of(KindError), "/type")])


def large(kind: str, lists: int) -> Any:
    """A document of this many lists with 2,000 values each."""
    return {**unsigned(), "type": ["VerifiableCredential", kind], "more": [[0] * 2_000] * lists}


def test_each_kind_of_document_is_so_large_and_no_larger() -> None:
    too_much = (Outcome.INDETERMINATE, [(name_of(BudgetExceeded), None)])
    for kind in ("OpenBadgeCredential", "EndorsementCredential", "Other"):
        assert found(judge(large(kind, 9)).report(), "kind")[0] is Outcome.PASSED
        assert found(judge(large(kind, 10)).report(), "kind") == too_much
    assert found(judge(large("ClrCredential", 10)).report(), "kind")[0] is Outcome.PASSED
    assert LIMITS[LIST].max_items == 200
    long = {**status_list(), "more": [0] * 200}
    assert found(judge(long, expected=frozenset({LIST})).report(), "kind")[0] is Outcome.PASSED
    longer = {**long, "more": [0] * 201}
    refused = found(judge(longer, expected=frozenset({LIST})).report(), "kind")
    assert refused == (Outcome.INDETERMINATE, [(name_of(BudgetExceeded), "/more")])


def test_a_document_may_ask_for_as_much_as_its_parts() -> None:
    for count, budget in ((0, 1), (1, 1), (3, 3)):
        one = judge(presentation.build([signed()] * count, id=None, holder=None))
        one.report()
        assert one.budget == Budget.for_credentials(budget)


def test_without_a_proof_of_the_issuer_no_key_is_looked_up() -> None:
    report = judge(sign(unsigned(), signer=ATTACKER_SIGNER)).report()
    assert found(report, "proof-policy") == (Outcome.FAILED, [(name_of(IssuerMismatchError), "/proof")])
    assert found(report, "issuer-key") == (Outcome.INDETERMINATE, [(name_of(NotReached), None)])
    assert found(report, "status") == (Outcome.INDETERMINATE, [(name_of(NotReached), None)])
    bare = {name: value for name, value in unsigned().items() if name != "credentialStatus"}
    assert found(judge(sign(bare, signer=ATTACKER_SIGNER)).report(), "status") == (Outcome.NOT_APPLICABLE, [])


def test_what_is_judged_beside_a_credential_has_its_own_place() -> None:
    one = judge(signed())
    body = serialize(status_list())
    document, report = one.judge_list(body)
    assert document == status_list()
    assert (report.subject, report.digest, report.document_kind) == ("/credentialStatus", "", LIST)
    service = {"id": "https://a.example/", "type": "1EdTechCredentialRefresh"}
    data = serialize({**signed(), "refreshService": service})
    newer, report = judge(signed(), follow_refresh=True).judge_newer(data)
    assert newer["refreshService"] == service
    assert (report.subject, report.digest) == ("/refreshService", hashlib.sha256(data).hexdigest())
    assert report.check("refresh").facts["followed"] is False


# Presentations


def test_the_checks_of_a_presentation_in_their_order() -> None:
    report = judge(present(signed()), **ASKED).report()
    assert names(report) == [*BEFORE, *SIGNED, "holder-binding", "credential"]
    assert report.check("proof-policy").facts["holders"] == [LEARNER]
    unsigned_one = presentation.build([signed(), signed(2)], id=None, holder=None)
    report = judge(unsigned_one).report()
    assert names(report) == [*BEFORE, "holder-binding", "credential", "credential"]
    assert [check.subject for check in report.checks[-2:]] == [f"/verifiableCredential/{index}" for index in (0, 1)]
    assert [child.digest for child in report.children] == [
        hashlib.sha256(orjson.dumps(value)).hexdigest() for value in (signed(), signed(2))
    ]


def test_what_a_presentation_says_beside_its_credentials() -> None:
    bare = presentation.build([signed()], id=None, holder=None)
    more = judge({**bare, "name": "Mine"}).report()
    assert found(more, "schema") == (Outcome.INDETERMINATE, [(name_of(Unsupported), "/name")])
    odd = judge({**bare, "id": 5}).report()
    assert found(odd, "schema")[0] is Outcome.FAILED
    held = judge({**bare, "holder": LEARNER}).report()
    assert found(held, "holder-binding")[1] == [(name_of(HolderNotBoundCaution), "/holder")]
    named = add_proof(
        {**bare, "holder": LEARNER, "name": "Mine"},
        signer=LEARNER_SIGNER,
        suite="eddsa-rdfc-2022",
        purpose="authentication",
        created=NOW,
        **ASKED,
    )
    assert found(judge(named, **ASKED).report(), "schema")[0] is Outcome.PASSED


def test_a_presentation_answers_what_was_asked_and_names_who_signed_it() -> None:
    other = judge(present(signed(), challenge="c-2"), **ASKED).report()
    assert found(other, "proof-policy") == (Outcome.FAILED, [(name_of(InvalidChallengeError), "/proof/challenge")])
    stranger = judge(present(signed(), holder=ATTACKER), **ASKED).report()
    assert found(stranger, "proof-policy") == (Outcome.FAILED, [(name_of(IssuerMismatchError), "/holder")])


def test_everybody_who_signed_a_presentation_is_named_in_order() -> None:
    document: Any = presentation.build([signed(number) for number in range(1, 9)], id=None, holder=None)
    for number in range(20, 28):
        document = add_proof(
            document,
            signer=signer_of(number),
            suite="eddsa-rdfc-2022",
            purpose="authentication",
            created=NOW,
            **ASKED,
        )
    holders = judge(document, **ASKED).report().check("proof-policy").facts["holders"]
    expected = [signer_of(number).verification_method.split("#")[0] for number in range(20, 28)]
    assert holders == sorted(expected)


def test_who_signed_a_token_is_the_holder_that_it_names() -> None:
    document = presentation.build([signed()], id=None, holder=LEARNER)
    jws = replace(parse_compact(shown(signed())), key_id=f"{ATTACKER}#key-1")
    for inside, signer in ((document, LEARNER), ({**document, "holder": None}, ATTACKER)):
        one = judge(document, secured=Secured(document=inside, jws=jws))
        assert one.signers == [signer]


# A later round


def test_what_an_earlier_round_settled_is_kept_for_the_document_and_its_parts() -> None:
    document = presentation.build([signed(), signed(2)], id=None, holder=None)
    kept = Check(name=CheckName.SCHEMA, outcome=Outcome.PASSED, facts={"kept": True})
    other = replace(kept, facts={"kept": "child"})
    child = Report(document_kind=DocumentKind.ACHIEVEMENT_CREDENTIAL, digest="", checks=(other,))
    earlier = Report(document_kind=DocumentKind.PRESENTATION, digest="d", checks=(kept,), children=(child,))
    report = judge(document, previous=earlier).report()
    assert report.check("schema") is kept
    assert report.children[0].check("schema") is other
    assert report.children[1].check("schema").facts == {}
    open_one = replace(kept, outcome=Outcome.INDETERMINATE, missing=frozenset({"https://a.example/"}))
    again = judge(document, previous=replace(earlier, checks=(open_one,))).report()
    assert again.check("schema").outcome is Outcome.PASSED
    assert not judge(document).report().check("schema").facts
