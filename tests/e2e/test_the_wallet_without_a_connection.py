"""The wallet on a phone: its worker sees /phone/ alone, a copy is kept only when asked for, and goes when it has to.

Attack L15: on a shared or lost phone, for another account, after signing out, and with something else put in its place.
"""

import json
from datetime import date

import pytest

from tests.e2e.wallet_served import PHONE, serving, sign_in
from tests.unit.wallet.samples import Hadleys, award, strangers
from wallet.service.share_views import Choice

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]
NAMES = ("Teresa", "Wren", "Jonah", "Hadley", "Bridge", "Maple")
HELD = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found[name + " " + new URL(request.url).pathname] = await (await cache.match(request)).text();
  }
  return found;
}"""
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).map(one => one.scope)"


@pytest.fixture
def family(tmp_path):
    """(address, services, the Hadleys, a share of Wren's that works)."""
    with serving(tmp_path) as (address, services):
        hadleys = Hadleys(services)
        strangers(services)
        kept = services.credentials.add_file(hadleys.teresa, hadleys.wren, award()).credential_id
        choice = Choice(
            credential_ids=(kept,), recipient="Grandma", purpose="", until=date(2026, 12, 1), shown_name="Wren"
        )
        share = services.shares.share(hadleys.teresa, services.shares.create(hadleys.teresa, hadleys.wren, choice))
        yield address, services, hadleys, share


@pytest.fixture
def phone(browser, family):
    context = browser.new_context(base_url=family[0], **PHONE)
    page = context.new_page()
    foreign = []
    context.on("request", lambda asked: None if asked.url.startswith(family[0]) else foreign.append(asked.url))
    sign_in(page)
    yield page
    context.close()
    assert foreign == []


def keep(page, *, codes=False, who="Wren Hadley"):
    page.goto("/phone/")
    page.get_by_label(who).check()
    if codes:
        page.get_by_label("Also the QR codes of links that work now").check()
    page.get_by_role("button", name="Keep a copy of the cards on this phone").tap()
    page.get_by_text("Kept. Without a connection").wait_for()


def copies(page):
    return {name: text for name, text in page.evaluate(HELD).items() if name.startswith("satchel-copy")}


def settled(page, path):
    page.goto(path)
    page.wait_for_load_state("networkidle")


def test_L15_nothing_of_anybody_is_kept_unless_it_is_asked_for(phone, family):
    hadleys = family[2]
    for path in (
        "/phone/",
        "/",
        f"/learners/{hadleys.wren}",
        "/people",
        "/account",
        f"/shares/{family[3].id}",
        "/phone/",
    ):
        settled(phone, path)
    phone.evaluate("navigator.serviceWorker.ready")
    assert phone.evaluate(WORKERS) == [f"{family[0]}/phone/"]
    held = phone.evaluate(HELD)
    assert all(name.startswith("satchel-files-") for name in held)
    assert {name.partition(" ")[2] for name in held if "/static/" not in name} == {"/phone/offline"}
    for text in held.values():
        assert not [word for word in (*NAMES[:4], family[3].token) if word in text]


def test_a_copy_is_shown_without_a_connection_and_says_that_nothing_was_checked(phone, family):
    keep(phone)
    assert family[3].token not in str(copies(phone)), "no code of a link without being asked"
    phone.context.set_offline(True)
    phone.goto("/phone/start")
    told = phone.locator("main").inner_text()
    assert "A copy from 23 November 2026" in told
    assert "Nothing on this page was checked since then." in told
    assert "Bridge building" in told
    assert "Wren Hadley" in told
    assert "Jonah" not in told
    assert phone.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") != "0px", "it has its looks"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("button", name="Remove the copy from this phone").tap()
    phone.get_by_text("No copy of awards is kept on this phone").wait_for()
    assert copies(phone) == {}


def test_the_codes_of_links_come_along_when_they_are_asked_for(phone, family):
    keep(phone, codes=True)
    phone.context.set_offline(True)
    phone.goto("/phone/start")
    assert phone.get_by_role("img", name="QR code of the link").is_visible()
    assert "For Grandma" in phone.locator("main").inner_text()


def test_without_a_copy_the_page_says_so_in_both_languages(phone):
    settled(phone, "/phone/")
    phone.evaluate("navigator.serviceWorker.ready")
    phone.context.set_offline(True)
    phone.goto("/phone/start")
    told = phone.locator("main").inner_text()
    assert "There is no connection now" in told
    assert "Ahora no hay conexión" in told


def test_L15_signing_out_removes_copy_and_worker(phone):
    keep(phone)
    phone.goto("/people")
    phone.get_by_role("button", name="Sign out").tap()
    phone.wait_for_load_state("networkidle")
    assert copies(phone) == {}
    phone.context.set_offline(True)
    try:
        phone.goto("/phone/start")
    except Exception:  # noqa: BLE001 - the browser's own page: nothing of ours is left to answer
        return
    assert "Bridge building" not in phone.locator("body").inner_text()


def test_L15_a_session_that_was_ended_elsewhere_ends_the_copy_at_the_next_contact(phone, family):
    services = family[1]
    keep(phone)
    settled(phone, "/people")
    assert copies(phone), "a contact in the same session keeps it"
    services.tools.accounts.sign_out_everywhere(services.tools.accounts.find_by_login("teresa").id)
    settled(phone, "/people")
    assert copies(phone) == {}


def test_L15_another_account_on_the_same_phone_finds_no_copy(phone):
    keep(phone)
    phone.context.clear_cookies()  # the session is gone without having been signed out
    settled(phone, "/phone/start")
    assert copies(phone) == {}
    sign_in(phone, "olga")
    settled(phone, "/phone/")
    assert not phone.get_by_role("link", name="Show the copy").is_visible()


def test_O6_a_guardian_who_was_removed_loses_the_copy_at_the_next_contact(browser, family):
    address, services, hadleys, _share = family
    context = browser.new_context(base_url=address, **PHONE)
    page = context.new_page()
    sign_in(page, "marcus")
    keep(page, codes=True)
    assert _share.token not in str(copies(page)), "whoever may only look has no codes either"
    given = services.people.learner(hadleys.teresa, hadleys.wren).guardianships
    services.people.end_guardianship(hadleys.teresa, next(one.id for one in given if one.member_name == "Marcus"))
    settled(page, "/people")
    assert copies(page) == {}
    context.close()


def test_L15_what_is_put_in_the_place_of_the_copy_runs_nothing_and_goes(phone):
    """Attack: a poisoned cache. The page keeps the policy of every page, and what bears no mark goes at a contact."""
    keep(phone)
    phone.evaluate(
        """async () => {
          const cache = await caches.open("satchel-copy"), kept = await cache.match("/phone/kept");
          const text = (await kept.text()).replace("</main>", "<script>document.title = 'ran'</script><img src=x onerror=\\"document.title='ran'\\"></main>");
          const headers = new Headers(kept.headers); headers.set("X-Satchel-Copy", "0".repeat(64));
          await cache.put("/phone/kept", new Response(text, { headers }));
        }"""
    )
    phone.context.set_offline(True)
    phone.goto("/phone/start")
    assert "Bridge building" in phone.locator("main").inner_text()
    assert "ran" not in phone.title().split()
    phone.context.set_offline(False)
    settled(phone, "/people")
    assert copies(phone) == {}


def test_L15_the_worker_answers_for_no_page_but_its_own(phone, family):
    keep(phone)
    phone.context.set_offline(True)
    for path in ("/", "/people", f"/learners/{family[2].wren}", f"/s/{family[3].token}", "/claim"):
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            phone.goto(path)


def test_a_copy_older_than_thirty_days_is_shown_to_nobody(phone):
    keep(phone)
    phone.evaluate(
        """async () => {
          const cache = await caches.open("satchel-copy"), kept = await cache.match("/phone/kept");
          const headers = new Headers(kept.headers); headers.set("X-Satchel-Kept", "2026-01-01T00:00:00.000Z");
          await cache.put("/phone/kept", new Response(await kept.text(), { headers }));
        }"""
    )
    phone.context.set_offline(True)
    phone.goto("/phone/start")
    phone.get_by_text("There is no connection now").first.wait_for()
    assert copies(phone) == {}


def test_a_browser_without_scripts_is_told(browser, family):
    context = browser.new_context(base_url=family[0], java_script_enabled=False, **PHONE)
    page = context.new_page()
    sign_in(page)
    page.goto("/phone/")
    assert page.get_by_text("A copy needs a browser that runs scripts.").is_visible()
    assert not page.get_by_role("button", name="Keep a copy of the cards on this phone").is_visible()
    context.close()


def test_the_browser_finds_nothing_that_keeps_it_from_being_installed(phone):
    phone.goto("/")
    session = phone.context.new_cdp_session(phone)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    told = json.loads(manifest["data"])
    assert (told["start_url"], told["display"]) == ("/phone/start", "standalone")
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )


def test_in_spanish_the_manifest_is_spanish(http, family):
    told = http.get(f"{family[0]}/manifest.webmanifest?lang=es").json()
    assert (told["lang"], told["name"]) == ("es", "Satchel, la cartera")
