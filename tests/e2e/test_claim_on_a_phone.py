"""Keeping an award on a phone: two taps, a first look without an account, and both by keys and by what is read aloud alone."""

import pytest

from kit.clock import SystemClock
from tests.e2e.wallet_served import COUNT, PHONE, serving, sign_in
from tests.http.wallet.provider import Issuer
from tests.ports import free_port
from tests.unit.wallet.samples import Hadleys, award, strangers

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    running = Issuer(tmp_path_factory.mktemp("issuer"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """(address, services, the Hadleys, an award of Teresa's)."""
    with serving(tmp_path_factory.mktemp("claims"), SystemClock()) as (address, services):
        family = Hadleys(services)
        strangers(services)
        kept = services.credentials.add_file(family.teresa, family.teresa_learner, award()).credential_id
        yield address, services, family, kept


@pytest.fixture
def phone(browser, served):
    context = browser.new_context(base_url=served[0], **PHONE)
    context.add_init_script(COUNT)
    page = context.new_page()
    sign_in(page)
    yield page
    context.close()


class Aloud:
    """Somebody who sees nothing of a page but its accessibility tree: roles, names and values."""

    def __init__(self, page):
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def tree(self):
        """(role, name, place) of everything that is not left out of the tree."""
        nodes = self.session.send("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""), node["backendDOMNodeId"])
            for node in nodes
            if not node.get("ignored") and "backendDOMNodeId" in node
        ]

    def find(self, role, name):
        """The first one of this role whose name begins so."""
        found = [place for kind, called, place in self.tree() if kind == role and called.startswith(name)]
        assert found, (role, name, [(kind, called) for kind, called, _place in self.tree() if called])
        return self.session.send("DOM.resolveNode", {"backendNodeId": found[0]})["object"]["objectId"]

    def call(self, role, name, function, *arguments):
        given = [{"value": one} for one in arguments]
        self.session.send(
            "Runtime.callFunctionOn",
            {"objectId": self.find(role, name), "functionDeclaration": function, "arguments": given},
        )

    def press(self, role, name):
        """Go to it and press it, as a screen reader does; wait for what follows."""
        with self.page.expect_navigation():
            self.call(role, name, "function () { this.focus(); this.click(); }")
        self.page.wait_for_load_state()

    def choose(self, role, name):
        self.call(role, name, "function () { this.focus(); this.click(); }")

    def write(self, role, name, text):
        self.call(role, name, "function () { this.focus(); }")
        self.page.keyboard.type(text)

    def hears(self, words):
        return any(words in called for _role, called, _place in self.tree())


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """(address, services, issuer) of a wallet and an issuer that belong together."""
    port = free_port()
    issuer = Issuer(tmp_path_factory.mktemp("its-issuer"), wallet_url=f"http://localhost:{port}")
    with serving(tmp_path_factory.mktemp("wallet"), SystemClock(), port=port, issuer_url=issuer.url) as (_at, services):
        Hadleys(services)
        strangers(services)
        yield f"http://localhost:{port}", services, issuer
    issuer.stop()


@pytest.mark.parametrize(("who", "taps"), [("olga", 2), ("teresa", 3)])
def test_a_claim_takes_two_taps_and_its_first_look_no_account(browser, together, who, taps):
    address, _services, issuer = together
    link, _id = issuer.award()
    stranger = browser.new_context(**PHONE).new_page()
    stranger.goto(link)
    told = stranger.locator("main").inner_text()
    assert "Maple Co-op" in told
    assert "Bridge building" in told
    assert "Wren" not in told
    assert stranger.context.cookies(address) == []
    stranger.context.close()
    context = browser.new_context(base_url=address, **PHONE)
    context.add_init_script(COUNT)
    phone = context.new_page()
    sign_in(phone, who)
    phone.evaluate("sessionStorage.taps = 0")
    phone.goto(link)
    phone.get_by_role("link", name="Keep it in a wallet").tap()
    phone.get_by_role("heading", name="An award for your family").wait_for()
    if taps == 3:  # of several children one is chosen, which no page can know
        phone.get_by_text("Wren Hadley").tap()
    phone.get_by_role("button", name="Keep it").tap()
    phone.get_by_text("Kept.").first.wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    in_wallet = int(phone.evaluate("sessionStorage.taps"))
    phone.goto(link)
    assert in_wallet + int(phone.evaluate("sessionStorage.taps")) == taps
    phone.get_by_role("link", name="Keep it in a wallet").tap()
    phone.get_by_text("Already kept, here.").first.wait_for()
    context.close()


def test_J4_a_link_that_scanners_opened_first_is_kept_all_the_same(phone, issuer, http):
    """Looking ahead takes nothing from a claim."""
    link, _id = issuer.award()
    for headers in ({"user-agent": "Slackbot 1.0"}, {"sec-purpose": "prefetch;prerender"}, {"accept": "*/*"}):
        assert http.get(link, headers=headers).status_code == 200
        assert http.head(link, headers=headers).content == b""
    aloud = Aloud(phone)
    phone.goto(f"/claim?offer={link}")
    aloud.press("button", "See what is offered")
    aloud.choose("radio", "Wren Hadley")
    aloud.press("button", "Keep it")
    assert aloud.hears("Kept.")


def test_what_is_read_aloud_is_enough_to_keep_and_to_share(phone, served, issuer, http):
    link, _id = issuer.award()
    aloud = Aloud(phone)
    phone.goto("/claim")
    aloud.write("textbox", "Link", link)
    aloud.press("button", "See what is offered")
    assert aloud.hears("Bridge building")
    assert aloud.hears("Maple Co-op")
    aloud.choose("radio", "Teresa Hadley")
    aloud.press("button", "Keep it")
    assert aloud.hears("Kept.")
    aloud.press("link", "Share")
    aloud.write("textbox", "Who is it for?", "Brightwater College")
    aloud.press("button", "Make the link")
    assert aloud.hears("The link works")
    share = phone.locator(".chip-url a").first.get_attribute("href")
    assert http.get(share).status_code == 200
    aloud.press("button", "Stop the link now")
    assert aloud.hears("The link was stopped.")
    assert http.get(share).status_code == 410


def tab_to(page, name):
    """Go on by the tabulator key until the thing of this label or text has the focus."""
    said = (
        "() => { const on = document.activeElement; return (on.labels?.[0]?.innerText ?? on.innerText ?? '').trim(); }"
    )
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(said).startswith(name):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), "one sees where one is"
            return
    raise AssertionError(name)


def test_keys_alone_are_enough_to_keep_and_to_share(phone, issuer, http):
    link, _id = issuer.award()
    phone.goto("/claim")
    tab_to(phone, "Link")
    phone.keyboard.type(link)
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="An award for your family").wait_for()
    tab_to(phone, "Wren Hadley")
    phone.keyboard.press("Space")
    tab_to(phone, "Keep it")
    phone.keyboard.press("Enter")
    phone.get_by_text("Kept.").first.wait_for()
    tab_to(phone, "Share")
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Make the link").wait_for()
    tab_to(phone, "Who is it for?")
    phone.keyboard.type("Brightwater College")
    tab_to(phone, "Make the link")
    phone.keyboard.press("Enter")
    phone.get_by_text("The link works", exact=True).first.wait_for()
    share = phone.locator(".chip-url a").first.get_attribute("href")
    assert http.get(share).status_code == 200
    tab_to(phone, "Stop the link now")
    phone.keyboard.press("Enter")
    phone.get_by_text("The link was stopped.").first.wait_for()
    assert http.get(share).status_code == 410
