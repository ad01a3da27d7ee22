"""In which time zone a page writes its days and hours: that of the organisation it is about."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any, Final

from issuer.service.context import Organisation

_ABOUT: Final = ("offer", "found", "page", "room")
"""What else a page may show that belongs to an organisation, and says so."""


def zone_of(context: Mapping[str, Any]) -> tzinfo:
    """The zone for a page with this context; UTC where it is about no organisation, or about several."""
    found = context.get("organisation")
    for name in _ABOUT:
        found = found or getattr(context.get(name), "organisation", None)
    return found.zone if isinstance(found, Organisation) else UTC
