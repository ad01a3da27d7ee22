"""What a school's system calls its learners changes: nobody leaves for that, and nobody is taken for missing."""

import pytest

from issuer.cli import main
from tests.http.issuer.exports import SCHOOL, brought, changed, export, lines_of, take_over
from tests.http.issuer.test_oneroster import places, roster


@pytest.fixture
def desk(house):
    return house.desk()


@pytest.fixture
def taken(desk):
    """A desk with the school of the export."""
    take_over(desk, brought(desk, export()))
    return desk


def test_whoever_only_gets_another_key_does_not_leave(taken):
    rekeyed = {
        "users": [
            "U-WREN,tobedeleted,2026-10-01,true,S1,student,,,Wren,Hadley,,N-1,,,,,,",
            "U-NEW,active,2026-10-01,true,S1,student,,,Wren,Hadley,,N-1,,,,,,",
        ],
        "enrollments": [
            "E1,tobedeleted,2026-10-01,K-1,S1,U-WREN,student,,,",
            "E9,active,2026-10-01,K-1,S1,U-NEW,student,,2026-08-24,",
        ],
    }
    report = brought(taken, export(rekeyed, mode="delta"))
    assert lines_of(report, "gone") == []
    take_over(taken, report)
    assert roster(taken)["Wren"]["state"] == "active"
    assert places(taken)["Wren"] == [("BAND5-1", "active")]
    assert brought(taken, export(rekeyed, mode="delta"))["counts"] == {
        "learner": {"same": 2}, "offering": {}, "enrolment": {"same": 2},
    }  # fmt: skip
    gone = {"users": [rekeyed["users"][1].replace("active", "tobedeleted")]}
    take_over(taken, brought(taken, export(gone, mode="delta")))
    assert roster(taken)["Wren"]["state"] == "left", "the new key is the one that counts"


def test_a_place_that_a_file_gave_up_comes_back_under_another_key(taken):
    take_over(taken, brought(taken, export({"enrollments": ["E3,tobedeleted,,K-1,S1,U-ASH,student,,,"]}, mode="delta")))
    assert places(taken)["Ash"] == [("BAND5-1", "withdrawn")]
    back = brought(taken, export({"enrollments": ["E33,active,,K-1,S1,U-ASH,student,,,"]}, mode="delta"))
    assert lines_of(back, "changed") == [("enrolment", "Ash Reyes")]
    take_over(taken, back)
    assert places(taken)["Ash"] == [("BAND5-1", "active")]


def test_whoever_stands_in_a_row_that_cannot_be_used_is_not_missing(taken):
    files = changed("users", "U-WREN,,", "U-WREN,inactive,")
    files["classes"] = [SCHOOL["classes"][0].replace("K-1,,", "K-1,paused,", 1)]
    files["enrollments"] = changed("enrollments", "U-ASH,student", "U-ASH,wizard")["enrollments"]
    report = brought(taken, export(files))
    assert sorted(lines_of(report, "problem")) == [("enrolment", ""), ("learner", ""), ("offering", "")]
    assert lines_of(report, "missing") == [], "the file names them"


def test_a_number_that_somebody_gave_up_can_be_somebody_elses_in_the_same_file(taken):
    files = changed("users", "Wren,Hadley,,N-1", "Wren,Hadley,,N-9")
    files["users"] = [*files["users"], "U-IDA,,,true,S1,student,,,Ida,Ito,,N-1,,,,,,"]
    take_over(taken, brought(taken, export(files)))
    assert {name: each["number"] for name, each in roster(taken).items()} == {"Wren": "N-9", "Ash": "N-2", "Ida": "N-1"}


def test_what_a_row_says_of_a_learner_stands_on_no_terminal(house, taken, tmp_path, monkeypatch, capsys):
    for name in ("database_url", "data_dir", "public_url", "port", "key_file", "loopback"):
        monkeypatch.setenv(f"SATCHEL_ISSUER_{name.upper()}", str(getattr(house.settings, name)))
    odd = "U-9,,,true,S1,student,,,W\u0433en,Odd,,,,,,,,"
    files = changed("users", "Ash,Reyes,,N-2", "Ash,Reyes,,N-1")
    file = tmp_path / "export.zip"
    file.write_bytes(export({**files, "users": [*files["users"], odd]}))
    assert main(["import", str(file), "--organisation", taken.slug]) == 0
    told = capsys.readouterr().out
    assert "users.csv, row 3: The roster number “…” belongs to somebody else." in told
    assert "users.csv, row 6: " in told
    assert [word for word in ("W\u0433en", "N-1", "Ash") if word in told] == []


def test_a_long_list_of_teachers_says_that_it_goes_on(house, desk):
    many = [f"U-T{at},,,true,S1,teacher,,,Tea,Cher{at},,,,,,,," for at in range(202)]
    found = brought(desk, export({**SCHOOL, "users": [*SCHOOL["users"], *many]}))
    page = house.people.client.get(f"/organisations/{desk.slug}/oneroster/{found['id']}").text
    assert "203 teachers are named" in page
    assert "and 3 more" in page
    assert found["teachers"] == 203
    path = f"{desk.base}/oneroster/{found['id']}/teachers"
    pages = [desk.client.get(path, params={"page": number, "size": 100}).json() for number in (1, 2, 3)]
    assert [len(each["items"]) for each in pages] == [100, 100, 3]
    assert len({each["name"] for page in pages for each in page["items"]}) == 203


@pytest.mark.parametrize(
    ("theirs", "asked"),
    [
        ("Wren,Hadley,,N-1", False),
        ("Wren,Reyes-Hadley,,N-1", False),
        ("Wren,Hadley,,", False),
        ("Wren,Hadley,,N-70", True),
        ("Wren,Ito,,N-70", True),
        ("Wren,Ito,,", True),
    ],
)
def test_keys_of_nobody_knows_which_system_join_no_two_people(desk, theirs, asked):
    unnamed = {"source_systemCode": "", "source_systemName": ""}
    take_over(desk, brought(desk, export(**unnamed)))
    report = brought(desk, export(changed("users", "Wren,Hadley,,N-1", theirs), **unnamed))
    assert bool(lines_of(report, "question")) is asked
    assert lines_of(report, "missing") == []
