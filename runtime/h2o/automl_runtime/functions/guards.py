"""Running a feature function that has passed its check: every operation that could grow or reach out is guarded.

The checked text is rewritten before it is compiled: attributes and methods become calls of guards that know their
types, `+ * ** %` become guards that bound what comes out, and each turn of a loop is counted. The compiled code
holds no access to an attribute and no name that is not ours; that is looked at again, in the bytecode.
"""

from __future__ import annotations

import ast
import dis
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from types import CodeType, FunctionType
from typing import Any

from automl_runtime.functions.check import problems_of
from automl_runtime.functions.rules import FIELDS, LONGEST_RANGE, MATH_FUNCTIONS, MATH_NUMBERS, METHODS

# For one row.
MOST_TURNS = 5000
LONGEST_TEXT, LONGEST_LIST, MOST_BITS, MOST_DIGITS = 10_000, 10_000, 1024, 20
_SCALARS = (str, int, float, complex, bool, type(None), datetime, timedelta)
_OTHER_METHODS = frozenset({"get", "weekday", "isoweekday", "toordinal", "total_seconds"})
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(METHODS) - _OTHER_METHODS,
    list: frozenset({"count"}),
    tuple: frozenset({"count"}),
    dict: frozenset({"get"}),
    datetime: frozenset({"weekday", "isoweekday", "toordinal"}),
    timedelta: frozenset({"total_seconds"}),
}
_FIELDS: dict[type, frozenset[str]] = {
    datetime: FIELDS - {"days", "seconds"},
    timedelta: frozenset({"days", "seconds"}),
}
# No instruction of these kinds is left after the rewriting.
_FOREIGN = (
    "ATTR",
    "METHOD",
    "IMPORT",
    "STORE_GLOBAL",
    "STORE_SUBSCR",
    "DELETE",
    "BUILD_CLASS",
    "WITH",
    "ASYNC",
    "AWAIT",
)


class FunctionLimitError(Exception):
    """A function did too much in one row."""


class Turns:
    """Counts the turns of all loops in one row."""

    def __init__(self) -> None:
        self._left = MOST_TURNS

    def reset(self) -> None:
        """A new row begins."""
        self._left = MOST_TURNS

    def each(self, values: Iterable[Any]) -> Iterator[Any]:
        """The values, counted."""
        for value in values:
            self._left -= 1
            if self._left < 0:
                raise FunctionLimitError(f"more than {MOST_TURNS} turns of its loops in one row")
            yield value


def compile_function(name: str, code: str, inputs: int) -> tuple[Callable[..., Any], Turns]:
    """The function, ready to be called with one row's values, and its counter, to be reset before each row.

    :raises ValueError: where the check refuses it, one problem a line.
    """
    problems = problems_of(name, code, inputs)
    if problems:
        raise ValueError("\n".join(problems))
    tree = ast.fix_missing_locations(_Rewrite().visit(ast.parse(code)))
    compiled = compile(tree, f"<{name}>", "exec", dont_inherit=True)
    turns = Turns()
    names = _GUARDS | {"_each": turns.each}
    _look_again(compiled, frozenset(names) | {name})
    scope: dict[str, Any] = {"__builtins__": {}, **names}
    exec(compiled, scope)  # the one place where a plan's text becomes code
    function = scope[name]
    if not isinstance(function, FunctionType):
        raise ValueError(f"{name} is no function")
    return function, turns


def _look_again(code: CodeType, names: frozenset[str]) -> None:
    strange = [name for name in code.co_names if name not in names]
    strange += [one.opname for one in dis.get_instructions(code) if any(part in one.opname for part in _FOREIGN)]
    if strange:
        raise ValueError(f"its code holds what may not be there: {', '.join(strange[:5])}")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _look_again(constant, names)


class _Rewrite(ast.NodeTransformer):
    """Puts the guards in; only ever given a tree that was checked."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return _guarded(node.op, node.left, node.right) or node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        self.generic_visit(node)
        assert isinstance(node.target, ast.Name)
        now = ast.Name(node.target.id, ast.Load())
        value = _guarded(node.op, now, node.value) or ast.BinOp(now, node.op, node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if _is_math(node):
            return ast.Name(f"_math_{node.attr}", ast.Load())
        return _call("_field", self.visit(node.value), ast.Constant(node.attr))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        given = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Attribute) and not _is_math(node.func):
            return _call("_method", self.visit(node.func.value), ast.Constant(node.func.attr), *given)
        return ast.Call(self.visit(node.func), given, [])

    def visit_For(self, node: ast.For) -> ast.stmt:
        self.generic_visit(node)
        node.iter = _call("_each", node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        node.iter = _call("_each", node.iter)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self.generic_visit(node)
        node.elt = _call("_scalar", node.elt)
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        self.generic_visit(node)
        node.elt = _call("_scalar", node.elt)
        return node

    def visit_List(self, node: ast.List) -> ast.expr:
        self.generic_visit(node)
        return _call("_flat", node)

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        self.generic_visit(node)
        constant = all(isinstance(part, ast.Constant) for part in node.elts)
        return node if constant or isinstance(node.ctx, ast.Store) else _call("_flat", node)

    def visit_Set(self, node: ast.Set) -> ast.expr:
        # A set of texts has another order in each process; a tuple has not.
        self.generic_visit(node)
        return ast.Tuple(node.elts, ast.Load())

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        self.generic_visit(node)
        return _call("_short", node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        self.generic_visit(node)
        node.value = _call("str", node.value)
        return node


def _is_math(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "math"


def _call(name: str, *given: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(given), [])


def _guarded(op: ast.operator, left: ast.expr, right: ast.expr) -> ast.expr | None:
    guard = {ast.Add: "_plus", ast.Mult: "_times", ast.Pow: "_power", ast.Mod: "_remainder"}.get(type(op))
    return None if guard is None else _call(guard, left, right)


def _short(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise FunctionLimitError(f"a text of more than {LONGEST_TEXT} characters")
    return value


def _plus(left: Any, right: Any) -> Any:
    several = isinstance(left, (str, list, tuple)) and isinstance(right, (str, list, tuple))
    if several and len(left) + len(right) > LONGEST_LIST:
        raise FunctionLimitError(f"a text or list longer than {LONGEST_LIST}")
    return left + right


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple)):
        raise TypeError("texts and lists can't be multiplied")
    if isinstance(left, int) and isinstance(right, int):
        _few_bits(left.bit_length() + right.bit_length())
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int):
        _few_bits(base.bit_length() * abs(exponent))
    return base**exponent


def _few_bits(bits: int) -> None:
    if bits > MOST_BITS:
        raise FunctionLimitError("a whole number that is too large")


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise TypeError("`%` is for numbers")
    return left % right


def _scalar(value: Any) -> Any:
    # Lists in lists could double at each turn; a comparison or a text of one would never end.
    if type(value) not in _SCALARS:
        raise TypeError("lists hold single values only")
    return value


def _flat(values: Any) -> Any:
    for value in values:
        _scalar(value)
    return values


def _text(value: Any) -> str:
    return _short(str(_scalar(value)))


def _whole(value: Any) -> int:
    found = int(_scalar(value))
    _few_bits(found.bit_length())
    return found


def _round(value: Any, digits: Any = None) -> Any:
    if digits is not None and not -MOST_DIGITS <= digits <= MOST_DIGITS:
        raise FunctionLimitError(f"rounding to more than {MOST_DIGITS} digits")
    return round(value, digits)


def _sum(values: Iterable[Any]) -> Any:
    total: Any = 0
    for value in values:
        total = _plus(total, value)
    return total


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > LONGEST_RANGE:
        raise FunctionLimitError(f"a range of more than {LONGEST_RANGE}")
    return found


def _zip(*several: Iterable[Any]) -> list[tuple[Any, ...]]:
    return [_flat(values) for values in zip(*several, strict=False)]


def _enumerate(values: Iterable[Any]) -> list[tuple[int, Any]]:
    return [(number, _scalar(value)) for number, value in enumerate(values)]


def _unique(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _reversed(values: Any) -> list[Any]:
    return list(values)[::-1]


def _field(value: Any, name: str) -> Any:
    if name not in _FIELDS.get(type(value), ()):
        raise TypeError(f"{type(value).__name__} has no `{name}`")
    return getattr(value, name)


def _method(value: Any, name: str, *given: Any) -> Any:
    if name not in _METHODS.get(type(value), ()):
        raise TypeError(f"{type(value).__name__} has no `{name}`")
    if name == "replace" and len(value) // max(1, len(given[0])) * len(given[1]) > LONGEST_TEXT:
        raise FunctionLimitError(f"a text of more than {LONGEST_TEXT} characters")
    if name == "join":
        return _joined(value, given[0])
    found = getattr(value, name)(*given)
    return _short(found) if isinstance(found, str) else found


def _joined(between: str, values: Iterable[Any]) -> str:
    texts = list(values)
    if sum(len(text) + len(between) for text in texts) > LONGEST_TEXT:
        raise FunctionLimitError(f"a text of more than {LONGEST_TEXT} characters")
    return between.join(texts)


_GUARDS: dict[str, Any] = {
    **{f"_math_{name}": getattr(math, name) for name in (*MATH_FUNCTIONS, *MATH_NUMBERS)},
    **{"abs": abs, "bool": bool, "float": float, "len": len, "any": any, "all": all, "min": min, "max": max},
    **{"list": list, "tuple": tuple, "sorted": sorted, "set": _unique, "str": _text, "int": _whole, "sum": _sum},
    **{"round": _round, "range": _range, "zip": _zip, "enumerate": _enumerate, "reversed": _reversed},
    **{"_plus": _plus, "_times": _times, "_power": _power, "_remainder": _remainder, "_short": _short},
    **{"_scalar": _scalar, "_flat": _flat, "_field": _field, "_method": _method},
}
