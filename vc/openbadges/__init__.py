"""What Open Badges 3.0 and CLR 2.0 add to a credential: achievements, their results, endorsements, learner records.

Read-only views of every class of the data model, the rules that no schema states, and a builder that writes what we
issue (arrays for sets, whole seconds, no nulls, no empty arrays).

Spec: https://www.imsglobal.org/spec/ob/v3p0/, https://www.imsglobal.org/spec/clr/v2p0/
"""

from vc.openbadges.achievements import (
    Achievement,
    Alignment,
    Criteria,
    Related,
    Result,
    ResultDescription,
    RubricCriterionLevel,
    StatedResult,
)
from vc.openbadges.building import IssuerProfile, ParentProfile, SubjectClaims, build, build_endorsement
from vc.openbadges.credentials import (
    AchievementCredential,
    Association,
    ClrCredential,
    Contained,
    EndorsementCredential,
    Evidence,
    OpenBadgesCredential,
)
from vc.openbadges.identity import (
    IdentityObject,
    identity_hash,
    identity_matches,
    identity_object,
    is_identity_hash,
)
from vc.openbadges.members import View
from vc.openbadges.profiles import Address, GeoCoordinates, IdentifierEntry, Image, Profile
from vc.openbadges.rules import achievement_rules, clr_rules, endorsement_rules
from vc.openbadges.terms import (
    ACHIEVEMENT_TYPES,
    CLR_CONTEXT,
    ENDORSEMENT_TYPES,
    EXTENSIONS_CONTEXT,
    OPEN_BADGES_CONTEXT,
    SCHEMA_TYPE,
    SCHEMA_URL,
)

__all__ = [
    "ACHIEVEMENT_TYPES",
    "CLR_CONTEXT",
    "ENDORSEMENT_TYPES",
    "EXTENSIONS_CONTEXT",
    "OPEN_BADGES_CONTEXT",
    "SCHEMA_TYPE",
    "SCHEMA_URL",
    "Achievement",
    "AchievementCredential",
    "Address",
    "Alignment",
    "Association",
    "ClrCredential",
    "Contained",
    "Criteria",
    "EndorsementCredential",
    "Evidence",
    "GeoCoordinates",
    "IdentifierEntry",
    "IdentityObject",
    "Image",
    "IssuerProfile",
    "OpenBadgesCredential",
    "ParentProfile",
    "Profile",
    "Related",
    "Result",
    "ResultDescription",
    "RubricCriterionLevel",
    "StatedResult",
    "SubjectClaims",
    "View",
    "achievement_rules",
    "build",
    "build_endorsement",
    "clr_rules",
    "endorsement_rules",
    "identity_hash",
    "identity_matches",
    "identity_object",
    "is_identity_hash",
]
