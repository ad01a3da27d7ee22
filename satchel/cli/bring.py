"""`satchel import`: bring files into a learner's wallet, over the wallet's API."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from satchel.cli.options import Commands, add_command
from satchel.cli.sign_in import enter
from satchel.client import ApiError, RoleClient
from satchel.console import EXIT_OK, EXIT_UNKNOWN, CommandError, progress, say

_GOOD = frozenset({"added", "here", "newer", "older", "asked", "left"})
_EXAMPLES = """\
Examples:
  satchel import badges/*.json diploma.pdf --learner "Wren Hadley" --login teresa
  satchel import "Wallet Backup.json" --learner "Jonah Hadley" --login teresa < password.txt

A file is an award (JSON, token, badge's picture, PDF), a list or a presentation, a ZIP file, or what another wallet
exported. Each thing in it is checked and gets an answer of its own: added, here (it was), newer or older (than one that
is here), asked (a guardian has to say yes), apart (it did not pass; look at it in the wallet), unreadable.
The same files again add nothing twice: after an interruption, repeat the command.

Ends with 2 when anything was kept apart or could not be read.
Sign-in: --login asks for the password (or takes the first line of standard input); or put a token into SATCHEL_TOKEN.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what is brought")
    parser.add_argument("--learner", required=True, metavar="NAME|ID", help="for whom it is kept")
    parser.add_argument(
        "--wallet",
        default=os.environ.get("SATCHEL_WALLET_PUBLIC_URL", "http://localhost:8002"),
        metavar="URL",
        help="the wallet's address (default: %(default)s)",
    )
    parser.add_argument("--login", help="your sign-in name at the wallet")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="a further authority to trust for https")
    parser.add_argument("--json", action="store_true", help="print the wallet's answers as JSON, one a line")
    parser.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> int:
    well = True
    with RoleClient(arguments.wallet.rstrip("/"), authority=arguments.ca_file) as client:
        enter(client, arguments.login)
        learner = _learner(arguments.learner, client.get("/api/learners")["items"])
        for path in arguments.files:
            for item in _brought(client, learner, path):
                well = well and item["state"] in _GOOD
                _tell(item, path, as_json=arguments.json)
    return EXIT_OK if well else EXIT_UNKNOWN


def _brought(client: RoleClient, learner: str, path: Path) -> Iterator[Mapping[str, Any]]:
    """Hand a file in, have all of it looked at, and give what became of each thing in it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error
    try:
        made = client.send_file(f"/api/learners/{learner}/imports", data)
    except ApiError as error:
        if error.code != 422:
            raise
        yield {"state": "unreadable", "title": "", "name": "", "why": {"detail": str(error), "remedy": ""}}
        return
    where = f"/api/imports/{made['id']}"
    with progress(path.name, total=made["total"]) as shown:
        left = made["left"]
        while left:
            now = client.post(f"{where}/steps", {})["left"]
            for _each in range(left - now):
                shown.step("")
            left = now
    page = 1
    while items := client.get(where, page=page, size=100)["items"]["items"]:
        yield from items
        page += 1


def _learner(wanted: str, known: list[Mapping[str, Any]]) -> str:
    """Find a learner by id or name. Raises: CommandError naming those whom one may look at."""
    found = [str(each["id"]) for each in known if wanted in {each["id"], each["name"]}]
    if len(found) == 1:
        return found[0]
    names = "; ".join(f"{each['name']} ({each['id']})" for each in known) or "nobody yet"
    if found:
        raise CommandError(f"Several learners are called “{wanted}”; give the id. You may add for: {names}.")
    raise CommandError(f"There is no learner “{wanted}” in your family. There is: {names}.")


def _tell(item: Mapping[str, Any], path: Path, *, as_json: bool) -> None:
    if as_json:
        say(json.dumps({"file": str(path), **item}, ensure_ascii=False))
        return
    why = item.get("why") or {}
    said = " ".join(part for part in (why.get("detail"), why.get("remedy")) if part)
    say(f"{item['state']:<10} {item['title'] or item['name'] or path.name}" + (f": {said}" if said else ""))
