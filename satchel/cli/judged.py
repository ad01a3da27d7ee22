"""What a verdict says on a terminal, and the exit code that stands for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from satchel.console import EXIT_BAD, EXIT_BUT, EXIT_OK, EXIT_UNKNOWN
from vc.checks import CheckName, DocumentKind, Outcome, Recognition, Report, Verdict
from vc.contents import beside, contents
from vc.document import JsonObject
from vc.evidence import Evidence
from vc.openbadges import AchievementCredential
from vc.openbadges2 import OpenBadge2
from vc.problems import ProblemError
from verifier.pages.checking import readable, shown
from verifier.pages.record import credential
from verifier.pages.text import line

_HEADLINES = {
    Verdict.GENUINE_AND_CURRENT: "Genuine and current.",
    Verdict.GENUINE_BUT: "Genuine, but:",
    Verdict.WITHDRAWN: "Withdrawn by its issuer.",
    Verdict.NOT_GENUINE: "Not genuine: it was altered or forged.",
    Verdict.COULD_NOT_BE_CHECKED: "Could not be checked.",
}
_MARKS = {
    Outcome.PASSED: "passed",
    Outcome.CAUTION: "caution",
    Outcome.FAILED: "FAILED",
    Outcome.INDETERMINATE: "could not be checked",
    Outcome.NOT_APPLICABLE: "does not apply",
}
_ABOUT_OTHER_THINGS = frozenset({DocumentKind.ENDORSEMENT_CREDENTIAL, DocumentKind.CLR_CREDENTIAL})
"""What is said of an achievement, or holds credentials that say themselves whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A document, the report on it, and what was asked about recognition and about whose it is."""

    document: bytes
    report: Report
    evidence: Evidence
    recognition_matters: bool
    identity: str | None

    @property
    def is_theirs(self) -> bool | None:
        """Whether every credential in it is made out to the identity asked about; ``None``: none was."""
        if self.identity is None:
            return None
        said = [
            is_made_out_to(self.identity, each.document, found)
            for each, found, _depth in beside(contents(self.document), self.report)
            if found.document_kind not in _ABOUT_OTHER_THINGS
        ]
        return bool(said) and all(said)

    @property
    def status(self) -> int:
        """The exit code."""
        status = exit_code(self.report, recognition_matters=self.recognition_matters)
        return EXIT_BUT if status == EXIT_OK and self.is_theirs is False else status


def is_made_out_to(identity: str, document: JsonObject, report: Report) -> bool:
    """Whether a credential whose signature was verified is made out to an identity, in clear or behind a hash."""
    if not readable(report):
        return False
    if report.document_kind is DocumentKind.OPEN_BADGE_2:
        return OpenBadge2.view(document, evidence=Evidence()).is_for(identity)
    try:
        return any(item.matches(identity) for item in AchievementCredential(document).identifiers)
    except ProblemError:
        return False


def exit_code(report: Report, *, recognition_matters: bool) -> int:
    """Give the exit code that stands for a report."""
    match report.verdict:
        case Verdict.NOT_GENUINE | Verdict.WITHDRAWN:
            return EXIT_BAD
        case Verdict.COULD_NOT_BE_CHECKED:
            return EXIT_UNKNOWN
        case Verdict.GENUINE_BUT:
            return EXIT_BUT
        case Verdict.GENUINE_AND_CURRENT:
            green = report.recognition is Recognition.RECOGNISED or not recognition_matters
            return EXIT_OK if green else EXIT_BUT


def lines(judged: Judged) -> Iterator[str]:
    """What is said of one document, line by line."""
    report, names = judged.report, _names(judged)
    yield _HEADLINES[report.verdict]
    if report.subject in names:
        yield f"{names[report.subject]}."
    yield from _who(judged)
    if judged.is_theirs is not None:
        yield f"It is {'' if judged.is_theirs else 'not '}made out to the one whom you named."
    yield ""
    yield from check_lines(report, names, indent="")
    for resource in judged.evidence.resources.values():
        if resource.error is not None:
            when = resource.retrieved.strftime("%d %B %Y %H:%M UTC")
            yield f"Not reached: {resource.url} ({resource.error}, {when})"
    if report.missing:
        yield "Needed and not there: " + ", ".join(sorted(report.missing))


def _names(judged: Judged) -> dict[str, str]:
    """What each credential is and whose key signed it, by its place; nothing that no verified signature covers."""
    names: dict[str, str] = {}
    for each, found, _depth in beside(contents(judged.document), judged.report):
        if readable(found):
            document = shown(each.document, found, evidence=judged.evidence)
            view = credential(document, pointer=each.pointer, loopback=False)
            itself = f", which calls itself “{view.issuer.claimed_name}”" if view.issuer.claimed_name else ""
            names[each.pointer] = f"“{view.title}”, signed by {view.issuer.did}{itself}"
    return names


def _who(judged: Judged) -> Iterator[str]:
    report = judged.report
    is_envelope = report.document_kind is DocumentKind.PRESENTATION
    if not is_envelope and not readable(report):
        yield "Nobody stands behind what it says: no signature of its issuer could be verified."
    elif not judged.recognition_matters:
        yield "Who signed it was not asked (--recognition ignore)."
    elif report.recognition is Recognition.RECOGNISED:
        yield "Signed by somebody on your list."
    else:
        yield "Signed by nobody on your list. Genuine says who signed; a list says whether you know them."


def check_lines(report: Report, names: Mapping[str, str], *, indent: str) -> Iterator[str]:
    """Every check with its problems, then the checks of every part; ``names`` says what a part is, by its place."""
    for check in report.checks:
        yield f"{indent}{check.name:<16} {_MARKS[check.outcome]}"
        for problem in check.problems:  # a sentence may quote the document, which must not write lines of its own
            yield f"{indent}{'':<16}   {line(problem.detail or problem.title, limit=1_000)}"
    parts = {check.subject: check.facts for check in report.checks if check.name is CheckName.CREDENTIAL}
    for child in report.children:  # what could not be looked up at all has a check and no report
        facts = parts.get(child.subject, {})
        named = f", {names[child.subject]}" if child.subject in names else ""
        yield f"{indent}{str(facts.get('part')).capitalize()} {facts.get('number')}{named}: {_HEADLINES[child.verdict]}"
        yield from check_lines(child, names, indent=indent + "  ")
