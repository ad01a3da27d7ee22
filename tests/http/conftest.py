"""What all tests of apps have: building an app costs them less than its users, and a busy machine refuses nothing."""

import pytest

from tests import quick_apps

quick_apps.remember()

PATIENCE = 60.0
"""Seconds for one fetch on loopback, where it has three elsewhere: here nobody is to wait for a host that says nothing."""


@pytest.fixture(scope="module", autouse=True)
def patience():
    """Hosts of tests answer at once, unless a busy machine lets them wait. A test of waiting sets its own limit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kit.fetch.fetcher.FETCH_SECONDS", PATIENCE)
        yield
