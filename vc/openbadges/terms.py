"""The addresses and names that Open Badges 3.0 and CLR 2.0 add.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#context
"""

from __future__ import annotations

from typing import Final

OPEN_BADGES_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR_CONTEXT: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
EXTENSIONS_CONTEXT: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
REFRESH_TYPE: Final = "1EdTechCredentialRefresh"
SCHEMA_TYPE: Final = "1EdTechJsonSchemaValidator2019"
SCHEMA_URL: Final = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
ACHIEVEMENT_TYPES: Final = frozenset({"AchievementCredential", "OpenBadgeCredential"})
ENDORSEMENT_TYPES: Final = ("VerifiableCredential", "EndorsementCredential")
SUBJECT: Final = "/credentialSubject"
ACHIEVEMENT: Final = "/credentialSubject/achievement"
