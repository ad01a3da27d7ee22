"""`satchel derive`: from a credential that was issued for selective disclosure to the part of it that is shown."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kit.errors import RequestError
from kit.intake import MAX_FILE_BYTES, Form, InputRefused, explained, read
from satchel.cli.options import Commands, add_command
from satchel.console import EXIT_OK, CommandError, say
from vc.disclosure import completed
from vc.document import CREDENTIAL_LIMITS, JsonObject, parse, pointer, serialize
from vc.problems import ProblemError
from vc.proof import sd

_EXAMPLES = """\
Examples:
  satchel derive badge.json --list                                  what there is to choose from
  satchel derive badge.json --output shown.json                     no more than what the issuer made mandatory
  satchel derive badge.json --output shown.json \\
      --select /credentialSubject/achievement/tag --select /evidence/0
  satchel derive badge.json --select /evidence/0/name --exactly     without what the data model requires beside it

The input is the credential as its issuer handed it to you (with a base proof of ecdsa-sd-2023), as JSON or in the
picture or PDF in which it came. Keep it to yourself:
whoever has it can show every part of it. What this command writes is for others; check it with `satchel verify`.

Nothing is fetched. An existing file is not replaced.
"""
_SHOWN: Final = 60


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument("input", metavar="FILE|-", help="the credential with its base proof, or - for standard input")
    parser.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="POINTER",
        help='a part to show, as a JSON Pointer ("" is everything); may be given several times',
    )
    parser.add_argument("--exactly", action="store_true", help="add nothing that the data model requires")
    parser.add_argument("--list", action="store_true", help="print what can be selected, and derive nothing")
    parser.add_argument("--output", type=Path, metavar="FILE", help="a new file (default: standard output)")
    parser.set_defaults(run=_derive)


def _derive(arguments: argparse.Namespace) -> int:
    try:
        document = _document(arguments.input)
        if arguments.list:
            return _list(document)
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        chosen = list(arguments.select) if arguments.exactly else completed(unsecured, arguments.select)
        written = serialize(sd.derive_proof(document, selective_pointers=chosen))
    except ProblemError as error:
        place = f" (at {error.pointer})" if error.pointer else ""
        raise CommandError(f"Nothing was derived: {error.detail}{place}") from error
    if arguments.output is None:
        say(written.decode())
    else:
        _write(arguments.output, written)
        say(f"Wrote {arguments.output}. Look at it before you hand it on.", stream=sys.stderr)
    return EXIT_OK


def _document(source: str) -> JsonObject:
    """The credential in a file of any kind. Raises: CommandError, ProblemError."""
    try:
        item = read(_read(source), media_type=None, name=source).only()
    except InputRefused as refused:
        told = explained(refused)
        raise CommandError(f"Nothing was derived: {told.detail} {told.remedy}") from None
    except RequestError as error:
        raise CommandError(f"Nothing was derived: {error.detail}") from None
    if item.form is Form.LINK:
        raise CommandError(f"{source} holds a link. Give the credential itself.")
    if item.form is Form.JWS:
        raise CommandError(f"{source} holds a token, which is signed as a whole: it is shown whole or not at all.")
    return parse(item.text, limits=CREDENTIAL_LIMITS).value


def _list(document: JsonObject) -> int:
    _, value = sd.base_proof(document)
    mandatory = value.mandatory_pointers
    for place, member in _places({name: item for name, item in document.items() if name not in {"@context", "proof"}}):
        always = any(place == each or place.startswith(each + "/") for each in mandatory)
        shown = "" if isinstance(member, Mapping | list) else f"  {str(member)[:_SHOWN]}"
        say(f"{'always' if always else '      '}  {place}{shown}")
    return EXIT_OK


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every place below a value, with what stands there; credentials with a proof of their own are one place."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield pointer(*path, name), item
        if not (isinstance(item, Mapping) and "proof" in item):
            yield from _places(item, (*path, name))


def _read(source: str) -> bytes:
    """Give the bytes of a file or of standard input. Raises: CommandError."""
    most = MAX_FILE_BYTES + 1
    if source == "-":
        return sys.stdin.buffer.read(most)
    try:
        with Path(source).open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise CommandError(f"{source} could not be read: {error.strerror}. Give a file, or -.") from error


def _write(path: Path, data: bytes) -> None:
    """Write a new file that only its owner reads. Raises: CommandError if there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandError(f"{path} is there already and is not replaced. Give the name of a new file.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
