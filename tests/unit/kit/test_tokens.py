"""The promises of the style sheet, computed from the style sheet."""

import re
from itertools import product
from pathlib import Path

import pytest

import kit

STATIC = Path(kit.__file__).parent / "static"
TEMPLATES = Path(kit.__file__).parent / "templates"
TOKENS = (STATIC / "tokens.css").read_text()
TONES = ("genuine", "but", "withdrawn", "forged", "unknown")
SURFACES = ("paper", "card", "sunk")

GIVEN = {
    "light": {"paper": "#FBF8F2", "card": "#FFFFFF", "ink": "#1D2733", "ink-soft": "#566170", "rule": "#E3DCCD",
              "edge": "#8A8270", "indigo": "#2E4A8C", "genuine": "#1C7548", "but": "#8A5A00", "withdrawn": "#8C2F5B",
              "forged": "#AB2B22", "unknown": "#4E5A69", "saffron": "#B9770E", "madder": "#A63D40", "moss": "#4F7145",
              "plum": "#6E4572"},
    "dark": {"paper": "#14171C", "card": "#1C2027", "ink": "#ECE7DD", "ink-soft": "#A9B0BB", "rule": "#2E343D",
             "edge": "#7A818C", "indigo": "#9DB4F0", "genuine": "#6FCB98", "but": "#E2B65C", "withdrawn": "#E79BBF",
             "forged": "#F0938B", "unknown": "#A9B4C2"},
}  # fmt: skip


def _read(part):
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", part))


LIGHT = _read(TOKENS.split("@media")[0])
SCHEMES = {"light": LIGHT, "dark": {**LIGHT, **_read(TOKENS.split("prefers-color-scheme: dark")[1])}}
TEXT_PAIRS = [
    *product(("ink", "ink-soft", "indigo", "indigo-deep", *TONES), SURFACES),
    *((tone, f"{tone}-wash") for tone in TONES),
    *product(("ink",), [*(f"{tone}-wash" for tone in TONES), "indigo-wash"]),
    ("on-indigo", "indigo"),
    ("on-indigo", "indigo-deep"),
    ("indigo", "indigo-wash"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_tokens_are_the_ones_that_were_agreed(scheme):
    assert {name: SCHEMES[scheme][name] for name in GIVEN[scheme]} == GIVEN[scheme]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme, text, ground):
    tokens = SCHEMES[scheme]
    assert _contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), [*product(("edge", "indigo"), SURFACES), ("edge", "indigo-wash")])
def test_the_edge_of_what_one_operates_can_be_seen(scheme, line, ground):
    tokens = SCHEMES[scheme]
    assert _contrast(tokens[line], tokens[ground]) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("cloth", ["denim", "saffron", "madder", "moss", "plum"])
def test_a_patch_stands_out_from_its_ground(scheme, cloth):
    tokens = SCHEMES[scheme]
    assert _contrast(tokens[cloth], tokens["calico"]) >= 2.8


def test_the_focus_ring_is_three_pixels_and_targets_are_forty_four():
    page = (STATIC / "page.css").read_text()
    assert ":focus-visible { outline: 3px solid var(--indigo)" in page
    assert "--target: 44px" in TOKENS
    assert "outline: none" not in page


def test_motion_stops_when_asked():
    assert "prefers-reduced-motion: reduce) { :root { --pace: 0ms" in TOKENS
    for sheet in STATIC.glob("*.css"):
        assert "animation" not in sheet.read_text()
        for moving in re.findall(r"transition: ([^;]+);", sheet.read_text()):
            assert "var(--pace)" in moving


def test_paper_gets_page_numbers_and_a_large_enough_code():
    printed = (STATIC / "print.css").read_text()
    assert "counter(page)" in printed
    assert "counter(pages)" in printed
    sizes = [int(size) for size in re.findall(r"svg \{[^}]*width: (\d+)mm", printed)]
    assert sizes
    assert min(sizes) >= 30


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_no_template_has_inline_styles_or_scripts(template):
    text = template.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", text)


def test_the_module_never_writes_markup():
    text = (STATIC / "satchel.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\.style\b", text)


def test_only_tokens_name_colours():
    for name in ("page.css", "components.css"):
        colours = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", (STATIC / name).read_text()))
        assert colours <= {"#FFFFFF", "#000000"}, "a code's black and white are the only colours outside the tokens"


def test_the_width_of_paper_lays_out_no_page_for_telephones():
    queries = re.findall(r"@media[^{]*-width[^{]*", (STATIC / "page.css").read_text())
    assert queries
    assert all(query.startswith("@media screen and ") for query in queries)


def _contrast(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
