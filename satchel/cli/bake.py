"""`satchel bake` and `satchel unbake`: credentials into pictures and out of them, every other byte as it was."""

import argparse
import sys
from pathlib import Path

from kit.intake import Form, InputRefused, explained, read_text
from kit.pictures import standard_of
from satchel.cli.options import Commands, add_command
from satchel.console import EXIT_OK, CommandError, say
from vc.baking import (
    BakingError,
    BakingFault,
    Standard,
    bake_png,
    bake_svg,
    remove_png,
    remove_svg,
    unbake_png,
    unbake_svg,
)
from vc.baking.png import SIGNATURE
from vc.problems import ProblemError
from vc.securing import open_document

_HEAD = 4_096
"""Within so many bytes an SVG says that it is one."""
_STANDARDS = {"ob3": Standard.OPEN_BADGES_3, "ob2": Standard.OPEN_BADGES_2, "clr": Standard.CLR_2}

_BAKE_EXAMPLES = """\
Examples:
  satchel bake badge.png badge.json baked.png           the credential goes in, the picture stays as it is
  satchel bake badge.svg token.jwt baked.svg
  satchel bake old.png badge.json new.png --replace     what was in it makes room

Nothing is checked here: `satchel verify baked.png` does that.
"""

_UNBAKE_EXAMPLES = """\
Examples:
  satchel unbake baked.png                              print the credential, byte for byte
  satchel unbake baked.svg credential.json              write it into a file
  satchel unbake baked.png --picture bare.png           write the picture without it

Nothing is checked here: `satchel verify baked.png` does that.
"""


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add one of the two commands."""
    examples = _BAKE_EXAMPLES if name == "bake" else _UNBAKE_EXAMPLES
    parser = add_command(commands, name, summary=summary, examples=examples)
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a PNG or an SVG")
    if name == "bake":
        parser.add_argument("credential", type=Path, metavar="CREDENTIAL", help="a credential as JSON or as a token")
        parser.add_argument("out", type=Path, metavar="OUT", help="the file to write; it must not exist yet")
        parser.add_argument("--replace", action="store_true", help="take out a credential that is in it already")
        parser.add_argument(
            "--as",
            dest="standard",
            choices=tuple(_STANDARDS),
            help="the standard whose place it is put in (default: what the credential says that it is)",
        )
        parser.set_defaults(run=_bake)
    else:
        parser.add_argument("out", type=Path, nargs="?", metavar="OUT", help="where to write it (default: print it)")
        parser.add_argument("--picture", dest="bare", type=Path, metavar="FILE", help="also write the bare picture")
        parser.set_defaults(run=_unbake)


def _bake(arguments: argparse.Namespace) -> int:
    picture, credential = _read(arguments.picture), _read(arguments.credential)
    try:
        item = read_text(credential)
        if item.form is Form.LINK:
            raise CommandError(f"{arguments.credential} holds a link. Give the credential itself.")
        standard = _STANDARDS.get(arguments.standard) or standard_of(open_document(item.text).value)
        put_in = bake_png if _is_png(arguments.picture, picture) else bake_svg
        baked = put_in(picture, item.text, standard=standard, replace=arguments.replace)
    except InputRefused as refused:
        told = explained(refused)
        raise CommandError(f"{arguments.credential}: {told.detail} {told.remedy}") from None
    except BakingError as error:
        remedy = " With --replace it makes room." if error.fault is BakingFault.ALREADY_BAKED else ""
        raise CommandError(error.detail + remedy) from None
    except ProblemError as error:
        raise CommandError(error.detail) from None
    _write(arguments.out, baked)
    say(f"The credential is in {arguments.out}.")
    return EXIT_OK


def _unbake(arguments: argparse.Namespace) -> int:
    picture = _read(arguments.picture)
    is_png = _is_png(arguments.picture, picture)
    try:
        found = unbake_png(picture) if is_png else unbake_svg(picture)
        bare = remove_png(picture) if is_png else remove_svg(picture)
    except BakingError as error:
        raise CommandError(error.detail) from None
    if arguments.bare is not None:
        _write(arguments.bare, bare)
    if arguments.out is not None:
        _write(arguments.out, found.text)
        say(f"The credential ({found.standard.value}) is in {arguments.out}.")
    else:
        sys.stdout.buffer.write(found.text)
        sys.stdout.buffer.flush()
    return EXIT_OK


def _is_png(path: Path, picture: bytes) -> bool:
    """Whether a picture is a PNG; else it is an SVG. Raises: CommandError for any other file."""
    if picture.startswith(SIGNATURE):
        return True
    if b"<svg" in picture[:_HEAD] or b":svg" in picture[:_HEAD]:
        return False
    raise CommandError(f"{path} is neither a PNG nor an SVG, and only these hold credentials. Save it as a PNG first.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        raise CommandError(f"{path} is there already. Give another name, or move it away.") from None
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror}.") from error
