"""The forms in which an award can be signed: what each needs, what it makes, and who gets what of it.

usual       a proof inside the document, with an Ed25519 key; for everybody
selective   a proof from which the learner shows parts one by one, with a P-256 key
token       a compact token, as older systems read it, with a P-256 or an RSA key

Signing is deterministic: what is drawn at random for one signature (``Form.draw``) is drawn before, kept sealed with
what is going to be signed, and erased when that is done. A status list is signed in the usual form, whatever the form
of the awards in it.

Spec: https://www.imsglobal.org/spec/ob/v3p0/#verification-and-validation, https://www.w3.org/TR/vc-di-ecdsa/
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from issuer.keystore import ASSERTION, PROOF, SELECTIVE, TOKEN
from kit.errors import BadInput
from kit.i18n import Message, _
from vc.disclosure import required_pointers
from vc.document import JsonObject, JsonValue, serialize
from vc.jose import JwtForm, parse_compact, sign_credential
from vc.jsonld import gate
from vc.keys import Signer
from vc.keys.ecdsa import P256
from vc.proof import add_proof
from vc.proof.sd import create_base_proof, reveal_all

USUAL: Final = "eddsa-rdfc-2022"
INHERITED: Final = "organisation"
"""What an achievement says that leaves it to its organisation."""
BY_PARTS: Final = "ecdsa-sd-2023"
AS_TOKEN: Final = "vc-jwt"  # noqa: S105 - the name of a form

_HMAC_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What was signed.

    ``body``: the bytes that anybody may get who may see the award; ``document``: what a reader finds in them.
    ``for_holder``: what the learner's wallet gets instead, and nobody else; None where that is the same.
    ``around``: what a verdict looks at beside the document and the signature's own value; None where each signature
    has to be verified by itself.
    """

    body: bytes
    document: JsonObject
    for_holder: bytes | None
    around: JsonObject | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. ``use`` is what its keys are for; ``label`` its name on pages.

    ``names_subject``: the learner has to have an id, also while no wallet holds the award.
    """

    name: str
    use: str
    label: Message
    hint: Message
    media_type: str
    ending: str
    names_subject: bool
    draw: Callable[[], bytes]
    secure: Callable[[JsonObject, Signer, datetime, bytes], Secured]


def form_of(name: str) -> Form:
    """The form of this name, which a row of ours says. Raises: KeyError."""
    return FORMS[name]


def chosen_form(name: str, *, usual: str, field: str = "format") -> Form:
    """The form that somebody asked for, or (nothing) the ``usual`` one. Raises: BadInput."""
    found = FORMS.get(name or usual)
    if found is None:
        raise BadInput(
            _("There is no such form of an award."),
            field=field,
            remedy=_("Use one of these: %(forms)s.", forms=", ".join(FORMS)),
        )
    return found


def described_form(name: str, *, before: str) -> str:
    """What an achievement says of it: a form, or ``INHERITED``; with nothing said what it said ``before``.

    Raises: BadInput.
    """
    said = name or before
    return said if said == INHERITED else chosen_form(said, usual=said).name


def no_key_for(form: Form, *, field: str = "format") -> BadInput:
    """What is said when an organisation has no key in use for a form."""
    return BadInput(
        _("There is no key in use for awards that are signed this way: %(form)s.", form=form.label),
        field=field,
        remedy=_("Make one under “Keys and lists” first; it signs five minutes later. Or choose another form."),
    )


def _nothing() -> bytes:
    return b""


def _draw_by_parts() -> bytes:
    """The HMAC key and the key for this one proof, whose number lies between 1 and the curve's order."""
    number = 1 + secrets.randbelow(P256.order - 1)
    return secrets.token_bytes(_HMAC_BYTES) + number.to_bytes(P256.size)


def _usual(unsigned: JsonObject, signer: Signer, created: datetime, drawn: bytes) -> Secured:
    """A proof inside the document. Nothing is drawn for it."""
    assert not drawn, "nothing is drawn for this form"
    signed = add_proof(
        unsigned, signer=signer, suite=USUAL, purpose=ASSERTION, created=created, challenge=None, domain=None
    )
    return Secured(body=serialize(signed), document=signed, for_holder=None, around={"proof": _without_value(signed)})


def _by_parts(unsigned: JsonObject, signer: Signer, created: datetime, drawn: bytes) -> Secured:
    """A base proof for the holder, and the same credential with everything shown for all others."""
    base = create_base_proof(
        unsigned,
        signer=signer,
        mandatory_pointers=required_pointers(unsigned),
        created=created,
        hmac_key=drawn[:_HMAC_BYTES],
        proof_key=drawn[_HMAC_BYTES:],
    )
    shown = reveal_all(base)
    return Secured(body=serialize(shown), document=shown, for_holder=serialize(base), around=None)


def _as_token(unsigned: JsonObject, signer: Signer, created: datetime, drawn: bytes) -> Secured:
    """A token as Open Badges 3.0 profiles it: whose key it is stands in its header, and when it was signed inside.

    What a token holds is signed as text, so that a word without a meaning would be signed, too: it is looked for here.
    """
    assert not drawn, "nothing is drawn for this form"
    gate(unsigned)
    token = sign_credential(unsigned, signer=signer, form=JwtForm.OPEN_BADGES, embed_key=False, issued=created)
    jws = parse_compact(token)
    around: JsonObject = {"header": jws.header, "iat": jws.payload["iat"]}
    return Secured(body=token.encode("ascii"), document=unsigned, for_holder=None, around=around)


def _without_value(signed: JsonObject) -> dict[str, JsonValue]:
    proof = signed["proof"]
    assert isinstance(proof, Mapping), "one proof was added"
    return {name: value for name, value in proof.items() if name != "proofValue"}


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        USUAL: Form(
            name=USUAL,
            use=PROOF,
            label=_("As usual"),
            hint=_("A file that every up-to-date program can check."),
            media_type="application/vc",
            ending="json",
            names_subject=False,
            draw=_nothing,
            secure=_usual,
        ),
        BY_PARTS: Form(
            name=BY_PARTS,
            use=SELECTIVE,
            label=_("So that parts can be shown one by one"),
            hint=_("The family’s wallet can show the course without the mark. Not every program can check it yet."),
            media_type="application/vc",
            ending="json",
            names_subject=False,
            draw=_draw_by_parts,
            secure=_by_parts,
        ),
        AS_TOKEN: Form(
            name=AS_TOKEN,
            use=TOKEN,
            label=_("As a token, for older systems"),
            hint=_("One long line of letters, which some schools’ systems ask for."),
            media_type="text/plain",
            ending="jwt",
            names_subject=True,
            draw=_nothing,
            secure=_as_token,
        ),
    }
)
