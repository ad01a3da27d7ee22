"""A picture that came with a form: taken in at once, so that a form that comes back still has it."""

from typing import Any

from issuer.service.context import Desk
from issuer.service.services import Services
from kit.errors import BadInput, RequestError, TooLarge, TooMany, Unavailable
from kit.redrawn import LARGEST
from kit.web import Form


def take(services: Services, desk: Desk, given: Form, rows: dict[str, Any], *, member: str) -> RequestError | None:
    """Put the address of the picture that was handed in into ``rows`` under ``member``; or none, where that was wished.

    Returns what is wrong with it; then ``rows`` say what they said before. Raises: Refused.
    """
    if given.flag("noPicture"):
        rows[member] = ""
    try:
        upload = given.file("picture", largest=LARGEST)
        if upload is not None:
            rows[member] = services.pictures.add(desk, upload.data).address
    except (BadInput, TooLarge, TooMany, Unavailable) as error:
        error.field = error.field or "picture"
        return error
    return None
