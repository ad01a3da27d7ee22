import json
from datetime import UTC, date, datetime, timedelta

import pytest

from kit.errors import BadInput, Conflict, Gone, NotFound, Refused
from kit.paging import window
from tests.unit.wallet.samples import NOW, award, signer, strangers
from vc.document import PRESENTATION_LIMITS, parse
from wallet.keystore import new_token
from wallet.service.exchange import host_of
from wallet.service.share_views import Choice

CHALLENGE, DOMAIN = "c" * 24, "https://verifier.example"


def choice(*ids, recipient="Brightwater College", until=date(2026, 12, 23), name="Jonah Hadley", purpose="Admission"):
    return Choice(credential_ids=ids, recipient=recipient, purpose=purpose, until=until, shown_name=name)


def keep(services, actor, learner, number=1, **more):
    return services.credentials.add_file(actor, learner, award(number, **more)).credential_id


def shared(services, actor, learner, *ids, **more):
    share_id = services.shares.create(actor, learner, choice(*ids, **more))
    return services.shares.share(actor, share_id)


@pytest.fixture
def teresas(services, hadleys):
    """Teresa's own award, shared: (view, credential id)."""
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner)
    return shared(services, hadleys.teresa, hadleys.teresa_learner, kept), kept


def test_an_adults_share_works_at_once_and_shows_exactly_the_preview(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner)
    services.credentials.note(hadleys.teresa, kept, "Ask about the bakery")
    sheet = services.shares.sheet(hadleys.teresa, hadleys.teresa_learner, choice(kept))
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, kept)
    seen = services.reading.record(view.token, reader="Ms. Ames").shared
    assert seen == sheet.preview == view.shared
    assert "bakery" not in repr(seen)


def test_the_first_look_says_only_until_when(services, teresas):
    view, _kept = teresas
    front = services.reading.front(view.token)
    assert front.last_day == date(2026, 12, 23)
    assert set(front.__slots__) == {"last_day", "expires_at", "views_left", "asks_passcode"}


def test_a_minors_share_waits_for_a_guardian_and_has_no_link_before(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    waiting = shared(services, hadleys.jonah, hadleys.jonah_learner, kept)
    assert (waiting.state, waiting.token, waiting.waits_for) == ("waiting", "", "Teresa")
    with pytest.raises(Refused):
        services.shares.approve(hadleys.jonah, waiting.id)
    services.shares.approve(hadleys.teresa, waiting.id)
    assert services.shares.share(hadleys.jonah, waiting.id).token


def test_a_declined_share_never_opens(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    waiting = shared(services, hadleys.jonah, hadleys.jonah_learner, kept)
    services.shares.decline(hadleys.teresa, waiting.id)
    with pytest.raises(Conflict):
        services.shares.approve(hadleys.teresa, waiting.id)
    assert services.shares.share(hadleys.jonah, waiting.id).state == "declined"


def test_a_child_under_thirteen_without_a_guardian_who_may_approve_shares_nothing(services, hadleys):
    """Attack O8."""
    kept = keep(services, hadleys.teresa, hadleys.wren)
    token = services.invitations.invite(hadleys.teresa, kind="learner", name="Wren", learner_id=hadleys.wren)
    session = services.joining.join(token, login="wren", password="ten years old 10", name="Wren", family_name="")
    wren = hadleys.actor(session)
    marcus = hadleys.marcus.member_id
    services.people.entrust(hadleys.teresa, hadleys.wren, member_id=marcus, scopes=["manage"], valid_until=None)
    for one in services.people.learner(hadleys.teresa, hadleys.wren).guardianships:
        if one.member_name == "Teresa":
            services.people.end_guardianship(hadleys.teresa, one.id)
    with pytest.raises(Refused):
        services.shares.create(wren, hadleys.wren, choice(kept, name="Wren"))


def test_a_link_of_a_child_under_thirteen_lasts_a_week_unless_chosen_otherwise(services, hadleys):
    assert services.shares.sheet(hadleys.teresa, hadleys.wren).until == NOW.date() + timedelta(days=7)
    assert services.shares.sheet(hadleys.teresa, hadleys.jonah_learner).until == NOW.date() + timedelta(days=30)


def test_a_recalled_link_says_so_at_once(services, hadleys, teresas):
    """Attack J6."""
    view, _kept = teresas
    services.shares.recall(hadleys.teresa, view.id)
    for use in (services.reading.front, lambda token: services.reading.record(token, reader="")):
        with pytest.raises(Gone) as caught:
            use(view.token)
        assert caught.value.type.endswith("#share-ended")


def test_an_expired_link_gives_nothing_from_its_last_midnight_on(services, hadleys, teresas, clock):
    """Attack J5."""
    view, _kept = teresas
    clock.instant = view.expires_at - timedelta(microseconds=1)
    services.reading.record(view.token, reader="")
    clock.instant = view.expires_at
    with pytest.raises(Gone):
        services.reading.record(view.token, reader="")
    assert services.shares.share(hadleys.teresa, view.id).state == "expired"
    services.shares.extend(hadleys.teresa, view.id, clock.instant.date() + timedelta(days=3))
    services.reading.record(view.token, reader="")


def test_a_recalled_link_cannot_be_extended(services, hadleys, teresas):
    view, _kept = teresas
    services.shares.recall(hadleys.teresa, view.id)
    with pytest.raises(Conflict):
        services.shares.extend(hadleys.teresa, view.id, date(2026, 12, 24))


def test_a_minor_may_shorten_a_link_but_not_lengthen_it(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    view = shared(services, hadleys.teresa, hadleys.jonah_learner, kept)
    services.shares.extend(hadleys.jonah, view.id, date(2026, 12, 1))
    with pytest.raises(Refused):
        services.shares.extend(hadleys.jonah, view.id, date(2026, 12, 2))
    services.shares.recall(hadleys.jonah, view.id)


def test_who_opened_a_link_and_when_is_told_to_the_family(services, hadleys, teresas, clock):
    view, _kept = teresas
    services.reading.record(view.token, reader="Ms. Ames, Brightwater")
    clock.advance(timedelta(hours=1))
    services.reading.present(view.token, challenge=CHALLENGE, domain=DOMAIN, reader="verifier")
    told = services.shares.share(hadleys.teresa, view.id).openings.items
    assert [(one.kind, one.reader, one.made_for) for one in told] == [
        ("check", "verifier", "verifier.example"),
        ("page", "Ms. Ames, Brightwater", ""),
    ]
    assert told[0].at == clock.now()


def test_many_openings_come_a_page_at_a_time_latest_first(services, hadleys, teresas, clock):
    view, _kept = teresas
    for number in range(5):
        clock.advance(timedelta(minutes=1))
        services.reading.record(view.token, reader=f"Reader {number}")
    pages = [services.shares.share(hadleys.teresa, view.id, window(page=one, size=2)).openings for one in (1, 2, 3, 4)]
    assert [[one.reader for one in page.items] for page in pages] == [
        ["Reader 4", "Reader 3"],
        ["Reader 2", "Reader 1"],
        ["Reader 0"],
        [],
    ]
    assert {(page.total, page.pages) for page in pages} == {(5, 3)}


def test_a_share_holds_what_was_chosen_and_nothing_else(services, hadleys):
    """Attack J7."""
    one, _other = (
        keep(services, hadleys.teresa, hadleys.teresa_learner),
        keep(services, hadleys.teresa, hadleys.teresa_learner, 2, title="Secret baking"),
    )
    view = shared(services, hadleys.teresa, hadleys.teresa_learner, one)
    presentation = services.reading.present(view.token, challenge=CHALLENGE, domain=DOMAIN, reader="")
    assert b"Secret baking" not in presentation
    assert "Secret baking" not in repr(services.reading.record(view.token, reader=""))


def test_another_learners_award_cannot_be_put_into_a_share(services, hadleys):
    wrens = keep(services, hadleys.teresa, hadleys.wren)
    with pytest.raises(NotFound):
        services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(wrens))
    stranger, learner = strangers(services)
    with pytest.raises(NotFound):
        services.shares.create(stranger, learner, choice(wrens))


def test_an_award_in_the_bin_is_no_longer_shown(services, hadleys, teresas):
    view, kept = teresas
    services.credentials.remove(hadleys.teresa, kept)
    with pytest.raises(Gone):
        services.reading.record(view.token, reader="")


CORRECTED = {"valid_from": datetime(2026, 7, 1, tzinfo=UTC), "narrative": "Corrected."}


def test_a_share_serves_the_edition_that_was_previewed_and_no_newer_one(services, hadleys, teresas):
    """Attack J10: page, files and presentation alike; a provider adds nothing to what a family chose to show."""
    view, kept = teresas
    before = services.credentials.document(hadleys.teresa, kept)
    assert keep(services, hadleys.teresa, hadleys.teresa_learner, **CORRECTED) == kept
    assert services.reading.record(view.token, reader="").shared == view.shared
    assert services.reading.files(view.token, reader="").data == before
    made = json.loads(services.reading.present(view.token, challenge=CHALLENGE, domain=DOMAIN, reader=""))
    assert made["verifiableCredential"] in ([json.loads(before)], json.loads(before))
    assert services.credentials.document(hadleys.teresa, kept) != before


def test_the_family_sees_the_corrected_edition_and_brings_the_share_up_to_date(services, hadleys, teresas):
    """Attack J10."""
    view, kept = teresas
    assert (view.corrected, view.may_update) == (None, False)
    keep(services, hadleys.teresa, hadleys.teresa_learner, **CORRECTED)
    later = services.shares.share(hadleys.teresa, view.id)
    assert later.may_update
    assert later.corrected.cards[0].narrative == "Corrected."
    for editions in ({}, {kept: 1}, {kept: 3}, {"other": 2}, {kept: 2, "other": 1}):
        with pytest.raises(Conflict):
            services.shares.update(hadleys.teresa, view.id, editions)
    services.shares.update(hadleys.teresa, view.id, {kept: 2})
    assert services.reading.record(view.token, reader="").shared == later.corrected
    assert services.shares.share(hadleys.teresa, view.id).corrected is None


def test_a_correction_between_the_preview_and_the_share_is_not_slipped_in(services, hadleys):
    """Attack J10."""
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner)
    sheet = services.shares.sheet(hadleys.teresa, hadleys.teresa_learner, choice(kept))
    keep(services, hadleys.teresa, hadleys.teresa_learner, **CORRECTED)
    made = services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept), editions={kept: 1})
    assert services.shares.share(hadleys.teresa, made).shared == sheet.preview


def test_a_minor_does_not_bring_a_share_up_to_date_alone(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.jonah_learner)
    view = shared(services, hadleys.jonah, hadleys.jonah_learner, kept)
    services.shares.approve(hadleys.teresa, view.id)
    keep(services, hadleys.teresa, hadleys.jonah_learner, **CORRECTED)
    assert services.shares.share(hadleys.jonah, view.id).corrected
    assert not services.shares.share(hadleys.jonah, view.id).may_update
    with pytest.raises(Refused):
        services.shares.update(hadleys.jonah, view.id, {kept: 2})


def test_a_stopped_share_is_not_brought_up_to_date(services, hadleys, teresas):
    view, kept = teresas
    keep(services, hadleys.teresa, hadleys.teresa_learner, **CORRECTED)
    services.shares.recall(hadleys.teresa, view.id)
    assert services.shares.share(hadleys.teresa, view.id).corrected is None
    with pytest.raises(Conflict):
        services.shares.update(hadleys.teresa, view.id, {kept: 2})


def test_a_long_list_of_shares_comes_a_page_at_a_time(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.wren)
    views = [shared(services, hadleys.teresa, hadleys.wren, kept, name="Wren").id for _ in range(5)]
    services.shares.recall(hadleys.teresa, views[0])
    pages = [services.shares.page(hadleys.teresa, hadleys.wren, window(page=number, size=2)) for number in (1, 2, 3, 4)]
    assert [len(one.lines.items) for one in pages] == [2, 2, 1, 0]
    assert {line.id for one in pages for line in one.lines.items} == set(views)
    assert [(one.working, one.lines.total, one.lines.pages) for one in pages] == [(4, 5, 3)] * 4


def test_unknown_recalled_and_waiting_links_do_not_tell_who(services, hadleys):
    for token in ("", "x", new_token(), "../../etc", "\u0000"):
        with pytest.raises(NotFound):
            services.reading.front(token)


def test_a_typed_code_leads_to_the_same_link(services, teresas):
    view, _kept = teresas
    typed = "-".join(view.code.lower()[i : i + 4] for i in (0, 4, 8))
    assert services.reading.token_of_code(typed) == view.token
    with pytest.raises(NotFound):
        services.reading.token_of_code("AAAA-AAAA-AAAA")


@pytest.mark.parametrize(
    ("challenge", "domain"), [("", DOMAIN), ("short", DOMAIN), (CHALLENGE, ""), ("a b c d e f", DOMAIN)]
)
def test_a_presentation_answers_a_challenge_for_a_domain_or_is_not_made(services, teresas, challenge, domain):
    view, _kept = teresas
    with pytest.raises(BadInput):
        services.reading.present(view.token, challenge=challenge, domain=domain, reader="")


NO_ORIGINS = """http://verifier.example https://verifier.example/ https://verifier.example/x https://verifier.example?x
https://verifier.example#x https://a@verifier.example https://verifier.example:0 https://verifier.example:123456 https://
verifier.example did:web:verifier.example ftp://verifier.example https://VERIFIER.example https://v\u00e9rifier.example
https://verifier.example\\@bank.example https://.example https://verifier.example. http://localhost.evil.example
javascript://verifier.example""".split()  # noqa: SIM905


@pytest.mark.parametrize("domain", [*NO_ORIGINS, "https://v.example/" + "x" * 300, f"{DOMAIN}\n", ""])
def test_a_proof_is_made_for_one_sites_origin_or_not_at_all(services, hadleys, teresas, domain):
    view, _kept = teresas
    with pytest.raises(BadInput) as caught:
        services.reading.present(view.token, challenge=CHALLENGE, domain=domain, reader="")
    assert caught.value.field == "domain"
    assert services.shares.share(hadleys.teresa, view.id).openings.items == ()


def test_this_machine_is_an_origin_in_a_demonstration_only():
    assert [host_of(f"http://{host}:8003", loopback=True) for host in ("localhost", "127.0.0.1", "[::1]")] == [
        "localhost",
        "127.0.0.1",
        "[::1]",
    ]
    assert host_of("https://verifier.example:8443", loopback=False) == "verifier.example"
    for domain in ("http://localhost:8003", "https://localhost", "https://[::1]", "https://127.0.0.1:1"):
        with pytest.raises(BadInput):
            host_of(domain, loopback=False)


def test_an_award_that_is_bound_to_none_of_our_keys_goes_without_a_proof(services, teresas):
    view, _kept = teresas
    document = json.loads(services.reading.present(view.token, challenge=CHALLENGE, domain=DOMAIN, reader=""))
    assert "proof" not in document
    assert "holder" not in document
    assert parse(json.dumps(document).encode(), limits=PRESENTATION_LIMITS)


def test_days_that_cannot_be_are_refused(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.teresa_learner)
    for until in (date(2026, 11, 22), date(2030, 1, 1)):
        with pytest.raises(BadInput) as caught:
            services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice(kept, until=until))
        assert caught.value.field == "until"
    with pytest.raises(BadInput):
        services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice())


def test_personal_data_and_withdrawn_awards_start_switched_off(services, hadleys):
    plain = keep(services, hadleys.teresa, hadleys.teresa_learner)
    telling = keep(
        services,
        hadleys.teresa,
        hadleys.teresa_learner,
        2,
        title="Swimming",
        identifiers=[
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": "teresa@hadley.example",
                "identityType": "emailAddress",
            }
        ],
    )
    sheet = services.shares.sheet(hadleys.teresa, hadleys.teresa_learner, picked=[plain, telling])
    assert {item.card.id: item.on for item in sheet.items} == {plain: True, telling: False}
    assert "e-mail" in " ".join(str(word) for item in sheet.items for word in item.warnings)


def test_a_million_tokens_never_meet():
    """Attack J1."""
    tokens = {new_token() for _ in range(100_000)}
    assert len(tokens) == 100_000
    assert all(len(token) >= 22 for token in tokens)


def test_the_store_knows_only_the_hash_of_a_link(services, hadleys, teresas, tmp_path):
    view, _kept = teresas
    files = b"".join(path.read_bytes() for path in tmp_path.glob("wallet.db*"))
    assert view.token.encode() not in files
    assert view.code.encode() not in files


def test_removing_a_learner_stops_every_link(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.wren)
    view = shared(services, hadleys.teresa, hadleys.wren, kept, name="Wren")
    services.erasure.remove_learner(hadleys.teresa, hadleys.wren)
    with pytest.raises(Gone):
        services.reading.record(view.token, reader="")
    services.erasure.restore_learner(hadleys.teresa, hadleys.wren)
    with pytest.raises(Gone):
        services.reading.record(view.token, reader="")


def test_every_link_of_a_learner_stops_with_one_word(services, hadleys):
    kept = keep(services, hadleys.teresa, hadleys.wren)
    views = [shared(services, hadleys.teresa, hadleys.wren, kept, name="Wren") for _ in range(3)]
    assert services.shares.recall_all(hadleys.teresa, hadleys.wren) == 3
    for view in views:
        with pytest.raises(Gone):
            services.reading.front(view.token)


def test_awards_from_more_providers_than_four_are_all_bound_by_key():
    """A learner has a key for each provider, so that a presentation has as many proofs."""
    from vc.checks import CheckName, Outcome
    from vc.document import serialize
    from vc.evidence import Evidence
    from vc.policy import Policy
    from vc.presentation import build
    from vc.proof import add_proof
    from vc.verification import verify

    keys = [signer(100 + number) for number in range(9)]
    awards = [
        json.loads(award(number, seed=20 + number, subject=key.verification_method.partition("#")[0]))
        for number, key in enumerate(keys)
    ]
    presentation = build(awards, id="urn:uuid:00000000-0000-4000-8000-0000000000ff", holder=None)
    for key in keys:
        presentation = add_proof(
            presentation,
            signer=key,
            suite="eddsa-rdfc-2022",
            purpose="authentication",
            created=NOW,
            challenge=CHALLENGE,
            domain=DOMAIN,
        )
    policy = Policy.recommended(
        recognised=(), loopback=False, require_holder_binding=True, challenge=CHALLENGE, domain=DOMAIN
    )
    report = verify(serialize(presentation), evidence=Evidence(), policy=policy, now=NOW)
    assert report.check(CheckName.SIGNATURE).outcome is Outcome.PASSED
    assert report.verdict.value == "genuineAndCurrent"
