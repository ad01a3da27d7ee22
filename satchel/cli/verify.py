"""`satchel verify`: the verifier's judgement on a terminal, with an exit code for scripts."""

import argparse
import contextlib
import json
import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kit.batch import MAX_PROCESSES, verify_many
from kit.clock import SystemClock
from kit.errors import RequestError
from kit.fetch import Fetcher, verify_online
from kit.intake import InputRefused, Item, explained, read
from satchel.cli.judged import Judged, lines
from satchel.cli.options import Commands, add_command
from satchel.console import EXIT_BAD, EXIT_BUT, EXIT_OK, EXIT_UNKNOWN, CommandError, forget_output, progress, say
from vc.checks import Report
from vc.evidence import Evidence
from vc.policy import RECOMMENDED, Policy, RecognisedIssuer
from vc.verification import verify
from verifier.pages.text import line
from verifier.service.inputs import MAX_INPUT_BYTES, Kind, submission
from verifier.service.obtaining import Obtained, obtain

_EXAMPLES = """\
Examples:
  satchel verify badge.json
  satchel verify badge.png transcript.pdf photo-of-a-code.jpg token.jwt
  satchel verify https://wallet.school.example/s/k3Jx…      a share link
  curl -s https://example.org/badge.json | satchel verify -
  satchel verify badge.json --recognised ours.json          whom do you recognise? (exported from a verifier's list)
  satchel verify badge.json --recognition ignore            only: is it genuine and current?
  satchel verify badge.json --identity wren@example.org     is it hers? (a name, number or address, also behind a hash)
  satchel verify badge.json --newer                         also: does its issuer give out a newer version?
  satchel verify badge.json --json | jq .verdict

Exit codes:
  0   genuine, current, and signed by somebody on your list
  3   genuine, but: expired, not yet valid, suspended, not bound to a person, not made out to the one you named, or
      signed by nobody on your list
  1   withdrawn, altered or forged
  2   it could not be checked (the reason is said); never read this as genuine
  64  wrong usage
Of several, the gravest counts: 1, then 2, then 3.
"""

_MANY = 64
"""From so many documents on, starting processes takes less time than they save."""
_ORIGIN = "https://command-line.satchel.example"


def add_to(commands: Commands, name: str, summary: str) -> None:
    """Add the command."""
    parser = add_command(commands, name, summary=summary, examples=_EXAMPLES)
    parser.add_argument(
        "input", nargs="+", metavar="FILE|URL|-", help="files of any kind, addresses, or - for standard input"
    )
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--offline", action="store_true", help="fetch nothing; what would be needed is named")
    parser.add_argument(
        "--recognition", choices=("list", "ignore"), default="list", help="ignore: judge only whether it is genuine"
    )
    parser.add_argument(
        "--recognised", type=Path, metavar="FILE", help='whom you recognise: {"issuers": [{"did", "name", "list"}]}'
    )
    parser.add_argument(
        "--identity", metavar="TEXT", help="whose it should be: a name, number or e-mail address, also behind a hash"
    )
    parser.add_argument(
        "--newer", action="store_true", help="also ask the issuer for a newer version; it learns that somebody looked"
    )
    parser.add_argument(
        "--inline-contexts",
        action="store_true",
        help="also read documents that define words of their own; nobody signs these definitions",
    )
    parser.add_argument("--loopback", action="store_true", help="also fetch from this machine (the demo's addresses)")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="a further authority to trust for https")
    parser.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    # Whoever names an address of this machine means this machine.
    local = ("http://localhost:", "https://localhost:")
    arguments.loopback = arguments.loopback or any(source.startswith(local) for source in arguments.input)
    if len(arguments.input) == 1:
        items = _items(arguments.input[0])  # what goes wrong with the only one is the command's own error
        if len(items) == 1:
            return _one(items[0], arguments)
    return _all(_named(arguments.input), arguments)


def _one(item: Item, arguments: argparse.Namespace) -> int:
    judged = _judge(item, arguments)
    status = judged.status
    try:
        if arguments.json:
            say(json.dumps(_answer(judged, status), indent=2, ensure_ascii=False))
        else:
            for each in lines(judged):
                say(each)
    except BrokenPipeError:  # whoever reads has seen enough; the answer is the same
        forget_output()
    return status


def _named(sources: Sequence[str]) -> Iterator[tuple[str, Item | CommandError]]:
    """Every credential in every source, by a name that tells it from the others; or why there is none."""
    for source in sources:
        try:
            items = _items(source)
        except CommandError as error:
            yield source, error
            continue
        for item in items:
            yield source if len(items) == 1 else f"{source}: {line(item.name or item.text.decode(), limit=80)}", item


def _all(things: Iterable[tuple[str, Item | CommandError]], arguments: argparse.Namespace) -> int:
    """Judge several, one after the other. One that cannot be checked does not keep the others from it."""
    answers: list[dict[str, object]] = []
    codes: set[int] = set()
    if arguments.offline:
        things = list(things)
    judged_already = _in_processes(things, arguments) if isinstance(things, list) else {}
    for number, (name, thing) in enumerate(things):
        try:
            if isinstance(thing, CommandError):
                raise thing
            judged = judged_already.get(number) or _judge(thing, arguments)
        except CommandError as error:
            codes.add(EXIT_UNKNOWN)
            answers.append({"input": name, "exit": EXIT_UNKNOWN, "error": str(error)})
            told = [f"Could not be checked: {error}"]
        else:
            status = judged.status
            codes.add(status)
            answers.append({"input": name, **_answer(judged, status)})
            told = list(lines(judged))
        if not arguments.json:
            say(f"== {name}")
            for each in (*told, ""):
                say(each)
    if arguments.json:
        say(json.dumps(answers, indent=2, ensure_ascii=False))
    return next(code for code in (EXIT_BAD, EXIT_UNKNOWN, EXIT_BUT, EXIT_OK) if code in codes)


def _in_processes(
    things: Sequence[tuple[str, Item | CommandError]], arguments: argparse.Namespace
) -> dict[int, Judged]:
    """The judgement on each of many documents for which nothing is fetched, by number; worked out side by side."""
    documents: dict[int, bytes] = {}
    for number, (_, thing) in enumerate(things):
        with contextlib.suppress(InputRefused):  # said when its turn comes
            handed_in = None if isinstance(thing, CommandError) else submission(thing, loopback=arguments.loopback)
            if handed_in is not None and handed_in.kind is Kind.DOCUMENT:
                documents[number] = handed_in.data
    if len(documents) < _MANY:
        return {}
    policy = _policy(arguments, _known(arguments), challenge=None, domain=None)
    with progress("Checking", total=len(documents)) as shown:
        found = verify_many(
            documents.values(),
            evidence=Evidence(),
            policy=policy,
            now=SystemClock().now(),
            processes=min(os.cpu_count() or 1, MAX_PROCESSES),
            progress=lambda done, _of: shown.show(f"{done} of {len(documents)}"),
        )
    matters = arguments.recognition == "list"
    return {
        number: Judged(
            document=data,
            report=each.report,
            evidence=Evidence(),
            recognition_matters=matters,
            identity=arguments.identity,
        )
        for (number, data), each in zip(documents.items(), found, strict=True)
    }


def _answer(judged: Judged, status: int) -> dict[str, object]:
    return {
        **judged.report.to_json(),
        "exit": status,
        **({} if judged.is_theirs is None else {"madeOutToThem": judged.is_theirs}),
        "fetched": [
            {"url": resource.url, "retrieved": resource.retrieved.isoformat(), "error": resource.error}
            for resource in judged.evidence.resources.values()
        ],
    }


def _items(source: str) -> Sequence[Item]:
    """What there is to judge in a source. Raises: CommandError."""
    try:
        return read(_read(source), media_type=None, name=source).items
    except InputRefused as refused:
        raise _refused(explained(refused)) from None
    except RequestError as error:
        raise _refused(error) from None


def _read(source: str) -> bytes:
    """Give what was handed in: standard input, an address as text, or a file's bytes. Raises: CommandError."""
    if source == "-":
        return sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if source.startswith(("http://", "https://")):
        return source.encode()
    try:
        with Path(source).open("rb") as file:
            return file.read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise CommandError(
            f"{source} could not be read: {error.strerror}. Give a file, a link that starts with https://, or -."
        ) from error


def _known(arguments: argparse.Namespace) -> Sequence[RecognisedIssuer]:
    """Whom to recognise."""
    return recognised_from(arguments.recognised) if arguments.recognised and arguments.recognition == "list" else ()


def _policy(
    arguments: argparse.Namespace, known: Sequence[RecognisedIssuer], *, challenge: str | None, domain: str | None
) -> Policy:
    """The recommended policy, with what was asked for beyond it."""
    recommended = RECOMMENDED(
        recognised=known,
        loopback=arguments.loopback,
        require_holder_binding=challenge is not None,
        challenge=challenge,
        domain=domain,
    )
    return replace(recommended, follow_refresh=arguments.newer, inline_contexts=arguments.inline_contexts)


def _judge(item: Item, arguments: argparse.Namespace) -> Judged:
    known = _known(arguments)
    clock = SystemClock()
    fetcher = _fetcher(clock, loopback=arguments.loopback, authority=_existing(arguments.ca_file))
    try:
        with progress("Checking") as shown:
            handed_in = submission(item, loopback=arguments.loopback)
            if arguments.offline and handed_in.kind is not Kind.DOCUMENT:
                raise CommandError("A link cannot be followed with --offline. Save the record as a file and give that.")
            shown.show("reading")
            obtained = obtain(handed_in, fetcher=fetcher, origin=_ORIGIN, reader=_reader(), loopback=arguments.loopback)
            policy = _policy(arguments, known, challenge=obtained.challenge, domain=obtained.domain)
            shown.show("fetching keys and status lists")
            report, evidence = _decide(obtained, policy, fetcher, clock, offline=arguments.offline)
    except InputRefused as refused:
        raise _refused(explained(refused)) from None
    except RequestError as error:
        raise _refused(error) from None
    finally:
        fetcher.close()
    matters = arguments.recognition == "list"
    return Judged(
        document=obtained.document.bytes,
        report=report,
        evidence=evidence,
        recognition_matters=matters,
        identity=arguments.identity,
    )


def _fetcher(clock: SystemClock, *, loopback: bool, authority: Path | None) -> Fetcher:
    try:
        return Fetcher(clock=clock, loopback=loopback, ca_file=authority)
    except ssl.SSLError as error:
        raise CommandError(
            f"{authority}, given as --ca-file, holds no certificate (PEM). Give one that does."
        ) from error


def _decide(
    obtained: Obtained, policy: Policy, fetcher: Fetcher, clock: SystemClock, *, offline: bool
) -> tuple[Report, Evidence]:
    now = clock.now()
    if offline:
        nothing = Evidence()
        return verify(obtained.document, evidence=nothing, policy=policy, now=now), nothing
    return verify_online(obtained.document, fetcher=fetcher, policy=policy, now=now)


def recognised_from(path: Path) -> Sequence[RecognisedIssuer]:
    """Read a list of recognised issuers, in the form that a verifier's page exports. Raises: CommandError."""
    try:
        rows = json.loads(path.read_bytes())["issuers"]
        return tuple(
            RecognisedIssuer(did=row["did"], name=row["name"], list_name=row["list"], note=row.get("note", ""))
            for row in rows
        )
    except OSError as error:
        raise CommandError(
            f"{path} could not be read: {error.strerror}. Export the list from your verifier."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CommandError(
            f'{path} is not a list of recognised issuers. It holds {{"issuers": [{{"did": …, "name": …, "list": …}}]}}.'
        ) from error


def _refused(error: RequestError) -> CommandError:
    remedy = f" {error.remedy}" if error.remedy else ""
    return CommandError(f"{error.detail}{remedy}")


def _existing(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise CommandError(f"{path}, given as --ca-file, is not there.")
    return path


def _reader() -> str:
    return os.environ.get("SATCHEL_READER", "")[:120]
