"""The start of a program. What it loads stays to its end, so nothing of it is looked through for garbage.

Of a command's two seconds, one went into looking through modules for what could be thrown away: a dozen times while
they were loaded, and once more at the end. See ``docs/performance.md``.
"""

import gc
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast


def program(module: str, arguments: Sequence[str] | None = None) -> int:
    """Load ``module`` and run its ``main``, which gets the arguments or else reads them; the exit status."""
    gc.disable()
    main = cast("Callable[[Sequence[str] | None], int]", import_module(module).main)
    settled()
    return main(arguments)


def settled() -> None:
    """What there is stays: look only through what comes after."""
    gc.freeze()
    gc.enable()
