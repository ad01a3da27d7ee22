"""The pages of the list of recognised issuers: for people of this office who have signed in."""

import json
import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import Account, require_user
from kit.errors import BadInput, Conflict
from kit.i18n import _, date_long
from kit.paging import Numbered, window
from kit.web import Form, Pages, flash, form, see_other, visit_of
from verifier.service.lookalikes import mixes_alphabets
from verifier.service.recognition import Change, Draft, Entry, Recognition

User = Annotated[Account, Depends(require_user)]
HOME = "/recognised"
LARGEST_FILE = 4 * 1024 * 1024
BLANK = {"did": "", "name": "", "list": "", "note": ""}
COLUMNS = (
    ("name", _("Name")),
    ("list", _("List")),
    ("did", _("Identifier")),
    ("note", _("Note")),
    ("added", _("Added")),
    ("by", _("Added by")),
)


def recognised_pages(*, recognition: Recognition, pages: Pages) -> APIRouter:
    """See the list, add, change, remove, take back, export, import."""
    router = APIRouter(include_in_schema=False)

    @router.get(HOME, name="recognised")
    def see(request: Request, _user: User) -> Response:
        search = request.query_params.get("q", "")[:200]
        shown = recognition.page(search=search, window=window(page=request.query_params.get("page")))
        done = request.query_params.get("done", "")
        mixed = pages.say(request, _("Mixed alphabets"))
        return pages.render(
            request,
            "recognised.html",
            page=shown,
            search=search,
            columns=[{"key": key, "label": label} for key, label in COLUMNS],
            rows=[_row(entry_id, entry, visit_of(request).language, mixed=mixed) for entry_id, entry in shown.items],
            page_href="?" + urlencode({"q": search, "page": ""}),
            changes=_changes(recognition),
            done=done if re.fullmatch(r"[0-9a-f-]{36}", done) else None,
        )

    @router.get(f"{HOME}/new", name="recognised_new")
    def new(request: Request, _user: User) -> Response:
        values = {**BLANK, "did": request.query_params.get("did", "")[:300]}
        return pages.render(request, "recognised_form.html", entry_id=None, values=values, error=None)

    @router.post(HOME)
    def add(request: Request, user: User) -> Response:
        given = form(request)

        def act() -> Response:
            draft = _draft(given)
            batch = recognition.add(draft, actor=user.name)
            flash(request, _("%(name)s is now on your list.", name=draft.name))
            _warn(request, draft)
            return see_other(f"{HOME}?done={batch}")

        return _again(act, request, pages, given, entry_id=None)

    _add_files(router, recognition, pages)
    _add_changes(router, recognition, pages)  # last: any other word would be a number
    return router


def _add_changes(router: APIRouter, recognition: Recognition, pages: Pages) -> None:
    @router.post(f"{HOME}/undo", name="recognised_undo")
    def undo(request: Request, user: User) -> Response:
        recognition.undo(form(request).get("batch"), actor=user.name)
        flash(request, _("The change is taken back."))
        return see_other(HOME)

    @router.get(f"{HOME}/{{entry_id}}", name="recognised_entry")
    def entry(request: Request, entry_id: Numbered, _user: User) -> Response:
        found = recognition.entry(entry_id)
        values = {"did": found.did, "name": found.name, "list": found.list_name, "note": found.note}
        return pages.render(request, "recognised_form.html", entry_id=entry_id, entry=found, values=values, error=None)

    @router.post(f"{HOME}/{{entry_id}}")
    def edit(request: Request, entry_id: Numbered, user: User) -> Response:
        given = form(request)

        def act() -> Response:
            draft = _draft(given)
            batch = recognition.edit(entry_id, draft, actor=user.name)
            flash(request, _("The entry is changed."))
            _warn(request, draft)
            return see_other(f"{HOME}?done={batch}")

        return _again(act, request, pages, given, entry_id=entry_id)

    @router.post(f"{HOME}/{{entry_id}}/remove", name="recognised_remove")
    def remove(request: Request, entry_id: Numbered, user: User) -> Response:
        batch, name = recognition.remove(entry_id, actor=user.name)
        flash(request, _("%(name)s is no longer on your list.", name=name))
        return see_other(f"{HOME}?done={batch}")


def _add_files(router: APIRouter, recognition: Recognition, pages: Pages) -> None:
    @router.get(f"{HOME}/export", name="recognised_export")
    def export(_request: Request, _user: User) -> Response:
        body = json.dumps(recognition.export(), ensure_ascii=False, indent=2).encode()
        headers = {"Content-Disposition": 'attachment; filename="recognised-issuers.json"'}
        return Response(body, media_type="application/json", headers=headers)

    @router.get(f"{HOME}/import", name="recognised_import")
    def import_form(request: Request, _user: User) -> Response:
        return pages.render(request, "recognised_import.html", error=None)

    @router.post(f"{HOME}/import")
    def import_list(request: Request, user: User) -> Response:
        given = form(request)
        uploaded = given.file("file", largest=LARGEST_FILE)
        data = uploaded.data if uploaded is not None else given.get("text").encode()
        try:
            done = recognition.import_list(data, actor=user.name)
        except BadInput as error:
            return pages.render(request, "recognised_import.html", status=error.status, error=error)
        flash(
            request,
            _(
                "Imported: %(added)s added, %(changed)s changed, %(unchanged)s as they were.",
                added=done.added,
                changed=done.changed,
                unchanged=done.unchanged,
            ),
        )
        return see_other(f"{HOME}?done={done.batch}")


def _warn(request: Request, draft: Draft) -> None:
    """Point out a name that mixes alphabets. It is taken all the same: the identifier counts, never the name."""
    if mixes_alphabets(draft.name):
        flash(
            request,
            _("“%(name)s” mixes letters of different alphabets, as imitations do. Is it spelled so?", name=draft.name),
            tone="caution",
        )


def _draft(given: Form) -> Draft:
    return Draft(
        did=given.text("did", longest=300, required=False),
        name=given.text("name", longest=200, required=False),
        list_name=given.text("list", longest=200, required=False),
        note=given.text("note", longest=2000, required=False, lines=True),
    )


def _changes(recognition: Recognition) -> list[dict[str, object]]:
    """The newest changes, those of one batch as one line."""
    lines: dict[str, list[Change]] = {}
    for change in recognition.history(limit=200):
        lines.setdefault(change.batch, []).append(change)
    return [_batch(batch, made) for batch, made in list(lines.items())[:5]]


def _batch(batch: str, made: list[Change]) -> dict[str, object]:
    newest = made[0]
    entry = newest.after or newest.before
    return {
        "batch": batch,
        "at": newest.at,
        "actor": newest.actor,
        "count": len(made),
        "name": newest.did if entry is None else entry.name,
        "kind": "added" if newest.before is None else "removed" if newest.after is None else "changed",
        "undone": any(change.undone for change in made),
    }


def _row(entry_id: Numbered, entry: Entry, language: str, *, mixed: str) -> dict[str, object]:
    warning = {"state": {"word": mixed, "tone": "but"}} if mixes_alphabets(entry.name) else {}
    return warning | {
        "name": entry.name,
        "list": entry.list_name,
        "did": entry.did,
        "note": entry.note,
        "added": date_long(entry.added, language),
        "by": entry.added_by,
        "href": f"{HOME}/{entry_id}",
    }


def _again(
    act: Callable[[], Response], request: Request, pages: Pages, given: Form, *, entry_id: int | None
) -> Response:
    """Do it, or show the form once more with what was wrong."""
    try:
        return act()
    except (BadInput, Conflict) as error:
        return pages.render(
            request,
            "recognised_form.html",
            status=error.status,
            entry_id=entry_id,
            values=BLANK | given.fields(),
            error=error,
        )
