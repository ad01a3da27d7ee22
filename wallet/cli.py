"""`python -m wallet`: serve, init, recover, sweep, recall-shares, court-order, keys, clients, shut-out, open-archive,
restore-archive, audit.

Settings come from `SATCHEL_WALLET_*`; `open-archive` needs none, and no wallet.

Exit status: 0 done, 1 it could not be done (with a sentence on stderr), 64 the command was not understood.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError
from sqlalchemy import select

from kit import audit, server
from kit.accounts import Account
from kit.accounts.commands import ensure_first, read_password, recovery_words
from kit.clock import SystemClock
from kit.db import Database
from kit.errors import RequestError
from kit.vault import Vault, VaultError, create_key_file
from wallet import store
from wallet.app import MIGRATIONS, ROLE, build_tools, create_app
from wallet.service import Tools, build_services
from wallet.service.joining import ADMINISTRATOR
from wallet.service.leaving.opening import open_archive
from wallet.service.recovery import replace_lost_key
from wallet.settings import WalletSettings

USAGE = 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given) if given.run is _open_archive else given.run(given, WalletSettings())
    except ValidationError as error:
        names = ", ".join(
            f"SATCHEL_WALLET_{str(item['loc'][0]).upper() if item['loc'] else '…'}" for item in error.errors()
        )
        first = error.errors()[0]["msg"]
        print(f"These settings need attention: {names}. {first}", file=sys.stderr)
        return 1
    except (RequestError, VaultError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        if isinstance(error, RequestError) and error.remedy:
            print(f"{error.remedy}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m wallet", description="The wallet: keeps what learners earn and shares it.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="run the wallet").set_defaults(run=_serve)
    first = commands.add_parser(
        "init", help="make the key file if there is none, the tables, and the first administrator"
    )
    first.add_argument("--login", required=True, help="the administrator's sign-in name")
    first.add_argument("--name", default="", help="the administrator's name")
    first.set_defaults(run=_init)
    recover = commands.add_parser("recover", help="print a code with which somebody sets a new password")
    recover.add_argument("--login", required=True)
    recover.set_defaults(run=_recover)
    commands.add_parser("sweep", help="delete for good what its time in the bin is over; run it daily").set_defaults(
        run=_sweep
    )
    commands.add_parser(
        "recall-shares", help="stop every link of every family, as after restoring a backup that is older than a recall"
    ).set_defaults(run=_recall_shares)
    orders = commands.add_parser("court-order", help="what a court decided about a guardian")
    order_commands = orders.add_subparsers(required=True, metavar="COMMAND")
    search = order_commands.add_parser("search", help="print whom somebody is a guardian of, with the ids")
    search.add_argument("--login", required=True, help="the name with which the guardian signs in")
    record = order_commands.add_parser("record", help="end what a guardian may do for a learner, at once")
    record.add_argument("--learner", required=True, help="the learner's id, as search prints it")
    record.add_argument("--member", required=True, help="the guardian's id, as search prints it")
    record.add_argument("--keep-links", action="store_true", help="let the links that the guardian made go on working")
    lift = order_commands.add_parser("lift", help="let the family trust that person again")
    lift.add_argument("order", help="the order's id, as record printed it")
    for command, run in ((search, _search_guardian), (record, _record_order), (lift, _lift_order)):
        command.add_argument("--operator", required=True, help="the administrator's sign-in name, for the audit log")
        command.set_defaults(run=run)
    keys = commands.add_parser("keys", help="the key-encryption key")
    key_commands = keys.add_subparsers(required=True, metavar="COMMAND")
    key_commands.add_parser("state", help="say how much is sealed under which key").set_defaults(run=_key_state)
    key_commands.add_parser(
        "rewrap", help="seal everything under the present key, while the wallet runs; interrupted, run it again"
    ).set_defaults(run=_rewrap)
    lost = key_commands.add_parser(
        "replace-lost", help="the key file is lost for good: close everything, for families to open with recovery codes"
    )
    lost.add_argument("--it-is-lost", action="store_true", required=True, help="say so; there is no way back")
    lost.set_defaults(run=_replace_lost)
    commands.add_parser("clients", help="list the programs that registered here").set_defaults(run=_clients)
    shut = commands.add_parser("shut-out", help="end what a program may do here, in every family, at once")
    shut.add_argument("client", help="its id, as “clients” lists it")
    shut.set_defaults(run=_shut_out)
    opening = commands.add_parser(
        "open-archive", help="write the ZIP file that is in a family's archive; asks for the passphrase"
    )
    opening.add_argument("file", type=Path, help="the archive, as the wallet saved it (.satchel)")
    opening.add_argument("--to", type=Path, help="the new ZIP file; beside the archive unless set")
    opening.set_defaults(run=_open_archive)
    bringing = commands.add_parser(
        "restore-archive", help="take a family's archive in, however large; asks for the password and the passphrase"
    )
    bringing.add_argument("file", type=Path, help="the archive, as the wallet saved it (.satchel)")
    bringing.add_argument("--login", required=True, help="the sign-in name of whoever it is for")
    bringing.add_argument("--mine", action="store_true", help="whoever signs in saved the archive")
    bringing.set_defaults(run=_restore_archive)
    log = commands.add_parser("audit", help="the audit log")
    log_commands = log.add_subparsers(required=True, metavar="COMMAND")
    log_commands.add_parser("verify", help="make sure that no row is missing or altered").set_defaults(
        run=_audit_verify
    )
    return parser


def _serve(_given: argparse.Namespace, settings: WalletSettings) -> int:
    return server.run(create_app(settings), settings, role=ROLE)


def _init(given: argparse.Namespace, settings: WalletSettings) -> int:
    password = read_password()
    if settings.key_file is not None and not settings.key_file.exists():
        _refuse_second_key(settings)
        create_key_file(settings.key_file)
        print(f"A new key file was made: {settings.key_file.name}. Keep a copy of it apart from the database.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    tools = build_tools(settings)
    name = given.name or given.login
    found, made = ensure_first(tools.accounts, login=given.login, password=password, name=name, scope=ADMINISTRATOR)
    if made:
        with tools.database.session() as session:
            audit.append(
                session,
                store.AUDIT,
                at=tools.clock.now(),
                actor="system",
                action="administrator.make",
                object_id=found.id,
                detail={},
            )
    print(f"{given.login} is the administrator." if made else f"{given.login} is there already; nothing was changed.")
    tools.database.close()
    return 0


def _refuse_second_key(settings: WalletSettings) -> None:
    """A database that was sealed before needs its own key back; a new one would open nothing.

    Raises: VaultError.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    database.upgrade(MIGRATIONS)
    with database.reading() as session:
        sealed = session.execute(select(store.VAULT)).first() is not None
    database.close()
    if sealed:
        raise VaultError("this database has a key already, and its file is not there: restore it from your copy")


def _recover(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    print(recovery_words(tools.accounts, login=given.login, public_url=settings.public_url))
    tools.database.close()
    return 0


def _sweep(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    services = build_services(tools)
    services.recovery.catch_up()
    gone = services.erasure.empty_bins()
    clients = services.hosting.clients.forget_old()
    sessions = tools.accounts.forget_old_sessions()
    tools.database.close()
    print(f"{gone} things from bins and {sessions} old sessions were deleted.")
    print(f"{clients} programs that nobody was asked about were forgotten.")
    return 0


def _recall_shares(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    stopped = build_services(tools).shares.recall_every()
    tools.database.close()
    print(f"{stopped} links were stopped. Families share anew what they still want to show.")
    return 0


def _operator(tools: Tools, login: str) -> Account:
    found = tools.accounts.find_by_login(login)
    if found is None:
        raise ValueError(f"nobody signs in as {login}")
    return found


def _search_guardian(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    try:
        found = build_services(tools).court_orders.of_login(_operator(tools, given.operator), given.login)
    finally:
        tools.database.close()
    for one in found:
        print(f"learner {one.learner_id}  member {one.member_id}  may: {' '.join(one.scopes)}  others: {one.others}")
    if not found:
        print("This person may do nothing for anybody.")
    return 0


def _record_order(given: argparse.Namespace, settings: WalletSettings) -> int:
    print("The order (court, number, day), one line:", file=sys.stderr)
    reference = sys.stdin.readline()
    tools = build_tools(settings)
    try:
        order_id, stopped = build_services(tools).court_orders.record(
            _operator(tools, given.operator),
            learner_id=given.learner,
            member_id=given.member,
            reference=reference,
            stop_links=not given.keep_links,
        )
    finally:
        tools.database.close()
    print(f"Recorded as {order_id}. It holds from now on; {stopped} links were stopped.")
    return 0


def _lift_order(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    try:
        build_services(tools).court_orders.lift(_operator(tools, given.operator), given.order)
    finally:
        tools.database.close()
    print("Lifted. The family can trust this person again.")
    return 0


def _key_state(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    present = tools.keystore.vault.key_id
    for key_id, count in sorted(build_services(tools).rewrapping.under().items(), key=lambda item: item[0].hex()):
        here = "present" if key_id.hex() == present else "former" if tools.keystore.vault.knows(key_id) else "NOT HERE"
        print(f"{key_id.hex()}  {here}  {count} values")
    tools.database.close()
    return 0


def _rewrap(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    try:
        found = build_services(tools).rewrapping.rewrap(lambda done, of: print(f"{done} of {of}", flush=True))
    finally:
        tools.database.close()
    print(f"{found.done} values were sealed under key {tools.keystore.vault.key_id}.")
    if found.left:
        print(
            f"{found.left} were written under a former key meanwhile: restart every process of the wallet, then repeat."
        )
    for key_id in found.released:
        print(f"Key {key_id} is not needed any more: take it out of RETIRED_KEY_FILES, and restart.")
        print("Keep its file with the backups that were made before today; they open with it alone.")
    return 0


def _replace_lost(_given: argparse.Namespace, settings: WalletSettings) -> int:
    vault = Vault.from_settings(settings)
    database = Database(settings.database_url)
    database.upgrade(MIGRATIONS)
    try:
        closed = replace_lost_key(database, vault, SystemClock())
    finally:
        database.close()
    print(
        f"Key {vault.key_id} takes its place. {closed} accounts were closed; what families keep is as it was, closed."
    )
    print("Make an administrator anew with “python -m wallet init”. Families open theirs with a recovery code at")
    print(f"{settings.public_url}/reopen")
    return 0


def _clients(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    for client, count in build_services(tools).hosting.clients.listing():
        print(f"{client.id}  {client.registered_at:%Y-%m-%d}  {count} connected  {client.host}  {client.name}")
    tools.database.close()
    return 0


def _shut_out(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    ended = build_services(tools).hosting.clients.shut_out(given.client)
    tools.database.close()
    print(f"Shut out. {ended} connections were ended; what it brought stays.")
    return 0


def _open_archive(given: argparse.Namespace) -> int:
    target = given.to or given.file.with_suffix(".zip")
    open_archive(given.file, target, _read_secret("Passphrase: "))
    print(f"Opened: {target}. Anyone who has this file can read it and sign with the keys in it; delete it after use.")
    return 0


def _restore_archive(given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    services = build_services(tools)
    try:
        password, passphrase = _read_secret("Password: "), _read_secret("Passphrase: ")
        account, token = tools.accounts.sign_in(login=given.login, password=password, client="command")
        tools.accounts.sign_out(token)
        actor = services.people.require_actor(account.id)
        begun = services.restoring.begin(actor, given.file.read_bytes(), passphrase=passphrase, mine=given.mine)
        found = services.restoring.drive(actor, begun.id, lambda done, of: print(f"{done} of {of}", flush=True))
    finally:
        tools.fetcher.close()
        tools.database.close()
    for name in begun.left_out:
        print(f"Left out: {name} is of age, and brings an archive of their own.")
    for outcome, count in sorted(found.counts.items()):
        print(f"{outcome}: {count}")
    return 1 if found.lines else 0


def _read_secret(words: str) -> str:
    """From the first line of stdin, or asked for when somebody sits at a terminal."""
    return getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _audit_verify(_given: argparse.Namespace, settings: WalletSettings) -> int:
    tools = build_tools(settings)
    with tools.database.reading() as session:
        broken = audit.verify_chain(session, store.AUDIT)
        count, last = audit.head(session, store.AUDIT)
    tools.database.close()
    if broken is not None:
        print(f"The audit log is broken at row {broken}: it is missing, altered or out of place.", file=sys.stderr)
        return 1
    print(f"{count} rows, whole. The last one's hash is {last}.")
    return 0
