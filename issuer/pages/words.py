"""Words for what the audit records."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "organisation.open": _("Opened the organisation"),
        "organisation.edit": _("Changed the profile"),
        "achievement.create": _("Described an achievement"),
        "achievement.edit": _("Changed an achievement"),
        "achievement.retire": _("Took an achievement off the list"),
        "achievement.restore": _("Put an achievement back on the list"),
        "credential.award": _("Awarded and signed"),
        "credential.claim": _("Claimed by the learner’s wallet, signed for its key"),
        "credential.reissue": _("Corrected and signed anew"),
        "credential.revoke": _("Withdrawn"),
        "credential.refuse": _("Could not be signed"),
        "claim.open": _("Made a new claim link"),
        "claim.recall": _("Took the claim link back"),
        "invitation.create": _("Invited somebody"),
        "member.join": _("Joined the organisation"),
        "member.remove": _("Removed somebody from the organisation"),
        "invitation.withdraw": _("Withdrew an invitation"),
    }
)
