"""The only place where the verifier is put together; nothing runs when it is imported."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import FastAPI

from kit.accounts import Accounts, Passkeys
from kit.accounts.pages import account_api, account_pages
from kit.accounts.passkey_pages import answer_wanted, passkey_api, passkey_pages
from kit.accounts.staff import Staff
from kit.accounts.staff_pages import staff_api, staff_pages
from kit.clock import Clock, SystemClock
from kit.db import Database
from kit.fetch import Fetcher
from kit.health import Health, database_checks
from kit.limits import Attempts
from kit.patterns import pattern_pages
from kit.quilt import block_svg
from kit.vault import Vault
from kit.web import BodyLimits, Pages, build_app
from kit.web.vc_api import VERIFY_CREDENTIAL, VERIFY_PRESENTATION
from vc import jsonld, keys
from verifier import store
from verifier.api import vc_api, verifier_api
from verifier.pages import verifier_pages
from verifier.service.capacity import Capacity
from verifier.service.judging import Judging, Rules
from verifier.service.memory import Memory
from verifier.service.recognition import Recognition
from verifier.service.resolving import Resolving
from verifier.settings import VerifierSettings

ROLE: Final = "verifier"
MIGRATIONS: Final = "verifier.migrations"
CHECKS_PER_CLIENT: Final = 120
CHECKS_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that the verifier's pages and API stand on."""

    database: Database
    vault: Vault
    clock: Clock
    accounts: Accounts
    recognition: Recognition
    judging: Judging
    resolving: Resolving
    fetcher: Fetcher

    def close(self) -> None:
        """Let go of connections."""
        self.fetcher.close()
        self.database.close()


def open_accounts(settings: VerifierSettings, *, database: Database, clock: Clock) -> tuple[Accounts, Vault]:
    """The accounts, over a database that is brought up to date and tied to its key.

    Raises: VaultError, Unavailable.
    """
    vault = Vault.from_settings(settings)
    database.upgrade(MIGRATIONS)
    with database.session() as session:
        vault.claim(session, store.VAULT_CHECK, at=clock.now())
    accounts = Accounts(
        database=database,
        tables=store.ACCOUNTS,
        clock=clock,
        login_key=vault.derive("logins"),
        vault=vault,
        passkeys_required=settings.staff_passkeys == "required",
    )
    return accounts, vault


def build_services(settings: VerifierSettings, *, clock: Clock | None = None) -> Services:
    """The services as the settings say; upgrades the database and sweeps what is over.

    Raises: VaultError, Unavailable.
    """
    ticking = clock or SystemClock()
    database = Database(settings.database_url)
    accounts, vault = open_accounts(settings, database=database, clock=ticking)
    recognition = Recognition(database=database, clock=ticking)
    fetcher = Fetcher.from_settings(settings, clock=ticking, cache=Memory(database=database))
    capacity = Capacity(running=settings.running, waiting=settings.waiting, waiting_seconds=settings.waiting_seconds)
    judging = Judging(
        database=database,
        clock=ticking,
        fetcher=fetcher,
        recognition=recognition,
        capacity=capacity,
        attempts=Attempts(ticking, burst=CHECKS_PER_CLIENT, per=CHECKS_WINDOW),
        rules=Rules(
            origin=settings.public_url,
            loopback=settings.loopback,
            verdict_days=settings.verdict_days,
            memory_days=settings.memory_days,
            deadline_seconds=settings.deadline_seconds,
        ),
    )
    judging.sweep()
    return Services(
        database=database,
        vault=vault,
        clock=ticking,
        accounts=accounts,
        recognition=recognition,
        judging=judging,
        resolving=Resolving(
            clock=ticking,
            fetcher=fetcher,
            capacity=capacity,
            attempts=Attempts(ticking, burst=CHECKS_PER_CLIENT, per=CHECKS_WINDOW),
            loopback=settings.loopback,
        ),
        fetcher=fetcher,
    )


def create_app(settings: VerifierSettings, *, services: Services | None = None) -> FastAPI:
    """The verifier's app. Refuses to start when a packaged context or the signature library is not what it must be."""
    jsonld.self_check()
    keys.self_test()
    given = services or build_services(settings)
    pages = Pages(role=ROLE, settings=settings, clock=given.clock, globals={"block_svg": block_svg})
    staff = Staff(given.accounts, audited=store.AUDIT, prefix="account/", may_go=lambda _session, _account_id: None)
    passkeys = Passkeys(given.accounts, origin=settings.public_url, audited=store.AUDIT, prefix="account/")
    app = build_app(
        role=ROLE,
        settings=settings,
        pages=pages,
        routers=[
            verifier_pages(judging=given.judging, recognition=given.recognition, pages=pages, settings=settings),
            verifier_api(judging=given.judging, recognition=given.recognition, pages=pages),
            vc_api(judging=given.judging, resolving=given.resolving, pages=pages),
            account_pages(accounts=given.accounts, passkeys=passkeys, pages=pages, home="/recognised"),
            account_api(accounts=given.accounts),
            passkey_pages(passkeys=passkeys, pages=pages),
            passkey_api(passkeys=passkeys),
            staff_pages(staff=staff, pages=pages, public_url=settings.public_url),
            staff_api(staff=staff, public_url=settings.public_url),
            *([pattern_pages(pages=pages)] if settings.loopback else []),
        ],
        secret=given.vault.derive("web"),
        health=Health(role=ROLE, checks=database_checks(given.database, MIGRATIONS)),
        find_account=given.accounts.current,
        limits=BodyLimits(
            plain=17 * 1024 * 1024, multipart=17 * 1024 * 1024, fields=50, files=5, field_bytes=4 * 1024 * 1024
        ),
        open_forms=frozenset({"/verify", "/api/verify", VERIFY_CREDENTIAL, VERIFY_PRESENTATION}),
        takes_files=lambda path: path == "/api/verify",
        close=[given.close],
    )
    answer_wanted(app, passkeys=passkeys, pages=pages, home="/recognised")
    return app
