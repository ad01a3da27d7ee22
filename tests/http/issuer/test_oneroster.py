"""The export of a school's own system: seen before anything is kept, taken over whole, and twice the same as once."""

import pytest
from sqlalchemy import func, select

from issuer.cli import main
from issuer.store import tables
from tests.http.issuer.exports import (
    SCHOOL,
    answered,
    brought,
    changed,
    export,
    lines_of,
    members_of,
    packed,
    send,
    take_over,
    without,
)
from tests.http.issuer.html_forms import fields_of

PLACES = {"learner": {"same": 2}, "offering": {"same": 1}, "enrolment": {"same": 2}}


@pytest.fixture
def desk(house):
    return house.desk()


@pytest.fixture
def taken(desk):
    """A desk with the school of the export."""
    take_over(desk, brought(desk, export()))
    return desk


def roster(desk):
    items = desk.client.get(f"{desk.base}/learners", params={"state": "all", "size": 200}).json()["items"]
    found = [desk.client.get(f"{desk.base}/learners/{item['id']}").json() for item in items]
    return {each["givenName"]: each for each in found}


def places(desk):
    return {
        name: [(each["code"], each["status"]) for each in learner["enrolments"]]
        for name, learner in roster(desk).items()
    }


def offerings(desk):
    return desk.client.get(f"{desk.base}/offerings").json()["items"]


def everything(desk):
    return roster(desk), offerings(desk), places(desk)


def test_an_export_is_seen_first_taken_over_whole_and_changes_nothing_again(desk):
    report = brought(desk, export())
    assert report["counts"] == {"learner": {"new": 2}, "offering": {"new": 1}, "enrolment": {"new": 2}}
    assert report["schools"] == ["Cedar Bend Community School District", "Cedar Bend Elementary"]
    assert (roster(desk), offerings(desk)) == ({}, [])
    assert take_over(desk, report)["applied"] is True
    found = roster(desk)
    assert sorted(found) == ["Ash", "Wren"]
    wren = found["Wren"]
    assert (wren["number"], wren["birthDate"], wren["guardianName"], wren["mail"]) == ("N-1", None, "", "")
    assert [(each["code"], each["status"], each["enrolledOn"]) for each in wren["enrolments"]] == [
        ("BAND5-1", "active", "2026-08-24")
    ]
    (band,) = offerings(desk)
    kept = {name: band[name] for name in ("title", "state", "term", "startDate", "endDate", "gradesOrAges", "subject",
                                          "location", "scedCode", "instructorName")}  # fmt: skip
    assert kept == {
        "title": "Beginning band 1", "state": "draft", "term": "Fall 2026", "startDate": "2026-08-24",
        "endDate": "2026-12-22", "gradesOrAges": "5-6", "subject": "Music", "location": "Band room",
        "scedCode": "55105", "instructorName": "Daniel Reyes",
    }  # fmt: skip
    before = everything(desk)
    again = brought(desk, export())
    assert again["counts"] == PLACES
    take_over(desk, again)
    assert everything(desk) == before


def test_teachers_are_named_and_not_invited_and_guardians_come_only_when_asked_for(desk, house):
    before = desk.client.get(f"{desk.base}/members").json()
    report = brought(desk, export())
    assert report["teachers"] == 1
    listed = desk.client.get(f"{desk.base}/oneroster/{report['id']}/teachers").json()
    assert (listed["total"], listed["items"][0]["name"]) == (1, "Daniel Reyes")
    with house.services.context.database.reading() as session:
        row = session.get(tables.RosterImportRow, report["id"])
        kept = house.services.context.keystore.vault().open(
            row.content_sealed, context=f"issuer/roster-import/{row.id}/content".encode()
        )
    for word in (b"secret-word", b"teresa", b"Teresa", b"wren.h", b"U-TERESA"):
        assert word not in kept
    take_over(desk, report)
    assert desk.client.get(f"{desk.base}/members").json() == before
    take_over(desk, brought(desk, export(), guardians=True))
    found = roster(desk)
    assert (found["Wren"]["guardianName"], found["Wren"]["guardianMail"]) == (
        "Teresa Hadley",
        "teresa@hadley.example.org",
    )
    assert found["Ash"]["guardianName"] == ""


def test_a_change_is_found_by_the_schools_key_and_by_number_never_by_name(taken):
    report = brought(taken, export(changed("users", "Wren,Hadley,,N-1", "Wren,Reyes-Hadley,,N-9")))
    assert lines_of(report, "changed") == [("learner", "Wren Reyes-Hadley")]
    take_over(taken, report)
    assert sorted(each["number"] for each in roster(taken).values()) == ["N-2", "N-9"]
    other = changed("users", "U-ASH", "U-9")
    other["enrollments"] = changed("enrollments", "U-ASH", "U-9")["enrollments"]
    report = brought(taken, export({**other, "users": [other["users"][1]]}))
    assert lines_of(report, "changed") == [("learner", "Ash Reyes")], "the number says who it is"
    assert lines_of(report, "missing") == [("learner", "Wren Reyes-Hadley")]
    no_number = [line.replace("N-2", "") for line in other["users"]]
    report = brought(taken, export({**other, "users": [no_number[1].replace("U-9", "U-10")]}))
    assert lines_of(report, "question") == [("learner", "Ash Reyes")], "a name alone joins nobody"


def test_a_key_that_was_given_to_somebody_else_is_asked_about(taken):
    report = brought(taken, export(changed("users", "Wren,Hadley,,N-1", "Ida,Ito,,N-77")))
    assert lines_of(report, "question") == [("learner", "Ida Ito")]
    assert lines_of(report, "held") == [("enrolment", "Wren Hadley")]
    line = next(each for each in report["rows"] if each["change"] == "question")
    report = answered(taken, report, **{f"row{line['number']}": "new"})
    assert lines_of(report, "new") == [("learner", "Ida Ito"), ("enrolment", "Ida Ito")]
    take_over(taken, report)
    assert sorted(roster(taken)) == ["Ash", "Ida", "Wren"]


def test_what_a_delta_deletes_has_left_and_nothing_is_deleted(taken):
    gone = {
        "users": ["U-WREN,tobedeleted,2026-10-01,true,S1,student,,,Wren,Hadley,,,,,,,,"],
        "enrollments": ["E3,tobedeleted,2026-10-01,K-1,S1,U-ASH,student,,,"],
    }
    report = brought(taken, export(gone, mode="delta"))
    assert lines_of(report, "gone") == [("learner", "Wren Hadley"), ("enrolment", "Ash Reyes")]
    take_over(taken, report)
    found = roster(taken)
    assert (found["Wren"]["state"], found["Ash"]["state"]) == ("left", "active")
    assert places(taken) == {"Wren": [("BAND5-1", "withdrawn")], "Ash": [("BAND5-1", "withdrawn")]}
    again = brought(taken, export(gone, mode="delta"))
    assert again["counts"] == {"learner": {"same": 1}, "offering": {}, "enrolment": {"same": 1}}
    take_over(taken, brought(taken, export()))
    assert {each["state"] for each in roster(taken).values()} == {"active"}, (
        "a file that took them off brings them back"
    )
    assert places(taken) == {"Wren": [("BAND5-1", "active")], "Ash": [("BAND5-1", "active")]}


def test_what_people_here_said_is_not_undone_by_the_next_file(taken):
    wren = roster(taken)["Wren"]
    offering = wren["enrolments"][0]["offering"]
    path = f"{taken.base}/learners/{wren['id']}"
    assert taken.client.put(f"{path}/enrolments/{offering}", json={"status": "withdrawn"}).status_code == 204
    said = {"givenName": "Wren", "familyName": "Hadley", "number": "N-1", "state": "left"}
    assert taken.client.put(path, json=said).status_code == 200
    report = brought(taken, export())
    assert report["counts"] == PLACES
    card = taken.client.get(f"{taken.base}/offerings/{offering}").json()
    members = {name: card[name] for name in ("code", "kind", "state")} | {"title": "Band for beginners"}
    assert taken.client.put(f"{taken.base}/offerings/{offering}", json=members).status_code == 200
    take_over(taken, report)
    assert offerings(taken)[0]["title"] == "Band for beginners"


def test_who_is_missing_from_a_whole_list_leaves_only_when_somebody_ticks_it(taken):
    shorter = without("users", "U-WREN")
    shorter["enrollments"] = without("enrollments", "E1")["enrollments"]
    report = brought(taken, export(shorter))
    (line,) = (each for each in report["rows"] if each["change"] == "missing")
    assert (line["of"], line["name"], line["answer"]) == ("learner", "Wren Hadley", None)
    take_over(taken, report)
    assert roster(taken)["Wren"]["state"] == "active"
    report = answered(taken, brought(taken, export(shorter)), **{line["key"]: "left"})
    take_over(taken, report)
    assert (roster(taken)["Wren"]["state"], places(taken)["Wren"]) == ("left", [("BAND5-1", "withdrawn")])
    assert brought(taken, export(shorter))["counts"]["learner"] == {"same": 1}
    delta = brought(taken, export({"users": shorter["users"]}, mode="delta"))
    assert lines_of(delta, "missing") == [], "changes say nothing about who is not named"


def test_all_that_is_missing_can_be_ticked_at_once(taken):
    nobody = {**SCHOOL, "users": SCHOOL["users"][2:], "classes": [], "enrollments": []}
    report = brought(taken, export(nobody))
    assert lines_of(report, "missing") == [
        ("learner", "Wren Hadley"), ("learner", "Ash Reyes"), ("offering", "Beginning band 1"),
    ]  # fmt: skip
    report = answered(taken, report, all_missing=True)
    take_over(taken, report)
    assert {each["state"] for each in roster(taken).values()} == {"left"}
    assert [each["state"] for each in offerings(taken)] == ["closed"]


def test_a_place_that_is_missing_is_asked_about_whatever_the_schools_system_calls_it_now(taken):
    renamed = {**SCHOOL, "enrollments": [line.replace("E", "X", 1) for line in SCHOOL["enrollments"]]}
    assert brought(taken, export(renamed))["counts"] == PLACES
    report = brought(taken, export(without("enrollments", "E3")))
    assert lines_of(report, "missing") == [("enrolment", "Ash Reyes")]
    take_over(taken, answered(taken, report, all_missing=True))
    assert places(taken) == {"Wren": [("BAND5-1", "active")], "Ash": [("BAND5-1", "withdrawn")]}


def test_two_schools_that_use_the_same_keys_are_not_mixed_up(taken):
    theirs = changed("users", "Wren,Hadley,,N-1", "Ida,Ito,,N-50")
    report = brought(taken, export(theirs, source_systemCode="another"))
    assert ("learner", "Ida Ito") in lines_of(report, "new")
    assert lines_of(report, "missing") == []


def test_problems_name_file_row_and_remedy_and_the_rest_comes_in(desk):
    files = {
        **SCHOOL,
        "users": [
            *SCHOOL["users"],
            ",,,true,S1,student,,,No,Key,,,,,,,,",
            "U-WREN,,,true,S1,student,,,Twice,Over,,,,,,,,",
            "U-7,,,true,S1,wizard,,,Mer,Lin,,,,,,,,",
            "U-8,inactive,,true,S1,student,,,Old,Way,,,,,,,,",
            "U-9,,,true,S1,student,,,W\u0433en,Odd,,,,,,,,",
            "U-10,,,true,S1,student,,,Bad,Mail,,,nothing,,,,,",
        ],
        "classes": [*SCHOOL["classes"], "K-2,,,,,C-NONE,,scheduled,,S1,T1,,,"],
        "enrollments": [
            *SCHOOL["enrollments"],
            "E8,,,K-9,S1,U-WREN,student,,,",
            "E9,,,K-1,S1,U-99,student,,,",
            "E10,,,K-1,S1,U-10,student,,,",
            "E11,,,K-2,S1,U-WREN,student,,,",
        ],
    }
    report = brought(desk, export(files))
    wrong = {(line["file"], line["number"]): line["problems"] for line in report["rows"] if line["change"] == "problem"}
    assert sorted(wrong) == [
        ("classes", 3),
        ("enrollments", 5),
        ("enrollments", 6),
        *(("users", n) for n in range(6, 12)),
    ]
    assert all(each["detail"] and each["remedy"] for problems in wrong.values() for each in problems)
    assert lines_of(report, "held") == [("enrolment", "Bad Mail"), ("enrolment", "Wren Hadley")]
    report = answered(desk, report, row10="accept")
    assert ("learner", "W\u0433en Odd") in lines_of(report, "new")
    take_over(desk, report)
    assert sorted(roster(desk)) == ["Ash", "Wren", "W\u0433en"]


def test_a_code_that_the_rate_card_has_is_joined_once_and_never_twice(desk):
    made = desk.client.post(f"{desk.base}/offerings", json={"title": "Our band", "code": "BAND5-1", "price": "90"})
    files = {**SCHOOL, "classes": [*SCHOOL["classes"], SCHOOL["classes"][0].replace("K-1", "K-2")]}
    report = brought(desk, export(files))
    assert lines_of(report, "changed") == [("offering", "Our band")]
    take_over(desk, report)
    found = {each["code"]: each for each in offerings(desk)}
    assert sorted(found) == ["BAND5-1", "BAND5-1-2"]
    assert found["BAND5-1"]["id"] == made.json()["id"]
    assert (found["BAND5-1"]["price"], found["BAND5-1"]["state"]) == (90, "open")


def test_a_file_that_the_manifest_calls_absent_is_a_question(desk):
    report = brought(desk, export(file_users="absent"))
    assert (report["questions"], report["counts"]["learner"]) == (["users"], {})
    answer = desk.client.post(f"{desk.base}/oneroster/{report['id']}/apply", json={"seen": report["seen"]})
    assert (answer.status_code, answer.json()["detail"]) == (409, "Say first what users.csv is.")
    left_out = answered(desk, report, **{"file/users": "leave"})
    assert (left_out["questions"], left_out["counts"]["learner"]) == ([], {})
    report = answered(desk, report, **{"file/users": "bulk"})
    assert (report["questions"], report["counts"]["learner"]) == ([], {"new": 2})
    take_over(desk, report)
    for name, said in (("file/users", "perhaps"), ("gone/learner/x", "left"), ("7", "maybe"), ("x" * 90, "new")):
        one = brought(desk, export(file_users="absent"))["id"]
        answer = desk.client.put(f"{desk.base}/oneroster/{one}", json={"answers": {name: said}})
        assert answer.status_code == 422


def test_what_is_not_read_is_said_and_demographics_never_are(desk):
    members = members_of(file_demographics="bulk", file_lineItems="bulk")
    members |= {"demographics.csv": "sourcedId\n\x00", "lineItems.csv": "\x00", "notes\u202e.txt": "x"}
    report = brought(desk, packed(members))
    assert report["notes"] == [
        "demographics.csv was not opened: birth dates and what else is in it are never read.",
        "lineItems.csv was not opened: nothing of it belongs on the roster.",
        "“notes\ufffd.txt” is no file of OneRoster 1.1 and was not opened.",
    ]


def test_somebody_else_was_faster_and_a_press_twice_is_one(desk):
    one, other = brought(desk, export(), key="press"), brought(desk, export(), key="press")
    assert one["id"] == other["id"]
    assert send(desk, export(mode="delta"), key="press").status_code == 422
    mine = brought(desk, export())
    take_over(desk, one)
    path = f"{desk.base}/oneroster/{mine['id']}"
    assert desk.client.post(f"{path}/apply", json={"seen": mine["seen"]}).status_code == 409
    assert desk.client.put(path, json={"version": 9}).status_code == 409
    assert desk.client.get(f"{desk.base}/imports/{mine['id']}").status_code == 404, "each kind has its own road"
    assert desk.client.delete(path).status_code == 204
    assert desk.client.get(path).status_code == 404
    assert len(roster(desk)) == 2


def test_an_erased_learner_is_known_to_no_key_of_the_schools(taken, house):
    brought(taken, export())
    wren = roster(taken)["Wren"]["id"]
    assert taken.client.delete(f"{taken.base}/learners/{wren}").status_code == 204
    with house.services.context.database.reading() as session:
        assert session.scalars(select(tables.SourceKeyRow).where(tables.SourceKeyRow.learner_id == wren)).all() == []
        assert session.scalars(
            select(tables.RosterImportRow).where(
                tables.RosterImportRow.organisation_id == session.get(tables.LearnerRow, wren).organisation_id,
                tables.RosterImportRow.content_sealed.is_not(None),
            )
        ).all() == []  # fmt: skip
    assert lines_of(brought(taken, export()), "new") == [("learner", "Wren Hadley"), ("enrolment", "Wren Hadley")]


def test_the_screens_without_a_script(house, desk):
    person, base = house.people.client, f"/organisations/{desk.slug}"
    page = person.get(f"{base}/oneroster/new")
    given = fields_of(page.text)
    nothing = person.post(f"{base}/oneroster/new", data=given, files={"file": ("", b"")})
    assert (nothing.status_code, "There is no file yet." in nothing.text) == (422, True)
    data = export(changed("users", "Wren,Hadley,,N-1", "Wren,Hadley,,"), file_users="absent")
    answer = person.post(f"{base}/oneroster/new", data=given, files={"file": ("export.zip", data)})
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    page = person.get(path)
    assert "manifest.csv says that there is no users.csv, and there is one." in page.text
    fields = fields_of(page.text)
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    early = person.post(f"{path}/apply", data={"csrf": fields["csrf"], "seen": seen})
    assert early.status_code == 409
    assert person.post(f"{path}/answers", data={**fields, "answers/file/users": "bulk"}).status_code == 303
    page = person.get(path)
    assert "1 teacher is named" in page.text
    seen = page.text.partition('name="seen" value="')[2].partition('"')[0]
    assert person.post(f"{path}/apply", data={"csrf": fields["csrf"], "seen": seen}).status_code == 303
    assert "2 new learners, 1 new classes, 2 new enrolments" in person.get(f"{base}/learners").text
    shorter = {**SCHOOL, "users": SCHOOL["users"][1:], "enrollments": SCHOOL["enrollments"][1:]}
    answer = person.post(f"{base}/oneroster/new", data=given, files={"file": ("export.zip", export(shorter))})
    path = answer.headers["location"]
    page = person.get(path)
    assert "No longer on the list" in page.text
    key = page.text.partition('name="shown" value="')[2].partition('"')[0]
    sent = {**fields_of(page.text), f"answers/{key}": "left", "shown": key}
    assert person.post(f"{path}/answers", data=sent).status_code == 303
    assert "Take over 1 row" in person.get(path).text
    untick = {**fields_of(page.text), "version": "2", "shown": key}
    assert person.post(f"{path}/answers", data=untick).status_code == 303
    assert "The roster says all of this already." in person.get(path).text
    assert person.post(f"{path}/discard", data={"csrf": fields["csrf"]}).status_code == 303
    assert person.get(path).status_code == 404


def test_O2_nothing_is_kept_of_an_export_that_is_refused(desk, house):
    with house.services.context.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(tables.RosterImportRow))
    answer = send(desk, packed({**members_of(), "../users.csv": "x"}))
    assert (answer.status_code, answer.json()["field"]) == (422, "file")
    with house.services.context.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(tables.RosterImportRow)) == before


def test_O4_an_export_of_another_organisation_is_not_there(desk, house):
    theirs = brought(house.desk(), export())["id"]
    path = f"{desk.base}/oneroster/{theirs}"
    assert desk.client.get(path).status_code == 404
    assert desk.client.put(path, json={"allMissing": True}).status_code == 404
    assert desk.client.post(f"{path}/apply", json={"seen": "x"}).status_code == 404


def test_the_operator_looks_first_and_takes_over_when_that_is_said(house, desk, tmp_path, monkeypatch, capsys):
    for name in ("database_url", "data_dir", "public_url", "port", "key_file", "loopback"):
        monkeypatch.setenv(f"SATCHEL_ISSUER_{name.upper()}", str(getattr(house.settings, name)))
    file = tmp_path / "export.zip"
    file.write_bytes(export({**SCHOOL, "users": [*SCHOOL["users"], "U-7,,,true,S1,wizard,,,Mer,Lin,,,,,,,,"]}))
    given = ["import", str(file), "--organisation", desk.slug]
    assert main(given) == 0
    told = capsys.readouterr().out
    assert "learner: 1 problem, 2 new" in told
    assert "users.csv, row 6: “wizard” is no role of OneRoster 1.1." in told
    assert "Hadley" not in told
    assert roster(desk) == {}
    assert main([*given, "--take-over"]) == 0
    assert "Taken over: 5; left out: 1." in capsys.readouterr().out
    assert sorted(roster(desk)) == ["Ash", "Wren"]
    file.write_bytes(export(file_users="absent"))
    assert main([*given, "--take-over"]) == 1
    file.write_bytes(b"nothing")
    assert main(given) == 1
    assert "This is not a ZIP file." in capsys.readouterr().err
