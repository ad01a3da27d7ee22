"""What is done to an award and to its claims."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kit.i18n import Message, _

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "credential.award": _("Awarded and signed"),
        "credential.claim": _("Claimed by the learner’s wallet, signed for its key"),
        "credential.reissue": _("Corrected and signed anew"),
        "credential.revoke": _("Withdrawn"),
        "credential.suspend": _("Paused"),
        "credential.lift": _("Lifted the pause"),
        "credential.refuse": _("Could not be signed"),
        "credential.anew": _("Made anew what was not signed when the server’s address changed"),
        "credential.leave": _("Left out what was not signed when the server’s address changed"),
        "credential.send": _("Sent to a wallet elsewhere, as its holder asked"),
        "credential.unfollow": _("Sends no corrections to wallets elsewhere any more, as its holder asked"),
        "claim.open": _("Made a new claim link"),
        "claim.recall": _("Took the claim link back"),
    }
)
