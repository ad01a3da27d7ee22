from collections.abc import Iterator

import pytest

from tests.sample_role import ana, client, clock, make_role, make_settings, package, role, token
from vc.did import resolution
from vc.keys import multikey

__all__ = ["ana", "client", "clock", "make_role", "make_settings", "package", "role", "token"]


@pytest.fixture(autouse=True)
def forget_keys() -> Iterator[None]:
    """What a test accepted with a guard switched off is not remembered for the next one."""
    yield
    multikey._parsed.cache_clear()
    resolution._generated.cache_clear()
