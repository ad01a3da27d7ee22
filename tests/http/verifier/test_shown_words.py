"""What a verdict's page says of a record, in words that do not contradict each other."""

import copy

import pytest

from tests import selective
from tests.http.verifier.test_judging_api import recognise

V2 = "https://www.w3.org/ns/credentials/v2"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@pytest.fixture
def transcript(world):
    """A transcript with one line that somebody changed, and its provider."""
    provider = world.provider()
    good, forged = provider.badge(), copy.deepcopy(provider.badge(index=9))
    forged["credentialSubject"]["achievement"]["name"] = "Brain Surgery"

    def made(*lines):
        document = {
            "@context": [V2, CLR, OB],
            "id": "urn:uuid:00000000-0000-4000-8000-00000000c001",
            "type": ["VerifiableCredential", "ClrCredential"],
            "issuer": {"id": provider.did, "type": ["Profile"], "name": "Maple Co-op"},
            "validFrom": "2026-01-01T00:00:00Z",
            "name": "Transcript",
            "credentialSubject": {"id": "did:example:j", "type": ["ClrSubject"], "verifiableCredential": list(lines)},
        }
        return provider.sign(document)

    return provider, made(good), made(good, forged)


def test_of_a_transcript_with_a_forged_line_the_signature_of_the_whole_is_not_called_broken(
    check, signed_in, transcript
):
    provider, _good, forged = transcript
    recognise(signed_in, provider, "Maple Learning Cooperative")
    page = check(forged).text
    assert "The whole record: not shown, because something that it contains is not genuine" in page
    assert "Credential 2: not shown, because its signature does not hold or could not be checked" in page
    assert "<strong><bdi>Maple Learning Cooperative</bdi></strong>, on your list" in page
    assert "On no list that you use" not in page


def test_a_kind_is_said_in_the_readers_words(client, check, transcript):
    _provider, good, _forged = transcript
    page = check(good).text
    assert "Record of several credentials" in page
    assert "ClrCredential" not in page
    client.headers["Accept-Language"] = "es"
    page = check(good).text
    assert "<bdi>Curso</bdi>" in page
    assert "<bdi>Course</bdi>" not in page


def test_beside_a_selection_stands_that_it_is_one(check, world):
    shown = selective.derive(selective.issue(selective.rich()), "/credentialSubject/achievement/name")
    for each in (shown,):
        page = check(each).text
        assert '<p class="small selected">Whoever shows this chose which parts to show' in page
        assert "Signed with a key that belongs to no address: did:key:" in page
    assert 'class="small selected"' not in check(world.provider().badge()).text


def test_words_that_are_no_record_are_not_called_broken_json(check):
    page = check("this is my diploma").text
    assert "This is neither a link nor a record as JSON." in page
    assert "character 1" not in page


def test_a_record_that_is_on_a_list_says_how_many_of_its_lines_are_not(check, signed_in, transcript, world):
    provider, good, _forged = transcript
    recognise(signed_in, provider, "Maple Learning Cooperative")
    said = "One credential inside is signed by somebody on no list that you use."
    assert said not in check(good).text
    stranger = world.provider("far", "Far School").badge(name="Latin")
    document = {name: value for name, value in good.items() if name != "proof"}
    document["credentialSubject"] = document["credentialSubject"] | {"verifiableCredential": [stranger]}
    assert said in check(provider.sign(document)).text
