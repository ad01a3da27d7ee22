"""The small changes that a test should notice: one place of a module at a time, made in its syntax tree.

Left alone are annotations, docstrings, assertions, the texts of errors and what stands in them: a test may hold a
sentence to account, but a changed sentence changes no verdict.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

_FLIPPED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_REPLACED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "sorted": "list", "reversed": "list"}
_ATTRIBUTES = {"startswith": "endswith", "endswith": "startswith", "partition": "rpartition", "rpartition": "partition"}
_UNTOUCHED_NAMES = {"__slots__", "__all__"}
_ERROR_ENDINGS = ("Error", "Refused", "Unsupported", "Unwritable", "Defect", "Exceeded", "Caution", "Indeterminate")
_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Delete, ast.Pass)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the lines of its statement, the function it is in (None: the module itself), its two spellings."""

    line: int
    last_line: int
    function: str | None
    source: str
    before: str
    after: str
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    @property
    def said(self) -> str:
        """What is changed, in one line."""
        return f"{self.before} => {self.after}"


class Module:
    """A module's source, its syntax tree, and the changes that can be made in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = path.read_text().splitlines()
        self._tree = ast.parse(path.read_text())
        self.changes = list(self._inside(self._tree, None, None))
        self.changes = [
            change for change in self.changes if change.said.split(" => ")[0] != change.said.split(" => ")[1]
        ]

    def constant_of(self, change: Change) -> str | None:
        """The name of the module that the changed statement gives a value, if it is such a statement."""
        statement = self._top(change)
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        return target.id if isinstance(target, ast.Name) else None

    def _top(self, change: Change) -> ast.stmt:
        return next(node for node in reversed(self._tree.body) if node.lineno <= change.line)

    def compiled(self, change: Change, *, alone: bool = False) -> CodeType:
        """The code of the module with this change in it; ``alone``: of its statement of the module only."""
        value = getattr(change.parent, change.field)
        kept = copy.copy(value) if isinstance(value, list) else value
        if change.index is None:
            setattr(change.parent, change.field, change.node)
        else:
            value[change.index] = change.node
        try:
            tree = ast.Module([self._top(change)], []) if alone else self._tree
            return compile(ast.fix_missing_locations(tree), str(self.path), "exec", dont_inherit=True)
        finally:
            setattr(change.parent, change.field, kept)

    def _inside(self, node: ast.AST, function: str | None, statement: tuple[int, int] | None) -> Iterator[Change]:
        for field, value in ast.iter_fields(node):
            if _untouched(node, field):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or _is_docstring(node, field, index, child):
                    continue
                where = _extent(child) or (statement if isinstance(node, ast.stmt) is False else _header(node, child))
                inner = node.name if isinstance(node, ast.FunctionDef) and field == "body" else function
                for new in _alternatives(child, node, field):
                    yield self._change((node, field, index), child, new, inner, where)
                yield from self._inside(child, inner, where)

    def _change(
        self,
        place: tuple[ast.AST, str, int | None],
        old: ast.AST,
        new: ast.AST,
        function: str | None,
        where: tuple[int, int] | None,
    ) -> Change:
        line = getattr(old, "lineno", where[0] if where else 1)
        ast.copy_location(new, old)
        source = " ".join(self._lines[line - 1].split())
        first, last = where or (line, line)
        return Change(min(first, line), last, function, source, _said(old), _said(new), *place, new)


def _said(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split()) if not isinstance(node, ast.excepthandler) else "except handler"
    return text if len(text) <= 160 else text[:157] + "..."


def _extent(node: ast.AST) -> tuple[int, int] | None:
    if isinstance(node, _SIMPLE):
        return node.lineno, node.end_lineno or node.lineno
    if isinstance(node, ast.stmt):
        return node.lineno, node.lineno
    return None


def _header(node: ast.AST, child: ast.AST) -> tuple[int, int]:
    first = getattr(node, "lineno", 1)
    return first, max(first, getattr(child, "end_lineno", first))


def _untouched(node: ast.AST, field: str) -> bool:
    if field in ("annotation", "returns", "decorator_list", "type_params", "bases", "ctx", "type_ignores"):
        return True
    if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        is_alias = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"
        return field in ("target", "targets") or bool(names & _UNTOUCHED_NAMES) or is_alias
    if isinstance(node, ast.Call):
        return _is_error(node) and field != "func"
    return False


def _is_error(node: ast.Call) -> bool:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return name[:1].isupper() and name.endswith(_ERROR_ENDINGS)


def _is_docstring(node: ast.AST, field: str, index: int | None, child: ast.AST) -> bool:
    del node, index
    return field == "body" and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)


def _alternatives(node: ast.AST, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    if isinstance(node, ast.stmt):
        # A guard's lone raise is left out by its condition.
        if not (isinstance(node, ast.Raise) and isinstance(parent, ast.If) and len(getattr(parent, field)) == 1):
            yield from _other_statements(node)
    elif isinstance(node, ast.expr):
        if (field == "test" and isinstance(parent, ast.If | ast.IfExp)) or field == "ifs":
            yield ast.Constant(value=True)
        if field == "test":
            yield ast.Constant(value=False)
        yield from _other_expressions(node, parent, field)


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Raise() | ast.AugAssign() | ast.Delete() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript(), *_]):
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(value=ast.Constant(value=None))
        case _:
            pass


def _other_expressions(node: ast.expr, parent: ast.AST, field: str) -> Iterator[ast.AST]:  # noqa: PLR0912 - one case a kind
    match node:
        case ast.Compare():
            is_test = field in ("test", "ifs") and len(node.ops) == 1
            for index, op in enumerate(node.ops):
                # The opposite of a whole condition is no news beside "always" and "never".
                for flipped in _FLIPPED[type(op)][:-1] if is_test else _FLIPPED[type(op)]:
                    yield ast.Compare(
                        node.left, [*node.ops[:index], flipped(), *node.ops[index + 1 :]], node.comparators
                    )
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for index in range(len(node.values)):
                rest = [*node.values[:index], *node.values[index + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.UnaryOp(op=ast.Not()) if field in ("test", "ifs"):
            pass
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.BinOp() if type(node.op) in _REPLACED and not _is_text(node):
            yield ast.BinOp(node.left, _REPLACED[type(node.op)](), node.right)
        case ast.Constant():
            yield from _other_constants(node, parent, field)
        case ast.Call():
            yield from _other_calls(node)
        case ast.Tuple() | ast.Set() | ast.List() if len(node.elts) > 1 and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            if not isinstance(parent, ast.Assign | ast.Return | ast.For | ast.Subscript) and field != "elts":
                for index in range(len(node.elts)):
                    yield type(node)(elts=[*node.elts[:index], *node.elts[index + 1 :]], **_context(node))
        case ast.Dict() if len(node.keys) > 1:
            for index in range(len(node.keys)):
                yield ast.Dict(
                    [*node.keys[:index], *node.keys[index + 1 :]], [*node.values[:index], *node.values[index + 1 :]]
                )
        case _:
            pass


def _context(node: ast.expr) -> dict[str, ast.AST]:
    return {} if isinstance(node, ast.Set) else {"ctx": ast.Load()}


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str | bytes))
        for part in (node.left, node.right)
    )


def _other_constants(node: ast.Constant, parent: ast.AST, field: str) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(value=not value)
    elif isinstance(value, int | float):
        bounds = type(parent.ops[0]) if isinstance(parent, ast.Compare) and field == "comparators" else None
        # "< 3" turned into "<= 3" is "< 4" already.
        if bounds not in (ast.Lt, ast.GtE):
            yield ast.Constant(value=value + 1)
        if bounds not in (ast.LtE, ast.Gt):
            yield ast.Constant(value=value - 1)
    elif isinstance(value, str) and value.strip().count(" ") < 2 and field != "format_spec":
        yield ast.Constant(value="" if value else "x")
    elif isinstance(value, bytes):
        yield ast.Constant(value=b"" if value else b"x")


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    if _is_error(node):
        return
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        yield ast.Call(
            ast.Name(_NAMES[node.func.id], ast.Load()), node.args, [] if node.func.id == "sorted" else node.keywords
        )
    if isinstance(node.func, ast.Attribute) and node.func.attr in _ATTRIBUTES:
        yield ast.Call(
            ast.Attribute(node.func.value, _ATTRIBUTES[node.func.attr], ast.Load()), node.args, node.keywords
        )
    if isinstance(node.func, ast.Attribute) and node.func.attr in (
        "strip",
        "lower",
        "upper",
        "rstrip",
        "lstrip",
        "removeprefix",
    ):
        yield node.func.value
    plain = not any(isinstance(arg, ast.Starred) for arg in node.args[:2])
    is_check = isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "cast", "getattr")
    if len(node.args) >= 2 and plain and not is_check and ast.dump(node.args[0]) != ast.dump(node.args[1]):
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
