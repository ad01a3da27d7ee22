"""The wallet's part of the VC-API: presentations by the road of every share, and selections of which nothing is kept."""

import json
import logging

import pytest
from sqlalchemy import text

from tests import selective
from tests.unit.wallet.samples import NOW, award, keep_bound, strangers
from vc import RECOMMENDED, Evidence, serialize, verify
from vc.checks import Verdict
from wallet.service.core import new_id

PROVE, DERIVE = "/presentations/prove", "/credentials/derive"
QUESTION = {"challenge": "4kTq1bX0-question", "domain": "https://admissions.example"}
POINTERS = ["/credentialSubject/achievement/name"]


@pytest.fixture
def bound(services, hadleys):
    """Keeps an award that is bound to a key of the learner's; gives its id."""

    def keep(learner_id, number=1, title="Bridge building"):
        return keep_bound(services, hadleys.teresa, learner_id, number, title=title)

    return keep


def prove(client, learner=None, credentials=(), *, options=QUESTION, **members):
    body = {"options": options, **members}
    if learner:
        body |= {"learner": learner, "credentials": list(credentials)}
    return client.post(PROVE, json=body)


def judged(presentation, **changes):
    question = QUESTION | changes
    policy = RECOMMENDED(recognised=(), loopback=False, require_holder_binding=True, **question)
    return verify(serialize(presentation), evidence=Evidence(), policy=policy, now=NOW).verdict


class TestProving:
    def test_a_guardian_presents_and_the_family_sees_to_whom(self, api, services, hadleys, bound):
        kept = bound(hadleys.jonah_learner)
        answer = prove(api("teresa"), hadleys.jonah_learner, [kept])
        assert answer.status_code == 201, answer.text
        made = answer.json()["verifiablePresentation"]
        assert judged(made) is Verdict.GENUINE_AND_CURRENT
        assert judged(made, challenge="another-question") is Verdict.NOT_GENUINE
        view = services.shares.share(hadleys.teresa, answer.json()["share"])
        assert (view.state, view.recipient) == ("recalled", "admissions.example")
        assert [(opening.kind, opening.made_for) for opening in view.openings.items] == [
            ("check", "admissions.example")
        ]

    def test_O8_a_minor_waits_for_a_guardian_and_comes_back(self, api, services, hadleys, bound):
        kept = bound(hadleys.jonah_learner)
        answer = prove(api("jonah"), hadleys.jonah_learner, [kept])
        assert answer.status_code == 202
        told = answer.json()
        assert (told["state"], told["waitsFor"]) == ("waiting", "Teresa")
        assert "verifiablePresentation" not in told
        assert prove(api("jonah"), share=told["share"]).status_code == 409
        services.shares.approve(hadleys.teresa, told["share"])
        newer = QUESTION | {"challenge": "a-newer-question-of-the-same-site"}
        again = prove(api("jonah"), share=told["share"], options=newer)
        assert again.status_code == 201
        made = again.json()["verifiablePresentation"]
        assert judged(made, challenge=newer["challenge"]) is Verdict.GENUINE_AND_CURRENT
        assert judged(made) is Verdict.NOT_GENUINE
        assert prove(api("jonah"), share=told["share"]).status_code == 409, "what was approved is answered once"
        assert services.shares.share(hadleys.teresa, told["share"]).state == "recalled"

    def test_J10_what_a_guardian_approved_for_a_site_goes_to_no_other_and_has_no_link(
        self, api, services, hadleys, bound
    ):
        share = prove(api("jonah"), hadleys.jonah_learner, [bound(hadleys.jonah_learner)]).json()["share"]
        services.shares.approve(hadleys.teresa, share)
        assert services.shares.share(hadleys.teresa, share).token == ""
        elsewhere = QUESTION | {"domain": "https://elsewhere.example"}
        for who in ("jonah", "teresa"):
            answer = prove(api(who), share=share, options=elsewhere)
            assert (answer.status_code, "for nobody else" in answer.text) == (409, True)
        assert prove(api("jonah"), share=share).status_code == 201, "the wrong site used nothing up"

    def test_an_approved_answer_that_was_stopped_is_gone(self, api, services, hadleys, bound):
        share = prove(api("jonah"), hadleys.jonah_learner, [bound(hadleys.jonah_learner)]).json()["share"]
        services.shares.approve(hadleys.teresa, share)
        services.shares.recall(hadleys.teresa, share)
        assert prove(api("jonah"), share=share).status_code == 410

    def test_O4_nobody_presents_what_is_not_theirs(self, api, services, hadleys, bound):
        strangers(services)
        kept, sisters = bound(hadleys.jonah_learner), bound(hadleys.wren, 2, "Paper boats")
        share = prove(api("jonah"), hadleys.jonah_learner, [kept]).json()["share"]
        services.shares.approve(hadleys.teresa, share)
        assert prove(api(), hadleys.jonah_learner, [kept]).status_code == 401
        for who in ("olga", "marcus"):
            assert prove(api(who), hadleys.jonah_learner, [kept]).status_code == 404
            assert prove(api(who), share=share).status_code == 404
        assert prove(api("marcus"), hadleys.wren, [sisters]).status_code == 403, "Marcus may look, and no more"
        assert prove(api("teresa"), hadleys.jonah_learner, [kept, sisters]).status_code == 404
        assert prove(api("teresa"), hadleys.jonah_learner, [kept, new_id()]).status_code == 404

    def test_a_share_whose_link_is_not_ones_own_to_use_is_not_presented(self, api, services, hadleys, bound):
        kept = bound(hadleys.wren)
        from tests.unit.wallet.test_sharing import choice

        share = services.shares.create(hadleys.teresa, hadleys.wren, choice(kept))
        assert prove(api("marcus"), share=share).status_code == 403
        assert prove(api("teresa"), share=share).status_code == 201
        assert services.shares.share(hadleys.teresa, share).state == "active"

    def test_without_a_key_of_the_learner_there_is_nothing_to_prove(self, api, services, hadleys):
        kept = services.credentials.add_file(hadleys.teresa, hadleys.jonah_learner, award()).credential_id
        answer = prove(api("teresa"), hadleys.jonah_learner, [kept])
        assert answer.status_code == 422
        assert services.shares.shares(hadleys.teresa, hadleys.jonah_learner) == []

    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"challenge": "4kTq1bX0-question"},
            {"challenge": "short", "domain": "https://admissions.example"},
            {"challenge": "4kTq1bX0-question", "domain": "admissions.example"},
            {"challenge": "4kTq1bX0-question", "domain": "https://a.example/path"},
            {"challenge": "4kTq1bX0-question", "domain": "http://a.example"},
            {"challenge": 5, "domain": ["https://admissions.example"]},
        ],
        ids=range(7),
    )
    def test_a_question_of_nobody_is_not_answered_and_nothing_is_shared(self, api, services, hadleys, bound, options):
        kept = bound(hadleys.jonah_learner)
        assert prove(api("teresa"), hadleys.jonah_learner, [kept], options=options).status_code == 422
        assert services.shares.shares(hadleys.teresa, hadleys.jonah_learner) == []

    @pytest.mark.parametrize(
        "members",
        [{}, {"share": "x", "learner": "y"}, {"share": "x", "credentials": ["y"]}, {"learner": "y", "holder": "z"}],
        ids=range(4),
    )
    def test_L13_what_is_unclear_or_unknown_is_refused(self, api, hadleys, members):
        assert api("teresa").post(PROVE, json={"options": QUESTION, **members}).status_code == 422

    def test_an_award_twice_or_none_is_refused(self, api, hadleys, bound):
        kept = bound(hadleys.jonah_learner)
        assert prove(api("teresa"), hadleys.jonah_learner, [kept, kept]).status_code == 422
        assert prove(api("teresa"), hadleys.jonah_learner, []).status_code == 422


class TestDeriving:
    def test_what_is_chosen_and_what_belongs_to_it_is_shown_and_nothing_is_kept(self, api, services, hadleys):
        base = selective.issue(selective.rich())
        client = api("teresa")
        before = counted(services)
        answer = derive(client, base, POINTERS)
        assert answer.status_code == 201, answer.text
        shown = answer.json()["verifiableCredential"]
        assert selective.judge(shown).verdict is Verdict.GENUINE_AND_CURRENT
        assert len(json.dumps(shown)) < len(json.dumps(base))
        assert counted(services) == before

    def test_without_pointers_it_is_the_mandatory_part(self, api, hadleys):
        answer = api("teresa").post(DERIVE, json={"verifiableCredential": selective.issue(selective.plain())})
        assert answer.status_code == 201
        assert selective.judge(answer.json()["verifiableCredential"]).verdict is Verdict.GENUINE_AND_CURRENT

    def test_from_a_forgery_nothing_is_derived_even_where_the_chosen_part_is_genuine(self, api, hadleys):
        base = selective.issue(selective.rich())
        base["credentialSubject"]["achievement"]["description"] = "Another one"
        answer = derive(api("teresa"), base, [])
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("#not-genuine")

    @pytest.mark.parametrize("pointers", [["/nowhere"], ["nowhere"], [7], "/issuer", [["/issuer"]]], ids=range(5))
    def test_a_pointer_that_leads_nowhere_is_refused(self, api, hadleys, pointers):
        assert derive(api("teresa"), selective.issue(selective.plain()), pointers).status_code == 422

    def test_what_has_no_base_proof_is_refused(self, api, hadleys):
        shown = selective.derive(selective.issue(selective.plain()))
        for document in (shown, json.loads(award()), {}, {"proof": []}, {"proof": "x"}):
            answer = derive(api("teresa"), document, [])
            assert answer.status_code == 422, answer.text

    def test_O4_nobody_derives_without_a_session(self, api, hadleys):
        assert derive(api(), selective.issue(selective.plain()), []).status_code == 401


def derive(client, document, pointers):
    return client.post(DERIVE, json={"verifiableCredential": document, "options": {"selectivePointers": pointers}})


def counted(services):
    with services.tools.database.reading() as session:
        tables = session.execute(text("select name from sqlite_master where type = 'table' order by name")).scalars()
        return {name: session.execute(text(f'select count(*) from "{name}"')).scalar() for name in tables}


@pytest.mark.parametrize("path", [PROVE, DERIVE])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_L7_only_json_is_read(api, hadleys, path, kind):
    answer = api("teresa").post(path, content=b"{}", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [PROVE, DERIVE])
def test_L10_another_sites_page_does_nothing_here(browser, hadleys, path):
    client = browser("teresa").client
    headers = {"Content-Type": "application/json", "Origin": "https://evil.example"}
    answer = client.post(path, content=b"{}", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in client.options(path, headers=headers).headers


@pytest.mark.parametrize("path", [PROVE, DERIVE])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b"{" * 9999, b'{"a":1,"a":2}', b'{"options": null}'], ids=range(6)
)
def test_hostile_bodies_are_refused_in_words(api, hadleys, path, body):
    client = api("teresa")
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    large = client.post(path, content=b" " * (3 << 20), headers={"Content-Type": "application/json"})
    assert large.status_code == 413


def test_nothing_personal_is_in_the_log(api, hadleys, bound, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    kept = bound(hadleys.jonah_learner, title="CANARY")
    assert prove(api("teresa"), hadleys.jonah_learner, [kept]).status_code == 201
    document = selective.plain()
    document["credentialSubject"]["achievement"]["name"] = "CANARY"
    assert derive(api("teresa"), selective.issue(document), []).status_code == 201
    written = capsys.readouterr()
    assert "CANARY" not in caplog.text + written.out + written.err
    assert hadleys.jonah_learner not in written.out + written.err
