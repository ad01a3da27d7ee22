"""Making tokens: what is made is read back, agrees with its document and verifies; or nothing is made."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.vc.jose.tokens import ED25519, ID, KEY, LEARNER, SCHOOL, SIGNERS, V1, badge, claimed, old, shown
from vc.jose import (
    JwtForm,
    answer_problems,
    claim_problems,
    opened,
    parse_compact,
    sign_credential,
    sign_presentation,
    time_problems,
    verify_jws,
)
from vc.keys import Ed25519Signer, PublicKey
from vc.problems import ProofGenerationError

NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = "2028-03-03T10:02:00.5Z"


def credential(document=None, form=JwtForm.OPEN_BADGES, *, signer=ED25519, embed_key=False, issued=None):
    return sign_credential(document or badge(), signer=signer, form=form, embed_key=embed_key, issued=issued)


def presentation(document=None, form=JwtForm.VP_JWT, *, issued=NOW, expires=NOW + HOUR):
    return sign_presentation(
        document or shown(),
        signer=ED25519,
        form=form,
        embed_key=False,
        challenge="question",
        domain="https://reader.example",
        issued=issued,
        expires=expires,
    )


@pytest.mark.parametrize("algorithm", sorted(SIGNERS))
@pytest.mark.parametrize("embed_key", [False, True])
def test_an_open_badges_token_repeats_its_credential_and_verifies(algorithm, embed_key):
    signer = SIGNERS[algorithm]()
    document = badge(validUntil=LAST)
    jws = parse_compact(credential(document, signer=signer, embed_key=embed_key))
    assert jws.payload == claimed(document, exp=1_835_690_520)
    assert set(jws.header) == {"alg", "typ", "jwk" if embed_key else "kid"}
    assert jws.header["typ"] == "JWT"
    assert jws.embedded_key == (signer.public_key if embed_key else None)
    assert jws.key_id == (None if embed_key else KEY)
    assert opened(jws) == document
    assert list(claim_problems(jws, document)) == []
    verify_jws(jws, public_key=signer.public_key)


@pytest.mark.parametrize("form", [JwtForm.OPEN_BADGES, JwtForm.VC_JWT, JwtForm.VCDM_1_CREDENTIAL], ids=str)
def test_a_token_says_when_it_was_signed_and_holds_the_same_credential(form):
    jws = parse_compact(credential(form=form, issued=NOW + timedelta(microseconds=1)))
    assert jws.payload["iat"] == int(NOW.timestamp())
    assert opened(jws) == badge()
    assert list(claim_problems(jws, badge())) == []
    assert list(time_problems(jws, now=NOW, skew=timedelta(0))) == []


def test_a_moment_without_a_zone_is_the_callers_mistake():
    with pytest.raises(ValueError, match="zone"):
        credential(issued=datetime(2027, 3, 3, 10, 2))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize(
    ("form", "document"),
    [
        (JwtForm.VC_JWT, badge()),
        (JwtForm.VCDM_1_CREDENTIAL, old(expirationDate=LAST)),
        (JwtForm.VCDM_1_CREDENTIAL, old(id=None, credentialSubject={"name": "Jonah"})),
        (JwtForm.VCDM_1_CREDENTIAL, badge()),
    ],
    ids=str,
)
def test_the_other_forms_hold_their_credential_too(form, document):
    jws = parse_compact(credential(document, form))
    assert jws.form is form
    assert opened(jws) == document
    verify_jws(jws, public_key=ED25519.public_key)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (badge(credentialSubject={"type": ["AchievementSubject"]}), "“sub”.*subject with an id"),
        (badge(credentialSubject=[{"id": LEARNER}, {"id": ID}]), "“sub”"),
        (badge(id=None), "“jti”.*no id"),
        (badge(validFrom=None), "“nbf”.*first day"),
        (badge(issuer=None), "“iss”.*no issuer"),
        (badge(issuer=7), "cannot become a token"),
        (badge(validFrom="today"), "cannot become a token"),
        (badge(iss=SCHOOL), "read as a claim"),
        (badge(vc={}), "read as a claim"),
        (badge(type=["VerifiableCredential"]), "cannot be used"),
    ],
    ids=lambda value: None,
)
def test_a_credential_that_its_token_cannot_repeat_is_refused_with_the_reason(document, said):
    with pytest.raises(ProofGenerationError, match=said):
        credential(document)


def test_what_would_be_read_as_something_else_is_not_signed():
    with pytest.raises(ProofGenerationError, match="another document"):
        credential(old(issuanceDate=None, validFrom="2027-03-03T10:02:00Z"), JwtForm.VCDM_1_CREDENTIAL)
    with pytest.raises(ProofGenerationError, match="another form"):
        credential(badge(**{"@context": "https://w3id.org/openbadges/v2"}, type=["Assertion"]), JwtForm.OPEN_BADGES)
    with pytest.raises(ProofGenerationError, match="cannot be used"):
        credential(badge(validUntil="1969-12-31T23:59:59Z"))


@pytest.mark.parametrize(
    ("form", "document"), [(JwtForm.VP_JWT, shown()), (JwtForm.VCDM_1_PRESENTATION, shown(V1, id=ID))], ids=str
)
def test_a_presentation_answers_what_was_asked(form, document):
    jws = parse_compact(presentation(document, form))
    assert jws.form is form
    assert opened(jws) == document
    assert jws.payload["iss"] == LEARNER
    assert list(answer_problems(jws, challenge="question", domain="https://reader.example")) == []
    assert list(time_problems(jws, now=NOW, skew=timedelta(0))) == []
    verify_jws(jws, public_key=ED25519.public_key)


def test_a_presentation_without_a_holder_or_an_id_claims_none():
    bare = shown()
    del bare["holder"]
    payload = parse_compact(presentation(bare)).payload
    assert payload == bare | {
        "aud": "https://reader.example",
        "nonce": "question",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + HOUR).timestamp()),
    }


def test_a_presentation_that_cannot_be_read_is_not_signed():
    with pytest.raises(ProofGenerationError, match="cannot become a token"):
        presentation(shown(holder=7))


def test_forms_and_times_are_the_callers_to_get_right():
    with pytest.raises(ValueError, match="form of a credential"):
        credential(form=JwtForm.VP_JWT)
    with pytest.raises(ValueError, match="form of a presentation"):
        presentation(form=JwtForm.VC_JWT)
    for issued, expires in ((NOW, NOW), (NOW.replace(tzinfo=None), NOW), (NOW, (NOW + HOUR).replace(tzinfo=None))):
        with pytest.raises(ValueError, match="moment with a zone"):
            presentation(issued=issued, expires=expires)


@dataclass
class BrokenSigner:
    """Shows one key and signs with another, as a machine with damaged memory does."""

    verification_method: str = KEY
    public_key: PublicKey = field(default=ED25519.public_key)
    other: Any = field(default_factory=lambda: Ed25519Signer(bytes([9]) * 32, KEY))

    def sign(self, message):
        return self.other.sign(message)


def test_a_token_that_does_not_verify_never_leaves():
    with pytest.raises(ProofGenerationError, match="not made with this key"):
        credential(signer=BrokenSigner())
