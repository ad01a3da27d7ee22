"""Open Badges 2.0, verified by its own rules: hosted and signed assertions, and what they look like.

model          which members there must be        graph         what an assertion refers to, and where
keys           the issuer's keys                  verification  the report
view           what a badge shows

Spec: https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html
"""

from vc.openbadges2.model import CONTEXTS, is_open_badge
from vc.openbadges2.verification import verify_open_badge
from vc.openbadges2.view import OpenBadge2

__all__ = ["CONTEXTS", "OpenBadge2", "is_open_badge", "verify_open_badge"]
