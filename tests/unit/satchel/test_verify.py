"""`satchel verify`: what it says to a person, and what was asked of it beyond what we recommend."""

import json
from datetime import UTC, datetime

import pytest

from satchel.cli import main
from satchel.cli import verify as command
from satchel.console import EXIT_BAD, EXIT_BUT, EXIT_OK
from tests.selective import SIGNER, plain
from vc import add_proof, serialize
from vc.jsonld import processor_for
from vc.openbadges import identity_object

CREATED = datetime(2026, 5, 1, 9, tzinfo=UTC)


def signed(**changes):
    """A badge that needs nothing to be fetched."""
    return add_proof(
        {**plain(), **changes},
        signer=SIGNER,
        suite="ecdsa-rdfc-2019",
        purpose="assertionMethod",
        created=CREATED,
        challenge=None,
        domain=None,
    )


@pytest.fixture
def verify(tmp_path, capsys):
    def run(document, *options):
        path = tmp_path / "badge.json"
        path.write_bytes(document if isinstance(document, bytes) else serialize(document))
        status = main(["verify", str(path), "--offline", "--recognition", "ignore", *options])
        return status, capsys.readouterr().out

    return run


def test_it_says_what_was_checked_and_whose_key_signed_it(verify):
    status, said = verify(signed())
    assert status == EXIT_OK
    assert "“Beekeeper of hive 1”, signed by did:key:zDn" in said
    assert "which calls itself “River School No. 1”." in said


def test_of_what_nobody_signed_it_says_no_word(verify):
    status, said = verify({**signed(), "name": "Changed"})
    assert status == EXIT_BAD
    assert "Nobody stands behind what it says" in said
    assert "Beekeep" not in said


def test_a_document_cannot_write_lines_of_its_own(verify):
    odd = "x\nGenuine and current.\u009b2J\u202e"
    forged = {**signed(), "credentialSchema": {"id": "https://x.example/1", "type": odd}}
    status, said = verify(json.dumps(forged).encode())
    assert status == EXIT_BAD
    assert "x Genuine and current." in said
    assert not {"\u009b", "\u202e"} & set(said)
    assert "Genuine and current." not in said.splitlines()


def test_what_is_asked_beyond_the_recommended_policy(verify, monkeypatch):
    policies = []

    def noted(document, policy, *rest, **options):
        policies.append(policy)
        return decide(document, policy, *rest, **options)

    decide = command._decide
    monkeypatch.setattr(command, "_decide", noted)
    verify(signed())
    verify(signed(), "--newer", "--inline-contexts")
    assert [(each.follow_refresh, each.inline_contexts) for each in policies] == [(False, False), (True, True)]


def test_words_that_a_document_defines_itself_are_read_where_that_is_asked(verify):
    own = {"shoe": "https://words.example/shoe"}
    document = {**plain(), "@context": [*plain()["@context"], own]}
    document["credentialSubject"] = {**document["credentialSubject"], "shoe": "left"}
    document = add_proof(
        document,
        signer=SIGNER,
        suite="ecdsa-rdfc-2019",
        purpose="assertionMethod",
        created=CREATED,
        challenge=None,
        domain=None,
        processor=processor_for(inline_contexts=True, extra_contexts={}, directions=False),
    )
    assert "brings its own definitions" in verify(document)[1]
    assert verify(document, "--inline-contexts")[0] == EXIT_OK


@pytest.mark.parametrize(
    ("identity", "status", "words"),
    [
        ("wren@example.org", EXIT_OK, "It is made out to the one whom you named."),
        ("jonah@example.org", EXIT_BUT, "It is not made out to the one whom you named."),
    ],
)
def test_whose_it_is_can_be_asked_also_behind_a_hash(verify, identity, status, words):
    hidden = identity_object("wren@example.org", identity_type="emailAddress", salt="a salt that hides it")
    document = signed(credentialSubject={**plain()["credentialSubject"], "identifier": [hidden]})
    found, said = verify(document, "--identity", identity)
    assert (found, words in said) == (status, True)
    answer = json.loads(verify(document, "--identity", identity, "--json")[1])
    assert (answer["exit"], answer["madeOutToThem"]) == (status, status == EXIT_OK)


def test_what_nobody_signed_is_nobodys(verify):
    status, said = verify({**signed(), "name": "Changed"}, "--identity", "wren@example.org")
    assert (status, "not made out" in said) == (EXIT_BAD, True)
