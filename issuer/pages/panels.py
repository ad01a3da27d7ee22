"""What stands on an organisation's desk beside its newest awards and what it offers.

A further panel is a line here and a template ``desk_panels/<name>.html``, which finds what ``read`` gave as ``panel``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from issuer.service.context import Desk
from issuer.service.deliveries import WORD
from issuer.service.rights import Right
from issuer.service.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of the desk. ``waits`` says that somebody has to act: it stands above everything else.

    ``read`` gives what its template shows, or None when there is nothing to show.
    """

    name: str
    waits: bool
    read: Callable[[Services, Desk], Any]


def _stopped_notices(services: Services, desk: Desk) -> Any:
    return (desk.may(Right.SETTINGS) and services.webhooks.stopped(desk)) or None


def _organisation(_services: Services, desk: Desk) -> Any:
    return desk.organisation


def _approvals(services: Services, desk: Desk) -> Any:
    return (services.approvals.waiting(desk) or None) if desk.may(Right.APPROVE) else None


def _to_tell(services: Services, desk: Desk) -> Any:
    if not desk.may(Right.AWARD):
        return None
    return services.deliveries.counts(desk, WORD).get("waiting") or None


def _unsigned(services: Services, desk: Desk) -> Any:
    return (services.unsigned.count(desk) or None) if desk.may(Right.AWARD) else None


def _time_zone(_services: Services, desk: Desk) -> Any:
    return (desk.may(Right.SETTINGS) and not desk.organisation.time_zone and desk.organisation.closed is None) or None


PANELS: Final = (
    Panel(name="unsigned", waits=True, read=_unsigned),
    Panel(name="approvals", waits=True, read=_approvals),
    Panel(name="organisation", waits=False, read=_organisation),
    Panel(name="stopped_notices", waits=True, read=_stopped_notices),
    Panel(name="time_zone", waits=True, read=_time_zone),
    Panel(name="to_tell", waits=True, read=_to_tell),
)


def shown(panels: tuple[Panel, ...], services: Services, desk: Desk, *, waits: bool) -> list[tuple[str, Any]]:
    """The template and what it shows, for each panel above the rest (``waits``) or below it that has something."""
    found = [(panel.name, panel.read(services, desk)) for panel in panels if panel.waits is waits]
    return [(f"desk_panels/{name}.html", read) for name, read in found if read is not None]
