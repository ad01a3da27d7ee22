"""A burst is turned away quickly, with a time to come back; nobody waits for ever."""

import threading
import time

import pytest

from kit.errors import Unavailable
from verifier.service.capacity import Capacity


def test_a_free_place_is_taken_at_once():
    capacity = Capacity(running=1, waiting=0, waiting_seconds=0)
    for _ in range(3):
        with capacity.place():
            pass


def test_the_one_too_many_is_turned_away_with_a_time():
    capacity = Capacity(running=1, waiting=0, waiting_seconds=3)
    with capacity.place():
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught, capacity.place():
            pass
        assert time.monotonic() - started < 1
    assert caught.value.retry_after == 3


def test_waiting_in_vain_ends():
    capacity = Capacity(running=1, waiting=1, waiting_seconds=0.05)
    with capacity.place(), pytest.raises(Unavailable), capacity.place():
        pass


def test_who_waits_gets_the_place():
    capacity = Capacity(running=1, waiting=1, waiting_seconds=5)
    entered, done = threading.Event(), []

    def second():
        with capacity.place():
            done.append(True)

    with capacity.place():
        thread = threading.Thread(target=second)
        thread.start()
        entered.wait(0.05)
        assert not done
    thread.join(5)
    assert done == [True]


def test_an_error_inside_gives_the_place_back():
    capacity = Capacity(running=1, waiting=0, waiting_seconds=0)
    with pytest.raises(ZeroDivisionError), capacity.place():
        raise ZeroDivisionError
    with capacity.place():
        pass
