"""Runs the tests of a module against each change of it, each in a forked process that has already imported everything.

A change inside a function is put into the living functions (``__code__``), and one of a constant into the modules that
have it, so nothing is imported again. Where that goes unnoticed though the module's import would be another, where the
changed code cannot be put in (it has no ``super()`` any more), and for all other statements of a module, the import is
made anew: the fork is then made before anything of the project was imported.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import mmap
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest

from tests.mutation.changes import Change, Module

_ARGUMENTS = [
    "-q",
    "-x",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:cov",
    "-p",
    "no:xdist",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]
_SURVIVED, _KILLED = 0, 1
_MEMORY = 4 << 30
_SLOW = 0.3
_ROOT = Path(__file__).resolve().parents[2]


def survivors(
    paths: Mapping[str, Path], files: list[str], say: Callable[[str], None], *, fresh: bool
) -> Iterator[Tried]:
    """Of each module that the same tests are about: how many changes were tried, and those that no test noticed."""
    modules = {name: Module(path) for name, path in paths.items()}
    found = _in_child(lambda write: _collected(modules, files, write, quick=not fresh))
    told: dict[str, Any] = {}
    for answer in found:
        if "error" in answer:
            raise RuntimeError(answer["error"])
        if "left" in answer:
            say(f"... {answer['left']}")
            continue
        if "alone" in answer:
            say(f"Not asked, because it fails by itself: {answer['alone']}")
            continue
        told[answer["name"]] = answer
        if answer["name"] and not fresh:
            module = modules[answer["name"]]
            left = [index for index in answer["survived"] if module.changes[index].function]
            untried = sum(module.changes[index].function is None for index in answer["again"])
            yield Tried(answer["name"], len(module.changes), [module.changes[index] for index in left], untried)
    if not fresh:
        return
    for other in told[""]["again"]:  # what the next forks need not import
        _import_quietly(other)
    if any(told[name]["again"] for name in modules) and _fresh("", None, None, files, told[""]["seconds"]):
        raise RuntimeError("with a fresh import the tests fail unchanged")
    for name, module in modules.items():
        open_ones = set(told[name]["survived"])
        for index in told[name]["again"]:
            if _fresh(name, module, module.changes[index], files, told[""]["seconds"]):
                open_ones.discard(index)
            else:
                open_ones.add(index)
        yield Tried(name, len(module.changes), [module.changes[index] for index in sorted(open_ones)])


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the changes of one module."""

    name: str
    total: int
    unnoticed: list[Change]
    untried: int = 0


def _import_quietly(name: str) -> None:
    with suppress(Exception):  # it is only done to save time
        importlib.import_module(name)


def _in_child(work: Callable[[Callable[[Any], None]], None]) -> Iterator[Any]:
    """What a forked process writes, one JSON value a line."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        with os.fdopen(writer, "w", buffering=1) as out:
            try:
                work(lambda value: print(json.dumps(value), file=out))
            except BaseException as error:  # noqa: BLE001 - it is told to the parent
                print(json.dumps({"error": repr(error)}), file=out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as read:
        yield from map(json.loads, read)
    os.waitpid(pid, 0)


def _silent() -> None:
    if not os.environ.get("MUTATION_LOUD"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def _collected(modules: dict[str, Module], files: list[str], write: Callable[[Any], None], *, quick: bool) -> None:
    _silent()
    loop = _Loop(modules, write, quick=quick)
    loop.measured.start()
    code = pytest.main([*_ARGUMENTS, *files], plugins=[loop])
    if code != pytest.ExitCode.OK:
        write({"error": f"the tests could not be collected: {code}"})


class _Loop:
    """Instead of running the collected tests once, runs them for each change."""

    def __init__(self, modules: dict[str, Module], write: Callable[[Any], None], *, quick: bool) -> None:
        self._modules = modules
        self._quick = quick
        self._told = mmap.mmap(-1, 4)  # which test a fork is at
        self._noticed_last: list[int] = []
        self._write = write
        self.measured = self._measuring()

    def _measuring(self) -> coverage.Coverage:
        measured = coverage.Coverage(data_file=None, config_file=False, include=self._paths())
        measured.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
        return measured

    def _paths(self) -> list[str]:
        return [str(module.path) for module in self._modules.values()]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.measured.stop()
        gc.collect()
        self._living = [found for found in gc.get_objects() if isinstance(found, FunctionType)]
        gc.disable()
        gc.freeze()  # so that a fork shares its memory
        self._seconds = [0.0] * len(session.items)
        self._covering: dict[tuple[str, int], set[int]] = {}
        for _, group in groupby(range(len(session.items)), lambda index: session.items[index].nodeid.split("[")[0]):
            self._measure(session, list(group))
        for name, module in self._modules.items():
            self._try_all(session, name, module)
        here = str(_ROOT) + os.sep
        site = str(Path(pytest.__file__).parents[1])
        others = [
            name
            for name, found in sys.modules.items()
            if (getattr(found, "__file__", None) or here).startswith(site)
            or not (getattr(found, "__file__", None) or here).startswith(here)
        ]
        self._write({"name": "", "survived": [], "again": others, "seconds": sum(self._seconds)})
        return True

    def _try_all(self, session: pytest.Session, name: str, module: Module) -> None:
        path = str(module.path)
        imported = set(self.measured.get_data().lines(path) or ())
        functions = [found for found in self._living if found.__code__.co_filename == path]
        survived, again = [], []
        for index, change in enumerate(module.changes):
            lines = range(change.line, change.last_line + 1)
            covering = {item for line in lines for item in self._covering.get((path, line), ())}
            if change.function is None:
                if module.constant_of(change) is None:
                    again.append(index)
                    continue
                covering = {item for (file, _), items in self._covering.items() if file == path for item in items}
            if self._quick:
                covering = {item for item in covering if self._seconds[item] < _SLOW}
            order = [item for item in dict.fromkeys(self._noticed_last) if item in covering]
            order += sorted(covering.difference(order), key=self._seconds.__getitem__)
            if not self._killed(session, module, change, order, functions):
                survived.append(index)
                self._write({"left": f"{name}:{change.line}: {change.source}: {change.said}"})
                at_import = change.function is None or any(line in imported for line in lines)
                if at_import or not _fits(module, change, functions):
                    again.append(index)
        self._write({"name": name, "survived": survived, "again": again})

    def _measure(self, session: pytest.Session, items: list[int]) -> None:
        """Find out which lines some tests reach when they run by themselves, and that they pass unchanged."""

        def work(write: Callable[[Any], None]) -> None:
            measured = self._measuring()
            measured.start()
            for index in items:
                measured.switch_context(str(index))
                began = time.process_time()
                _run(session, session.items[index], None)
                write({"item": index, "seconds": time.process_time() - began, "failed": bool(session.testsfailed)})
            measured.stop()
            for path in self._paths():
                for line, names in measured.get_data().contexts_by_lineno(path).items():
                    write({"path": path, "line": line, "items": [int(name) for name in names if name]})

        for found in _in_child(work):
            if found.get("failed"):
                self._write({"alone": session.items[found["item"]].nodeid})
                return
            if "error" in found:
                raise RuntimeError(f"{session.items[items[0]].nodeid}: {found}")
            if "item" in found:
                self._seconds[found["item"]] = found["seconds"]
            else:
                self._covering.setdefault((found["path"], found["line"]), set()).update(found["items"])

    def _killed(
        self, session: pytest.Session, module: Module, change: Change, order: list[int], functions: list[FunctionType]
    ) -> bool:
        def run() -> int:
            if change.function:
                _put(module, change, functions)
            else:
                _put_constant(module, change)
            for position, index in enumerate(order):
                self._told[:4] = index.to_bytes(4)
                following = order[position + 1] if position + 1 < len(order) else None
                _limit(self._seconds[index])
                _run(session, session.items[index], None if following is None else session.items[following])
                if session.testsfailed:
                    return _KILLED
            return _SURVIVED

        if not order or _exit_of(run) == _SURVIVED:
            return False
        self._noticed_last = [int.from_bytes(self._told[:4]), *self._noticed_last][:20]
        return True


def _run(session: pytest.Session, item: pytest.Item, following: pytest.Item | None) -> None:
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _limit(seconds: float) -> None:
    """End this process when it takes much longer than the unchanged test did, by its own time or by the clock's."""
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, 2 + 10 * seconds)
    signal.setitimer(signal.ITIMER_REAL, 30 + 60 * seconds)
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


def _exit_of(run: Callable[[], int]) -> int:
    pid = os.fork()
    if pid == 0:
        code = _KILLED
        try:
            code = run()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _functions(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _functions(constant)


def _fits(module: Module, change: Change, functions: list[FunctionType]) -> bool:
    """Whether the changed code can be put into the living functions: it uses the same names from around it."""
    before = {(found.__code__.co_qualname, found.__code__.co_firstlineno): found.__code__ for found in functions}
    return all(
        code.co_freevars == before[key].co_freevars
        for code in _functions(module.compiled(change))
        if (key := (code.co_qualname, code.co_firstlineno)) in before
    )


def _put(module: Module, change: Change, functions: list[FunctionType]) -> None:
    """Give every living function of the module the code that it has with this change."""
    changed = {(code.co_qualname, code.co_firstlineno): code for code in _functions(module.compiled(change))}
    for found in functions:
        code = changed.get((found.__code__.co_qualname, found.__code__.co_firstlineno))
        if code is not None and code.co_freevars == found.__code__.co_freevars:
            found.__code__ = code


def _put_constant(module: Module, change: Change) -> None:
    """Give a name of the module another value, wherever it was imported to."""
    name = module.constant_of(change)
    assert name is not None, "only called for such"
    ours = [found for found in list(sys.modules.values()) if getattr(found, "__file__", None) == str(module.path)]
    values = dict(vars(ours[0]))
    before = values[name]
    exec(module.compiled(change, alone=True), values)
    for other in list(sys.modules.values()):
        if (getattr(other, "__name__", None) or "").startswith("vc") and vars(other).get(name) is before:
            setattr(other, name, values[name])


class _Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Loads the module with its change, when it is imported."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        super().__init__(name, str(path))
        self._code = code

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> Any:  # type: ignore[override]
        del path, target
        if fullname != self.name:
            return None
        folder = [str(Path(self.path).parent)] if Path(self.path).name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=self, submodule_search_locations=folder
        )

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        return self._code


def _fresh(name: str, module: Module | None, change: Change | None, files: list[str], seconds: float) -> bool:
    def run() -> int:
        _silent()
        _limit(seconds + 10)
        if module is not None and change is not None:
            sys.meta_path.insert(0, _Changed(name, module.path, module.compiled(change)))
        return _SURVIVED if pytest.main([*_ARGUMENTS, *files]) == pytest.ExitCode.OK else _KILLED

    return _exit_of(run) != _SURVIVED
