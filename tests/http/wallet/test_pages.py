import html
import re
from datetime import UTC, date, datetime

import pytest

from tests.unit.wallet.samples import PASSWORD, award
from tests.unit.wallet.test_works import photo
from wallet.service.share_views import Choice
from wallet.service.stating import Statement
from wallet.service.works import Made


@pytest.fixture
def kept(services, hadleys):
    return services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award()).credential_id


@pytest.fixture
def share(services, hadleys, kept):
    choice = Choice(
        credential_ids=(kept,),
        recipient="Brightwater",
        purpose="Admission",
        until=date(2026, 12, 1),
        shown_name="Teresa Hadley",
    )
    return services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice))


def test_every_page_of_a_member_opens(browser, services, hadleys, kept, share):
    teresa = browser("teresa")
    learner = hadleys.teresa_learner
    collection = services.arranging.make(hadleys.teresa, learner, name="Grandma", note="x")
    services.arranging.put(hadleys.teresa, collection, [kept])
    said = Statement(title="Forty books", about="Read.", day=date(2026, 6, 1))
    own = services.stating.state(hadleys.teresa, learner, said)
    work = services.works.add(hadleys.teresa, learner, Made(title="Arches", words="x", credential_id=kept))
    for path in (
        f"/learners/{learner}/collections", f"/collections/{collection}", f"/collections/{collection}/add",
        f"/collections/{collection}/portfolio", f"/collections/{collection}/remove",
        f"/learners/{learner}/works", f"/learners/{learner}/works/add?award={kept}", f"/works/{work}",
        f"/works/{work}/remove", f"/learners/{learner}/statements/add", f"/credentials/{own}",
        "/", "/people", "/people/add", "/claim", "/claim?offer=https://x.example/claim/abc", "/account",
        f"/learners/{learner}", f"/learners/{learner}/awards", f"/learners/{learner}/awards?q=bridge",
        f"/learners/{learner}/awards?by=skill", f"/learners/{learner}/timeline", f"/learners/{learner}/portfolio",
        f"/learners/{learner}/apart", f"/learners/{learner}/add", f"/learners/{learner}/bin", f"/learners/{learner}/about",
        f"/learners/{hadleys.wren}", f"/learners/{hadleys.wren}/about", f"/learners/{hadleys.wren}/remove",
        f"/learners/{learner}/share?pick={kept}", f"/learners/{learner}/shares", f"/credentials/{kept}",
        f"/shares/{share.id}", f"/shares/{share.id}/print",
    ):  # fmt: skip
        for lang in ("en", "es"):
            answer = teresa.get(path, headers={"accept-language": lang})
            assert answer.status_code == 200, (path, answer.text[:2000])
            assert answer.headers["cache-control"] == "no-store"


def test_strangers_pages_open_and_say_nothing_of_anybody(browser, share):
    for path in ("/", "/s", f"/s/{share.token}", "/sign-in", "/sign-up"):
        answer = browser().get(path)
        assert answer.status_code == 200, (path, answer.text[:1000])
        for word in ("Teresa", "Hadley", "Bridge", "Maple", "Brightwater"):
            assert word not in answer.text


def test_a_reader_opens_sees_and_saves(browser, services, hadleys, share):
    reader = browser()
    answer = reader.post(f"/s/{share.token}", {"reader": "Ms. Ames"}, page=f"/s/{share.token}")
    assert answer.status_code == 200
    assert "Bridge building" in answer.text
    assert "Teresa Hadley" in answer.text
    assert 'action="http://localhost:8003/verify"' in answer.text
    saved = reader.post(f"/s/{share.token}/files", {}, page=f"/s/{share.token}")
    assert saved.content == award()
    assert saved.headers["content-disposition"].startswith("attachment")
    openings = services.shares.share(hadleys.teresa, share.id).openings.items
    assert {one.kind for one in openings} == {"file", "page"}


def test_what_the_family_previews_is_what_the_reader_gets(browser, hadleys, kept):
    teresa = browser("teresa")
    page = f"/learners/{hadleys.teresa_learner}/share"
    chosen = {
        "credentials": kept, "recipient": "Brightwater", "purpose": "", "until": "2026-12-01", "show_name": "yes",
        "shown_name": "Teresa H.",
    }  # fmt: skip
    preview = teresa.post(page, {**chosen, "do": "preview"})
    shown = re.search(r'<div class="paper" id="preview"[^>]*>(.*?)</section>', preview.text, re.DOTALL)[1]
    assert "Teresa H." in shown
    mark = re.search(r'name="previewed" value="(\w+)"', preview.text)[1]
    made = teresa.post(page, {**chosen, "do": "share", "previewed": mark})
    assert made.status_code == 303
    told = teresa.follow(made).text
    token = re.search(r"/s/([\w-]{22})", told)[1]
    reader = browser()
    seen = reader.post(f"/s/{token}", {}, page=f"/s/{token}").text
    body = re.sub(r"</?h\d[^>]*>|\s+|<input[^>]*>", "", shown.partition("</div>\n  </section>")[0])
    assert re.sub(r"</?h\d[^>]*>|\s+", "", seen).count(body.removesuffix("</div>")) == 1


def test_a_share_of_what_was_not_shown_first_shows_it_first(browser, services, hadleys, kept):
    teresa = browser("teresa")
    chosen = {
        "credentials": kept, "recipient": "Brightwater", "until": "2026-12-01", "do": "share", "previewed": "0" * 32,
    }  # fmt: skip
    answer = teresa.post(f"/learners/{hadleys.teresa_learner}/share", chosen)
    assert answer.status_code == 200
    assert "Look once more" in answer.text
    assert services.shares.shares(hadleys.teresa, hadleys.teresa_learner) == []


def test_a_form_filled_in_wrongly_keeps_what_was_typed(browser, hadleys, kept):
    teresa = browser("teresa")
    answer = teresa.post(
        f"/learners/{hadleys.teresa_learner}/share",
        {"credentials": kept, "recipient": "", "purpose": "For the bakery", "until": "2026-12-01", "do": "share"},
    )
    assert answer.status_code == 422
    assert "For the bakery" in answer.text


def test_a_file_is_added_through_the_page(browser, hadleys):
    teresa = browser("teresa")
    answer = teresa.post(
        f"/learners/{hadleys.wren}/add", {}, files={"file": ("a.json", award(5), "application/json")}, follow=True
    )
    assert "Bridge building" in answer.text
    assert "Kept." in answer.text
    again = teresa.post(f"/learners/{hadleys.wren}/add", {"text": award(5).decode()}, follow=True)
    assert "Already kept, here." in again.text
    wrong = teresa.post(f"/learners/{hadleys.wren}/add", {"text": "hello"})
    assert wrong.status_code == 422
    assert "neither a link nor a record" in wrong.text


def test_a_name_full_of_markup_stays_text(browser, services, hadleys):
    """Attack M1."""
    title = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    evil = award(
        9, title=title, narrative=title, criteria={"id": "javascript:alert(3)", "narrative": title},
        evidence=[{"id": "javascript:alert(4)", "type": ["Evidence"], "name": title}],
    )  # fmt: skip
    kept = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, evil).credential_id
    page = browser("teresa").get(f"/credentials/{kept}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_the_first_administrator_invites_a_family_that_joins(browser, services):
    services.tools.accounts.create_user(login="root", password=PASSWORD, name="Root", scope="administrator")
    root = browser("root")
    page = root.follow(root.get("/"))
    assert "Invite a family" in page.text
    made = root.post("/families", {})
    link = re.search(r"/join/([\w-]{22})", made.text)[0]
    olga = browser()
    assert olga.get(link).status_code == 200
    joined = olga.post(
        link, {"login": "olga", "password": PASSWORD, "name": "Olga", "family_name": "Strange"}, page=link, follow=True
    )
    assert "Strange" in joined.text
    assert browser().get(link).status_code == 410


def test_somebody_who_is_no_administrator_invites_no_family(browser, hadleys):
    assert browser("teresa").post("/families", {}).status_code == 403


def test_sign_up_is_closed_unless_it_was_opened(browser, tmp_path, services):
    answer = browser().post(
        "/sign-up", {"login": "x", "password": PASSWORD, "name": "X", "family_name": "X"}, page="/sign-in"
    )
    assert answer.status_code == 403


def test_a_typed_code_leads_to_the_record(browser, share):
    reader = browser()
    code = "-".join(share.code[i : i + 4] for i in (0, 4, 8)).lower()
    answer = reader.post("/s", {"code": code}, page="/s")
    assert answer.headers["location"] == f"/s/{share.token}"
    assert reader.post("/s", {"code": "0000-0000-0000"}, page="/s").status_code == 404


def test_a_recalled_link_explains_itself(browser, services, hadleys, share):
    """Attack J6."""
    services.shares.recall(hadleys.teresa, share.id)
    answer = browser().get(f"/s/{share.token}")
    assert answer.status_code == 410
    assert "was opened as often as was allowed, or was stopped" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]


def test_nothing_redirects_elsewhere(browser, hadleys):
    """Attack J12."""
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "https:evil.example"):
        stranger = browser()
        answer = stranger.post("/sign-in", {"login": "teresa", "password": PASSWORD, "next": target}, page="/sign-in")
        assert answer.headers["location"] == "/"


def test_a_corrected_edition_reaches_readers_only_when_the_family_says_so(  # noqa: PLR0917
    browser, api, services, hadleys, kept, share
):
    """Attack J10: the share's page says that there is one, shows it, and one press shares it."""
    teresa = browser("teresa")
    page = f"/shares/{share.id}"
    assert "A corrected edition exists" not in teresa.get(page).text
    corrected = award(valid_from=datetime(2026, 7, 1, tzinfo=UTC), narrative="Put right.")
    services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, corrected)
    told = teresa.get(page).text
    assert "A corrected edition exists" in told
    reader = browser()
    assert "Put right." not in reader.post(f"/s/{share.token}", {}, page=f"/s/{share.token}").text
    edition = re.search(r'name="edition" value="([^"]+)"', told)[1]
    assert teresa.post(f"{page}/editions", {"edition": f"{kept} 1"}, page=page).status_code == 409
    assert "Updated." in teresa.post(f"{page}/editions", {"edition": edition}, page=page, follow=True).text
    assert "Put right." in reader.post(f"/s/{share.token}", {}, page=f"/s/{share.token}").text
    answer = api("teresa").post(f"/api{page}/editions", json={"editions": {kept: 2}})
    assert (answer.status_code, answer.json()["corrected"]) == (200, None)


def test_a_share_previewed_before_a_correction_is_shown_again_first(browser, services, hadleys, kept):
    """Attack J10."""
    teresa = browser("teresa")
    page = f"/learners/{hadleys.teresa_learner}/share"
    chosen = {"credentials": kept, "recipient": "Brightwater", "until": "2026-12-01"}
    mark = re.search(r'name="previewed" value="(\w+)"', teresa.post(page, {**chosen, "do": "preview"}).text)[1]
    corrected = award(valid_from=datetime(2026, 7, 1, tzinfo=UTC), narrative="Put right.")
    services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, corrected)
    answer = teresa.post(page, {**chosen, "do": "share", "previewed": mark})
    assert answer.status_code == 200
    assert "Put right." in answer.text
    assert services.shares.shares(hadleys.teresa, hadleys.teresa_learner) == []


def test_a_long_list_of_shares_has_pages(browser, api, services, hadleys, kept):
    choice = Choice(credential_ids=(kept,), recipient="B", purpose="", until=date(2026, 12, 1), shown_name="")
    for _ in range(51):
        services.shares.create(hadleys.teresa, hadleys.teresa_learner, choice)
    page = f"/learners/{hadleys.teresa_learner}/shares"
    teresa = browser("teresa")
    assert teresa.get(page).text.count('href="/shares/') == 50
    last = teresa.get(f"{page}?page=2").text
    assert last.count('href="/shares/') == 1
    assert "Stop every link now" in last
    told = api("teresa").get(f"/api{page}?size=20&page=3").json()
    assert (len(told["items"]), told["page"], told["pages"], told["total"]) == (11, 3, 3, 51)
    assert teresa.get(f"{page}?page=x").status_code == 422


def test_from_keep_an_award_a_way_leads_to_files_and_pictures(browser, hadleys):
    page = browser("teresa").get("/claim").text
    assert f'href="/learners/{hadleys.wren}/add"' in page


def test_a_family_makes_a_collection_without_a_script_and_shares_it_in_one_tap(browser, services, hadleys, kept):
    second = services.credentials.add_file(hadleys.teresa, hadleys.teresa_learner, award(2, title="Pond")).credential_id
    teresa, learner = browser("teresa"), hadleys.teresa_learner
    empty = teresa.post(f"/learners/{learner}/collections", {"name": " "})
    assert empty.status_code == 422
    made = teresa.post(f"/learners/{learner}/collections", {"name": "College", "note": "Zebrafinch"})
    address = made.headers["location"].removesuffix("/add")
    assert teresa.post(f"{address}/add", {}).status_code == 422
    for each in (kept, second):
        assert teresa.post(f"{address}/add", {"credentials": each}).status_code == 303
    assert teresa.post(f"{address}/awards/{second}", {"do": "up"}).status_code == 303
    page = teresa.get(address).text
    assert page.index(f"/credentials/{second}") < page.index(f"/credentials/{kept}")
    sheet = teresa.get(html.unescape(re.search(r'href="(/learners/[^"]+/share\?pick=[^"]+)"', page)[1])).text
    assert set(re.findall(r'name="credentials" value="([^"]+)" checked', sheet)) == {kept, second}
    assert "Zebrafinch" not in sheet
    assert "College" not in sheet
    teresa.post(f"/credentials/{kept}/tags", {"tags": "Work, work, Shop"})
    assert 'value="Work, Shop"' in teresa.get(f"/credentials/{kept}").text
    assert teresa.post(f"{address}/remove", follow=True).status_code == 200
    assert teresa.get(address).status_code == 404
    assert teresa.get(f"/credentials/{kept}").status_code == 200


def test_a_photo_of_a_work_stands_in_the_portfolio_and_is_handed_out_as_it_came(browser, api, hadleys, kept):
    teresa, learner, came = browser("teresa"), hadleys.teresa_learner, photo()
    page = f"/learners/{learner}/works/add"
    given = {"title": "Arches", "words": "An essay <b>about</b> arches.", "award": kept}
    refused = teresa.post(page, given, page=page, files={"file": ("x.svg", b"<svg onload='alert(1)'/>")})
    assert refused.status_code == 422
    assert "An essay &lt;b&gt;about" in refused.text
    address = teresa.post(page, given, page=page, files={"file": ("Wren.jpg", came)}).headers["location"]
    for path in (f"/learners/{learner}/portfolio?only=evidence", f"/credentials/{kept}", f"/learners/{learner}/works"):
        assert f'src="{address}/picture"' in teresa.get(path).text, path
    shown, file = teresa.get(f"{address}/picture"), teresa.get(f"{address}/file")
    assert (shown.headers["content-type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert (file.content, file.headers["content-disposition"]) == (came, 'attachment; filename="work.jpg"')
    program = api("teresa")
    put = program.put(f"/api{address}/file", content=b"%PDF-1.7 x", headers={"content-type": "application/pdf"})
    assert put.json()["mediaType"] == "application/pdf"
    assert program.get(f"/api{address}/file").content == b"%PDF-1.7 x"
    assert program.get(f"/api{address}/picture").status_code == 404
    assert teresa.post(f"{address}/remove", follow=True).status_code == 200
    assert teresa.get(address).status_code == 404
