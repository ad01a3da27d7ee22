"""Fixtures for every test: the published vectors beside the checkout."""

import os
from pathlib import Path

import hypothesis
import pytest

# The same examples in every run, and no clock in a verdict about code.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


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
