"""What is handed in as an endorsement and is none, too much, or somebody else's: refused in words, and nothing is kept."""

import json

from issuer.service.received import LARGEST
from tests.http.issuer.matrix.vouching import praise
from tests.http.issuer.test_closing import closed
from tests.http.issuer.test_received import OURS, hand_in, kept, kind

BASE = "/organisations/maple-co-op/received-endorsements"


def nested(depth):
    return ('{"a":' * depth + "1" + "}" * depth).encode()


def test_whatever_is_handed_in_is_refused_in_words_and_not_kept(desk, other_desk, services, browser, stranger):
    course = desk.achievement()
    good = praise(OURS)
    award = desk.document(desk.award(course)).json()
    listed = stranger.get("/orgs/maple-co-op/status/1").json()
    closed(other_desk, slug="alvarez")
    others = [
        b"\x00" * 1000, b"\xff\xfe{}", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04", b"<svg/>", b"true", b'"x"', b"{",
        b'{"type": "EndorsementCredential", "type": "EndorsementCredential"}', b'{"type": ["EndorsementCredential"], "x": NaN}',
        nested(60), nested(20_000), b"[" * 30_000, b"1" * (LARGEST - 1),
        json.dumps({**good, "x": "y" * LARGEST}).encode(),
        award, listed, stranger.get("/orgs/alvarez/closed").json(),
        {"@context": good["@context"], "type": ["VerifiablePresentation"], "verifiableCredential": [good]},
        {**award, "type": ["VerifiableCredential", "EndorsementCredential"]},
        {**good, "type": [*good["type"], "OpenBadgeCredential"]},
        {**good, "credentialSubject": [good["credentialSubject"], good["credentialSubject"]]},
        {**good, "credentialSubject": {}}, {**good, "credentialSubject": None}, {**good, "issuer": {}}, {**good, "issuer": None},
        {**good, "proof": []}, {**good, "proof": {}}, {**good, "@context": []},
        praise("did:web:localhost%3A8001:orgs:alvarez"), praise("did:web:localhost%3A8001:orgs:maple-co-op:x"),
        praise("http://localhost:8001/orgs/maple-co-op/achievements/../did.json"), praise(f"{course['iri']}/"),
    ]  # fmt: skip
    browser.get(BASE)
    token = browser.page.text.partition('name="csrf" value="')[2].partition('"')[0]
    for each in others:
        data = each if isinstance(each, bytes) else json.dumps(each).encode()
        answer = hand_in(desk, data)
        assert answer.status_code in {400, 413, 422}, (data[:80], answer.text)
        assert answer.json()["detail"], data[:80]
        files = {"endorsement": ("x.json", data)}
        page = browser.client.post(BASE, data={"csrf": token}, files=files)
        assert page.status_code in {413, 422}, (data[:80], page.status_code)
        assert "Traceback" not in page.text
    huge = browser.client.post(BASE, data={"csrf": token}, files={"endorsement": ("x.json", b" " * (LARGEST + 1))})
    assert huge.status_code in {413, 422}
    assert kind(hand_in(desk, praise(course["iri"] + "?x=1"))) == "about-something-else"
    assert kept(services) == 0
    assert hand_in(desk, good).status_code == 201
