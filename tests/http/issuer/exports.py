"""Exports of a school's own system, as tests change them: OneRoster 1.1, CSV, in one ZIP file."""

import io
import itertools
import zipfile

FILES = ("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
         "enrollments", "lineItems", "orgs", "resources", "results", "users")  # fmt: skip
HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
    "subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate",
}
SCHOOL = {
    "orgs": ["D1,,,Cedar Bend Community School District,district,1999999,", "S1,,,Cedar Bend Elementary,school,,D1"],
    "academicSessions": ["T1,,,Fall 2026,term,2026-08-24,2026-12-22,Y27,2027"],
    "courses": ["C-BAND5,,,Y27,Beginning band,BAND5,05,S1,Music,55105"],
    "classes": ['K-1,,,Beginning band 1,"05,06",C-BAND5,BAND5-1,scheduled,Band room,S1,T1,Music,55105,6'],
    "users": [
        "U-WREN,,,true,S1,student,wren.h,,Wren,Hadley,,N-1,,,,U-TERESA,05,secret-word",
        "U-ASH,,,true,S1,student,ash.r,,Ash,Reyes,,N-2,,,,,05,",
        "U-TERESA,,,true,S1,parent,teresa.h,,Teresa,Hadley,,,teresa@hadley.example.org,,,,,",
        "U-REYES,,,true,S1,teacher,d.reyes,,Daniel,Reyes,,,d.reyes@schools.example.org,,,,,",
    ],
    "enrollments": [
        "E1,,,K-1,S1,U-WREN,student,,2026-08-24,",
        "E2,,,K-1,S1,U-REYES,teacher,true,2026-08-24,",
        "E3,,,K-1,S1,U-ASH,student,,2026-08-24,",
    ],
}
_keys = itertools.count(1)


def rows(name, lines):
    """One file."""
    return "\n".join([HEADERS[name], *lines]) + "\n"


def packed(members):
    """A ZIP file of these members, by name."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stored.getvalue()


def members_of(files=SCHOOL, mode="bulk", **manifest):
    """The members of an export; ``manifest`` says something else of files, or of itself."""
    says = {"manifest.version": "1.0", "oneroster.version": "1.1"}
    says |= {f"file.{name}": mode if name in files else "absent" for name in FILES}
    says |= {"source.systemName": "Cedar Bend SIS", "source.systemCode": "cbsis"}
    says |= {name.replace("_", "."): value for name, value in manifest.items()}
    made = {"manifest.csv": "propertyName,value\n" + "".join(f"{name},{value}\n" for name, value in says.items())}
    return made | {f"{name}.csv": rows(name, lines) for name, lines in files.items()}


def export(files=SCHOOL, mode="bulk", **manifest):
    """An export as a ZIP file."""
    return packed(members_of(files, mode, **manifest))


def without(name, *starts):
    """The school without the rows that begin like this."""
    return {**SCHOOL, name: [line for line in SCHOOL[name] if not line.startswith(starts)]}


def changed(name, old, new):
    """The school with other words in one of its files."""
    text = "\n".join(SCHOOL[name])
    assert old in text
    return {**SCHOOL, name: text.replace(old, new).split("\n")}


def send(desk, data, *, key=None, **query):
    """Bring an export, by whoever has this desk."""
    headers = {"Idempotency-Key": key or f"export-{next(_keys)}", "Content-Type": "application/zip"}
    return desk.client.post(f"{desk.base}/oneroster", content=data, params=query, headers=headers)


def brought(desk, data, **query):
    answer = send(desk, data, **query)
    assert answer.status_code == 201, answer.text
    return answer.json()


def answered(desk, report, all_missing=False, **answers):
    said = {"answers": {name.replace("row", ""): value for name, value in answers.items()}, "allMissing": all_missing}
    answer = desk.client.put(f"{desk.base}/oneroster/{report['id']}", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


def take_over(desk, report):
    answer = desk.client.post(f"{desk.base}/oneroster/{report['id']}/apply", json={"seen": report["seen"]})
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines_of(report, change):
    return [(line["of"], line["name"]) for line in report["rows"] if line["change"] == change]
