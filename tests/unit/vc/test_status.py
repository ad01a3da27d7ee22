"""Lists of others: the older form, messages with references, lists that say how long they last, and unsigned ones."""

import gzip
from datetime import timedelta
from typing import ClassVar

import pytest

from kit.verdict import verdict_view
from tests.attacks.world import (
    ATTACKER,
    DAY,
    INDEX,
    NOW,
    REASONS,
    REVOCATIONS,
    SCHOOL,
    SCHOOL_SIGNER,
    judge,
    plain,
    resource,
    sign,
    signed,
    status_list,
    types,
    unsigned,
)
from vc import Outcome, ProblemError, Url, Verdict
from vc.jose import JwtForm, sign_credential
from vc.multibase import base64url_encode
from vc.status import ListForm, RevocationList, StatusList, StatusListEntry, encode_list, life_of
from vc.urls import origin_of

UNKNOWN = Verdict.COULD_NOT_BE_CHECKED
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
LIST = Url("https://school.example/orgs/river/withdrawn.json")
ELSEWHERE = Url("https://lists.example/withdrawn.json")


def with_entry(entry, **changes):
    document = unsigned(credentialStatus=entry, **changes)
    document["@context"].append(EXTENSIONS)
    return sign(document)


class TestEntries:
    older: ClassVar = {
        "id": "https://school.example/s/1#7",
        "type": "StatusList2021Entry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": "https://school.example/s/1",
    }

    def test_an_entry_of_the_older_form(self):
        entry = StatusListEntry.parse(self.older, here="")
        assert (entry.form, entry.index, entry.purpose) == (ListForm.STATUS_LIST_2021, 7, "suspension")
        assert entry.to_json() == self.older

    @pytest.mark.parametrize(
        "change",
        [{"statusSize": 2, "statusMessage": []}, {"type": ["StatusList2021Entry", "BitstringStatusListEntry"]}],
        ids=["several bits", "both forms"],
    )
    def test_what_the_older_form_does_not_have(self, change):
        with pytest.raises(ProblemError):
            StatusListEntry.parse(self.older | change, here="")

    def test_a_purpose_that_the_older_form_does_not_have(self):
        document = signed()
        document["credentialStatus"] = self.older | {"statusPurpose": "message"}
        assert judge(document).verdict is Verdict.NOT_GENUINE  # nobody signed it; the purpose is refused below
        assert "message" not in ListForm.STATUS_LIST_2021.purposes

    def test_the_older_list_is_read_without_a_multibase_letter(self):
        packed = base64url_encode(gzip.compress(bytes([0x01]) + bytes(16_383), mtime=0))
        document = {
            "id": "https://school.example/s/1",
            "credentialSubject": {"type": "StatusList2021", "statusPurpose": "suspension", "encodedList": packed},
        }
        found = StatusList.parse(document, url="https://school.example/s/1")
        assert found.value(StatusListEntry.parse(self.older, here="")) == 1
        assert found.life is None
        with pytest.raises(ProblemError, match="the list is none"):
            found.value(StatusListEntry(list_url="x", index=7, purpose="suspension"))
        twice = {**document, "credentialSubject": {**document["credentialSubject"], "type": ["StatusList2021"] * 1}}
        twice["credentialSubject"]["type"] = ["StatusList2021", "BitstringStatusList"]
        with pytest.raises(ProblemError, match="not a status list"):
            StatusList.parse(twice, url="https://school.example/s/1")


V1 = "https://www.w3.org/2018/credentials/v1"
OLDER = "https://w3id.org/vc/status-list/2021/v1"
INTEGRITY = "https://w3id.org/security/data-integrity/v2"


class TestOlderLists:
    """StatusList2021, whole: a list of the data model 1.1, and badges of both that point to it."""

    def badge(self, *, first):
        entry = TestEntries.older | {
            "id": f"{REVOCATIONS}#7",
            "statusPurpose": "revocation",
            "statusListCredential": REVOCATIONS,
        }
        document = unsigned(credentialStatus=entry)
        document["@context"].append(OLDER)
        if first:
            document["@context"] = [V1, *document["@context"][1:], INTEGRITY]
            document |= {"issuanceDate": document.pop("validFrom"), "expirationDate": document.pop("validUntil")}
        return sign(document)

    def listed(self, bits, **changes):
        packed = base64url_encode(gzip.compress(bits + bytes(16_383), mtime=0))
        document = {
            "@context": [V1, OLDER, INTEGRITY],
            "id": REVOCATIONS,
            "type": ["VerifiableCredential", "StatusList2021Credential"],
            "issuer": SCHOOL,
            "issuanceDate": "2027-03-01T00:00:00Z",
            "credentialSubject": {
                "id": f"{REVOCATIONS}#list",
                "type": "StatusList2021",
                "statusPurpose": "revocation",
                "encodedList": packed,
            },
        }
        return resource(REVOCATIONS, sign(document | changes))

    @pytest.mark.parametrize("first", [True, False], ids=["data model 1.1", "data model 2.0"])
    def test_a_badge_and_its_older_list(self, first):
        assert judge(self.badge(first=first), self.listed(b"\0")).verdict is Verdict.GENUINE_AND_CURRENT
        assert judge(self.badge(first=first), self.listed(b"\x01")).verdict is Verdict.WITHDRAWN

    def test_an_older_list_that_has_ended(self):
        ended = self.listed(b"\0", expirationDate="2027-03-02T00:00:00Z")
        assert judge(self.badge(first=True), ended).verdict is UNKNOWN

    def test_an_older_entry_and_a_newer_list(self):
        report = judge(self.badge(first=False), resource(REVOCATIONS, status_list()))
        assert report.verdict is UNKNOWN


def test_a_list_as_a_token():
    document = status_list(set_indices=(INDEX,))
    del document["proof"]
    text = sign_credential(document, signer=SCHOOL_SIGNER, form=JwtForm.VC_JWT, embed_key=False, issued=None)
    report = judge(signed(), resource(REVOCATIONS, text.encode(), media_type="application/vc+jwt"))
    assert report.verdict is Verdict.WITHDRAWN


def said(report):
    """What the words of a verdict quote."""
    lines = verdict_view(report, "en", NOW).checks
    return {value for line in lines for text in line.detail for _name, value in text.parameters}


class TestMessages:
    def entry(self, **changes):
        entry = plain(unsigned()["credentialStatus"][2])
        entry |= {
            "statusSize": 2,
            "statusMessage": [
                {"status": f"0x{value}", "message": text}
                for value, text in enumerate(["delivered", "under review", "being corrected", "held"])
            ],
            "statusReference": "https://school.example/what-it-means",
        }
        return entry | changes

    def listed(self, values):
        def change(document):
            document["credentialSubject"]["encodedList"] = encode_list(values, length=131_072, size=2)

        return resource(REASONS, status_list(REASONS, purpose="message", change=change))

    def test_the_words_of_another_issuer_and_where_they_are_explained(self):
        report = judge(with_entry(self.entry()), self.listed({INDEX: 2}))
        assert report.verdict is Verdict.GENUINE_BUT
        assert report.check("status").facts["message"] == "being corrected"
        assert said(report) >= {"being corrected", "https://school.example/what-it-means"}
        assert report.check("status").facts["entries"][0]["references"] == ["https://school.example/what-it-means"]

    def test_the_first_value_has_a_meaning_too_and_is_no_caution(self):
        report = judge(with_entry(self.entry()), self.listed({}))
        assert report.verdict is Verdict.GENUINE_AND_CURRENT
        assert report.check("status").facts["entries"][0]["meaning"] == "delivered"
        assert said(report) >= {"delivered", "https://school.example/what-it-means"}

    def test_too_many_references(self):
        report = judge(with_entry(self.entry(statusReference=[f"https://a.example/{n}" for n in range(9)])))
        assert report.verdict is UNKNOWN

    def test_a_revocation_with_a_message(self):
        entry = self.entry(statusPurpose="revocation", statusListCredential=REVOCATIONS)

        def change(document):
            document["credentialSubject"]["encodedList"] = encode_list({INDEX: 3}, length=131_072, size=2)

        report = judge(with_entry(entry), resource(REVOCATIONS, status_list(change=change)))
        assert report.verdict is Verdict.WITHDRAWN
        assert report.check("status").facts["message"] == "held"

    def test_the_purpose_refresh_points_to_a_newer_version(self):
        entry = plain(unsigned()["credentialStatus"][0]) | {"statusPurpose": "refresh"}

        def change(document):
            document["credentialSubject"]["statusPurpose"] = ["revocation", "refresh"]

        listed = resource(REVOCATIONS, status_list(set_indices=(INDEX,), change=change))
        report = judge(with_entry(entry), listed)
        assert report.verdict is Verdict.GENUINE_BUT
        assert types(report) == {"newer-version"}


class TestHowLongAListLasts:
    @pytest.mark.parametrize(
        ("ttl", "expected"),
        [
            (None, None),
            (0, timedelta(seconds=60)),
            (300_000, timedelta(minutes=5)),
            (10**15, timedelta(hours=24)),
            (90_000.5, timedelta(seconds=90, microseconds=500)),
        ],
    )
    def test_H8_between_a_minute_and_a_day(self, ttl, expected):
        assert life_of(ttl) == expected

    @pytest.mark.parametrize("ttl", [-1, "300000", True, []])
    def test_H8_what_is_no_number_of_milliseconds(self, ttl):
        with pytest.raises(ProblemError, match="ttl"):
            life_of(ttl)

    @pytest.mark.parametrize(
        ("ttl", "age", "verdict"),
        [
            (1, 59, Verdict.GENUINE_AND_CURRENT),
            (1, 61, UNKNOWN),
            (300_000, 299, Verdict.GENUINE_AND_CURRENT),
            (300_000, 301, UNKNOWN),
            (10**15, 86_399, Verdict.GENUINE_AND_CURRENT),
            (10**15, 86_401, UNKNOWN),
        ],
    )
    def test_H8_a_copy_is_relied_on_so_long_and_no_longer(self, ttl, age, verdict):
        def change(document):
            document["credentialSubject"]["ttl"] = ttl

        copy = status_list(change=change, valid_from=NOW - 3 * DAY)
        report = judge(signed(), resource(REVOCATIONS, copy, retrieved=NOW - timedelta(seconds=age)))
        assert report.verdict is verdict


def test_a_list_that_does_not_say_from_when_it_holds():
    copy = status_list(change=lambda document: document.pop("validFrom"))
    report = judge(signed(), resource(REVOCATIONS, copy))
    assert report.verdict is Verdict.GENUINE_AND_CURRENT
    assert "listValidFrom" not in report.check("status").facts["entries"][0]


def test_H9_a_copy_past_its_ttl_still_shows_a_withdrawal_and_no_longer_that_there_is_none():
    def change(document):
        document["credentialSubject"]["ttl"] = 1

    for indices, verdict in (((INDEX,), Verdict.WITHDRAWN), ((), UNKNOWN)):
        copy = status_list(change=change, set_indices=indices)
        report = judge(signed(), resource(REVOCATIONS, copy, retrieved=NOW - timedelta(hours=2)))
        assert report.verdict is verdict
    old = resource(REVOCATIONS, status_list(set_indices=(INDEX,)), retrieved=NOW - 2 * DAY)
    assert judge(signed(), old).verdict is UNKNOWN  # the policy's own limit holds for everything


class TestUnsignedLists:
    def list(self, *entries, **changes):
        return {"id": LIST, "issuer": SCHOOL, "revokedCredential": list(entries)} | changes

    def judge(self, body, url=LIST, **changes):
        entry = {"id": url, "type": "1EdTechRevocationList"}
        return judge(with_entry(entry), *([] if body is None else [resource(url, body)]), **changes)

    this: ClassVar = {"id": unsigned()["id"]}

    def test_a_badge_that_is_not_on_it(self):
        report = self.judge(self.list({"id": "urn:uuid:5b6a5a7e-0000-4000-8000-00000000beef"}))
        assert report.headline_green
        facts = report.check("status").facts
        assert facts["listIssuer"] == SCHOOL
        assert facts["entries"][0] | {"retrieved": 0} == {
            "purpose": "revocation", "list": LIST, "retrieved": 0, "fromCache": False, "listIssuer": SCHOOL,
            "value": 0, "signed": False, "ownAddress": True,
        }  # fmt: skip

    def test_a_badge_that_is_on_it(self):
        report = self.judge(self.list({**self.this, "revocationReason": "Given twice."}))
        assert report.verdict is Verdict.WITHDRAWN
        assert report.check("status").facts["message"] == "Given twice."
        assert self.judge(self.list({**self.this, "revoked": True})).verdict is Verdict.WITHDRAWN

    def test_a_badge_that_was_taken_off_it(self):
        assert self.judge(self.list({**self.this, "revoked": False})).headline_green

    def test_an_empty_list_clears_everybody(self):
        assert self.judge(self.list()).headline_green

    def test_H2_at_another_address_it_accuses_nobody_and_clears_nobody(self):
        accused = self.judge(self.list(self.this, id=ELSEWHERE), url=ELSEWHERE)
        assert accused.verdict is UNKNOWN
        assert types(accused) == {"STATUS_VERIFICATION_ERROR"}
        cleared = self.judge(self.list(id=ELSEWHERE), url=ELSEWHERE)
        assert cleared.verdict is Verdict.GENUINE_BUT
        assert types(cleared) == {"unsigned-list"}

    @pytest.mark.parametrize(
        "body",
        [
            {"id": LIST, "issuer": SCHOOL},
            {"id": LIST, "issuer": ATTACKER, "revokedCredential": []},
            {"id": LIST, "revokedCredential": []},
            {"id": ELSEWHERE, "issuer": SCHOOL, "revokedCredential": []},
            {"id": LIST, "issuer": SCHOOL, "revokedCredential": ["urn:x"]},
            {"id": LIST, "issuer": SCHOOL, "revokedCredential": [{"revoked": True}]},
            {"id": LIST, "issuer": SCHOOL, "revokedCredential": [{"id": "urn:x", "revoked": "no"}]},
            {"id": LIST, "issuer": SCHOOL, "revokedCredential": [{"id": "urn:x", "revocationReason": 5}]},
            {"id": LIST, "issuer": 5, "revokedCredential": []},
            b"<html>Sign in</html>",
            b"",
        ],
    )
    def test_H2_what_is_no_list_of_the_issuer_leaves_the_question_open(self, body):
        report = self.judge(body)
        assert report.verdict is UNKNOWN
        assert "STATUS_VERIFICATION_ERROR" in types(report)

    def test_H7_a_list_that_cannot_be_had(self):
        assert self.judge(None).missing == {LIST}
        entry = {"id": LIST, "type": "1EdTechRevocationList"}
        report = judge(with_entry(entry), resource(LIST, b"", final=404))
        assert report.verdict is UNKNOWN
        assert types(report) == {"STATUS_RETRIEVAL_ERROR"}

    def test_H8_a_list_that_is_too_old(self):
        entry = {"id": LIST, "type": "1EdTechRevocationList"}
        report = judge(with_entry(entry), resource(LIST, self.list(), retrieved=NOW - 2 * DAY))
        assert types(report) == {"stale-evidence"}

    def test_H17_no_request_to_a_private_place(self):
        assert not self.judge(None, url="https://127.0.0.1/list").missing

    def test_a_badge_without_an_id_cannot_be_looked_up(self):
        document = unsigned(credentialStatus={"id": LIST, "type": "1EdTechRevocationList"})
        document["@context"].append(EXTENSIONS)
        del document["id"]
        report = judge(sign(document), resource(LIST, self.list()))
        assert report.check("status").outcome is Outcome.INDETERMINATE

    def test_a_list_of_thousands_is_read(self):
        entries = [{"id": f"urn:uuid:{number}"} for number in range(20_000)]
        body = resource(LIST, self.list(*entries)).body
        assert len(RevocationList.parse(body, url=LIST).revoked) == 20_000


@pytest.mark.parametrize(
    ("identifier", "loopback", "origin"),
    [
        ("did:web:school.example:orgs:river", False, "https://school.example:443"),
        ("did:web:school.example%3A8443", False, "https://school.example:8443"),
        ("did:web:localhost%3A8000:orgs:1", True, "http://localhost:8000"),
        ("did:web:localhost%3A8000:orgs:1", False, None),
        ("https://school.example/issuer#it", False, "https://school.example:443"),
        ("http://localhost/x", True, "http://localhost:80"),
        ("did:key:z6Mk", False, None),
        ("urn:uuid:1", False, None),
    ],
)
def test_where_an_issuer_is_at_home(identifier, loopback, origin):
    assert origin_of(identifier, loopback=loopback) == origin
