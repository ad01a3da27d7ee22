"""Putting the wallet together. Nothing runs before `create_app` is called."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kit.accounts import Accounts, Passkeys
from kit.accounts.pages import account_api, account_pages
from kit.accounts.passkey_pages import passkey_api, passkey_pages
from kit.accounts.passwords import Passwords
from kit.clock import Clock, SystemClock
from kit.db import Database
from kit.errors import Unavailable
from kit.fetch import Fetcher
from kit.health import Health, database_checks
from kit.i18n import _
from kit.jobs import ThreadJobs
from kit.vault import Vault, VaultError, WrongKey
from kit.web import Pages, build_app, see_other
from kit.web.problems import respond
from kit.web.vc_api import is_for_programs
from vc import jsonld, keys
from wallet import store
from wallet.api import build_api, oauth, open_badges, vc_api
from wallet.api.telling import tell
from wallet.keystore import Keystore
from wallet.pages import build_pages
from wallet.pages.connections import connection_globals
from wallet.pages.leaving import leaving_globals
from wallet.pages.views import template_globals
from wallet.service import Services, Tools, build_services
from wallet.service.leaving.restoring import KIND
from wallet.service.people import NoFamily
from wallet.settings import WalletSettings

MIGRATIONS = "wallet.migrations"
ROLE = "wallet"
TAKES_FILES = re.compile(
    r"/api/learners/[^/]+/(?:credentials|imports)|/api/works/[^/]+/file|/api/restorations"
    r"|/ims/(?:ob/v3p0|clr/v2p0)/credentials"
)
_STOP_SECONDS = 8.0
OPEN_FORMS = frozenset({"/oauth/token", "/oauth/revoke"})
"""Where programs send forms, which show by a secret who they are."""


def build_tools(settings: WalletSettings, *, clock: Clock | None = None, hasher: Passwords | None = None) -> Tools:
    """The wallet's tools: opens the database, brings its schema up to date, and ties it to the key.

    Raises: kit.vault.VaultError when the key is missing, unsafe or another database's; Unavailable without a database.
    """
    clock = clock or SystemClock()
    vault = Vault.from_settings(settings)
    database = Database(settings.database_url)
    database.upgrade(MIGRATIONS)
    with database.session() as session:
        vault.claim(session, store.VAULT, at=clock.now())
        login_key = vault.kept(session, store.VAULT, "login", at=clock.now())
        web_secret = vault.kept(session, store.VAULT, "web", at=clock.now())
    hasher = hasher or Passwords()
    accounts = Accounts(
        database=database,
        tables=store.ACCOUNTS,
        clock=clock,
        login_key=login_key,
        vault=vault,
        hasher=hasher,
    )
    return Tools(
        settings=settings,
        database=database,
        keystore=Keystore(vault),
        fetcher=Fetcher.from_settings(settings, clock=clock),
        accounts=accounts,
        passwords=hasher,
        clock=clock,
        web_secret=web_secret,
    )


def key_check(tools: Tools) -> Callable[[], None]:
    """A check that raises VaultError while the key file is not there as it was at the start, or is another database's.

    The wallet goes on with the key that it read; but it would not start again.
    """

    def check() -> None:
        if Vault.from_settings(tools.settings).key_id != tools.keystore.vault.key_id:
            raise WrongKey("the key file holds another key than this wallet started with: restart it, or put it back")
        with tools.database.reading() as session:
            tools.keystore.vault.verify(session, store.VAULT)

    return check


def create_app(settings: WalletSettings, *, services: Services | None = None) -> FastAPI:
    """The wallet as an app. `services` are built from the settings unless they are handed in.

    Raises: what `build_tools` raises, and an error when a packaged context or the signature library is not what it
    must be.
    """
    jsonld.self_check()
    keys.self_test()
    services = services or build_services(build_tools(settings))
    tools = services.tools
    services.rewrapping.require_every_key()
    services.erasure.replay()
    services.court_orders.replay()
    services.erasure.empty_bins()
    jobs = ThreadJobs(role=ROLE, lanes=1)
    jobs.handles(KIND, services.restoring.step)
    jobs.sweeps(services.restoring.lapsed)

    def begin() -> None:
        jobs.start()
        services.restoring.enqueue = jobs.enqueue

    pages = Pages(
        role=ROLE,
        settings=settings,
        clock=tools.clock,
        globals=template_globals()
        | connection_globals()
        | leaving_globals()
        | {"sign_up": "/sign-up" if settings.signup_open else None},
    )
    passkeys = Passkeys(tools.accounts, origin=settings.public_url, audited=store.AUDIT, prefix="account/")
    health = Health(role=ROLE, checks=database_checks(tools.database, MIGRATIONS) | {"key": key_check(tools)})
    app = build_app(
        role=ROLE,
        settings=settings,
        pages=pages,
        routers=[
            account_pages(accounts=tools.accounts, passkeys=passkeys, pages=pages, home="/"),
            account_api(accounts=tools.accounts),
            passkey_pages(passkeys=passkeys, pages=pages),
            passkey_api(passkeys=passkeys),
            build_api(services),
            vc_api(services),
            open_badges(services),
            oauth(services),
            build_pages(services, pages),
        ],
        secret=tools.web_secret,
        health=health,
        find_account=tools.accounts.current,
        open_forms=OPEN_FORMS,
        takes_files=lambda path: TAKES_FILES.fullmatch(path) is not None,
        tell=tell,
        start=[begin],
        close=[lambda: jobs.stop(seconds=_STOP_SECONDS), tools.fetcher.close, tools.database.close],
    )

    def start_first(request: Request, error: Exception) -> Response:
        if is_for_programs(request.url.path):
            return respond(request, error, pages)
        return see_other("/start")

    def closed(request: Request, _error: Exception) -> Response:
        words = _(
            "These awards are sealed under a key that this server does not have. Nothing is lost: tell whoever runs "
            "it, or use a recovery code."
        )
        return respond(request, Unavailable(words, retry_after=3600), pages)

    app.add_exception_handler(NoFamily, start_first)
    app.add_exception_handler(VaultError, closed)
    return app
