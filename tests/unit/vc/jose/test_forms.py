"""What is inside a token, and what its claims say about it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.vc.jose.tokens import ID, KEY, LEARNER, SCHOOL, V1, V2, badge, claimed, old, plain, shown, token, typed
from vc.jose import (
    answer_problems,
    claim_problems,
    inside,
    key_name,
    opened,
    parse_compact,
    time_problems,
)
from vc.problems import (
    ClaimAbsentCaution,
    ClaimMismatchError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodUrlError,
    MalformedDateError,
    MalformedValueError,
    ProofExpiredError,
    ProofVerificationError,
    Unsupported,
)

NBF = 1_804_068_120
NOW = datetime(2027, 3, 3, 10, 2, tzinfo=UTC)
SKEW = timedelta(seconds=300)
OLD = {"iss": SCHOOL, "sub": LEARNER, "jti": ID, "nbf": NBF}


def read(header, payload):
    return parse_compact(token(header, payload))


def problems(jws):
    return [(type(problem), problem.pointer) for problem in claim_problems(jws, inside(jws))]


def test_an_open_badges_token_holds_the_credential_without_its_claims():
    jws = read(plain(), claimed(iat=NBF, aud=LEARNER))
    assert inside(jws) == opened(jws) == badge()
    assert problems(jws) == []


def test_exp_ends_a_credential_that_states_no_end():
    assert inside(read(plain(), claimed(exp=NBF + 60)))["validUntil"] == "2027-03-03T10:03:00Z"
    document = badge(validUntil="2027-03-03T10:03:00.9Z")
    assert opened(read(plain(), claimed(document, exp=NBF + 60))) == document
    unknown = claimed(badge(**{"@context": ["https://example.org/"]}), exp=NBF + 60)
    assert "validUntil" not in inside(read(plain(), unknown))


@pytest.mark.parametrize(
    "document",
    [badge(validFrom="2027-03-03T10:02:00.999Z"), badge(validFrom="2027-03-03T12:02:00+02:00"), badge(issuer=SCHOOL)],
)
def test_claims_agree_with_the_moment_and_not_with_its_spelling(document):
    assert problems(read(plain(), claimed(document))) == []


@pytest.mark.parametrize(
    ("payload", "claim"),
    [
        (claimed(iss=SCHOOL + ".evil"), "/iss"),
        (claimed(iss=[SCHOOL]), "/iss"),
        (claimed(sub="did:example:other"), "/sub"),
        (claimed(badge(credentialSubject={"type": ["AchievementSubject"]})), "/sub"),
        (claimed(badge(credentialSubject=[{"id": LEARNER}, {"id": LEARNER}])), "/sub"),
        (claimed(badge(credentialSubject="somebody")), "/sub"),
        (claimed(jti=ID + " "), "/jti"),
        (claimed(badge(id=None)), "/jti"),
        (claimed(nbf=NBF + 1), "/nbf"),
        (claimed(badge(validFrom=None)), "/nbf"),
        (claimed(badge(validUntil="2028-01-01T00:00:00Z"), exp=NBF), "/exp"),
    ],
)
def test_a_claim_that_says_something_else_is_a_mismatch(payload, claim):
    jws = read(plain(), payload)
    assert problems(jws) == [(ClaimMismatchError, claim)]
    with pytest.raises(ClaimMismatchError):
        opened(jws)


@pytest.mark.parametrize("claim", ["iss", "sub", "jti", "nbf"])
def test_an_absent_claim_is_a_caution_in_open_badges(claim):
    jws = read(plain(), claimed(**{claim: None}))
    assert problems(jws) == [(ClaimAbsentCaution, "/" + claim)]
    assert opened(jws) == badge()


def test_an_end_that_no_claim_repeats_is_a_caution():
    assert problems(read(plain(), claimed(badge(validUntil="2028-01-01T00:00:00Z")))) == [(ClaimAbsentCaution, "/exp")]


@pytest.mark.parametrize("value", ["1804068120", 1.5, 1804068120.0, -1, True, None, 2**53 - 1, 253402300800, [], {}])
@pytest.mark.parametrize("claim", ["nbf", "exp", "iat"])
def test_a_moment_is_a_whole_number_of_seconds(claim, value):
    payload = claimed() | {claim: value}
    jws = read(plain(), payload)
    if claim == "exp":
        with pytest.raises(MalformedValueError):
            inside(jws)
    assert (MalformedValueError, "/" + claim) in [
        (type(problem), problem.pointer) for problem in claim_problems(jws, badge())
    ]


def test_a_document_whose_members_cannot_be_read_is_a_problem_of_its_own():
    assert problems(read(plain(), claimed(badge(issuer=7)))) == [(MalformedValueError, "/issuer")]
    assert problems(read(plain(), claimed(badge(validFrom="today")))) == [(MalformedDateError, "/validFrom")]


def test_a_token_of_the_data_model_1_1_fills_in_what_the_document_leaves_out():
    bare = old(id=None, issuer=None, issuanceDate=None, credentialSubject=None)
    jws = read(plain(), {**OLD, "exp": NBF + 60, "vc": bare})
    assert inside(jws) == old(expirationDate="2027-03-03T10:03:00Z")
    assert problems(jws) == []
    named = old(issuer={"name": "River School"}, credentialSubject={"name": "Jonah"})
    found = inside(read(plain(), {**OLD, "vc": named}))
    assert found["issuer"] == {"name": "River School", "id": SCHOOL}
    assert found["credentialSubject"] == {"name": "Jonah", "id": LEARNER}


def test_a_token_of_the_data_model_1_1_may_hold_a_newer_credential():
    found = inside(read(plain(), {**OLD, "vc": badge(validFrom=None)}))
    assert found == badge()


def test_a_token_of_the_data_model_1_1_without_claims_says_nothing_wrong():
    assert problems(read(plain(), {"vc": old()})) == []


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"iss": "x"}, "/iss"),
        ({"sub": "x"}, "/sub"),
        ({"jti": "x"}, "/jti"),
        ({"nbf": 1}, "/nbf"),
        ({"iss": 7}, "/iss"),
    ],
)
def test_a_token_of_the_data_model_1_1_does_not_contradict_its_credential(changes, claim):
    assert problems(read(plain(), {**OLD, **changes, "vc": old()})) == [(ClaimMismatchError, claim)]


def test_either_of_two_first_days_may_be_repeated():
    both = old(validFrom="2027-03-04T10:02:00Z")
    assert problems(read(plain(), {**OLD, "vc": both})) == []
    assert problems(read(plain(), {**OLD, "nbf": NBF + 86_400, "vc": both})) == []
    assert problems(read(plain(), {**OLD, "nbf": NBF + 1, "vc": both})) == [(ClaimMismatchError, "/nbf")]


@pytest.mark.parametrize("name", ["vc", "vp"])
def test_what_is_inside_is_an_object(name):
    with pytest.raises(MalformedValueError) as found:
        inside(read(plain(), {name: "text"}))
    assert found.value.pointer == "/" + name


def test_a_presentation_of_the_data_model_1_1_takes_its_holder_and_id_from_the_claims():
    bare = shown(V1)
    del bare["holder"]
    assert inside(read(plain(), {"iss": LEARNER, "jti": ID, "vp": bare})) == shown(V1, id=ID)
    assert inside(read(plain(), {"vp": bare})) == bare
    assert problems(read(plain(), {"iss": "x", "vp": shown(V1)})) == [(ClaimMismatchError, "/iss")]


def test_a_vc_jwt_is_its_payload_and_its_claims_do_not_contradict_it():
    jws = read(typed(), badge(iss=SCHOOL, exp=NBF + 60, iat=NBF, nbf=NBF))
    assert opened(jws) == badge()
    assert problems(read(typed(), badge(iss="x"))) == [(ClaimMismatchError, "/iss")]
    bare = badge(id=None, credentialSubject={"name": "Jonah"}, jti=ID, sub=LEARNER)
    assert problems(read(typed(), bare)) == []
    assert problems(read(typed(), badge(iat="2027-03-03T10:02:00Z"))) == [(MalformedValueError, "/iat")]


def test_a_vp_jwt_names_its_holder_once():
    jws = read(typed(typ="vp+jwt"), shown(iss=LEARNER, jti=ID, aud="x", nonce="y"))
    assert opened(jws) == shown()
    assert problems(read(typed(typ="vp+jwt"), shown(iss="x"))) == [(ClaimMismatchError, "/iss")]


def test_an_open_badges_2_assertion_is_left_to_its_own_rules():
    payload = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://school.example/1"}
    jws = read({"alg": "RS256"}, payload)
    assert inside(jws) == payload
    assert problems(jws) == []


@pytest.mark.parametrize(
    ("header", "payload", "expected"),
    [
        (typed(), badge(iat=NBF + 301), [(ProofVerificationError, "/iat")]),
        (typed(), badge(nbf=NBF + 301), [(ProofVerificationError, "/nbf")]),
        (typed(), badge(exp=NBF - 300), [(ProofExpiredError, "/exp")]),
        (typed(), badge(iat=NBF + 300, nbf=NBF + 300, exp=NBF - 299), []),
        (typed(), badge(iat="today", exp="today"), []),
        (typed(typ="vp+jwt"), shown(exp=NBF - 301), [(ProofExpiredError, "/exp")]),
        (plain(), {"vp": shown(V1), "exp": NBF - 301}, [(ProofExpiredError, "/exp")]),
        (plain(), claimed(iat=NBF + 301), [(ProofVerificationError, "/iat")]),
        (plain(), claimed(nbf=NBF + 301, exp=NBF - 301), []),
    ],
)
def test_a_signature_has_its_own_time(header, payload, expected):
    found = time_problems(read(header, payload), now=NOW, skew=SKEW)
    assert [(type(problem), problem.pointer) for problem in found] == expected


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": "https://reader.example", "nonce": "question"}, []),
        ({"aud": ["https://reader.example"], "nonce": "question"}, []),
        ({"aud": ["https://reader.example", "x"], "nonce": "question"}, [InvalidDomainError]),
        ({"nonce": "question"}, [InvalidDomainError]),
        ({"aud": "https://reader.example"}, [InvalidChallengeError]),
        ({"aud": "x", "nonce": ["question"]}, [InvalidDomainError, InvalidChallengeError]),
    ],
)
def test_a_presentation_answers_what_was_asked(claims, expected):
    jws = read(typed(typ="vp+jwt"), shown(**claims))
    found = answer_problems(jws, challenge="question", domain="https://reader.example")
    assert [type(problem) for problem in found] == expected
    assert list(answer_problems(jws, challenge=None, domain=None)) == []


@pytest.mark.parametrize(
    ("header", "payload", "name"),
    [
        (typed(), badge(), KEY),
        (typed(kid="#key-1"), badge(), KEY),
        (typed(kid="key-1"), badge(), KEY),
        (plain(kid="key-1"), {"vc": old()}, KEY),
        (plain(kid="https://school.example/keys/1"), claimed(), "https://school.example/keys/1"),
    ],
)
def test_a_key_is_named_in_full_or_within_its_issuer(header, payload, name):
    assert key_name(read(header, payload), party=SCHOOL) == name


def test_a_key_without_a_name_cannot_be_looked_up():
    with pytest.raises(Unsupported):
        key_name(read(typed(kid=None), badge()), party=SCHOOL)
    with pytest.raises(InvalidVerificationMethodUrlError):
        key_name(read(plain(kid="key-1"), claimed()), party=SCHOOL)


def test_the_first_context_says_what_the_dates_are_called():
    assert inside(read(plain(), {**OLD, "vc": old(issuanceDate=None)}))["issuanceDate"] == "2027-03-03T10:02:00Z"
    newer = old(issuanceDate=None, **{"@context": [V2]})
    assert inside(read(plain(), {**OLD, "vc": newer}))["validFrom"] == "2027-03-03T10:02:00Z"


def test_a_mismatch_names_the_claim_the_member_and_both_values():
    [found] = claim_problems(read(plain(), claimed(iss="x")), badge())
    assert found.detail == "The token's claim “iss” says 'x'; issuer says 'did:web:school.example'."
    [found] = claim_problems(read(plain(), claimed()), badge(id=None))
    assert found.detail == f"The token's claim “jti” says '{ID}'; id says nothing."


def test_a_wrong_audience_is_named():
    several = read(typed(typ="vp+jwt"), shown(aud=["a", "b"]))
    [found] = answer_problems(several, challenge=None, domain="c")
    assert found.detail == "It was made for a, b, not for c."
    [found] = answer_problems(read(typed(typ="vp+jwt"), shown()), challenge=None, domain="c")
    assert found.detail == "It was made for nobody, not for c."


def test_only_the_first_context_says_which_members_are_dates():
    document = badge(issuanceDate="2027-03-03T10:02:01Z", **{"@context": [V2, V1]})
    assert problems(read(plain(), claimed(document))) == []
    assert problems(read(plain(), claimed(document, nbf=NBF + 1))) == [(ClaimMismatchError, "/nbf")]


def test_a_date_that_is_nowhere_says_nothing():
    [found] = claim_problems(read(plain(), claimed()), badge(validFrom=None))
    assert found.detail.endswith("validFrom says nothing.")
    both = old(validFrom="2027-03-04T10:02:00Z")
    [found] = claim_problems(read(plain(), {**OLD, "nbf": 1, "vc": both}), both)
    assert found.detail.endswith("issuanceDate says '2027-03-03T10:02:00Z and 2027-03-04T10:02:00Z'.")
