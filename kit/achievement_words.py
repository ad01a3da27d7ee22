"""The words for what a credential is: the types of Open Badges 3.0 and CLR 2.0, as the roles say them to people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACHIEVEMENT_TYPES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "Achievement": _("Achievement"),
        "Course": _("Course"),
        "Competency": _("Skill or competency"),
        "Assignment": _("Assignment or project"),
        "Assessment": _("Assessment"),
        "Badge": _("Badge"),
        "Certificate": _("Certificate"),
        "CertificateOfCompletion": _("Certificate of completion"),
        "Certification": _("Certification"),
        "CoCurricular": _("Co-curricular activity"),
        "CommunityService": _("Community service"),
        "Fieldwork": _("Fieldwork"),
        "MicroCredential": _("Micro-credential"),
        "LearningProgram": _("Learning program"),
        "Award": _("Prize or award"),
        "Membership": _("Membership"),
        "License": _("Licence"),
        "SecondarySchoolDiploma": _("Secondary school diploma"),
        "GeneralEducationDevelopment": _("General education development"),
        "Diploma": _("Diploma"),
        "Degree": _("Degree"),
        "AssociateDegree": _("Associate degree"),
        "BachelorDegree": _("Bachelor’s degree"),
        "MasterDegree": _("Master’s degree"),
        "DoctoralDegree": _("Doctoral degree"),
        "ProfessionalDoctorate": _("Professional doctorate"),
        "ResearchDoctorate": _("Research doctorate"),
        "ApprenticeshipCertificate": _("Apprenticeship certificate"),
        "JourneymanCertificate": _("Journeyman certificate"),
        "MasterCertificate": _("Master craftsperson certificate"),
        "QualityAssuranceCredential": _("Quality assurance credential"),
    }
)

CREDENTIAL_TYPES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "OpenBadgeCredential": _("Badge"),
        "AchievementCredential": _("Badge"),
        "ClrCredential": _("Record of several credentials"),
        "EndorsementCredential": _("Endorsement"),
    }
)
"""What a credential is called that names no type of achievement."""
