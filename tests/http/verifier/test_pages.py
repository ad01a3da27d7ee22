"""The verifier's pages as a reader meets them: no account, no JavaScript, words that never confuse."""

import copy
import re
from datetime import timedelta

import pytest

from tests.http.verifier.test_judging_api import LEARNER, LEARNER_DID, recognise
from tests.http.verifier.world import NOW
from vc.document import serialize


def text_of(page):
    """What a reader sees, without mark-up."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


class TestStart:
    def test_one_box_one_button_no_account(self, client):
        page = client.get("/")
        assert page.status_code == 200
        assert page.text.count('class="main"') >= 1
        assert "You need no account" in page.text

    def test_a_file_may_be_chosen_instead(self, client, world):
        body = serialize(world.provider().badge())
        page = client.post("/verify", files={"file": ("badge.json", body, "application/octet-stream")})
        assert page.url.path.startswith("/verdicts/")

    def test_a_link_posted_by_the_wallets_page_is_taken(self, client, world):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        page = client.post(
            "/verify", data={"link": world.share_url(share)}, headers={"Origin": "http://localhost:8002"}
        )
        assert page.history[0].status_code == 303
        assert re.fullmatch(r"/verdicts/[\w-]{22}", page.url.path)

    def test_no_cookie_and_no_token_is_needed(self, client, world):
        client.cookies.clear()
        assert client.post("/verify", data={"input": serialize(world.provider().badge()).decode()}).status_code == 200

    def test_what_is_wrong_is_said_at_the_box_and_what_was_typed_stays(self, client):
        page = client.post("/verify", data={"input": '{\n "a": 1\n "b": 2}', "reader": "Cedar College"})
        assert page.status_code == 422
        assert "Line 3" in page.text
        assert "a comma is missing" in page.text
        assert "Cedar College" in page.text
        assert "&#34;b&#34;: 2" in page.text

    @pytest.mark.parametrize("payload", ["javascript:alert(1)", "data:text/html,x", "x" * 50, ""])
    def test_nonsense_is_no_verdict_of_forgery(self, client, payload):
        page = client.post("/verify", data={"input": payload})
        assert page.status_code == 422
        assert "Not genuine" not in page.text

    def test_in_spanish(self, client):
        assert "Comprobar un expediente" in client.get("/?lang=es").text


class TestVerdicts:
    def test_genuine_but_unknown_is_two_statements_and_never_green(self, check, world):
        page = check(world.provider("harvard", "Harvard High").badge())
        assert "Genuine and current" in text_of(page)
        assert "On no list that you use" in text_of(page)
        banner = re.search(r'<section class="verdict ([^"]*)"', page.text)[1]
        assert "tone-genuine" not in banner
        assert "its own words, which nobody has confirmed" in text_of(page)

    def test_on_the_list_it_is_green(self, check, world, signed_in):
        provider = world.provider()
        recognise(signed_in, provider, "Maple Learning Cooperative")
        page = check(provider.badge())
        assert "tone-genuine" in re.search(r'<section class="verdict ([^"]*)"', page.text)[1]
        assert "Maple Learning Cooperative" in text_of(page)
        assert "Our providers" in text_of(page)

    def test_d_nothing_is_cut_from_the_end_of_a_list(self, check, client, world):
        evidence = [
            {"id": f"https://maple.example/e/{n}", "type": ["Evidence"], "name": f"Field day {n}"} for n in range(45)
        ]
        results = [{"type": ["Result"], "value": f"pass {n}"} for n in range(40)]
        results.append({"type": ["Result"], "value": "FAILED"})
        page = check(world.provider().badge(evidence=evidence, results=results))
        told = text_of(page)
        assert "and 5 more" in told
        assert "Field day 44" in told
        assert "and one more" in told
        assert "FAILED" in told
        assert len(re.findall(r'<details class="further"', page.text)) == 2
        spanish = text_of(client.get(f"{page.url}?lang=es"))
        assert "y 5 más" in spanish
        assert "y uno más" in spanish

    def test_the_record_is_shown_with_its_criteria_results_and_evidence(self, check, world):
        page = check(
            world.provider().badge(
                evidence=[{"id": "https://maple.example/field-book", "type": ["Evidence"], "name": "Field book"}],
                narrative="Led the second survey.",
            )
        )
        seen = text_of(page)
        for words in (
            "Watershed Survey",
            "Jonah Reyes",
            "Twelve field days",
            "Field book",
            "Led the second survey.",
            "0.5",
        ):
            assert words in seen
        assert 'href="https://maple.example/field-book"' in page.text

    def test_withdrawn_says_since_when_it_was_seen(self, check, world, clock):
        provider = world.provider()
        provider.revoked.add(7)
        badge = provider.badge()
        check(badge)
        clock.advance(timedelta(days=2))
        page = check(badge)
        assert "Withdrawn" in text_of(page)
        assert "3 March 2027" in text_of(page)
        assert "Not genuine" not in text_of(page)
        assert "It is not forged" in text_of(page)

    def test_altered_is_not_genuine_and_its_words_are_not_repeated(self, check, world):
        badge = copy.deepcopy(world.provider().badge())
        badge["credentialSubject"]["achievement"]["name"] = "Doctor of Medicine"
        page = check(badge)
        assert "Not genuine" in text_of(page)
        assert "Doctor of Medicine" not in page.text
        assert "Withdrawn" not in text_of(page)

    def test_could_not_be_checked_says_what_since_when_and_what_to_do(self, check, world, client, clock):
        provider = world.provider()
        badge = provider.badge()
        check(badge)
        provider.list_mode = "500"
        clock.advance(timedelta(hours=3))
        page = check(badge)
        seen = text_of(page)
        assert "Could not be checked" in seen
        assert "It was last reached on 3 March 2027, 10:02 UTC" in seen
        assert "Check again later" in seen
        assert "Not genuine" not in seen
        assert "not been withdrawn" not in seen

    def test_expired_is_genuine_but(self, check, world):
        page = check(world.provider().badge(valid_until=NOW - timedelta(days=1)))
        assert "Genuine, but" in text_of(page)

    def test_checking_again_makes_a_new_verdict_beside_the_old_one(self, check, world, client):
        provider = world.provider()
        first = check(provider.badge())
        provider.revoked.add(7)
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', first.text)[1]
        again = client.post(first.url.path + "/check-again", data={"csrf": token})
        assert "Withdrawn" in text_of(again)
        assert f'href="{first.url.path}"' in again.text
        assert "Withdrawn" not in text_of(client.get(first.url.path))

    def test_an_old_verdict_says_that_it_is_old(self, check, world, client, clock):
        page = check(world.provider().badge())
        assert "It may have changed since" not in text_of(page)
        clock.advance(timedelta(hours=5))
        seen = text_of(client.get(page.url.path))
        assert "This is what was found on 3 March 2027, 10:02 UTC" in seen
        assert "check again before you decide" in seen

    def test_a_share_tells_who_it_is_bound_to(self, check, world):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        assert "hold the learner's key" in check(world.share_url(share)).text

    def test_several_records_are_a_table_with_a_mark_on_each(self, check, world):
        provider = world.provider()
        provider.revoked.add(2)
        badges = [provider.badge(index=i, subject_id=LEARNER_DID, name=f"Course {i}") for i in (1, 2, 3)]
        page = check(world.share_url(world.share(badges, [LEARNER])))
        seen = text_of(page)
        assert "3 records together" in seen
        assert "Genuine, but" in seen
        assert "Withdrawn" in seen
        for number in (1, 2, 3):
            assert f"Course {number}" in seen

    def test_a_recalled_link_explains_itself(self, check, world):
        share = world.share([world.provider().badge(subject_id=LEARNER_DID)], [LEARNER])
        share.mode = "recalled"
        page = check(world.share_url(share))
        assert page.status_code == 410
        assert "stopped sharing this record on 2 March 2027" in text_of(page)
        assert "says nothing against the record" in text_of(page)
        assert "Not genuine" not in text_of(page)

    def test_the_page_is_private(self, check, world):
        page = check(world.provider().badge())
        assert page.headers["cache-control"] == "no-store"
        assert "noindex" in page.headers["x-robots-tag"]
        assert page.headers["referrer-policy"] == "no-referrer"

    def test_the_record_is_a_download(self, check, world, client):
        page = check(world.provider().badge())
        record = client.get(page.url.path + "/record")
        assert "attachment" in record.headers["content-disposition"]
        assert client.post("/api/replay", json=record.json()).json()["equal"] is True

    def test_an_imitation_is_a_line_of_warning(self, check, world, signed_in):
        recognise(signed_in, world.provider("harvard", "Harvard High"), "Harvard High")
        page = check(world.provider("evil", "Hаrvard High").badge())
        assert "looks like Harvard High" in text_of(page)
        assert "mixes letters of several alphabets" in text_of(page)

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_every_kind_of_verdict_is_said_in_both_languages(self, check, world, client, language):
        client.cookies.set("satchel-verifier-lang", language)
        provider = world.provider()
        provider.revoked.add(9)
        pages = [
            check(provider.badge()),
            check(provider.badge(valid_until=NOW - timedelta(days=1))),
            check(provider.badge(index=9)),
        ]
        provider.list_mode = "404"
        pages.append(check(provider.badge()))
        for page in pages:
            assert page.status_code == 200
            assert f'<html lang="{language}">' in page.text
            assert "%(" not in page.text


class TestStrangersTexts:
    def test_links_are_https_or_text(self, check, world):
        page = check(
            world.provider().badge(
                criteria={
                    "id": "https://maple.example/criteria",
                    "narrative": "[x](javascript:alert(1)) ![p](http://t.example/p.png)",
                },
                evidence=[
                    {"id": "http://plain.example/a", "type": ["Evidence"], "name": "Plain"},
                    {"id": "ftp://old.example/b", "type": ["Evidence"], "name": "Old"},
                ],
                achievement={"image": {"id": "https://tracker.example/pixel.png", "type": "Image"}},
            )
        )
        hrefs = re.findall(r'href="([^"]+)"', page.text)
        assert not [href for href in hrefs if href.lower().startswith(("javascript:", "data:", "ftp:"))]
        assert "http://plain.example/a" not in hrefs
        assert "https://maple.example/criteria" in hrefs
        assert "tracker.example" not in page.text
        assert not re.findall(r'<img[^>]+src="(?!/static/)', page.text)

    def test_turned_and_piled_up_names_stay_in_their_place(self, check, world):
        page = check(
            world.provider("x", "Maple\u202eloohcs").badge(
                learner="Ana\u202e\u2066Z" + "\u0335" * 60, name="Title\u200b\u202eeltit"
            )
        )
        for hidden in "\u202e\u2066\u200b":
            assert hidden not in page.text
        assert "\u0335" * 4 not in page.text
        assert "<bdi>" in page.text

    def test_markup_is_shown_as_it_was_typed(self, check, world):
        page = check(world.provider().badge(narrative="<img src=x onerror=alert(1)>", name="<b>Bold</b>"))
        assert "<img src=x" not in page.text
        assert "&lt;b&gt;Bold" in page.text


def test_what_stands_beside_the_award_is_named_in_the_readers_language(world, client):
    badge = world.provider().badge(achievement={"fieldOfStudy": "Ecology", "humanCode": "ENV 2"})
    made = client.post("/verify", data={"input": serialize(badge).decode()}, headers={"Accept-Language": "es"})
    assert "<dt>Área de estudio</dt><dd><bdi>Ecology</bdi></dd>" in made.text
    assert "<dt>Código</dt><dd><bdi>ENV 2</bdi></dd>" in made.text
