"""Another key-encryption key: everything that was sealed under the former one, sealed under the present one.

Rules. Both keys are here while it goes on, so that families notice nothing. It goes in small transactions, each whole
or not at all: killed at any instant it is simply begun again, and what was done stays done. A value that changed
meanwhile is left as it was changed. The former key is let go of only when nothing needs it any more. A value whose key
is not here stops the wallet at its start, in words, before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from kit.accounts.resealing import reseal_names, sealed_under
from kit.audit import append
from kit.vault import WrongKey
from wallet import store
from wallet.service.core import Tools

_AT_ONCE: Final = 100
SYSTEM: Final = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """What a change came to: how many values were sealed anew, how many are still under a former key (a process that
    has not been restarted wrote them meanwhile), and the former keys (ids) that are needed no more.
    """

    done: int
    left: int
    released: tuple[str, ...]


class Rewrapping:
    """Seals anew, for the operator."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def rewrap(self, say: Callable[[int, int], None]) -> Rewrapped:
        """Seal everything under the present key; `say` hears after each step how many are done, of how many.

        Raises: VaultError at a value that does not open; what was done before it stays done.
        """
        present = bytes.fromhex(self._tools.keystore.vault.key_id)
        total = sum(count for under, count in self._openable().items() if under != present)
        done = 0
        for step in self._steps():
            done += step
            if step:
                say(done, max(total, done))
        left = sum(count for under, count in self._openable().items() if under != present)
        return Rewrapped(done=done, left=left, released=self._release(done, left, present))

    def under(self) -> dict[bytes, int]:
        """How many values are sealed under which key-encryption key, by its id (8 bytes)."""
        found = sealed_under(self._tools.database, store.ACCOUNTS)
        with self._tools.database.reading() as session:
            for key_id, count in store.keys.wrapped_under(session).items():
                found[key_id] = found.get(key_id, 0) + count
        return found

    def require_every_key(self) -> None:
        """Make sure that every key under which something is sealed is here. Raises: WrongKey."""
        for key_id, count in self._openable().items():
            if not self._tools.keystore.vault.knows(key_id):
                raise WrongKey(
                    f"{count} values are sealed under key {key_id.hex()}, which is not here. Put its file back under "
                    "RETIRED_KEY_FILES, start, and run “python -m wallet keys rewrap” again. Nothing was written"
                )

    def _openable(self) -> dict[bytes, int]:
        """The same without what is sealed under keys that the operator said to be lost."""
        with self._tools.database.reading() as session:
            lost = self._tools.keystore.vault.lost(session, store.VAULT)
        return {key_id: count for key_id, count in self.under().items() if key_id not in lost}

    def _steps(self) -> Iterator[int]:
        """Each step in a transaction of its own: how many values it sealed anew."""
        tools = self._tools
        with tools.database.reading() as session:
            lost = tools.keystore.vault.lost(session, store.VAULT)
        for table in (store.Family, store.Learner):
            last = ""
            while True:
                with tools.database.reading() as session:
                    wraps = store.keys.wraps_after(session, table, last, _AT_ONCE)
                if not wraps:
                    break
                fresh = [
                    (wrap, tools.keystore.rewrap(wrap.wrapped, wrap.family_id, wrap.learner_id))
                    for wrap in wraps
                    if wrap.wrapped[1:9] not in lost
                ]
                with tools.database.session() as session:
                    yield sum(
                        store.keys.exchange(session, wrap, after) for wrap, after in fresh if after != wrap.wrapped
                    )
                last = wraps[-1].row_id
        yield from reseal_names(tools.database, store.ACCOUNTS, tools.keystore.vault, at_once=_AT_ONCE)
        with tools.database.session() as session:
            yield tools.keystore.vault.reseal_kept(session, store.VAULT)

    def _release(self, done: int, left: int, present: bytes) -> tuple[str, ...]:
        with self._tools.database.session() as session:
            released = [] if left else self._tools.keystore.vault.untie(session, store.VAULT)
            if done or released:
                append(
                    session,
                    store.AUDIT,
                    at=self._tools.clock.now(),
                    actor=SYSTEM,
                    action="key.rewrap",
                    object_id=present.hex(),
                    detail={"count": done},
                )
        return tuple(released)
