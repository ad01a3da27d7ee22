"""``python -m issuer``: serve, work, init, recover, keys, adopt, import, alone, audit verify.

Settings come from ``SATCHEL_ISSUER_*``.

Exit status: 0 done, 1 it could not be done (with a sentence on stderr), 64 the command was not understood.
"""

import argparse
import json
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from issuer.app import ROLE, STOPPING, create_app
from issuer.keystore import KINDS, PROOF
from issuer.service.context import ADMINISTRATOR
from issuer.service.roster.oneroster.imports import ExportUpload
from issuer.service.roster.oneroster.planning import CHANGES
from issuer.service.roster.oneroster.planning import KINDS as THINGS
from issuer.service.services import Services
from issuer.service.vocabulary import KEY_USES
from issuer.service.work import durable
from issuer.settings import IssuerSettings
from kit import log, server
from kit.accounts.commands import ensure_first, read_password, recovery_words
from kit.errors import RequestError
from kit.i18n import Message
from kit.paging import window
from kit.vault import VaultError, create_key_file
from kit.web.shell import known_hosts

USAGE: Final = 64
OF_NOBODY: Final = frozenset({"sourcedId", "role", "status"})
"""The columns whose words may stand on a terminal; those of all others may be somebody's."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given, IssuerSettings())
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            print(f"SATCHEL_ISSUER_{name}: {each['msg']}", file=sys.stderr)
        return 1
    except (RequestError, VaultError, ValueError, OSError, SQLAlchemyError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m issuer", description="The issuer: describes, awards, corrects and withdraws.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    commands.add_parser("serve", help="run the issuer").set_defaults(run=_serve)
    commands.add_parser("work", help="work on jobs without answering anybody (PostgreSQL)").set_defaults(run=_work)
    first = commands.add_parser("init", help="make the key file, the tables and the first administrator")
    first.add_argument("--login", required=True, help="the administrator's sign-in name; the password is asked for")
    first.add_argument("--name", default="", help="the name that colleagues see")
    first.set_defaults(run=_init)
    recover = commands.add_parser("recover", help="print a code with which somebody sets a new password (24 hours)")
    recover.add_argument("--login", required=True, help="the sign-in name")
    recover.set_defaults(run=_recover)
    keys = commands.add_parser("keys", help="list the signing keys, exchange one, or take one back")
    acts = keys.add_subparsers(metavar="ACT", parser_class=_Parser)
    keys.set_defaults(run=_keys)
    rotate = acts.add_parser("rotate", help="announce a new key, which takes over in five minutes")
    rotate.add_argument("--use", default=PROOF, choices=list(KEY_USES), help="what the key is for (proof unless given)")
    rotate.add_argument("--kind", default="", help="the kind of the new key, the usual one unless given")
    rotate.set_defaults(run=_rotate)
    taken = acts.add_parser("compromised", help="take a key back that somebody else may have used")
    taken.add_argument("--key", required=True, help="its name, key-1")
    taken.add_argument("--since", default="", help="since when: 2027-03-14, or an instant; now unless given")
    taken.set_defaults(run=_compromised)
    acts.add_parser("reseal", help="seal every key under the present key file").set_defaults(run=_reseal)
    for act in (rotate, taken):
        act.add_argument("--organisation", required=True, help="its short name")
    adopt = commands.add_parser("adopt", help="keep what an organisation published that closed on another server")
    adopt.add_argument("file", nargs="?", type=Path, help="its snapshot (a zip file); without one, list what is kept")
    adopt.add_argument("--forget", default="", metavar="DID", help="keep one no longer")
    adopt.set_defaults(run=_adopt)
    roster = commands.add_parser("import", help="say what the export of a school's system would do, or take it over")
    roster.add_argument("file", type=Path, help="OneRoster 1.1, CSV: the ZIP file as the school's system made it")
    roster.add_argument("--organisation", required=True, help="its short name")
    roster.add_argument("--guardians", action="store_true", help="with one guardian for each learner")
    roster.add_argument("--take-over", action="store_true", help="do it; what is asked about is left out")
    roster.set_defaults(run=_import)
    lift = commands.add_parser("alone", help="want no second person at an organisation where nobody else is left")
    lift.add_argument("--organisation", required=True, help="its short name")
    lift.set_defaults(run=_alone)
    unsigned = commands.add_parser("unsigned", help="count what was not signed when the server's address changed")
    unsigned.add_argument("--organisation", required=True, help="its short name")
    unsigned.add_argument("--anew", action="store_true", help="make all of it anew, under the present address")
    unsigned.set_defaults(run=_unsigned)
    audit = commands.add_parser("audit", help="verify the audit's chain of hashes")
    audit.add_argument("action", choices=["verify"])
    audit.set_defaults(run=_audit)
    return parser


def _serve(_given: argparse.Namespace, settings: IssuerSettings) -> int:
    return server.run(create_app(settings, jobs=durable(settings)), settings, role=ROLE)


def _work(_given: argparse.Namespace, settings: IssuerSettings) -> int:
    if settings.database_url.startswith("sqlite"):
        print(
            "With SQLite the issuer that serves works on its jobs, too; a second process needs PostgreSQL.",
            file=sys.stderr,
        )
        return USAGE
    log.configure(role=ROLE)
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_given: stopping.set())
    services = Services.build(settings)
    try:
        services.work.start(durable(settings))
        print(json.dumps({"event": "working", "role": ROLE, "worker": settings.worker_name}), flush=True)
        stopping.wait()
        services.work.stop(seconds=STOPPING)
        return 0
    finally:
        services.close()


def _init(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        if settings.key_file is not None and not settings.key_file.exists():
            if services.was_sealed():
                print(
                    f"The key file {settings.key_file.name} is not there, and this database was sealed under it. "
                    "Restore it from your copy; a new one would open nothing.",
                    file=sys.stderr,
                )
                return 1
            create_key_file(settings.key_file)
        services.context.keystore.vault()
        name = given.name or given.login
        if services.accounts.find_by_login(given.login) is not None:
            print(f"{given.login} has an account already; nothing was changed.")
            return 0
        ensure_first(services.accounts, login=given.login, password=read_password(), name=name, scope=ADMINISTRATOR)
        print(f"{given.login} may now sign in and open organisations.")
        return 0
    finally:
        services.close()


def _recover(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        print(recovery_words(services.accounts, login=given.login, public_url=settings.public_url))
        return 0
    finally:
        services.close()


def _keys(_given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        for key in services.keys.every_key():
            end = key.revoked or key.expires
            ending = f"until {end.isoformat()}" if end else "no end"
            since = key.in_use_from.isoformat()
            print(f"{key.verification_method}  {key.kind}, {key.use}: {key.state}  since {since}  {ending}")
        services.check_keys()
        print("The key file opens them.")
        return 0
    finally:
        services.close()


def _rotate(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        desk = services.organisations.operate(given.organisation)
        made = services.keys.rotate(desk, kind=given.kind or KINDS[given.use][0], use=given.use)
        print(f"{made.verification_method} is announced, and signs from {made.in_use_from.isoformat()} on.")
        return 0
    finally:
        services.close()


def _compromised(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        desk = services.organisations.operate(given.organisation)
        key = services.keys.compromised(desk, given.key, since=given.since, words="")
        found = services.keys.signed_after(desk, key.name, window(page="1", size="1"))
        ends = "signs withdrawals, and nothing else" if key.is_name else "signs nothing any more"
        print(f"{key.verification_method} {ends}. Awards that it signed after that: {found.total}.")
        signing = f"{settings.public_url}/organisations/{given.organisation}/signing"
        if key.is_name:
            print("It is the organisation's name: nobody who checks can see that it was taken back.")
            print(f"Withdraw them, and move the organisation to a web address, under {signing}")
        else:
            print(f"Sign them anew or withdraw them under {signing}")
        return 0
    finally:
        services.close()


def _reseal(_given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        found = services.keys.reseal()
        print(f"{found.total} keys are sealed under the present key file; {found.done} were not before.")
        return 0
    finally:
        services.close()


def _adopt(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        if given.forget:
            services.adoption.forget(given.forget)
            print(f"{given.forget} is not kept here any more. Its file can be adopted again.")
            return 0
        if given.file is None:
            for each in services.adoption.listing():
                print(f"{each.did}  {each.name}  signed {each.signed.isoformat()}  {each.fingerprint}  {each.address}")
            return 0
        kept = services.adoption.adopt(given.file.read_bytes())
    finally:
        services.close()
    print(f"{kept.name} is kept here: {kept.did}, signed {kept.signed.isoformat()}.")
    print(f"Fingerprint: {kept.fingerprint}. Compare it with what the school reads to you.")
    if not (settings.loopback or kept.host in known_hosts(settings)):
        print(f"This server does not answer for {kept.host} yet: add it to SATCHEL_ISSUER_ALLOWED_HOSTS.")
    print(f"Once that name leads here: {kept.address}")
    return 0


def _import(given: argparse.Namespace, settings: IssuerSettings) -> int:
    """No name is printed: what stands on a terminal stays in its history."""
    services = Services.build(settings)
    try:
        desk = services.organisations.operate(given.organisation)
        upload = ExportUpload(data=given.file.read_bytes(), guardians=given.guardians)
        found = services.oneroster.receive(desk, upload, key=secrets.token_urlsafe(16))
        for of in THINGS:
            counts = ((change, found.plan.counted(change, of)) for change in CHANGES)
            print(f"{of}: " + (", ".join(f"{count} {change}" for change, count in counts if count) or "none"))
        for line in found.plan.lines:
            for each in line.problems:
                detail = each.detail if each.field in OF_NOBODY else _unnamed(each.detail)
                print(f"{line.file}.csv, row {line.number}: {detail} {each.remedy or ''}".rstrip())
        for name in found.questions:
            print(f"manifest.csv says that there is no {name}.csv, and there is one: answer it on the page.")
        if not given.take_over or found.questions:
            services.oneroster.discard(desk, found.id)
            print("Nothing was taken over.")
            return 1 if given.take_over else 0
        services.oneroster.apply(desk, found.id, seen=found.plan.seen)
        print(f"Taken over: {found.plan.news}; left out: {found.plan.left}.")
        return 0
    finally:
        services.close()


def _unnamed(detail: Message | str) -> Message | str:
    """A sentence without the words that it quotes: they may be a name or a roster number."""
    if isinstance(detail, str):
        return "…"
    return replace(detail, parameters=tuple((name, "…") for name, _value in detail.parameters))


def _alone(given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        if services.settings.lift(services.organisations.operate(given.organisation)):
            print(f"Nothing needs a second person at {given.organisation} any more. What waits can still be refused.")
        else:
            print(f"Nothing needs a second person at {given.organisation}; nothing was changed.")
        return 0
    finally:
        services.close()


def _unsigned(given: argparse.Namespace, settings: IssuerSettings) -> int:
    """No name is printed: what stands on a terminal stays in its history."""
    services = Services.build(settings)
    try:
        desk = services.organisations.operate(given.organisation)
        while given.anew:
            made, _kept = services.unsigned.all_anew(desk)
            if not made:
                break
            print(f"Made anew: {made}.")
        left = services.unsigned.count(desk)
        print(f"Not signed since the server's address changed: {left}.")
        return 1 if given.anew and left else 0
    finally:
        services.close()


def _audit(_given: argparse.Namespace, settings: IssuerSettings) -> int:
    services = Services.build(settings)
    try:
        broken = services.organisations.audit_broken_at()
    finally:
        services.close()
    if broken is None:
        print("The audit is whole.")
        return 0
    print(f"The audit was altered, or rows are missing, from row {broken} on.", file=sys.stderr)
    return 1
