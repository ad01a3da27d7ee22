"""Each role starts, and is ready, with the other three taken away."""

import signal
import subprocess
import sys
import time

import httpx2
import pytest

from satchel.deployment import ROLES, Deployment
from satchel.installation import create_missing_keys, with_checkout
from tests.e2e.conftest import clean_environment, role_ports

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WITHOUT_THE_OTHERS = """
import importlib.abc, runpy, sys

class Taken(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {others!r}:
            raise ModuleNotFoundError(name + " was taken away")

sys.meta_path.insert(0, Taken())
sys.argv = [{role!r}, "serve"]
runpy.run_module({role!r}, run_name="__main__")
"""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_starts_alone(role, tmp_path):
    deployment = Deployment(data_dir=tmp_path, loopback=True, ports=role_ports())
    environment = clean_environment()
    create_missing_keys(deployment, [role], environment=environment)
    others = {each for each in (*ROLES, "satchel") if each != role}
    process = subprocess.Popen(
        [sys.executable, "-c", WITHOUT_THE_OTHERS.format(others=others, role=role)],
        env=with_checkout(deployment.environment(role, inherited=environment)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert ready(f"{deployment.url(role)}/readyz", process), process.stdout.read()
    finally:
        process.terminate()
        assert process.wait(timeout=12) in {0, -signal.SIGTERM}, "an orderly stop"
        process.stdout.close()


def ready(address, process, *, seconds=60):
    """Whether the address says 200 before the process ends or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(address, timeout=2, trust_env=False).status_code == httpx2.codes.OK:
                return True
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    return False
