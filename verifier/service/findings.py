"""Reading a document and a report for what the verifier itself has to know: issuers, list entries, imitations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vc.checks import CheckName, Outcome, Report
from vc.document import Document, JsonObject, JsonValue
from vc.policy import RecognisedIssuer
from vc.problems import ProblemError
from vc.securing import open_value
from verifier.service.lookalikes import LookAlike, look_alikes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFinding:
    """One entry of a status list, as a report tells it; ``value`` is None when no verified list was read."""

    list_url: str
    index: int
    purpose: str
    value: int | None


def _reports(report: Report) -> Iterator[Report]:
    yield report
    for child in report.children:
        yield from _reports(child)


def status_entries(report: Report) -> Iterator[StatusFinding]:
    """Every status entry that was looked at, in the document and in what it contains."""
    for each in _reports(report):
        for entry in _entries(each):
            list_url, index, purpose = entry.get("list"), entry.get("index"), entry.get("purpose")
            value = entry.get("value")
            if isinstance(list_url, str) and isinstance(index, int) and isinstance(purpose, str):
                yield StatusFinding(
                    list_url=list_url, index=index, purpose=purpose, value=value if isinstance(value, int) else None
                )


def _entries(report: Report) -> Iterator[Mapping[str, JsonValue]]:
    check = report.check(CheckName.STATUS)
    entries = check.facts.get("entries")
    if check.outcome is Outcome.NOT_APPLICABLE or not isinstance(entries, list):
        return
    yield from (entry for entry in entries if isinstance(entry, Mapping))


def opened_value(value: JsonValue) -> JsonObject | None:
    """What stands in a place for something signed: itself, or what the token there holds; None for anything else."""
    try:
        return open_value(value).document
    except ProblemError:
        return value if isinstance(value, Mapping) else None


def _parts(value: JsonValue) -> Iterable[JsonValue]:
    """What a value is made of; of a token in an envelope, what it holds."""
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str) and str(value["id"]).startswith("data:application/"):
            inside = opened_value(value)
            return () if inside is value else (inside,)
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def dids_in(value: JsonValue) -> set[str]:
    """Every text in a document that could be an issuer's identifier: a DID, or an address."""
    if isinstance(value, str):
        return {value} if value.startswith(("did:", "https://", "http://")) else set()
    return set().union(*(dids_in(part) for part in _parts(value)))


def issuers_in(value: JsonValue) -> Iterator[tuple[str, str]]:
    """Every issuer that a document names: its identifier and the name it gives itself."""
    if isinstance(value, Mapping):
        issuer = value.get("issuer")
        if isinstance(issuer, Mapping) and isinstance(issuer.get("id"), str):
            name = issuer.get("name")
            yield str(issuer["id"]), name if isinstance(name, str) else ""
        elif isinstance(issuer, str):
            yield issuer, ""
    for part in _parts(value):
        yield from issuers_in(part)


def warnings_for(document: Document, known: Sequence[RecognisedIssuer]) -> Mapping[str, Sequence[LookAlike]]:
    """Recognised issuers that the document's issuers resemble without being them, by the DID in the document."""
    listed = [(issuer.did, issuer.name, issuer.list_name) for issuer in known]
    dids = {did for did, _, _ in listed}
    found: dict[str, Sequence[LookAlike]] = {}
    for did, name in issuers_in(document.value):
        alike = [] if did in dids else look_alikes(name[:300], did, listed)
        if alike:
            found[did] = alike[:3]
    return found
