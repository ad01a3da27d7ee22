"""Apps are built by the thousand in tests, from the same functions and templates: what is the same is worked out once.

Half of a test's time went into reading the same signatures and templates again. The servers of the end-to-end tests are
processes of their own and do without this.
"""

import dataclasses
from functools import partial

import jinja2
from fastapi import routing
from fastapi.dependencies.models import Dependant

from kit.web import pages

_work_out, _read = routing.get_dependant, routing.get_typed_return_annotation
_answers: dict[object, object] = {}
_known: dict[tuple[object, ...], Dependant] = {}


class _Translated(jinja2.BytecodeCache):
    """What templates were translated to, by what stands in them."""

    def __init__(self):
        self._known = {}

    def load_bytecode(self, bucket):
        if (found := self._known.get((bucket.key, bucket.checksum))) is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket):
        self._known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def remember() -> None:
    """From now on, work out once what a function asks for under a path, and what a template says."""
    routing.get_dependant, routing.get_typed_return_annotation = _remembered, _answer
    pages.Environment = partial(jinja2.Environment, bytecode_cache=_Translated())


def _remembered(*, path, call, **more):
    code = getattr(call, "__code__", None)
    if code is None:
        return _work_out(path=path, call=call, **more)
    key = (path, code, *sorted(more.items()))
    found = _known.get(key)
    if found is None:
        found = _work_out(path=path, call=call, **more)
        if any(_is_bound(each.call) for each in _below(found)):
            return found
        _known[key] = found
    lists = {
        field.name: list(value)
        for field in dataclasses.fields(found)
        if isinstance(value := getattr(found, field.name), list)
    }
    return dataclasses.replace(found, call=call, **lists)


def _answer(call):
    code = getattr(call, "__code__", call)
    if code not in _answers:
        _answers[code] = _read(call)
    return _answers[code]


def _below(dependant):
    for each in dependant.dependencies:
        yield each
        yield from _below(each)


def _is_bound(call):
    """Whether what is asked for belongs to one app: then it is worked out for each."""
    return getattr(call, "__code__", None) is None or call.__closure__ is not None
