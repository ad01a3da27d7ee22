"""Marks of a class from a sheet: an instructor without a class is refused; with one, see test_marks_sheets."""

from tests.http.issuer.matrix.route import API, AWARD, PAGE, Route, always

SHEET = "Roster number,Hours\n1,28\n"
NEW, NEW_API = f"{PAGE}/offerings/{{offering_id}}/class/sheet", f"{API}/offerings/{{offering_id}}/marks/imports"
ONE, ONE_API = f"{NEW}/{{import_id}}", f"{NEW_API}/{{import_id}}"
OF = {"import_id": "marks_sheet"}

ROUTES = (
    Route("GET", NEW, AWARD),
    Route("POST", NEW, AWARD, lambda ids: {"text": SHEET, "key": ids["key"]}),
    Route("GET", ONE, AWARD, places=OF),
    Route("POST", f"{ONE}/answers", AWARD, always(dayOrder="dayFirst"), places=OF),
    Route("POST", f"{ONE}/apply", AWARD, always(seen="another"), good=(409,), places=OF),
    Route("POST", f"{ONE}/discard", AWARD, places=OF),
    Route("POST", NEW_API, AWARD, always(text=SHEET)),
    Route("GET", ONE_API, AWARD, places=OF),
    Route("PUT", ONE_API, AWARD, always(dayOrder="dayFirst"), places=OF),
    Route("POST", f"{ONE_API}/apply", AWARD, always(seen="another"), good=(409,), places=OF),
    Route("DELETE", ONE_API, AWARD, places=OF),
)

MAKERS = {"marks_sheet": lambda at: at.post(f"/offerings/{at.ids['offering']}/marks/imports", {"text": SHEET})["id"]}
