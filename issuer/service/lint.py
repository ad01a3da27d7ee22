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


def lint(unsigned: JsonObject) -> None:
    """Return when a credential can be signed without losing anything.

    Raises: ProblemError with a pointer to the place.
    """
    for broken in openbadges.rules(unsigned):
        raise broken
    for violation in violations(unsigned, kind=DocumentKind.ACHIEVEMENT_CREDENTIAL):
        raise violation
    size = len(serialize(unsigned))
    if size > LARGEST_CREDENTIAL:
        raise BudgetExceeded(f"The credential has {size} bytes; at most {LARGEST_CREDENTIAL} are issued.")
    parse(serialize(unsigned), limits=CREDENTIAL_LIMITS)
    gate(unsigned)
