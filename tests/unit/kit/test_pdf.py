"""Pages set for good: the same bytes, no mark-up in what is filled in, and no letter lost without a word."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from kit import pdf
from kit.intake import read
from kit.intake.reading import Carrier

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEMPLATE = b"""#set document(title: d.name, date: auto)
#set text(lang: "en")
= #d.name
#d.more
#if d.incomplete [told]
#image(bytes(sys.inputs.dot), width: 2mm, alt: "dot")
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'
RECORD = '{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "name": "Zoë"}'
ATTACHED = pdf.Attached(name="credential.json", media_type="application/vc", about="The signed record", text=RECORD)


def made(name, more="", *, at=AT):
    return pdf.render(TEMPLATE, {"name": name, "more": more}, pictures={"dot": DOT}, attached=[ATTACHED], at=at)


def text_of(data):
    return PdfReader(io.BytesIO(data)).pages[0].extract_text().replace("\u200b", "")


def test_the_same_input_makes_the_same_bytes():
    assert made("Wren") == made("Wren")
    assert made("Wren") != made("Wren", at=AT.replace(hour=10))
    assert "2026-11-23T09:00:00" in made("Wren").decode("latin-1").replace("D:20261123090000", "2026-11-23T09:00:00")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ñuñez-Güell Øyvind Łukasz Ğ ẞ",
        "Nguyễn Thị Đặng",
        "陳大文",
        "山田 太郎",
        "김민준",
        "محمد علي",
        "עברית",
        "देवनागरी",
        "ไทย",
        "Ελένη",
        "Дмитрий",
        "አማርኛ",
        "ქართული",
        "🌟",
    ],
)
def test_names_are_set_as_families_write_them(name):
    assert "told" not in text_of(made(name))


@pytest.mark.parametrize("name", ["ᐃᓄᒃᑎᑐᑦ", "\ue000", "x\x00y", "\ud83d", "a\u0378"])
def test_what_no_font_has_becomes_a_number_and_is_told(name):
    text = text_of(made(f"Wren {name}"))
    assert "told" in text
    assert f"[U+{ord(next(sign for sign in name if not sign.isalpha() or ord(sign) > 255)):04X}]" in text
    assert "Wren" in text


def test_however_many_letters_are_missing_the_rest_stays():
    missing = "".join(chr(0x1401 + number) for number in range(150))
    text = text_of(made("Zoë", f"陳 {missing}")).replace("\n", "")
    assert "told" in text
    assert text.count("[U+14") == 150
    assert "Zoë" in text


def test_without_the_fonts_for_it_chinese_becomes_numbers(monkeypatch):
    monkeypatch.setattr(pdf, "FONT_PACKAGES", ("manimgx_fonts", "no_such_package"))
    pdf.fonts.cache_clear()
    try:
        text = text_of(made("陳"))
    finally:
        pdf.fonts.cache_clear()
    assert "[U+9673]" in text
    assert "told" in text


@pytest.mark.parametrize(
    "text",
    [
        '#image("/etc/passwd")',
        '#read("/etc/hostname")',
        "<iframe src=file:///etc/passwd>",
        "*bold* _it_ `raw` $x$ @ref <label> // gone /* gone */",
        "#sys.inputs",
        '"] + sys + ["',
        "\\u{41} \\",
        "= heading",
    ],
)
def test_M13_what_is_filled_in_is_text(text):
    assert "".join(text.split()) in "".join(text_of(made("Wren", text)).split())


def test_a_word_without_an_end_stays_on_the_page():
    page = PdfReader(io.BytesIO(made("Wren", "A" * 300))).pages[0]
    assert page.extract_text().replace("\u200b", "").replace("\n", "").count("A") == 300


def test_the_record_comes_out_as_it_went_in():
    found = read(made("Wren"), media_type="application/pdf", name="certificate.pdf")
    assert found.carrier is Carrier.PDF
    assert found.only().text == RECORD.encode()


def test_it_says_what_it_is_for_archives_and_readers_aloud():
    reader = PdfReader(io.BytesIO(made("Wren")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/StructTreeRoot"]
    assert root["/AF"][0].get_object()["/AFRelationship"] == "/Source"
    said = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3" in said
    assert "<pdfuaid:part>1" in said


def test_a_template_that_is_wrong_says_so():
    with pytest.raises(ValueError, match="template"):
        pdf.render(b"#nothing", {}, pictures={}, attached=[ATTACHED], at=AT)
