"""`satchel issue`: award from the command line, over the issuer's API."""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from satchel.cli.options import Commands, add_command
from satchel.cli.sign_in import enter
from satchel.client import RoleClient
from satchel.console import EXIT_OK, CommandError, progress, say

_SHOWN = 20
_EVERY = 0.5

_EXAMPLES = """\
Examples:
  satchel issue --organisation cedarbend-coop --achievement "Bridge that carries 40 kg" \\
      --learner "Wren Hadley" --identifier hadley-wren --result 3.3 --login hannah
  satchel issue awards.json --organisation cedarbend-coop --login hannah < password.txt

  satchel issue spring.csv --organisation cedarbend-coop --achievement "Algebra I" --login hannah

A sheet (CSV or XLSX) has a row for each learner: name, roster number or e-mail address, and the mark, day, term,
credits where there are any. Every row is looked at first; while one has a problem nothing is awarded, unless you say
--good-rows. The same sheet twice awards nobody twice.

A JSON file holds one award or a list of them, with the members of the API:
  [{"achievement": "…", "learnerName": "Wren Hadley", "identifier": "hadley-wren", "results": [{"value": "3.3"}]}]
An achievement is named by its id or its name. The same award given twice is awarded once: each award's key is made from
what it says, unless you give --key.

Sign-in: --login asks for the password (or takes the first line of standard input); or put a token into SATCHEL_TOKEN.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a sheet, or awards as JSON, instead of the options"
    )
    parser.add_argument(
        "--issuer",
        default=os.environ.get("SATCHEL_ISSUER_PUBLIC_URL", "http://localhost:8001"),
        metavar="URL",
        help="the issuer's address (default: %(default)s)",
    )
    parser.add_argument("--organisation", required=True, metavar="SLUG", help="the organization's short name")
    parser.add_argument("--login", help="your sign-in name at the issuer")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="a further authority to trust for https")
    parser.add_argument("--achievement", metavar="NAME|ID", help="what is awarded")
    parser.add_argument("--learner", metavar="NAME", help="the learner's name")
    parser.add_argument("--identifier", metavar="TEXT", help="roster number or e-mail address; only its hash is signed")
    parser.add_argument("--result", metavar="MARK", help="the mark, where the achievement has one")
    parser.add_argument("--awarded", metavar="YYYY-MM-DD", help="the day it was earned (default: today)")
    parser.add_argument(
        "--format",
        choices=("eddsa-rdfc-2022", "ecdsa-sd-2023", "vc-jwt"),
        help="how the awards are signed (default: as the achievement says)",
    )
    parser.add_argument("--show-name", action="store_true", help="write the learner's name into the credential")
    parser.add_argument("--key", help="an idempotency key of your own, for a single award")
    parser.add_argument("--good-rows", action="store_true", help="of a sheet, award the rows without a problem")
    parser.add_argument(
        "--undo-minutes", type=int, metavar="N", help="how long a sheet's awards can be undone (0 to 60)"
    )
    parser.add_argument("--json", action="store_true", help="print the issuer's answers as JSON, one a line")
    parser.set_defaults(run=_issue)


def _issue(arguments: argparse.Namespace) -> int:
    if arguments.file is not None and arguments.file.suffix.lower() != ".json":
        return _issue_sheet(arguments)
    awards = _from_file(arguments.file) if arguments.file else [_from_options(arguments)]
    if arguments.key and len(awards) > 1:
        raise CommandError("--key is for a single award; with several, each has a key of its own.")
    base = f"/api/organisations/{arguments.organisation}"
    with RoleClient(arguments.issuer.rstrip("/"), authority=arguments.ca_file) as client:
        enter(client, arguments.login)
        known = client.items(f"{base}/achievements")
        with progress("Awarding", total=len(awards)) as shown:
            for award in awards:
                body = {**award, "achievement": _achievement(award["achievement"], known)}
                if arguments.format:
                    body["format"] = arguments.format
                key = arguments.key or key_of(body)
                answer = client.post(f"{base}/awards", body, headers={"Idempotency-Key": key})
                shown.step(str(award["learnerName"]))
                _tell(answer, as_json=arguments.json)
    return EXIT_OK


def _issue_sheet(arguments: argparse.Namespace) -> int:
    """Award a sheet: hand it in, say what is wrong with it, start the job and watch it."""
    if not arguments.achievement:
        raise CommandError("Say with --achievement what the sheet is awarded. See satchel issue --help.", status=64)
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise CommandError(f"{arguments.file} could not be read: {error.strerror}.") from error
    base = f"/api/organisations/{arguments.organisation}"
    with RoleClient(arguments.issuer.rstrip("/"), authority=arguments.ca_file) as client:
        enter(client, arguments.login)
        achievement = _achievement(arguments.achievement, client.items(f"{base}/achievements"))
        key = arguments.key or key_of({"achievement": achievement, "file": hashlib.sha256(data).hexdigest()})
        sheet = client.send_file(f"{base}/sheets", data, headers={"Idempotency-Key": key}, achievement=achievement)
        rows = f"{base}/sheets/{sheet['id']}/rows"
        for note in sheet["notes"]:
            say(note["detail"], stream=sys.stderr)
        if sheet["state"] == "open":
            _refuse_problems(client.items(rows, only="problem"), good_rows=arguments.good_rows)
            _tell_corrections(client.items(rows, only="already"))
            if not sheet["ready"]:
                say("There is nothing to award: every other row was awarded before.")
                return EXIT_OK
        elif sheet["state"] == "done":
            say("This sheet was awarded already. Nothing is awarded twice.")
            return EXIT_OK
        body: dict[str, Any] = {} if arguments.undo_minutes is None else {"undoMinutes": arguments.undo_minutes}
        body |= {"format": arguments.format} if arguments.format else {}
        job = client.post(f"{base}/sheets/{sheet['id']}/issue", body, headers={"Idempotency-Key": key})
        return _watch(client, f"{base}/jobs/{job['id']}", as_json=arguments.json)


def _refuse_problems(rows: Sequence[Mapping[str, Any]], *, good_rows: bool) -> None:
    for row in rows[:_SHOWN]:
        for problem in row["problems"]:
            say(f"Row {row['number']}: {problem['detail']} {problem['remedy'] or ''}".rstrip(), stream=sys.stderr)
    if len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN} more.", stream=sys.stderr)
    if rows and not good_rows:
        raise CommandError(
            f"{len(rows)} rows have a problem; nothing was awarded. Correct them and repeat, "
            "or repeat with --good-rows to award the others."
        )


def _tell_corrections(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        for problem in row["problems"]:
            if problem["code"] != "awardedBefore":
                said = f"Row {row['number']}: {problem['detail']} {problem['remedy'] or ''}".rstrip()
                say(f"{said} Corrections are made on the sheet's own page.", stream=sys.stderr)


def _watch(client: RoleClient, path: str, *, as_json: bool) -> int:
    """Show how far the job is until it is through, or somebody has to look at it."""
    job = client.get(path)
    with progress("Awarding", total=job["total"]) as shown:
        while not job["finished"] and job["state"] not in {"paused", "scheduled"}:
            shown.reach(job["done"] + job["repeated"] + job["refused"], job["detail"] or "")
            time.sleep(_EVERY)
            job = client.get(path)
    if as_json:
        say(json.dumps(job, ensure_ascii=False))
    else:
        say(f"{job['done']} awarded, {job['repeated']} awarded before, {job['refused']} could not be signed.")
        if job["state"] == "undo":
            say(f"They are handed out at {job['undoUntil']}; until then they can be undone.")
    if job["state"] == "paused" or job["refused"]:
        raise CommandError(job["detail"] or "Look at the rows that could not be signed.")
    return EXIT_OK


def key_of(award: Mapping[str, Any]) -> str:
    """Make an idempotency key from what an award says, so that the same file twice awards nobody twice."""
    text = json.dumps(award, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "satchel-" + hashlib.sha256(text.encode()).hexdigest()[:40]


def _from_options(arguments: argparse.Namespace) -> dict[str, Any]:
    missing = [f"--{name}" for name in ("achievement", "learner", "identifier") if not getattr(arguments, name)]
    if missing:
        raise CommandError(f"Give {', '.join(missing)}, or a file with awards. See satchel issue --help.", status=64)
    award: dict[str, Any] = {
        "achievement": arguments.achievement,
        "learnerName": arguments.learner,
        "identifier": arguments.identifier,
        "showName": arguments.show_name,
    }
    if arguments.result:
        award["results"] = [{"value": arguments.result}]
    if arguments.awarded:
        award["awardedDate"] = arguments.awarded
    return award


def _from_file(path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}. See satchel issue --help for its form.") from error
    awards = content if isinstance(content, list) else [content]
    for place, award in enumerate(awards, start=1):
        if not isinstance(award, dict) or not all(
            award.get(name) for name in ("achievement", "learnerName", "identifier")
        ):
            raise CommandError(
                f"Award {place} in {path} needs achievement, learnerName and identifier. Nothing was awarded."
            )
    if not awards:
        raise CommandError(f"There is no award in {path}.")
    return awards


def _achievement(wanted: str, known: Sequence[Mapping[str, Any]]) -> str:
    """Find an achievement by id, address or name. Raises: CommandError naming what there is."""
    for each in known:
        if wanted in {each["id"], each.get("iri"), each["name"]}:
            return str(each["id"])
    names = "; ".join(str(each["name"]) for each in known[:20]) or "none yet"
    raise CommandError(f"There is no achievement “{wanted}”. The organization has: {names}.")


def _tell(answer: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(answer, ensure_ascii=False))
        return
    claim = answer.get("claim") or {}
    say(f"{answer['learnerName']}: {answer['id']}")
    if claim:
        say(f"  to keep it: {claim['url']}   or with the code {claim['code']}")
