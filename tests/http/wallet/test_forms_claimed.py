"""Awards in other forms than the usual one: the wallet keeps them, shows them, and hands on no more than was chosen."""

import json
import re

import pytest

from kit.clock import SystemClock
from tests.http.wallet.provider import Issuer
from vc import is_base_proof, verify
from vc.document import CREDENTIAL_LIMITS, listed, parse
from vc.evidence import Evidence
from vc.policy import Policy
from vc.securing import is_token


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    running = Issuer(tmp_path_factory.mktemp("forms"))
    running.add_key("p256", "selective")
    running.add_key("rsa", "token")
    yield running
    running.stop()


@pytest.fixture
def clock():
    return SystemClock()


def kept(browser, services, hadleys, link):
    """The card of what Teresa kept for Wren, and her browser."""
    teresa = browser("teresa")
    seen = teresa.post("/claim", {"offer": link}, follow=True)
    claim = re.search(r"/claims/([\w-]{36})/keep", seen.text)[1]
    page = teresa.post(f"/claims/{claim}/keep", {"learner": hadleys.wren}, follow=True)
    assert "Kept." in page.text, page.text
    (card,) = services.credentials.search(hadleys.teresa, hadleys.wren, "")
    return teresa, card


def has_base(data):
    return any(is_base_proof(proof) for proof in listed(parse(data, limits=CREDENTIAL_LIMITS).value["proof"]))


def test_a_token_is_kept_as_it_came_and_bound_to_the_learners_key(browser, services, hadleys, issuer):
    link, _id = issuer.award("Wren", "31", format="vc-jwt")
    teresa, card = kept(browser, services, hadleys, link)
    assert card.bound
    file = teresa.get(f"/credentials/{card.id}/file")
    assert is_token(file.content)
    assert file.headers["content-disposition"].endswith('.jwt"')
    assert services.credentials.look(hadleys.teresa, card.id).report.verdict.value == "genuineAndCurrent"
    assert "from which parts can be shown" not in teresa.get(f"/credentials/{card.id}").text


def test_j8_an_original_stays_with_the_family_and_what_is_shown_is_derived_from_it(browser, services, hadleys, issuer):
    link, award = issuer.award("Wren", "32", format="ecdsa-sd-2023")
    teresa, card = kept(browser, services, hadleys, link)
    assert card.bound
    shown = teresa.get(f"/credentials/{card.id}/file").content
    assert not has_base(shown), "what is shared and exported cannot be taken apart by whoever gets it"
    page = teresa.get(f"/credentials/{card.id}").text
    assert "from which parts can be shown" in page
    original = teresa.get(f"/credentials/{card.id}/original")
    assert original.headers["content-disposition"].endswith('.json"')
    assert has_base(original.content)
    part = services.disclosing.derive(
        parse(original.content, limits=CREDENTIAL_LIMITS).value, ["/credentialSubject/achievement/name"]
    )
    assert part["credentialSubject"]["achievement"]["name"] == "Bridge building"
    policy = Policy.recommended(recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None)
    asked = verify(json.dumps(part).encode(), evidence=Evidence({}), policy=policy, now=SystemClock().now())
    assert asked.verdict.value == "couldNotBeChecked"
    assert asked.missing, "without evidence"
    issuer.revoke(award)
    services.credentials.check_again(hadleys.teresa, card.id)
    assert services.credentials.look(hadleys.teresa, card.id).report.verdict.value == "withdrawn"
