"""How awards can be signed, for the forms in which somebody chooses it."""

from collections.abc import Sequence

from issuer.service.context import Desk
from issuer.service.securing import FORMS, Form
from issuer.service.services import Services


def choices(services: Services, desk: Desk, *, now: str) -> Sequence[Form]:
    """The forms to choose from, the usual one first; none where there is nothing to choose.

    ``now`` is the form that counts already: it is among them also while no key signs it.
    """
    able = services.issuance.forms(desk.organisation)
    found = [form for name, form in FORMS.items() if name in able or name == now]
    return found if len(found) > 1 else []
