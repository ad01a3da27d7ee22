"""The recorder of hands writes down what really happened, no more and no less."""

from collections import Counter

import pytest

from tests.e2e.keystrokes import H, Hands, K, M, P, keys_for

pytestmark = [pytest.mark.e2e, pytest.mark.browser]

FORM = """<!DOCTYPE html><html lang="en"><title>Form</title><body>
<label>Your name <input name="who" value="Somebody"></label>
<label>What they did <input name="what"></label>
<label><input type="checkbox" name="shown"> Show it</label>
<button type="button">Sign it</button>
<input aria-label="Out of reach" tabindex="-1">
<script>
  window.heard = { keys: 0, presses: 0, done: 0 };
  addEventListener("keydown", event => { if (event.isTrusted) heard.keys += 1; }, true);
  addEventListener("pointerdown", event => { if (event.isTrusted) heard.presses += 1; }, true);
  document.querySelector("button").addEventListener("click", () => { heard.done += 1; });
</script>"""


@pytest.fixture
def form(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(FORM)
    yield page
    context.close()


def made(hands):
    return Counter(act.operator for act in hands.acts)


def sign(hands):
    hands.fill(hands.page.get_by_label("Your name"), "Wren")
    hands.fill(hands.page.get_by_label("What they did"), "knots")
    hands.tick(hands.page.get_by_label("Show it"))
    hands.press(hands.page.get_by_role("button", name="Sign it"))


def test_with_a_mouse_every_key_and_every_press_is_counted(form):
    hands = Hands(form)
    sign(hands)
    heard = form.evaluate("heard")
    assert heard["done"] == 1
    assert form.get_by_label("Your name").input_value() == "Wren"
    assert heard["presses"] == made(hands)["P"] == 4
    typed = made(hands)["K"] - made(hands)["P"]
    assert typed == keys_for("Wren") + keys_for("knots") + 2 == 12
    assert heard["keys"] == typed - 1, "the key held for a capital makes no event here"
    assert made(hands)["M"] == 4
    assert made(hands)["H"] == 5, "to the mouse and to the keys for each field, then to the mouse, where it stays"
    assert hands.seconds(each_page=0) == pytest.approx(16 * K + 4 * P + 5 * H + 4 * M)


def test_by_keys_alone_nothing_is_pointed_at(form):
    hands = Hands(form, keys_only=True)
    sign(hands)
    heard = form.evaluate("heard")
    assert (heard["done"], heard["presses"]) == (1, 0)
    assert form.get_by_label("Show it").is_checked()
    assert set(made(hands)) == {"K", "M"}
    assert "Sign it" in hands.account()


def test_what_keys_cannot_reach_is_told(form):
    with pytest.raises(AssertionError, match="Out of reach is not reached by Tab"):
        Hands(form, keys_only=True).fill(form.get_by_label("Out of reach"), "x")


def test_capitals_accents_and_signs_take_a_second_key():
    assert [keys_for(text) for text in ("abc", "Abc", "Zoë", "40 kg!")] == [3, 4, 5, 7]


def test_waiting_counts_for_each_page(browser):
    context = browser.new_context()
    hands = Hands(context.new_page())
    hands.open("data:text/html,<title>One</title>")
    hands.open("data:text/html,<title>Two</title>")
    assert hands.seconds(each_page=1.5) == pytest.approx(2 * 1.5)
    context.close()
