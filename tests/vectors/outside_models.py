"""Published credentials and presentations, whose files stay outside this repository, through schema, rules and gate.

    python -m tests.vectors.outside_models FOLDER [--suite]

Every ``*.json`` below ``FOLDER`` that is a credential or presentation is read. With ``--suite`` they are the fixtures of
the W3C suite for the data model 2.0 (``tests/input``): what they leave to the suite (an issuer, dates) is put in, their
names say whether they are good (``-ok``) or bad (``-fail``), and the exit code is 1 if we think otherwise of any.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vc import DocumentKind, jsonld, schema
from vc.credential_checks import kind_of
from vc.document import PRESENTATION_LIMITS, JsonObject, parse
from vc.jsonld import PINNED, Budget, Processor
from vc.problems import ProblemError
from vc.rules import rules

ISSUER: Final = "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
DATES: Final = {"PAST DATE": "2020-01-01T00:00:00Z", "FUTURE DATE": "2099-01-01T00:00:00Z"}
GOOD, BAD = "accepted", "refused"


def completed(document: JsonObject, name: str) -> JsonObject:
    """A fixture with what the suite puts into it before it sends it."""
    whole: dict[str, Any] = {member: DATES.get(str(value), value) for member, value in document.items()}
    issuer = whole.get("issuer", {})
    asked = not name.startswith("presentation") and "no-issuer" not in name
    if asked and isinstance(issuer, Mapping) and "id" not in issuer:
        whole["issuer"] = {"id": ISSUER, **issuer} if issuer else ISSUER
    return whole


def problems(document: JsonObject, *, kind: DocumentKind, processor: Processor) -> Iterator[tuple[str, ProblemError]]:
    """What is wrong with a document, and which layer says so; later layers only where the earlier are content."""
    try:
        found = [*schema.violations(document, kind=kind)]
        yield from (("schema", problem) for problem in found)
        if found:
            return
        broken = [*rules(document, kind=kind)]
        yield from (("rules", problem) for problem in broken)
        if not broken:
            unsigned = {name: value for name, value in document.items() if name != "proof"}
            processor.canonicalize(unsigned, hash_name="sha256", budget=Budget.for_credentials(4))
    except ProblemError as error:
        yield "gate", error


def judged(folder: Path, *, suite: bool) -> Iterator[tuple[Path, str, str]]:
    """Each document, what we think of it, and why."""
    example = {EXAMPLES: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}}
    liberal = jsonld.processor_for(inline_contexts=True, extra_contexts=example, directions=True)
    processor = liberal if suite else PINNED
    for file in sorted(folder.rglob("*.json")):
        try:
            document = parse(file.read_bytes(), limits=PRESENTATION_LIMITS).value
            if suite:
                document = completed(document, file.name)
                presented = file.name.startswith("presentation")
                kind = DocumentKind.PRESENTATION if presented else DocumentKind.CREDENTIAL
            elif "credentialSubject" in document or "verifiableCredential" in document:
                kind = kind_of(document, processor=processor)
            else:
                continue
        except ProblemError as error:
            yield file, BAD, f"kind: {error.detail}"
            continue
        first = next(problems(document, kind=kind, processor=processor), None)
        yield file, BAD if first else GOOD, f"{first[0]}: {first[1].detail}" if first else ""


def main() -> int:
    """Print what we think of each document that is not good, and how many there are of each sort."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--suite", action="store_true")
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    otherwise = 0
    for file, outcome, reason in judged(arguments.folder, suite=arguments.suite):
        expected = {"ok": GOOD, "fail": BAD}.get(file.stem.rpartition("-")[2]) if arguments.suite else None
        differs = expected is not None and expected != outcome
        otherwise += differs
        counts[f"{outcome} ({reason.partition(':')[0]})" if reason else outcome] += 1
        if reason:
            sys.stdout.write(f"{'OTHERWISE' if differs else outcome} {file.name} {reason}\n")
    sys.stdout.write(f"{dict(sorted(counts.items()))}, otherwise than expected: {otherwise}\n")
    return 1 if otherwise else 0


if __name__ == "__main__":
    sys.exit(main())
