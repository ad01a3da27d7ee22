"""The only place where the registrar is put together; nothing runs when it is imported."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI

from kit.clock import Clock, SystemClock
from kit.db import Database
from kit.health import Health, database_checks
from kit.vault import Vault
from kit.web import Pages, build_app
from registrar import store
from registrar.api import registrar_api
from registrar.pages import registrar_pages
from registrar.settings import RegistrarSettings
from vc import jsonld, keys

ROLE: Final = "registrar"
MIGRATIONS: Final = "registrar.migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the registrar stands on."""

    database: Database
    vault: Vault
    clock: Clock


def build_services(settings: RegistrarSettings, *, clock: Clock | None = None) -> Services:
    """The services as the settings say; upgrades the database and ties it to its key.

    Raises: VaultError, Unavailable.
    """
    ticking = clock or SystemClock()
    vault = Vault.from_settings(settings)
    database = Database(settings.database_url)
    database.upgrade(MIGRATIONS)
    with database.session() as session:
        vault.claim(session, store.VAULT_CHECK, at=ticking.now())
    return Services(database=database, vault=vault, clock=ticking)


def create_app(settings: RegistrarSettings, *, services: Services | None = None) -> FastAPI:
    """The registrar's app. Refuses to start when a packaged context or the signature library is not what it must be."""
    jsonld.self_check()
    keys.self_test()
    given = services or build_services(settings)
    pages = Pages(role=ROLE, settings=settings, clock=given.clock)
    return build_app(
        role=ROLE,
        settings=settings,
        pages=pages,
        routers=[registrar_pages(pages=pages), registrar_api()],
        secret=given.vault.derive("web"),
        health=Health(role=ROLE, checks=database_checks(given.database, MIGRATIONS)),
        find_account=None,
        close=[given.database.close],
    )
