"""Whatever is baked into whatever picture comes out byte for byte, and leaves the picture byte for byte."""

import contextlib
import json
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from vc.baking import BakingError, Standard, bake_png, bake_svg, remove_png, remove_svg, unbake_png, unbake_svg

letters = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | letters
    | st.sampled_from(["]]>", "]]", "<!--", "&amp;"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=12,
)
objects = st.builds(
    lambda value, indent, plain, around: (
        around + json.dumps(value, indent=indent, ensure_ascii=plain) + around
    ).encode(),
    st.dictionaries(letters, values, max_size=5),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
    st.sampled_from(["", "\n", "\r\n", " \t", "\r"]),
)
token_part = st.text(alphabet="abcXYZ019-_", min_size=1, max_size=30)
credentials = objects | st.builds(lambda *parts: ".".join(parts).encode(), token_part, token_part, token_part)
standards = st.sampled_from(Standard)


def chunk(kind, body):
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


kinds = st.sampled_from([b"IDAT", b"tEXt", b"gAMA", b"eXIf", b"iTXt", b"prVt"])
pngs = st.builds(
    lambda header, chunks: (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*each) for each in chunks) + chunk(b"IEND", b"")
    ),
    st.binary(min_size=13, max_size=13),
    st.lists(st.tuples(kinds, st.binary(max_size=60)), max_size=6),
)
quoted = st.text(alphabet="ab >/'=é:", max_size=12).map(lambda text: f'"{text}"')
svgs = st.builds(
    lambda before, name, attributes, inside, after: (
        f"{before}<{name} xmlns{':s' if ':' in name else ''}='http://www.w3.org/2000/svg'"
        + "".join(f"{space}a{i}={value}" for i, (space, value) in enumerate(attributes))
        + f">{inside}</{name}>{after}"
    ).encode(),
    st.sampled_from(["", "\ufeff", "<?xml version='1.0'?>\r\n", "<!-- <svg -->\n", '<!DOCTYPE svg PUBLIC "a" "b">']),
    st.sampled_from(["svg", "s:svg"]),
    st.lists(st.tuples(st.sampled_from([" ", "\r\n", "\t "]), quoted), max_size=4),
    st.sampled_from(["", "<g/>", "text\r\n", "<![CDATA[<svg>]]>", '<a xmlns:openbadges="urn:x"><openbadges:b/></a>']),
    st.sampled_from(["", "\n", "<!-- end -->"]),
)


@given(pngs, credentials, standards)
def test_a_png_gives_back_what_was_baked_and_what_it_was(picture, credential, standard):
    baked = bake_png(picture, credential, standard=standard, replace=False)
    found = unbake_png(baked)
    assert (found.standard, found.text) == (standard, credential)
    assert remove_png(baked) == picture


@given(svgs, credentials, standards)
def test_an_svg_gives_back_what_was_baked_and_what_it_was(picture, credential, standard):
    baked = bake_svg(picture, credential, standard=standard, replace=False)
    found = unbake_svg(baked)
    assert (found.standard, found.text) == (standard, credential)
    assert remove_svg(baked) == picture


@given(pngs | svgs, credentials, credentials, standards, standards)
@settings(max_examples=50)
def test_replacing_leaves_the_picture_too(picture, first, second, one, other):
    bake, unbake, remove = (
        (bake_png, unbake_png, remove_png) if picture[:1] == b"\x89" else (bake_svg, unbake_svg, remove_svg)
    )
    baked = bake(picture, first, standard=one, replace=False)
    again = bake(baked, second, standard=other, replace=True)
    assert (unbake(again).text, remove(again)) == (second, picture)


@given(
    st.binary(max_size=300)
    | st.tuples(pngs, st.integers(0, 400), st.binary(max_size=9)).map(lambda t: t[0][: t[1]] + t[2])
)
def test_junk_raises_problems_only(data):
    for reading in (unbake_png, unbake_svg, remove_png, remove_svg):
        with contextlib.suppress(BakingError):
            reading(data)
