"""Words for what the audit records: one module for each kind of thing that is acted upon.

An action is ``<thing>.<what was done>``, as services hand it to ``recording.record``. A new module is named in
``PARTS``; the architecture's tests refuse an action without words and words without an action.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.pages.actions import (
    achievements,
    approvals,
    awards,
    closing,
    deliveries,
    endorsements,
    frameworks,
    keys,
    learners,
    offerings,
    organisations,
    pages,
    rooms,
    sheets,
    webhooks,
    withdrawals,
)
from kit.i18n import Message

__all__ = ["ACTIONS", "PARTS"]

PARTS: Final = (
    achievements,
    approvals,
    awards,
    closing,
    deliveries,
    endorsements,
    frameworks,
    keys,
    learners,
    offerings,
    organisations,
    pages,
    rooms,
    sheets,
    webhooks,
    withdrawals,
)

ACTIONS: Final[Mapping[str, Message]] = MappingProxyType(
    {action: words for part in PARTS for action, words in part.ACTIONS.items()}
)
