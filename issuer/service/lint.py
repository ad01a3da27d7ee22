"""The lint before the signature: whatever would not verify, or would be lost, is found before it is issued.

Spec: https://www.imsglobal.org/spec/ob/v3p0/cert/#json-ld-safe-mode
"""

from typing import Final

from vc import openbadges
from vc.checks import DocumentKind
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse, serialize
from vc.jsonld import gate
from vc.problems import BudgetExceeded
from vc.schema import violations

LARGEST_CREDENTIAL: Final = 256 * 1024


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

    What is not an endorsement and nothing else has to be an award (A20).
    Raises: ProblemError with a pointer to the place.
    """
    vouches = unsigned.get("type") == list(openbadges.ENDORSEMENT_TYPES)
    rules = openbadges.endorsement_rules if vouches else openbadges.achievement_rules
    for broken in rules(unsigned):
        raise broken
    kind = DocumentKind.ENDORSEMENT_CREDENTIAL if vouches else DocumentKind.ACHIEVEMENT_CREDENTIAL
    for violation in violations(unsigned, kind=kind):
        raise violation


def refuse_large(body: bytes) -> None:
    """Return when a credential has few enough bytes. Raises: ProblemError."""
    if len(body) > LARGEST_CREDENTIAL:
        raise BudgetExceeded(f"The credential has {len(body)} bytes; at most {LARGEST_CREDENTIAL} are issued.")
