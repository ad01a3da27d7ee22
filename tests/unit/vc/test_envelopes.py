"""A presentation is an envelope: what it is worth when what lies in it was withdrawn."""

import pytest

from vc.checks import Check, CheckName, DocumentKind, Outcome, Report, Verdict


def credential(outcome: Outcome) -> Report:
    checks = (
        Check(name=CheckName.SIGNATURE, outcome=Outcome.PASSED),
        Check(name=CheckName.STATUS, outcome=outcome),
    )
    return Report(document_kind=DocumentKind.ACHIEVEMENT_CREDENTIAL, digest="", checks=checks)


def envelope(*children: Report, signature: Outcome = Outcome.PASSED) -> Report:
    found = {Verdict.WITHDRAWN: Outcome.CAUTION, Verdict.GENUINE_AND_CURRENT: Outcome.PASSED}
    contained = (Check(name=CheckName.CREDENTIAL, outcome=found[child.verdict]) for child in children)
    checks = (Check(name=CheckName.SIGNATURE, outcome=signature), *contained)
    return Report(document_kind=DocumentKind.PRESENTATION, digest="", checks=checks, children=children)


WITHDRAWN, CURRENT = credential(Outcome.FAILED), credential(Outcome.PASSED)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (envelope(WITHDRAWN), Verdict.WITHDRAWN),
        (envelope(WITHDRAWN, WITHDRAWN), Verdict.WITHDRAWN),
        (envelope(WITHDRAWN, CURRENT), Verdict.GENUINE_BUT),
        (envelope(CURRENT), Verdict.GENUINE_AND_CURRENT),
        (envelope(WITHDRAWN, signature=Outcome.FAILED), Verdict.NOT_GENUINE),
        (envelope(), Verdict.COULD_NOT_BE_CHECKED),
    ],
)
def test_an_envelope_is_withdrawn_when_everything_in_it_is(report: Report, verdict: Verdict) -> None:
    assert report.verdict is verdict
