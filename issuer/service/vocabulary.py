"""The fixed words: what kinds of things there are, and why an award is withdrawn. Each in two languages.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#org.1edtech.ob.v3p0.achievementtype.class
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.keystore import ED25519, P256, PROOF, RSA, SELECTIVE, TOKEN
from kit.i18n import Message, _

HOURS_ATTENDED: Final = "ext:hoursAttended"
"""Hours as a mark: the data model has no property for them, and lets kinds of marks be added under ``ext:``."""
RESULT_TYPES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "LetterGrade": _("Letter grade"),
        "Percent": _("Percent"),
        "Status": _("Completed or not"),
        "RubricCriterionLevel": _("Level of a rubric"),
        "RubricScore": _("Rubric score"),
        "RubricCriterion": _("Rubric criterion"),
        "GradePointAverage": _("Grade point average"),
        "PerformanceLevel": _("Performance level"),
        "PredictedScore": _("Predicted score"),
        "RawScore": _("Points"),
        "ScaledScore": _("Scaled score"),
        HOURS_ATTENDED: _("Hours attended"),
        "Result": _("Another kind of mark"),
    }
)

RESULT_STATUSES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "Completed": _("Completed"),
        "Enrolled": _("Enrolled"),
        "InProgress": _("In progress"),
        "OnHold": _("On hold"),
        "Provisional": _("Provisional"),
        "Failed": _("Not passed"),
        "Withdrew": _("Withdrew"),
    }
)

TARGET_WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "CFItem": _("Standard or competency (CASE)"),
        "CFRubric": _("Rubric (CASE)"),
        "CFRubricCriterion": _("Criterion of a rubric (CASE)"),
        "CFRubricCriterionLevel": _("Level of a rubric (CASE)"),
        "ceasn:Competency": _("Competency (Credential Engine)"),
        "ceterms:Credential": _("Credential (Credential Engine)"),
        "CTDL": _("Something else described with CTDL"),
    }
)
TARGET_TYPES: Final = tuple(TARGET_WORDS)

IDENTIFIER_WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "identifier": _("Number or code"),
        "name": _("Name elsewhere"),
        "systemId": _("Number in another system"),
        "productId": _("Product number"),
        "isbn": _("ISBN of a book"),
        "issn": _("ISSN of a journal"),
        "sourcedId": _("Sourced id"),
        "lisSourcedId": _("Sourced id (LIS)"),
        "oneRosterSourcedId": _("Sourced id (OneRoster)"),
        "sisSourcedId": _("Sourced id (student records)"),
        "ltiContextId": _("Course in LTI"),
        "ltiDeploymentId": _("Deployment in LTI"),
        "ltiToolId": _("Tool in LTI"),
        "ltiPlatformId": _("Platform in LTI"),
        "ltiUserId": _("User in LTI"),
        "userName": _("User name"),
        "accountId": _("Account number"),
        "emailAddress": _("E-mail address"),
    }
)
IDENTIFIER_TYPES: Final = tuple(IDENTIFIER_WORDS)

ORGANISATION_IDENTIFIERS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "ext:ncesId": _("NCES number"),
        "ext:ceeb": _("CEEB code"),
        "ext:ipedsId": _("IPEDS number"),
        "ext:stateId": _("Number with the state"),
        "ext:taxId": _("Tax number"),
    }
)
"""Under what others know an organisation, besides Open Badges' own words."""

ACCREDITATION_STATES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "accredited": _("Accredited"),
        "candidate": _("Candidate for accreditation"),
        "provisional": _("Provisionally accredited"),
        "recognized": _("Recognized or registered"),
    }
)

GRADES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "PK": _("Before kindergarten"),
        "KG": _("Kindergarten"),
        **{f"{number:02}": _("Grade %(number)s", number=number) for number in range(1, 14)},
        "PS": _("After school"),
    }
)
"""The grades of CEDS as CASE writes them; others are shown as they are written."""

ORGANISATION_KINDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "coop": _("Co-op"),
        "tutor": _("Tutor"),
        "microschool": _("Microschool"),
        "online_curriculum": _("Online curriculum"),
        "community_studio": _("Community studio"),
        "nature_program": _("Nature program"),
        "adult_provider": _("Adult learning provider"),
        "accredited_program": _("Accredited program"),
        "accreditor": _("Accrediting body"),
        "district": _("School district"),
        "college": _("College"),
        "other": _("Another kind of provider"),
    }
)

STATES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "issued": _("Not claimed yet"),
        "guardian": _("Waits for a guardian"),
        "bounced": _("The letter came back"),
        "claimed": _("Kept in a wallet"),
        "paused": _("Paused"),
        "revoked": _("Withdrawn"),
        "pending": _("Being signed"),
        "refused": _("Could not be signed"),
    }
)

USUALLY_PAUSABLE: Final = frozenset({"License", "Certification", "Membership"})
"""Kinds of achievements whose awards can be paused unless somebody says otherwise."""

ROLE_NAMES: Final[Mapping[str, Message]] = MappingProxyType(
    {"owner": _("Owner"), "issuer": _("Issuer"), "instructor": _("Instructor"), "viewer": _("Viewer")}
)

ROLE_WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "owner": _("Everything: people, keys and settings, too."),
        "issuer": _("Describes what can be earned, signs awards and withdraws them."),
        "instructor": _("Marks a class. Cannot sign."),
        "viewer": _("Looks. Changes nothing."),
    }
)

KEY_USES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        PROOF: _("Awards and status lists"),
        SELECTIVE: _("Awards that can be shown in parts"),
        TOKEN: _("Awards for older systems"),
    }
)
KEY_KINDS: Final[Mapping[str, str]] = MappingProxyType({ED25519: "Ed25519", P256: "P-256", RSA: "RSA 3072"})
KEY_STATES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "announced": _("announced"),
        "in use": _("in use"),
        "retired": _("retired"),
        "revoked": _("no longer safe"),
        "kept": _("kept for earlier awards"),
    }
)
FURTHER_KEYS: Final = ((SELECTIVE, P256), (TOKEN, RSA), (TOKEN, P256), (TOKEN, ED25519))
"""Keys that an organisation can have beside its first, by use and kind."""
