"""Who earned it, where the credential does not say so in clear: salted hashes that only match who is known already.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityobject
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from vc.document import JsonObject
from vc.openbadges.members import View, flag, text
from vc.problems import MalformedValueError

IDENTITY_HASH: Final = re.compile(r"(sha256|md5)\$([0-9A-Fa-f]+)")
_DIGITS: Final = {"sha256": 64, "md5": 32}
_MIN_SALT: Final = 16


class IdentityObject(View):
    """An identity of the subject, hashed or in clear.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityobject
    """

    __slots__ = ()

    hashed = flag("hashed")
    identity_hash = text("identityHash")
    identity_type = text("identityType")
    salt = text("salt")

    def matches(self, identity: str) -> bool:
        """Whether this is that identity, whatever type it is said to have; one that cannot be read is nobody's.

        Where ``hashed`` is true, nothing but the hash counts: a text that is no hash matches nothing, not even itself.

        Spec: https://www.imsglobal.org/spec/ob/v3p0/#verify-recipient
        """
        try:
            stated, salt, hashed = self.identity_hash, self.salt or "", self.hashed
        except MalformedValueError:
            return False
        if stated is None:
            return False
        if not hashed:
            return hmac.compare_digest(stated.encode(), identity.encode())
        if not is_identity_hash(stated):
            return False
        name, _, expected = stated.partition("$")
        digest = hashlib.new(name, (identity + salt).encode(), usedforsecurity=False).hexdigest()
        return hmac.compare_digest(digest, expected.lower())


def is_identity_hash(text: str) -> bool:
    """Whether a text has the form of a hashed identity: ``sha256$`` or ``md5$`` and all its hexadecimal digits.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityhash-type
    """
    found = IDENTITY_HASH.fullmatch(text)
    return found is not None and len(found[2]) == _DIGITS[found[1]]


def identity_hash(identity: str, *, salt: str) -> str:
    """``sha256$`` and the hexadecimal SHA-256 of the identity with the salt behind it.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityhash-type
    """
    return "sha256$" + hashlib.sha256((identity + salt).encode()).hexdigest()


def identity_object(identity: str, *, identity_type: str, salt: str) -> JsonObject:
    """A hashed identity: it can be matched by who knows the identity, and does not tell it.

    ``identity_type`` is one of the specification's: ``emailAddress``, ``sisSourcedId``, …

    Raises:
        ValueError: the salt has fewer than 16 characters, so that the identity could be guessed.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#identityobject

    """
    if len(salt) < _MIN_SALT:
        raise ValueError("A salt of fewer than 16 characters does not hide an identity.")
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(identity, salt=salt),
        "identityType": identity_type,
        "salt": salt,
    }


def identity_matches(identifier: JsonObject, *, identity: str, identity_type: str) -> bool:
    """Whether an identity object is of this type and this identity.

    Spec: https://www.imsglobal.org/spec/ob/v3p0/#verify-recipient
    """
    return identifier.get("identityType") == identity_type and IdentityObject(identifier).matches(identity)
