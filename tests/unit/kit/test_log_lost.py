"""A log that cannot be written loses lines, and never says anywhere what was in them."""

import io
import logging
import os

import pytest

from kit import log


class Full(io.StringIO):
    """A stream on a disk that is full."""

    def write(self, _text):
        raise OSError(28, "No space left on device")


class Odd:
    def __str__(self):
        raise RuntimeError("Wren Hadley, 2016-06-03")


@pytest.fixture
def root():
    """The root logger, put back afterwards."""
    found = logging.getLogger()
    handlers, level = found.handlers[:], found.level
    yield found
    found.handlers[:], found.level = handlers, level


def told(line, *given):
    logging.getLogger("satchel.sample").error(line, *given)


def test_P1_R8_a_stream_that_fails_prints_nothing_of_a_record(root, capfd):
    log.configure(role="sample", stream=Full())
    told("learner %s", "Wren Hadley")
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(io.FileIO(writing, "w"), write_through=True) as pipe:
        log.configure(role="sample", stream=pipe)
        told("learner %s", "Wren Hadley")
    told("learner %s", "Wren Hadley")
    assert capfd.readouterr() == ("", "")


def test_P1_a_line_that_cannot_be_made_is_told_of_without_what_was_in_it(root, capfd):
    stream = io.StringIO()
    log.configure(role="sample", stream=stream)
    logging.getLogger("satchel.sample").error("odd", extra={"fields": {"count": Odd()}})
    told("next")
    lost, after = stream.getvalue().splitlines()
    assert lost == '{"level": "error", "event": "a line of the log was lost"}'
    assert '"next"' in after
    assert capfd.readouterr() == ("", "")
