"""The certificate of an award: what it says, that it carries what was signed, and that what was withdrawn has none."""

import io
import re

import pytest
import typst
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from issuer.service import certificates
from kit import pdf, qr
from kit.intake import read
from tests.http.issuer.conftest import ORIGIN
from tests.http.issuer.office import House, Office
from vc import verify
from vc.checks import Verdict
from vc.document import CREDENTIAL_LIMITS, parse
from vc.evidence import Evidence, Resource
from vc.policy import Policy

CHECKER = "http://localhost:8003"
POINTS_A_MM = 72 / 25.4


@pytest.fixture(scope="module")
def house(tmp_path_factory, prepared):
    made = House(tmp_path_factory.mktemp("certificates"), prepared, verifier_url=CHECKER)
    yield made
    made.close()


@pytest.fixture(scope="module")
def office(house):
    return Office(house)


@pytest.fixture(scope="module")
def wren(office):
    return office.award(validUntil="2029-03-03")


def certificate(office, made, **query):
    query = {"lang": "en", **query}  # a browser remembers what was asked for last
    answer = office.browser.get(f"{office.page(made)}/certificate.pdf", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


def text_of(data):
    (page,) = PdfReader(io.BytesIO(data)).pages
    return " ".join(page.extract_text().replace("\u200b", "").split())


def test_it_says_who_earned_what_from_whom_and_how_to_check_it(office, wren):
    text = text_of(certificate(office, wren))
    for said in (
        "Maple Co-op", "certifies that", "Wren Hadley", "has earned", "Algebra I", "Linear equations and functions.",
        "A-", "23 November 2026", "3 March 2029", "open the file at this address", f"{CHECKER}/", wren["id"],
    ):  # fmt: skip
        assert said in text
    spanish = text_of(certificate(office, wren, lang="es"))
    for said in ("certifica que", "23 de noviembre de 2026", "El registro firmado está dentro de este archivo"):
        assert said in spanish


def test_the_record_inside_is_genuine_and_byte_for_byte_what_was_signed(office, wren, house):
    document = office.client.get(f"{office.one(wren)}/document").content
    body = read(certificate(office, wren), media_type="application/pdf", name="certificate.pdf").only().text
    assert body == document
    policy = Policy.recommended(recognised=(), loopback=True, require_holder_binding=False, challenge=None, domain=None)
    evidence = Evidence({})
    for _round in range(4):
        report = verify(parse(body, limits=CREDENTIAL_LIMITS), evidence=evidence, policy=policy, now=house.clock.now())
        found = {}
        for url in report.missing:
            answer = house.stranger.get(url.removeprefix(ORIGIN), headers={"Accept": "application/json"})
            kind = answer.headers["content-type"]
            found[url] = Resource(url=url, body=answer.content, media_type=kind, retrieved=house.clock.now())
        evidence |= Evidence(found)
    assert report.verdict is Verdict.GENUINE_AND_CURRENT


def test_the_same_award_gives_the_same_bytes_on_the_paper_of_the_place(office, wren, house):
    assert certificate(office, wren) == certificate(office, wren)
    program = office.client.get(f"{office.one(wren)}/certificate", params={"paper": "letter", "lang": "es"})
    assert program.content == certificate(office, wren, paper="letter", lang="es")
    across = {
        paper: PdfReader(io.BytesIO(certificate(office, wren, paper=paper))).pages[0].mediabox
        for paper in ("a4", "letter")
    }
    assert {
        paper: (round(box.width / POINTS_A_MM), round(box.height / POINTS_A_MM)) for paper, box in across.items()
    } == {
        "a4": (297, 210),
        "letter": (279, 216),
    }
    there = Office(house, address={"addressCountry": "US"})
    assert round(PdfReader(io.BytesIO(certificate(there, there.award()))).pages[0].mediabox.height) == 612
    assert office.browser.get(f"{office.page(wren)}/certificate.pdf?paper=a0").status_code == 422


def test_the_square_is_thirty_millimetres_and_a_phone_reads_it(office, wren, monkeypatch):
    kept = {}
    monkeypatch.setattr(
        pdf, "_compiled", lambda template, inputs, at: kept.update(template=template, inputs=inputs) or b"%PDF-"
    )
    certificate(office, wren)
    picture = typst.compile(
        kept["template"],
        format="png",
        ppi=144,
        font_paths=pdf.fonts(),
        ignore_system_fonts=True,
        sys_inputs=kept["inputs"],
    )
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.text == f"{CHECKER}/"
    side = (code.position.top_right.x - code.position.top_left.x) / 144 * 25.4
    assert 29.5 <= side <= 30.5
    assert len(qr.matrix(code.text)) >= 21


@pytest.mark.parametrize(
    ("learner", "said"),
    [
        ("Nguyễn Thị Đặng 陳大文", "Nguyễn Thị Đặng 陳大文"),
        (
            '#image("/etc/passwd") <iframe src=file:///etc/passwd>',
            '#image("/etc/passwd") <iframe src=file:///etc/passwd>',
        ),
        ("Wolfeschlegelsteinhausenbergerdorff " * 5 + "the younger", "the younger"),
        ("ᐃᓄᒃ", "[U+1403][U+14C4][U+1483]"),
    ],
)
def test_M13_names_are_names_and_fit(office, learner, said):
    text = text_of(certificate(office, office.award(learnerName=learner)))
    assert said.replace(" ", "") in text.replace(" ", "")
    assert ("stand as numbers" in text) == ("U+" in said)
    assert "open the file at this address" in text


def test_without_a_verifier_it_leads_to_the_organisation(office, wren, monkeypatch):
    monkeypatch.setitem(office.services.context.settings.__dict__, "verifier_url", None)
    assert f"{ORIGIN}/orgs/{office.slug}" in text_of(certificate(office, wren))


def test_what_was_withdrawn_has_no_certificate(office):
    made = office.award()
    office.revoke(made)
    answer = office.browser.get(f"{office.page(made)}/certificate.pdf")
    assert answer.status_code == 409
    assert "This award was withdrawn" in answer.text
    assert "certificate.pdf" not in office.look(office.page(made))


def test_no_name_stands_in_the_file_s_name_or_address(office, wren):
    answer = office.browser.get(f"{office.page(wren)}/certificate.pdf")
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9-]+\.pdf"', answer.headers["content-disposition"])
    assert "Wren" not in answer.headers["content-disposition"] + str(answer.url)


def test_a_long_description_is_shortened_with_a_sign():
    long = {"credentialSubject": {"achievement": {"description": "word " * 200}}}
    shown = certificates._described(long)
    assert len(shown) <= certificates.LONGEST_DESCRIPTION
    assert shown.endswith("…")
    assert certificates._described({}) == ""
