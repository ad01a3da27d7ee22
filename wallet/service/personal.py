"""What a reader of a whole credential would learn about the learner beyond the award itself (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kit.i18n import Message, _
from vc.credential import VerifiableCredential
from vc.document import JsonObject, JsonValue

_PERSONAL: Mapping[str, Message] = {
    "dateOfBirth": _("a birth date"),
    "birthDate": _("a birth date"),
    "address": _("an address"),
    "email": _("an e-mail address"),
    "phone": _("a telephone number"),
    "telephone": _("a telephone number"),
    "givenName": _("a name"),
    "familyName": _("a name"),
    "studentId": _("a student number"),
    "sourcedId": _("a student number"),
}
_IDENTITY: Mapping[str, Message] = {
    "name": _("a name"),
    "emailAddress": _("an e-mail address"),
    "sisSourcedId": _("a student number"),
    "sourcedId": _("a student number"),
    "systemId": _("a student number"),
    "accountId": _("a student number"),
}


def personal_data(document: JsonObject) -> Iterator[Message]:
    """What a reader of the whole credential learns about the learner beyond the award: kinds of data, each once."""
    seen: set[Message] = set()
    subject = document.get("credentialSubject")
    for name, value in _members(subject):
        found = _PERSONAL.get(name)
        if name == "identityHash" and isinstance(value, str) and not value.startswith(("sha256$", "md5$")):
            found = _("an identity in clear")
        if name == "identifier" and isinstance(value, Mapping) and value.get("hashed") is not True:
            found = _IDENTITY.get(str(value.get("identityType")), _("an identity in clear"))
        if found is not None and found not in seen:
            seen.add(found)
            yield found


def own_word(document: JsonObject) -> bool:
    """Whether it is signed by the one whom it is about, so that nobody else has confirmed it."""
    view = VerifiableCredential.view(document)
    return view.issuer_id is not None and view.issuer_id == view.subject_id


def _members(value: JsonValue, depth: int = 0) -> Iterator[tuple[str, JsonValue]]:
    if depth > 12:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner]:
                yield name, one
            # The achievement describes the award, not the learner; its creator may well have an address.
            if name not in {"achievement", "source"}:
                yield from _members(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner, depth + 1)
