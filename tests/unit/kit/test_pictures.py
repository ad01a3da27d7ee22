"""A block as a picture to take along: the same patches in both forms, the credential inside, byte for byte."""

import io

import pytest
from PIL import Image

from kit.pictures import baked_block, block_png, emblem_of, standard_of
from tests.unit.wallet.samples import ACHIEVEMENTS, award
from vc.baking import Standard, unbake_png, unbake_svg


def test_the_same_identifier_gives_the_same_bytes_and_another_another_picture():
    assert block_png("a") == block_png("a") != block_png("b")
    picture = Image.open(io.BytesIO(block_png("a")))
    assert (picture.size, picture.format) == ((504, 504), "PNG")
    assert len(picture.getcolors(100_000)) > 2


@pytest.mark.parametrize(("form", "unbake"), [("png", unbake_png), ("svg", unbake_svg)])
def test_the_credential_is_in_it(form, unbake):
    found = unbake(baked_block(emblem_of(award()), award(), form=form))
    assert (found.standard, found.text) == (Standard.OPEN_BADGES_3, award())


def test_the_block_is_the_achievements():
    assert emblem_of(award()) == ACHIEVEMENTS + "Bridge%20building"


@pytest.mark.parametrize(
    ("types", "standard"),
    [
        (["VerifiableCredential", "ClrCredential"], Standard.CLR_2),
        ("Assertion", Standard.OPEN_BADGES_2),
        (["VerifiableCredential", "OpenBadgeCredential"], Standard.OPEN_BADGES_3),
        (None, Standard.OPEN_BADGES_3),
    ],
)
def test_its_types_say_by_which_standard_it_is_baked(types, standard):
    assert standard_of({"type": types}) is standard
