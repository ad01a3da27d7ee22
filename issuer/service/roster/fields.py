"""What a sheet for the roster may have, and what its words mean."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.service.awarding.fields import LABELS, NAME
from issuer.service.learner_keys import folded_name
from kit.i18n import Message, _
from kit.sheets import Field, fields

ROSTER: Final = "roster"
WITHDRAWN, COMPLETED, ENROLLED = "withdrawn", "completed", "active"
STATUSES: Final[Mapping[str, Message]] = MappingProxyType(
    {ENROLLED: _("Enrolled"), COMPLETED: _("Finished"), WITHDRAWN: _("Withdrawn")}
)
_WORDS_OF: Final = {
    ENROLLED: "active|enrolled|in progress|activo|activa|inscrito|inscrita|en curso|matriculado|matriculada",
    COMPLETED: "completed|complete|finished|done|completado|completada|terminado|terminada",
    WITHDRAWN: "withdrawn|dropped|left|inactive|baja|retirado|retirada|inactivo|inactiva",
}
_STATUS_WORDS: Final = MappingProxyType({word: key for key, words in _WORDS_OF.items() for word in words.split("|")})
WHO: Final = fields("given_name", "family_name", NAME, "number", "birth_date")
ROSTER_FIELDS: Final[tuple[Field, ...]] = (
    *WHO,
    *fields("mail", "guardian_name", "guardian_mail", "offering_code", "enrolled_on", "status", "notes"),
)
WORDS: Final[Mapping[str, Message]] = MappingProxyType(
    {
        **{key: LABELS[key] for key in ("given_name", "family_name", NAME, "number", "mail")},
        "birth_date": _("Birth date"),
        "guardian_name": _("Guardian"),
        "guardian_mail": _("Guardian’s e-mail address"),
        "offering_code": _("Code of the offering"),
        "enrolled_on": _("Enrolled on"),
        "status": _("Status"),
        "notes": _("Note"),
        "note": _("Note"),
    }
)
"""What the fields are called, of a sheet and of a learner."""


def status_of(text: str) -> str | None:
    """The status that a word says; active for none, None for a word that is not known."""
    return _STATUS_WORDS.get(folded_name(text).replace("_", " ")) if text else ENROLLED
