"""Real servers on loopback, seeded once for the whole run, and a real Chromium."""

import itertools
import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from satchel.client import RoleClient
from satchel.console import Progress
from satchel.demo import logins
from satchel.demo.first_start import first_start
from satchel.demo.seed import seed
from satchel.deployment import DEFAULT_PORTS, ROLES, Deployment
from satchel.installation import role_spec, start_page_spec
from satchel.supervisor import Supervisor
from tests.ports import free_ports


@dataclass(frozen=True, kw_only=True)
class Running:
    """An installation that runs: its places, its processes, and what the demo's story says."""

    deployment: Deployment
    supervisor: Supervisor
    story: dict

    def url(self, role):
        return self.deployment.url(role)

    @contextmanager
    def client(self, role, login=None):
        """A client of a role's API, signed in if a login of the demo is given."""
        with RoleClient(self.url(role)) as client:
            if login is not None:
                client.sign_in(login.login, logins.PASSWORD)
            yield client

    @contextmanager
    def without(self, role):
        """Stop a role while the block runs."""
        self.supervisor.stop_one(role)
        try:
            yield
        finally:
            self.supervisor.start_one(role)
            self.supervisor.wait_ready()


def role_ports():
    """Ports for the start page and the four roles that nobody uses at this moment."""
    return dict(zip(DEFAULT_PORTS, itertools.count(base_port()), strict=False))


def base_port():
    """The first of them: what `--base-port` is given."""
    return free_ports(len(DEFAULT_PORTS))


def clean_environment():
    """This process's environment without any setting of a role."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SATCHEL_")}


@contextmanager
def running(data_dir):
    """A seeded demo, from its first start until the block ends. Its log is in `demo.log`."""
    deployment = Deployment(
        data_dir=data_dir, loopback=True, families_welcome=True, tutors_welcome=True, ports=role_ports()
    )
    environment = clean_environment()
    today = datetime.now(UTC).date()
    first_start(deployment, environment=environment, today=today, say=lambda _what: None)
    specs = [role_spec(deployment, role, environment=environment) for role in ROLES]
    specs.append(start_page_spec(deployment, environment=environment))
    with (data_dir / "demo.log").open("a", encoding="utf-8") as log, Path(os.devnull).open("w") as nowhere:
        supervisor = Supervisor(specs, say=lambda _line: None, log=log)
        try:
            supervisor.start()
            supervisor.wait_ready(seconds=60)
            made = seed(deployment, today=today, progress=Progress("", total=None, stream=nowhere))
            yield Running(deployment=deployment, supervisor=supervisor, story=dict(made.story))
        finally:
            supervisor.stop()


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo, seeded and running, for every test of this folder."""
    with running(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture
def page(browser):
    """A fresh browser window on a desktop, with JavaScript."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-US")
    yield context.new_page()
    context.close()


@pytest.fixture
def http():
    """A plain HTTP client without a session."""
    with httpx2.Client(timeout=30, trust_env=False) as client:
        yield client
