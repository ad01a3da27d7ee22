"""A name that imitates a recognised one is pointed out; an honest name is left alone."""

import pytest

from verifier.service.lookalikes import hides_direction, look_alikes, mixes_alphabets, skeleton

KNOWN = [
    ("did:web:harvard.example", "Harvard High", "Colleges"),
    ("did:web:maple.example:orgs:coop", "Maple Co-op", "Providers"),
]


@pytest.mark.parametrize(
    "name",
    ["Harvard High", "Hаrvard High", "HARVARD HIGH", "Harvard  High", "Hárvard High", "Harvard Hígh", "Harvard Hlgh"],
)
def test_an_imitation_is_found(name):
    (found,) = look_alikes(name, "did:web:evil.example", KNOWN)
    assert found.recognised_did == "did:web:harvard.example"


@pytest.mark.parametrize("name", ["Harvard Low", "Birch Studio", "", "學校"])
def test_other_names_are_left_alone(name):
    assert not look_alikes(name, "did:web:evil.example", KNOWN)


def test_the_recognised_issuer_does_not_imitate_itself():
    assert not look_alikes("Harvard High", "did:web:harvard.example", KNOWN)


def test_the_same_letters_are_told_from_similar_ones():
    assert look_alikes("Harvard High", "did:web:evil.example", KNOWN)[0].same_letters
    assert not look_alikes("Hаrvard High", "did:web:evil.example", KNOWN)[0].same_letters


def test_a_host_in_disguise_is_found():
    disguise = "did:web:xn--" + "hаrvard".encode("punycode").decode() + ".example"
    (found,) = look_alikes("Something else", disguise, KNOWN)
    assert found.recognised_name == "Harvard High"


def test_another_organisation_on_the_same_host_is_no_disguise():
    assert not look_alikes("Oak Robotics", "did:web:maple.example:orgs:oak", KNOWN)


def test_rn_reads_as_m():
    assert skeleton("Surnrnit") == skeleton("Summit")


@pytest.mark.parametrize(
    ("name", "mixed"), [("Hаrvard", True), ("Harvard", False), ("Школа", False), ("Школа Maple", False)]
)
def test_one_word_in_two_alphabets(name, mixed):
    assert mixes_alphabets(name) is mixed


def test_turned_text_is_noticed():
    assert hides_direction("Harvard\u202eloohcs")
    assert not hides_direction("مدرسة")
