"""When a ledger may stay as it is over a restore, and what becomes of a lost one."""

import pytest

from satchel.ledgers import ERASURES, JOURNAL, settle_lost, why_lost

ONE, TWO, THREE = b'{"n":1}\n', b'{"n":2}\n', b'{"n":3}\n'


@pytest.fixture
def files(tmp_path):
    live, saved = tmp_path / "live", tmp_path / "saved"

    def written(live_bytes, saved_bytes):
        for path, content in ((live, live_bytes), (saved, saved_bytes)):
            path.unlink(missing_ok=True)
            if content is not None:
                path.write_bytes(content)
        return live, saved

    return written


@pytest.mark.parametrize(
    ("live", "saved"),
    [(ONE, ONE), (ONE + TWO, ONE), (ONE, None), (b"", None), (ONE + b'{"n', ONE), (ONE + TWO, ONE + b'{"n')],
)
def test_it_stays_where_it_begins_with_what_the_backup_knows(files, live, saved):
    assert why_lost(*files(live, saved), may_be_absent=False) is None


@pytest.mark.parametrize(
    ("live", "saved", "reason"),
    [
        (None, ONE, "not there"),
        (None, None, "not there"),
        (b"", ONE, "does not begin"),
        (ONE, ONE + TWO, "does not begin"),
        (TWO + ONE, ONE, "does not begin"),
        (ONE[:-1], ONE, "does not begin"),
        (ONE + b"{\n" + TWO, ONE, "damaged"),
        (ONE + b"[]\n", ONE, "damaged"),
    ],
)
def test_anything_else_is_lost(files, live, saved, reason):
    assert reason in why_lost(*files(live, saved), may_be_absent=False)


def test_no_file_is_an_empty_one_only_where_nothing_was_written(files):
    assert why_lost(*files(None, None), may_be_absent=True) is None
    assert "not there" in why_lost(*files(None, ONE), may_be_absent=True)


def test_a_lost_one_is_written_anew_with_what_both_know(files):
    live, saved = files(TWO + b"{\n" + THREE + b'{"torn', ONE + TWO)
    settle_lost(ERASURES, live, saved)
    assert live.read_bytes() == ONE + TWO + THREE
    settle_lost(JOURNAL, live, saved)
    assert live.read_bytes().splitlines()[-1] == JOURNAL.mark
    assert live.stat().st_mode & 0o777 == 0o600


def test_a_number_in_use_keeps_the_backups_list(files):
    ours, others = (b'{"list":"%b","organisation":"o","number":1}\n' % name for name in (b"ours", b"others"))
    live, saved = files(others + ONE, ours)
    settle_lost(ERASURES, live, saved)
    assert live.read_bytes() == ours + ONE
