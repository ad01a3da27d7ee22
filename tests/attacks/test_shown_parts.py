"""Attacks on what stands beside a verdict: a text that the verdict is not about, shown as if it were (A20, A21)."""

from __future__ import annotations

from typing import Any

import pytest

from kit.errors import BadInput
from satchel.cli.judged import check_lines
from tests.attacks.nested import endorsement, transcript, transcript_of
from tests.attacks.old_badges import HOST, V2, assertion, at, badge_class, profile, shelf
from tests.attacks.world import ATTACKER, ATTACKER_SIGNER, LEARNER, NOW, judge, policy, sign, signed, unsigned
from vc import Outcome, Report, Verdict, serialize, verify
from vc.checks import DocumentKind
from vc.contents import beside, contents
from vc.document import Document
from vc.openbadges import ClrCredential
from verifier.pages.record import credential
from wallet.service.cards import Kept, read_card
from wallet.service.judging import Judged, Judging

KEPT = Kept(
    id="1",
    received_at=NOW,
    checked_at=NOW,
    seen_at=NOW,
    verdict="genuineAndCurrent",
    bound=False,
    note="",
    tags=(),
    edition=1,
)
VCDM = "https://www.w3.org/ns/credentials/v2"
EVIL = "https://evil.example"
FORGED = {
    "@context": [VCDM],
    "id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000f001",
    "type": ["VerifiableCredential"],
    "issuer": {"id": f"{HOST}/issuer"},
    "badge": {"id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000f002", "name": "PhD", "issuer": f"{HOST}/issuer"},
    "issuedOn": "2017-03-03T10:00:00Z",
}
PRAISE = {
    "@context": V2,
    "type": "Endorsement",
    "id": f"{EVIL}/praise",
    "claim": {"id": f"{EVIL}/badge", "endorsementComment": "Very good."},
    "issuer": f"{EVIL}/issuer",
    "issuedOn": "2017-03-03T10:00:00Z",
    "verification": {"type": "hosted"},
}


def hosted(badge: dict[str, Any], *, praise: bool = True) -> Report:
    """The verdict on a badge that lies at the attacker's own address, where everything is in order."""
    issuer = profile(id=f"{EVIL}/issuer", url=EVIL)
    there = {
        f"{EVIL}/badge": badge,
        f"{EVIL}/class": badge_class(id=f"{EVIL}/class", issuer=f"{EVIL}/issuer"),
        f"{EVIL}/issuer": {
            name: value for name, value in issuer.items() if name not in {"publicKey", "revocationList"}
        },
    } | ({f"{EVIL}/praise": PRAISE} if praise else {})
    evidence = shelf(*(at(url, value) for url, value in there.items()))
    if not praise:
        gone = at(f"{EVIL}/praise", b"", final=404)
        evidence |= {gone.url: gone}
    return verify(serialize(badge), evidence=evidence, policy=policy(), now=NOW)


@pytest.mark.parametrize("kind", ["VerifiablePresentation", "ClrCredential"])
def test_A20_a_badge_of_2_0_that_is_also_an_envelope_shows_nothing_that_was_not_judged(kind: str) -> None:
    # Its endorsement is in order, and is the first of its reports; the first of its texts is a forgery.
    badge = assertion(id=f"{EVIL}/badge", badge=f"{EVIL}/class", endorsement=[f"{EVIL}/praise"])
    badge |= {"@context": [VCDM, V2], "type": ["VerifiableCredential", kind, "Assertion"]}
    if kind == "VerifiablePresentation":
        badge |= {"type": [kind, "Assertion"], "verifiableCredential": [FORGED]}
    else:
        badge |= {"credentialSubject": {"verifiableCredential": [FORGED]}}
    report = hosted(badge)
    assert (report.verdict, len(report.children)) == (Verdict.GENUINE_AND_CURRENT, 1)
    shown = list(beside(contents(serialize(badge)), report))
    assert [(found.pointer, found.kind) for found, _report, _depth in shown] == [("", DocumentKind.OPEN_BADGE_2)]


def test_an_endorsement_of_2_0_that_cannot_be_looked_up_has_no_report_and_stops_no_program() -> None:
    badge = assertion(id=f"{EVIL}/badge", badge=f"{EVIL}/class", endorsement=[f"{EVIL}/praise"])
    report = hosted(badge, praise=False)
    assert (report.verdict, report.children) == (Verdict.GENUINE_BUT, ())
    assert any("cannot be looked up" in line for line in check_lines(report, {}, indent=""))
    assert any(line.startswith("Endorsement 1: ") for line in check_lines(hosted(badge), {}, indent=""))


def test_A21_a_wallet_keeps_no_transcript_with_a_forged_line() -> None:
    record = transcript(signed(1), signed(2) | {"name": "Welding IX"})
    report = judge(record)
    assert report.verdict is Verdict.NOT_GENUINE
    judged = Judged(document=Document(bytes=serialize(record), value=record), report=report, at=NOW)
    with pytest.raises(BadInput, match="changed after it was signed"):
        Judging.require_genuine(judged)


def test_A21_what_a_badge_inside_says_is_not_shown_as_what_the_transcript_says() -> None:
    # A diploma mill's badge in the school's transcript, about the same learner.
    badge = unsigned(7, issuer={"id": ATTACKER, "type": ["Profile"], "name": "Diploma Mill"})
    del badge["credentialStatus"]
    badge["credentialSubject"]["achievement"] |= {"id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000f007", "name": "PhD"}
    record = transcript(sign(badge, signer=ATTACKER_SIGNER))
    assert judge(record).verdict is Verdict.GENUINE_AND_CURRENT
    (whole, _), (line, _) = [
        (credential(found.document, pointer=found.pointer, loopback=False), report)
        for found, report, _depth in beside(contents(serialize(record)), judge(record))
    ]
    assert (line.title, line.issuer.claimed_name) == ("PhD", "Diploma Mill")
    assert (whole.title, whole.issuer.claimed_name) == ("Transcript", "River School")
    assert (whole.results, whole.credits, whole.term, whole.narrative) == ([], "", "", "")
    assert ClrCredential.view(record).achievements == ()
    assert read_card(record, KEPT).title == "Transcript"
    assert (read_card(record, KEPT).credits, read_card(record, KEPT).narrative) == ("", "")


def test_A21_an_achievement_that_a_transcript_only_names_is_no_award() -> None:
    named = {
        "id": "urn:x:1",
        "type": ["Achievement"],
        "name": "PhD",
        "description": "x",
        "criteria": {"narrative": "x"},
    }
    record = transcript_of(signed(1))
    record["credentialSubject"]["achievement"] = named
    record = sign(record)
    assert judge(record).verdict is Verdict.GENUINE_AND_CURRENT
    assert credential(record, pointer="", loopback=False).title == "Transcript"
    assert [item.name for item in ClrCredential.view(record).achievements] == ["PhD"]


def test_A21_what_an_endorsement_says_is_not_shown_as_what_the_badge_says() -> None:
    badge = sign(unsigned() | {"endorsement": [endorsement(of=LEARNER, comment="A genius.")]})
    assert judge(badge).verdict is Verdict.GENUINE_AND_CURRENT
    assert credential(badge, pointer="", loopback=False).description == "Joins two plates."
    # Copied to the outside: the statements, and so the signature, are the same.
    subject = badge["credentialSubject"]
    subject |= {"type": [*subject["type"], "EndorsementSubject"], "endorsementComment": "A genius."}
    assert judge(badge).check("signature").outcome is Outcome.PASSED
    assert credential(badge, pointer="", loopback=False).description == "Joins two plates."
