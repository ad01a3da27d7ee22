"""Open Badges 2.0 by its own rules: what makes a badge genuine, withdrawn, expired, open; and what it shows."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kit.verdict import verdict_view
from tests.attacks.old_badges import (
    ASSERTION,
    CLASS,
    EARLIER,
    HOST,
    ISSUER,
    KEY,
    LATER,
    LIST,
    assertion,
    at,
    badge_class,
    judge,
    key_document,
    pem,
    profile,
    revocations,
    shelf,
    signed_assertion,
    token,
)
from tests.attacks.world import NOW, policy, types
from vc import (
    Document,
    Evidence,
    Outcome,
    ProblemError,
    Record,
    Url,
    Verdict,
    VerifiedCredential,
    replay,
    serialize,
    verify,
)
from vc.checks import DocumentKind
from vc.credential_checks import Context
from vc.jose import parse_compact
from vc.keys import KeyKind
from vc.openbadges2 import is_open_badge, verify_open_badge
from vc.openbadges2.graph import address_of, difference, is_below, resolved
from vc.openbadges2.keys import parse_pem
from vc.openbadges2.verification import revoked_in
from vc.policy import RecognisedIssuer
from vc.wanted import Wanted

UNKNOWN = Verdict.COULD_NOT_BE_CHECKED
ENDORSEMENT = Url("https://friends.example/praise")
FRIENDS = Url("https://friends.example/issuer")


def context(*more, **changes):
    return Context(evidence=shelf(*more), policy=policy(**changes), now=NOW)


def known(**changes):
    entry = RecognisedIssuer(did=ISSUER, name="The Old School", list_name="Our list")
    return {"recognised": [entry]} | changes


class TestHosted:
    def test_a_hosted_badge_is_genuine_and_current(self):
        report = judge(assertion(), **known())
        assert report.document_kind is DocumentKind.OPEN_BADGE_2
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        assert report.headline_green
        assert report.check("signature").facts == {"method": "hosted", "hostedAt": ASSERTION}
        words = verdict_view(report, "en", NOW)
        assert "Nobody signed it." in {text.singular[-17:] for line in words.checks for text in line.detail}
        assert report.check("issuer-key").facts["issuer"] == ISSUER
        assert report.check("holder-binding").facts["binding"] == "notChecked"

    def test_it_asks_for_what_it_needs_and_says_what_each_is(self):
        held: Evidence = Evidence()
        rounds = []
        for _ in range(4):
            report = verify_open_badge(assertion(), context=Context(evidence=held, policy=policy(), now=NOW))
            if not report.missing:
                break
            rounds.append({url: report.wanted[url] for url in report.missing})
            held |= {url: shelf().resources[url] for url in report.missing}
        assert rounds == [
            {CLASS: Wanted.BADGE_OBJECT, ASSERTION: Wanted.HOSTED_BADGE},
            {ISSUER: Wanted.BADGE_OBJECT},
        ]
        assert report.verdict is Verdict.GENUINE_AND_CURRENT

    def test_one_that_was_taken_down_is_withdrawn(self):
        report = judge(assertion(), at(ASSERTION, b"", final=410, error="http-status"))
        assert report.verdict is Verdict.WITHDRAWN

    @pytest.mark.parametrize("whole", [True, False])
    def test_one_that_is_revoked_where_it_lies_is_withdrawn(self, whole):
        revoked = assertion() if whole else {"@context": assertion()["@context"], "type": "Assertion", "id": ASSERTION}
        report = judge(assertion(), hosted=revoked | {"revoked": True, "revocationReason": "Given twice."})
        assert report.verdict is Verdict.WITHDRAWN
        assert report.check("status").facts["message"] == "Given twice."
        assert report.check("status").facts["listIssuer"] == ISSUER

    def test_a_revocation_that_says_neither_yes_nor_no_is_a_yes(self):
        assert judge(assertion(), hosted=assertion(revoked="yes")).verdict is Verdict.WITHDRAWN

    @pytest.mark.parametrize("changes", [{"final": 404, "error": "http-status"}, {"error": "timeout", "final": 0}])
    @pytest.mark.parametrize("url", [ASSERTION, CLASS, ISSUER])
    def test_what_cannot_be_had_leaves_the_question_open(self, url, changes):
        assert judge(assertion(), at(url, b"", **changes)).verdict is UNKNOWN

    @pytest.mark.parametrize("url", [ASSERTION, CLASS, ISSUER])
    def test_what_cannot_be_read_leaves_the_question_open(self, url):
        assert judge(assertion(), at(url, b"<html>")).verdict is UNKNOWN

    def test_an_expired_one_is_genuine_but(self):
        report = judge(assertion(expires=EARLIER), hosted=assertion(expires=EARLIER))
        assert report.verdict is Verdict.GENUINE_BUT
        assert types(report) == {"expired"}
        later = judge(assertion(expires=LATER), hosted=assertion(expires=LATER))
        assert later.verdict is Verdict.GENUINE_AND_CURRENT
        assert later.check("validity").facts["validUntil"] == LATER

    def test_one_from_the_future_and_one_that_ends_before_it_starts(self):
        assert types(judge(assertion(issuedOn=LATER), hosted=assertion(issuedOn=LATER))) == {"not-yet-valid"}
        backwards = assertion(expires="2016-01-01T00:00:00Z")
        assert judge(backwards, hosted=backwards).verdict is UNKNOWN

    def test_a_copy_with_its_class_in_it_is_the_same_if_the_class_says_the_same(self):
        copied = assertion(badge={k: v for k, v in badge_class().items() if k != "@context"})
        assert judge(copied).verdict is Verdict.GENUINE_AND_CURRENT
        assert judge(assertion(), hosted=copied).verdict is Verdict.GENUINE_AND_CURRENT
        whole = assertion(badge=badge_class(issuer=profile()))
        assert judge(whole).verdict is Verdict.GENUINE_AND_CURRENT
        stale = assertion(badge=badge_class(issuer=profile(name="Harvard")))
        assert judge(stale).verdict is Verdict.NOT_GENUINE

    def test_a_class_copied_under_no_address_needs_none(self):
        copied = assertion(badge=badge_class(id="urn:uuid:1"))
        assert judge(copied, hosted=copied).verdict is Verdict.GENUINE_AND_CURRENT

    def test_a_reference_as_an_object(self):
        assert judge(assertion(badge={"id": CLASS}), hosted=assertion(badge={"id": CLASS})).headline_green is False
        assert resolved({"id": CLASS}, context=context()) == badge_class()
        with pytest.raises(ProblemError):
            resolved(5, context=context())

    @pytest.mark.parametrize(
        ("rules", "verdict"),
        [
            ({"startsWith": f"{HOST}/badges/"}, Verdict.GENUINE_AND_CURRENT),
            ({"startsWith": ["https://else.example/", f"{HOST}/badges/"]}, Verdict.GENUINE_AND_CURRENT),
            ({"startsWith": []}, Verdict.NOT_GENUINE),
            ({"startsWith": "nonsense"}, Verdict.NOT_GENUINE),
            ({"allowedOrigins": "old.example"}, Verdict.GENUINE_AND_CURRENT),
            ({"allowedOrigins": ["https://old.example"]}, Verdict.GENUINE_AND_CURRENT),
            ({"allowedOrigins": "else.example"}, Verdict.NOT_GENUINE),
            ({"allowedOrigins": []}, Verdict.NOT_GENUINE),
            ({"allowedOrigins": ["not a host"]}, Verdict.NOT_GENUINE),
        ],
    )
    def test_where_an_issuer_keeps_its_badges(self, rules, verdict):
        assert judge(assertion(), at(ISSUER, profile(verification=rules))).verdict is verdict

    def test_an_http_name_is_asked_for_over_https(self):
        old = "http://old.example/badges/1"
        document = assertion(id=old, badge=CLASS.replace("https", "http"))
        report = judge(document, hosted=document)
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        assert address_of("http://localhost:80/x", context=context(loopback=True)) == "http://localhost:80/x"
        assert is_below("urn:x", HOST, context=context()) is False

    def test_an_address_that_is_none_and_an_issuer_that_is_none(self):
        for document in (assertion(badge=badge_class(issuer="urn:uuid:1")), assertion(badge=badge_class(issuer=5))):
            assert judge(document, hosted=document).verdict is UNKNOWN
        nameless = assertion(id=None)
        assert judge(nameless).verdict is UNKNOWN


class TestForm:
    @pytest.mark.parametrize(
        "changes",
        [
            {"recipient": None},
            {"recipient": "jonah@mail.example"},
            {"recipient": {"type": "email", "hashed": True, "identity": "jonah@mail.example"}},
            {"recipient": {"type": "email", "hashed": True, "identity": 5}},
            {"recipient": {"type": "email", "hashed": False, "identity": "x", "salt": 5}},
            {"recipient": {"type": "email", "hashed": False, "identity": ""}},
            {"recipient": {"type": "", "hashed": False, "identity": "x"}},
            {"image": "not an address"},
            {"image": "data:image/png;base64,AAAA"},
            {"image": {"id": "data:image/png;base64,AAAA"}},
            {"evidence": ["not an address"]},
            {"revoked": "no"},
            {"narrative": ""},
            {"expires": "tomorrow"},
        ],
    )
    def test_what_does_not_keep_to_the_rules_could_not_be_checked(self, changes):
        document = assertion(**changes)
        report = judge(document, hosted=document)
        assert report.check("schema").outcome is Outcome.FAILED
        assert report.verdict in {UNKNOWN, Verdict.WITHDRAWN}

    @pytest.mark.parametrize(
        ("url", "value"),
        [
            (CLASS, badge_class(name=5)),
            (CLASS, badge_class(criteria={"title": "x"})),
            (CLASS, badge_class(alignment=["x"])),
            (CLASS, badge_class(tags=[1])),
            (ISSUER, {k: v for k, v in profile().items() if k != "email"}),
        ],
    )
    def test_nor_do_a_class_and_an_issuer_that_break_them(self, url, value):
        report = judge(assertion(), at(url, value))
        assert report.verdict is UNKNOWN
        assert "schema-violation" in types(report)

    def test_what_other_contexts_add_is_told_and_not_read(self):
        document = assertion(**{"@context": [assertion()["@context"], "https://x.example/c", {"a": "b"}]})
        report = judge(document, hosted=document)
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        assert report.check("contexts").facts["notRead"] == ["https://x.example/c", "its own"]

    def test_badges_of_1_are_told_apart_in_words(self):
        older = {"uid": "1", "recipient": {}, "badge": HOST, "verify": {}}
        for document in (older, {**older, "@context": "https://w3id.org/openbadges/v1"}):
            assert is_open_badge(document)
            report = judge(document)
            assert report.verdict is UNKNOWN
            assert types(report) == {"unsupported"}
        assert is_open_badge(assertion())
        assert not is_open_badge({"@context": "https://www.w3.org/ns/credentials/v2", **older})
        assert not is_open_badge({"type": "Assertion"})

    def test_it_has_to_say_how_it_is_to_be_verified(self):
        for verification in ({"type": "TypeValidation"}, "hosted"):
            document = assertion(verification=verification)
            report = judge(document, hosted=document)
            assert report.check("proof-policy").outcome is Outcome.INDETERMINATE
            assert report.verdict is UNKNOWN

    def test_a_class_by_itself_is_no_badge(self):
        assert types(judge(badge_class())) == {"kind"}


class TestSigned:
    def test_a_signed_badge_is_genuine_and_current(self):
        report = judge(token(signed_assertion()), **known())
        assert report.headline_green
        assert report.check("signature").facts == {"method": "signed"}
        assert report.check("issuer-key").facts["methods"] == [KEY]
        assert judge(parse_compact(token(signed_assertion()))).verdict is Verdict.GENUINE_AND_CURRENT

    def test_the_only_key_need_not_be_named(self):
        document = signed_assertion(verification={"type": "signed"})
        assert judge(token(document)).verdict is Verdict.GENUINE_AND_CURRENT
        copied = at(ISSUER, profile(publicKey=[key_document()]))
        assert judge(token(document), copied).verdict is Verdict.GENUINE_AND_CURRENT
        several = at(ISSUER, profile(publicKey=[KEY, f"{HOST}/key2"]))
        assert judge(token(document), several).verdict is Verdict.NOT_GENUINE

    @pytest.mark.parametrize(
        "entry", [ASSERTION, {"id": ASSERTION, "revocationReason": "Given twice."}, {"uid": ASSERTION}]
    )
    def test_one_that_the_list_names_is_withdrawn(self, entry):
        report = judge(token(signed_assertion()), at(LIST, revocations(entry)))
        assert report.verdict is Verdict.WITHDRAWN
        assert report.check("status").facts.get("message") == ("Given twice." if "revocationReason" in entry else None)

    def test_an_issuer_without_a_list_withdraws_nothing(self):
        bare = {name: value for name, value in profile().items() if name != "revocationList"}
        report = judge(token(signed_assertion()), at(ISSUER, bare))
        assert report.check("status").outcome is Outcome.NOT_APPLICABLE
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        odd = judge(token(signed_assertion()), at(ISSUER, profile(revocationList={"title": "x"})))
        assert odd.verdict is UNKNOWN
        as_object = judge(token(signed_assertion()), at(ISSUER, profile(revocationList={"id": LIST})))
        assert as_object.verdict is Verdict.GENUINE_AND_CURRENT

    @pytest.mark.parametrize(
        "value",
        [
            {"type": "RevocationList"},
            {"revokedAssertions": []},
            {"type": "RevocationList", "revokedAssertions": [5]},
            {"type": "RevocationList", "revokedAssertions": [{"uid": 5}]},
        ],
    )
    def test_what_is_no_list(self, value):
        with pytest.raises(ProblemError):
            revoked_in(value, profile())
        whose = revoked_in(revocations("a", issuer={"id": ISSUER}), profile())
        assert whose == {"a": None}

    def test_an_algorithm_that_the_policy_does_not_take(self):
        wish = replace(policy(), algorithms=frozenset({"ES256"}))
        report = verify_open_badge(token(signed_assertion()), context=Context(evidence=shelf(), policy=wish, now=NOW))
        assert report.verdict is UNKNOWN

    def test_what_is_no_token(self):
        report = judge("a.b")
        assert report.document_kind is DocumentKind.UNKNOWN
        assert report.verdict is UNKNOWN
        with pytest.raises(TypeError):
            verify_open_badge(5, context=context())

    def test_a_key_that_is_none(self):
        report = judge(token(signed_assertion()), at(KEY, key_document(publicKeyPem="-----BEGIN")))
        assert report.verdict is not Verdict.GENUINE_AND_CURRENT
        broken = {name: value for name, value in key_document().items() if name != "publicKeyPem"}
        assert judge(token(signed_assertion()), at(KEY, broken)).verdict is not Verdict.GENUINE_AND_CURRENT

    def test_keys_in_pem(self):
        def text(key):
            return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

        assert parse_pem(pem()).kind is KeyKind.RSA
        assert parse_pem(text(ed25519.Ed25519PrivateKey.generate())).kind is KeyKind.ED25519
        assert parse_pem(text(ec.generate_private_key(ec.SECP256R1()))).kind is KeyKind.P256
        assert parse_pem(text(ec.generate_private_key(ec.SECP384R1()))).kind is KeyKind.P384
        for wrong in (
            text(ec.generate_private_key(ec.SECP521R1())),
            text(x25519.X25519PrivateKey.generate()),
            5,
            "x" * 9_000,
            "é",
        ):
            with pytest.raises(ProblemError):
                parse_pem(wrong)


class TestRecognition:
    def test_a_list_vouches_for_exactly_this_issuer(self):
        assert judge(assertion(), **known()).recognition.value == "recognised"
        assert not judge(assertion(narrative="Another."), **known()).headline_green
        wish = replace(policy(), require_recognition=True)
        report = verify_open_badge(assertion(), context=Context(evidence=shelf(), policy=wish, now=NOW))
        assert types(report) == {"unrecognised-issuer"}


def test_copies_differ_in_what_they_say_and_in_nothing_else():
    here = context()
    assert difference(assertion(), assertion(type=["Assertion"]), context=here) is None
    assert difference(assertion(), assertion(type=["Assertion", "Extension"]), context=here) == "type"
    assert difference(assertion(), assertion(**{"@context": ["x"]}), context=here) == "@context"
    assert difference(assertion(), assertion(badge=5), context=here) == "badge"
    assert difference(assertion(recipient={"hashed": True}), assertion(recipient={"hashed": 1}), context=here)


def test_the_one_door_judges_them_too():
    for data in (serialize(assertion()), token(signed_assertion()).encode()):
        report = verify(data, evidence=shelf(), policy=policy(), now=NOW)
        assert report.document_kind is DocumentKind.OPEN_BADGE_2
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        record = Record(document=data, evidence=shelf(), policy=policy(), now=NOW, report=report)
        assert replay(Record.from_json(json.loads(json.dumps(record.to_json())))).verdict is report.verdict
    document = Document(bytes=serialize(assertion()), value=assertion())
    with pytest.raises(ValueError, match=r"never a credential of 3\.0"):
        VerifiedCredential.of(document, verify(document, evidence=shelf(), policy=policy(), now=NOW))
    less = verify(serialize(assertion()), evidence=Evidence(), policy=policy(), now=NOW)
    assert less.missing == {CLASS, ASSERTION}
    more = verify(serialize(assertion()), evidence=shelf(), policy=policy(), now=NOW, previous=less)
    assert more.verdict is Verdict.GENUINE_AND_CURRENT
