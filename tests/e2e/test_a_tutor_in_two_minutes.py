"""A tutor who has nothing here yet, and a family that is new: from the first page to the first kept award.

Every key and every press is a real one and counted; the seconds are those of the keystroke-level model.
"""

import logging
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.keystrokes import Hands
from tests.e2e.pages_seen import faults
from tests.e2e.tutor_words import unknown_words

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

MOST_SECONDS = 120
EACH_PAGE = 1.0
"""What a page of these servers takes to come, with room for a slow line; measured below to be less here."""

WAYS = {
    "mouse": {"viewport": {"width": 1200, "height": 900}, "locale": "en-US", "color_scheme": "light"},
    "keys alone, no script, phone": {
        "viewport": {"width": 360, "height": 740},
        "locale": "en-US",
        "color_scheme": "dark",
        "java_script_enabled": False,
    },
    "español": {"viewport": {"width": 1200, "height": 900}, "locale": "es-ES", "color_scheme": "light"},
}
SAID = {
    "en": {
        "begin": "Begin", "sign": "Sign it", "keep": "Keep it in a wallet", "new": "I am new here",
        "make": "Make my account", "kept": "Keep it", "signed": "It is signed",
    },
    "es": {
        "begin": "Empezar", "sign": "Firmar", "keep": "Guardarlo en una cartera", "new": "Soy nuevo aquí",
        "make": "Crear mi cuenta", "kept": "Guardarlo", "signed": "Está firmado",
    },
}  # fmt: skip


class Walked:
    """Somebody's hands, and the text of each page that they came to."""

    def __init__(self, browser, way, language):
        self.context = browser.new_context(**way)
        self.hands = Hands(self.context.new_page(), keys_only=not way.get("java_script_enabled", True))
        self.language = language
        self.scripts = way.get("java_script_enabled", True)
        self.seen = {}

    @property
    def page(self):
        return self.hands.page

    def look(self):
        """Note what the page says, and that nothing on it sticks out."""
        text = self.page.locator("body").inner_text()
        for address in filter(None, self.page.locator("code").all_inner_texts()):
            text = text.replace(address, " ")  # to be copied, not read
        self.seen[re.sub(r"[0-9a-f-]{36}|claim/.+", "…", self.page.url)] = unknown_words(text, self.language)
        assert self.page.locator("html").get_attribute("lang") == self.language

    def named(self, role, words):
        return self.page.get_by_role(role, name=words, exact=True).first

    def press(self, role, words):
        with self.page.expect_navigation():
            self.hands.press(self.named(role, words))
        self.look()

    def fill(self, **fields):
        for name, text in fields.items():
            self.hands.fill(self.page.locator(f"main [name={name}]"), text)


@pytest.mark.parametrize("way", WAYS)
def test_from_nothing_to_a_kept_award_in_two_minutes(browser, demo, way):
    language = WAYS[way]["locale"][:2]
    said = SAID[language]
    mark = f"{sorted(WAYS).index(way)}{datetime.now(UTC):%f}"
    tutor = Walked(browser, WAYS[way], language)
    tutor.hands.open(demo.url("issuer") + "/")
    tutor.look()
    tutor.press("link", said["begin"])
    tutor.fill(name="Rosa Ruiz", login=f"rosa{mark}", password="tea bridge owl nine")
    tutor.fill(title="Plays ten songs by heart", learner="Wren Hadley")
    tutor.press("button", said["sign"])
    assert tutor.page.locator("h1").inner_text() == said["signed"]
    link = tutor.page.locator(".chip-url a").first.get_attribute("href")

    family = Walked(browser, WAYS[way], language)
    family.hands.open(link)
    family.look()
    family.press("link", said["keep"])
    family.press("link", said["new"])
    family.fill(name="Ana", family_name="Hadley", login=f"ana{mark}", password="moss lamp river ten")
    family.press("button", said["make"])
    family.fill(learner_name="Wren")
    family.press("button", said["kept"])
    assert "/credentials/" in family.page.url
    assert "Plays ten songs by heart" in family.page.locator("main").inner_text()

    seconds = tutor.hands.seconds(each_page=EACH_PAGE) + family.hands.seconds(each_page=EACH_PAGE)
    told = f"{way}: {seconds:.1f} s\n{tutor.hands.account()}\n--\n{family.hands.account()}"
    unknown = {url: words for walked in (tutor, family) for url, words in walked.seen.items() if words}
    assert len(tutor.seen) + len(family.seen) >= 8
    assert unknown == {}, "words that somebody would have to ask about"
    assert seconds <= MOST_SECONDS, told
    for walked in (tutor, family):
        walked.context.close()
    logging.getLogger(__name__).info(told)


def test_the_pages_of_the_beginning_are_for_everybody(browser, demo):
    """Phone and desktop, light and dark, with axe-core; also with a mistake in the form."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    page.goto(demo.url("issuer") + "/begin")
    assert faults(page) == []
    page.fill("[name=name]", "Rosa")
    page.fill("[name=login]", f"axe{datetime.now(UTC):%f}")
    page.fill("[name=password]", "passwordpassword")
    page.fill("[name=title]", "Knots")
    page.fill("[name=learner]", "Wren")
    page.click("main button[type=submit]")
    expect(page.locator(".error")).to_have_count(1)
    assert faults(page) == []
    page.fill("[name=password]", "tea bridge owl nine")
    page.click("main button[type=submit]")
    page.wait_for_url("**/begun/**")
    assert faults(page) == []
    context.close()


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Keep the award.", "en", []),
        ("A credential with a DID", "en", ["DID", "credential"]),
        ("Claim code", "en", ["claim"]),
        ("What did they do? did:web:a", "en", ["did:web:a"]),
        ("Reclaimed, candid", "en", []),
        ("La credencial del emisor", "es", ["credencial", "emisor"]),
    ],
)
def test_the_list_finds_words(text, language, found):
    assert unknown_words(text, language) == found
