import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from kit import quilt

IDENTIFIERS = [f"https://maple.example/orgs/maple/achievements/{number}" for number in range(400)]


def test_the_same_identifier_always_has_the_same_block():
    assert quilt.block_svg("did:web:maple.example", size=48) == quilt.block_svg("did:web:maple.example", size=48)


def test_a_block_never_changes_its_face_from_one_release_to_the_next():
    # Printed sheets and baked pictures carry blocks: a change here is a change of every award's face.
    assert quilt.look("did:web:maple.example:orgs:maple") == quilt.Look(
        geometry="sawtooth star", fabrics=("saffron", "plum", "madder"), turns=2
    )


def test_look_alike_names_have_different_blocks():
    assert quilt.look("did:web:maple.example") != quilt.look("did:web:rnaple.example")


def test_there_are_at_least_twelve_geometries_and_every_one_is_drawn():
    drawn = Counter(quilt.look(identifier).geometry for identifier in IDENTIFIERS)
    assert len(quilt.GEOMETRIES) >= 12
    assert set(drawn) == set(quilt.GEOMETRIES)


@pytest.mark.parametrize("geometry", quilt.GEOMETRIES)
def test_a_geometry_covers_its_square_exactly_once(geometry):
    patches = list(quilt.shapes(geometry))
    assert sum(_area(shape) for _, shape in patches) == pytest.approx(quilt.SIDE**2)
    assert all(_area(shape) > 0 for _, shape in patches), "clockwise, so that touching patches leave no seam"
    assert {letter for letter, _ in patches} <= set("abc.")
    assert {letter for letter, _ in patches} >= {"a"}


def test_neighbours_are_never_alike():
    looks = quilt.arrange(IDENTIFIERS)
    for before, after in pairwise(looks):
        assert quilt.visible(before) != quilt.visible(after)


def test_a_block_that_makes_way_for_its_neighbour_keeps_its_geometry():
    face = quilt.visible(quilt.look("urn:twin:0"))
    twin = next(name for name in (f"urn:twin:{n}" for n in range(1, 9999)) if quilt.visible(quilt.look(name)) == face)
    one, other = quilt.arrange(["urn:twin:0", twin])
    assert one.geometry == other.geometry
    assert one.fabrics[0] != other.fabrics[0]


def test_the_same_award_twice_keeps_its_block_twice():
    assert len(set(quilt.arrange(["urn:a", "urn:a"]))) == 1


@pytest.mark.parametrize("fabric", quilt.FABRICS)
def test_fabrics_stay_apart_in_greyscale_by_weave(fabric):
    others = [name for name in quilt.FABRICS if name != fabric]
    look = quilt.Look(geometry="nine patch", fabrics=(fabric, others[0], others[1]), turns=0)
    weaves = _weaves(quilt.draw(look, size=84))
    assert weaves[fabric] not in {weaves[name] for name in weaves if name != fabric}


def test_a_block_holds_no_text_no_ids_no_style_and_no_script():
    for identifier in IDENTIFIERS[:60]:
        root = ET.fromstring(quilt.block_svg(identifier, size=64))
        names = {element.tag.partition("}")[2] for element in root.iter()}
        assert names == {"svg", "path"}
        assert not {"id", "style"} & {name for element in root.iter() for name in element.attrib}


def test_a_title_names_the_picture_and_is_escaped():
    drawn = quilt.block_svg("urn:a", size=64, title='<b>"Botany"</b>')
    assert 'role="img"' in drawn
    assert "<b>" not in drawn
    assert 'aria-hidden="true"' in quilt.block_svg("urn:a", size=64)


def test_a_file_stands_alone():
    text = quilt.block_file("urn:a").decode()
    assert text.startswith("<?xml")
    assert ET.fromstring(text).attrib["width"] == "512"


def test_hatching_stays_inside_its_patch():
    for _, shape in quilt.shapes("ohio star"):
        for fabric in quilt.FABRICS:
            for start, end in quilt._hatch(shape, fabric):
                for point in (start, end, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)):
                    assert _inside(point, shape)


def _area(shape):
    points = [*shape, shape[0]]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(points)) / 2


def _inside(point, shape):
    points = [*shape, shape[0]]
    return all(
        (x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1) >= -1e-6 for (x1, y1), (x2, y2) in pairwise(points)
    )


def _weaves(svg):
    """Fabric name → how its hatching looks: its dashes and the directions of its strokes."""
    found, current = {}, ""
    for element in ET.fromstring(svg):
        kind = element.attrib["class"].removeprefix("q-")
        if kind == "thread":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.attrib["d"])]
            strokes = [numbers[place : place + 4] for place in range(0, len(numbers), 4)]
            slopes = {_sign((x2 - x1) * (y2 - y1)) for x1, y1, x2, y2 in strokes}
            found[current] = (element.attrib.get("stroke-dasharray"), frozenset(slopes))
        else:
            current = kind
            found[current] = (None, frozenset())
    found.pop("calico")
    return found


def _sign(value):
    return (value > 1e-6) - (value < -1e-6)
