import pytest

from kit.clock import FixedClock
from tests.unit.wallet.samples import NOW, Hadleys, wallet


@pytest.fixture
def clock():
    return FixedClock(instant=NOW)


@pytest.fixture
def services(tmp_path, clock):
    built = wallet(tmp_path, clock)
    yield built
    built.tools.fetcher.close()
    built.tools.database.close()


@pytest.fixture
def hadleys(services):
    return Hadleys(services)
