"""Exports of schools' systems, read: those made to be costly or misread are refused in words."""

import io
import warnings
import zipfile

import pytest

from issuer.service.roster.oneroster.assembling import assemble
from issuer.service.roster.oneroster.reading import read_export
from kit.errors import BadInput, TooLarge
from tests.http.issuer.exports import SCHOOL, changed, export, members_of, packed, rows


def put(**members):
    """The usual export with other members."""
    return packed(members_of() | {name.replace("_", "."): content for name, content in members.items()})


def lied_about(data, name, size):
    """An archive whose directory says that a member is smaller than it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        true = archive.getinfo(name).file_size
    return data.replace(true.to_bytes(4, "little"), size.to_bytes(4, "little"))


def encrypted(data):
    """An archive whose members are all said to be locked."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


def twice():
    stored = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stored, "w") as archive:
        warnings.simplefilter("ignore")
        for name, content in members_of().items():
            archive.writestr(name, content)
        archive.writestr("Users.csv", members_of()["users.csv"])
    return stored.getvalue()


MANIFEST = members_of()["manifest.csv"]
HOSTILE = {
    "no archive": (b"sourcedId,status\n", "This is not a ZIP file."),
    "cut short": (export()[:-40], "damaged"),
    "a bomb": (put(users_csv=b"\0" * (33 << 20)), "Unpacked"),
    "a million rows": (put(users_csv=rows("users", ["U,,,,,student,,,A,B,,,,,,,,"] * 400_000)), "users.csv"),
    "too many learners": (
        put(users_csv=rows("users", [f"U{n},,,,,student,,,A,B,,,,,,,," for n in range(5_001)])), "too many learners",
    ),
    "many members": (put(**{f"x{n}_txt": b"" for n in range(60)}), "more than 40 files"),
    "a path": (put(**{"../users_csv": "x"}), "folder"),
    "a folder": (packed({f"export/{name}": text for name, text in members_of().items()}), "folder"),
    "a drive": (put(**{"C:users_csv": "x"}), "folder"),
    "one name twice": (twice(), "twice"),
    "locked": (encrypted(export()), "locked with a password"),
    "a lie about its size": (lied_about(put(users_csv=rows("users", SCHOOL["users"] * 50)), "users.csv", 9), "damaged"),
    "no manifest": (packed({"users.csv": members_of()["users.csv"]}), "no manifest.csv"),
    "a promise": (packed({k: v for k, v in members_of().items() if k != "users.csv"}), "says that there is users.csv"),
    "another version": (export(oneroster_version="1.2"), "OneRoster 1.2"),
    "another word": (export(file_users="some"), "“some”"),
    "two words": (put(manifest_csv=MANIFEST + "file.users,delta\n"), "two things"),
    "a column twice": (put(users_csv="sourcedId,role,givenName,familyName,role\nU,student,A,B,x\n"), "column “role”"),
    "a column that is none": (put(users_csv="sourcedId,role,givenName\nU,student,A\n"), "column “familyName”"),
    "a formula": (export(changed("users", "Ash,Reyes", '"=HYPERLINK(1)",Reyes')), "I3"),
    "Latin-1": (put(users_csv=rows("users", SCHOOL["users"]).replace("Ash", "Zoë").encode("latin-1")), "not saved as UTF-8"),
    "UTF-16": (put(users_csv=rows("users", SCHOOL["users"]).encode("utf-16")), "not saved as UTF-8"),
    "NUL": (put(users_csv="sourcedId\0role\n"), "users.csv"),
    "a quote never closed": (put(users_csv=rows("users", ['U-1,,,,,student,,,"A,B'])), "quotation mark"),
    "a workbook inside": (put(users_csv=packed({"a": "b"})), "users.csv"),
    "nothing to take": (export({"orgs": SCHOOL["orgs"]}), "no users, classes or enrollments"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_O2_a_hostile_export_is_refused_in_words(case):
    data, words = HOSTILE[case]
    with pytest.raises((BadInput, TooLarge)) as refused:
        read_export(data, name="", guardians=True)
    assert words in str(refused.value)
    assert refused.value.remedy
    assert refused.value.field == "file"


def test_the_mark_of_utf8_and_windows_line_ends_are_read():
    marked = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in members_of().items()}
    plain, found = (assemble(read_export(data, name="", guardians=True), {}) for data in (export(), packed(marked)))
    assert found == plain
    assert (len(plain.people), len(plain.groups), len(plain.seats), plain.faults) == (2, 1, 2, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [("05", "5"), ("KG", "K"), ("04,05,06", "4-6"), ("04,06", "4, 6"), ("KG,01", "K, 1"), ("PR,05", "PR, 5"), ("", "")],
)
def test_grades_are_said_as_a_rate_card_says_them(text, said):
    classes = [f'K-1,,,Band,"{text}",,B,scheduled,,S1,T1,,,']
    (group,) = assemble(
        read_export(export({**SCHOOL, "classes": classes, "courses": []}), name="", guardians=False), {}
    ).groups
    assert group.draft.grades_or_ages == said


def test_what_is_kept_is_read_again_as_it_was():
    export_ = read_export(export(), name="x.zip", guardians=True)
    assert type(export_).from_json(export_.to_json()) == export_
