"""The command takes every kind of file, several at once, and bakes and unbakes byte for byte."""

import json

import pytest
from PIL import Image

from satchel.cli import main
from tests.unit.kit.intake import pictures as make
from tests.unit.wallet.samples import award
from vc.baking import Standard, bake_svg

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "badge.json").write_bytes(award())
    (tmp_path / "badge.png").write_bytes(make.saved(Image.new("L", (8, 8))))
    (tmp_path / "badge.svg").write_bytes(SVG)
    return tmp_path


@pytest.mark.parametrize("form", ["png", "svg"])
def test_baked_and_unbaked_nothing_has_changed(folder, form, capsysbinary):
    picture, baked = folder / f"badge.{form}", folder / f"baked.{form}"
    assert main(["bake", str(picture), str(folder / "badge.json"), str(baked)]) == 0
    capsysbinary.readouterr()
    assert main(["unbake", str(baked), "--picture", str(folder / "bare")]) == 0
    assert capsysbinary.readouterr().out == award()
    assert (folder / "bare").read_bytes() == picture.read_bytes()
    assert main(["unbake", str(baked), str(folder / "out.json")]) == 0
    assert (folder / "out.json").read_bytes() == award()
    again = folder / f"again.{form}"
    assert main(["bake", str(baked), str(folder / "badge.json"), str(again)]) == 2
    assert main(["bake", str(baked), str(folder / "badge.json"), str(again), "--replace", "--as", "clr"]) == 0
    assert main(["verify", "--offline", "--recognition", "ignore", str(again)]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bake", "badge.png", "badge.svg", "out.png"], "not a record"),
        (["bake", "badge.png", "link.txt", "out.png"], "holds a link"),
        (["bake", "badge.json", "badge.json", "out.png"], "neither a PNG nor an SVG"),
        (["bake", "odd.svg", "badge.json", "out.svg"], "not well-formed"),
        (["bake", "full.svg", "badge.json", "out.svg"], "With --replace it makes room."),
        (["bake", "gone.png", "badge.json", "out.png"], "could not be read"),
        (["bake", "badge.png", "badge.json", "badge.json"], "is there already"),
        (["bake", "badge.png", "badge.json", "no/such/folder.png"], "could not be written"),
        (["unbake", "badge.png"], "no credential"),
        (["unbake", "badge.json"], "neither a PNG nor an SVG"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(folder, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(folder)
    (folder / "link.txt").write_text("https://example.org/badge.json")
    (folder / "odd.svg").write_text("<svg")
    (folder / "full.svg").write_bytes(bake_svg(SVG, award(), standard=Standard.OPEN_BADGES_3, replace=False))
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_several_files_are_judged_one_by_one_and_the_gravest_counts(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    main(["bake", "badge.png", "badge.json", "baked.png"])
    (folder / "both.pdf").write_bytes(make.pdf(("one.json", award(1)), ("two.json", award(2))))
    (folder / "evil.json").write_bytes(award().replace(b"ten kilograms", b"one kilogram "))
    options = ["--offline", "--recognition", "ignore"]
    capsys.readouterr()
    assert main(["verify", *options, "baked.png", "both.pdf"]) == 0
    told = capsys.readouterr().out
    for name in ("== baked.png", "== both.pdf: one.json", "== both.pdf: two.json"):
        assert name in told
    assert main(["verify", *options, "both.pdf"]) == 0
    assert main(["verify", *options, "baked.png", "badge.png"]) == 2
    assert main(["verify", *options, "badge.png", "evil.json", "baked.png", "gone.json"]) == 1
    capsys.readouterr()
    assert main(["verify", *options, "--json", "evil.json", "gone.json"]) == 1
    answers = json.loads(capsys.readouterr().out)
    assert [(each["input"], each["exit"]) for each in answers] == [("evil.json", 1), ("gone.json", 2)]
