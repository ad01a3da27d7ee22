"""What a verdict is about, opened: in the order of the reports, whatever the form, and never more than can be read."""

from __future__ import annotations

from tests.attacks.nested import endorsement, transcript
from tests.attacks.test_nested import endorsed, fresh, within
from tests.attacks.test_tokens_judged import shown, token
from tests.attacks.world import ASKED, judge, present
from vc import serialize
from vc.checks import DocumentKind
from vc.contents import beside, contents
from vc.jose import JwtForm, in_envelope
from vc.nested import MAX_DEPTH


def places(data: bytes) -> list[tuple[str, DocumentKind]]:
    found = [contents(data)]
    said = []
    while found:
        each = found.pop(0)
        said.append((each.pointer, each.kind))
        found = [*each.parts, *found]
    return said


def test_a_badge_is_itself() -> None:
    found = contents(serialize(fresh(1)))
    assert (found.pointer, found.kind, found.parts) == ("", DocumentKind.ACHIEVEMENT_CREDENTIAL, ())
    assert found.document["name"] == "Welding I"


def test_a_token_is_what_is_in_it() -> None:
    assert contents(token().encode()).document["name"] == "Welding I"


def test_a_transcript_in_a_presentation_lies_in_it_with_all_its_lines() -> None:
    record = transcript(in_envelope(token(form=JwtForm.VC_JWT)), endorsed(endorsement()))
    here = "/verifiableCredential/0"
    line = here + "/credentialSubject/verifiableCredential"
    assert places(shown(record).encode()) == [
        ("", DocumentKind.PRESENTATION),
        (here, DocumentKind.CLR_CREDENTIAL),
        (f"{line}/0", DocumentKind.ACHIEVEMENT_CREDENTIAL),
        (f"{line}/1", DocumentKind.ACHIEVEMENT_CREDENTIAL),
        (f"{line}/1/credentialSubject/achievement/endorsement/0", DocumentKind.ENDORSEMENT_CREDENTIAL),
    ]


def test_what_cannot_be_read_is_of_no_kind_and_empty() -> None:
    assert contents(b"{") == contents(b"a.b.c")
    assert contents(b"{").kind is DocumentKind.UNKNOWN
    assert contents(b'{"type": ["Dog"]}').document == {"type": ["Dog"]}
    broken = {**in_envelope(token(form=JwtForm.VC_JWT)), "id": "data:application/vc+jwt,a.b.c"}
    assert places(shown(broken, fresh(1)).encode())[1] == ("/verifiableCredential/0", DocumentKind.UNKNOWN)


def test_nothing_is_opened_deeper_than_it_is_judged() -> None:
    inner = fresh(1)
    for number in range(MAX_DEPTH + 2):
        inner = within(number, inner)
    assert len(places(serialize(inner))) == MAX_DEPTH + 1


def test_each_credential_stands_beside_its_report() -> None:
    document = present(transcript(fresh(2), endorsed(endorsement())), fresh(3))
    pairs = list(beside(contents(serialize(document)), judge(document, **ASKED)))
    assert [depth for _found, _report, depth in pairs] == [0, 1, 1, 2, 0]
    assert all(report.checks[0].subject == found.pointer for found, report, _depth in pairs)
    assert all(report.document_kind is found.kind for found, report, _depth in pairs)


def test_a_document_refused_at_the_door_stands_beside_its_report_alone() -> None:
    alone = list(beside(contents(b"{"), judge(b"{")))
    assert [found.pointer for found, _report, _depth in alone] == [""]
    refused = judge({**present(fresh(1)), "@context": ["https://evil.example/"]})
    assert [found.pointer for found, _report, _depth in beside(contents(serialize(present(fresh(1)))), refused)] == [""]
