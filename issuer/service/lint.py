"""The lint before the signature: whatever would not verify, or would be lost, is found before it is issued.

Spec: https://www.imsglobal.org/spec/ob/v3p0/cert/#json-ld-safe-mode
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from vc import openbadges
from vc.checks import DocumentKind
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse, serialize
from vc.jsonld import gate
from vc.problems import BudgetExceeded, ProblemError
from vc.related import related_resource_problems
from vc.schema import violations

LARGEST_CREDENTIAL: Final = 256 * 1024
_RULES: Final[Mapping[DocumentKind, Callable[[JsonObject], Iterator[ProblemError]]]] = MappingProxyType(
    {
        DocumentKind.ACHIEVEMENT_CREDENTIAL: openbadges.achievement_rules,
        DocumentKind.ENDORSEMENT_CREDENTIAL: openbadges.endorsement_rules,
        DocumentKind.CREDENTIAL: related_resource_problems,
    }
)


def lint_template(unsigned: JsonObject) -> None:
    """``lint``, and the walk that finds whatever a signature would not cover; signing itself makes that walk, too.

    Raises: ProblemError with a pointer to the place.
    """
    lint(unsigned)
    gate(unsigned)


def lint(unsigned: JsonObject) -> None:
    """Return when a credential follows the rules of its type and the limits of size.

    Raises: ProblemError with a pointer to the place.
    """
    lint_form(unsigned)
    body = serialize(unsigned)
    refuse_large(body)
    parse(body, limits=CREDENTIAL_LIMITS)


def lint_form(unsigned: JsonObject) -> None:
    """Return when a credential follows the rules of its type; nothing is said about its size.

    What is not an endorsement, or the snapshot of an organisation that closes, and nothing else has to be an award
    (A20). Raises: ProblemError with a pointer to the place.
    """
    kind = _kind(unsigned)
    for broken in _RULES[kind](unsigned):
        raise broken
    for violation in violations(unsigned, kind=kind):
        raise violation


def _kind(unsigned: JsonObject) -> DocumentKind:
    if unsigned.get("type") == list(openbadges.ENDORSEMENT_TYPES):
        return DocumentKind.ENDORSEMENT_CREDENTIAL
    if unsigned.get("type") == ["VerifiableCredential"] and "relatedResource" in unsigned:
        return DocumentKind.CREDENTIAL
    return DocumentKind.ACHIEVEMENT_CREDENTIAL


def refuse_large(body: bytes) -> None:
    """Return when a credential has few enough bytes. Raises: ProblemError."""
    if len(body) > LARGEST_CREDENTIAL:
        raise BudgetExceeded(f"The credential has {len(body)} bytes; at most {LARGEST_CREDENTIAL} are issued.")
