"""The check of a feature function: what is not on the list is refused, with its line and what to write instead.

It needs the standard library alone: the worker runs `main` by itself, JSON in and JSON out, before it accepts a plan
(src/activities/function-check.ts); the runtime asks again before anything runs.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
import sys
from collections.abc import Iterator
from typing import Any

# Relative, for the worker imports this package without the one around it, which needs pandas.
from .parsing import UnreadableError, parse
from .rules import (
    BITS,
    FIELDS,
    FUNCTIONS,
    LARGEST_EXPONENT,
    LARGEST_WHOLE,
    LONGEST_RANGE,
    LONGEST_TEXT,
    MATH_FUNCTIONS,
    MATH_NUMBERS,
    METHODS,
    MOST_FUNCTIONS,
    MOST_INPUTS,
    MOST_NESTED_LOOPS,
    PLAIN,
    REFUSED,
    USE_FOR,
)

MOST_PROBLEMS = 5
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def problems_of(name: str, code: str, inputs: int) -> list[str]:
    """What is wrong with a function of so many inputs, each with its line and the way out; empty where nothing is."""
    if not _NAME.fullmatch(name):
        return [f"The name {name[:40]!r} must be of small letters, digits and `_`, at most 40, a letter first."]
    if name in FUNCTIONS or name == "math" or keyword.iskeyword(name):
        return [f"The name {name!r} is taken; choose another."]
    if not 1 <= inputs <= MOST_INPUTS:
        return [f"{name}: it must have from 1 to {MOST_INPUTS} inputs."]
    try:
        found = _Check(name, parse(code), inputs).problems
    except UnreadableError as error:
        found = [str(error)]
    return [f"{name}, {problem}" for problem in found[:MOST_PROBLEMS]]


class _Check:
    """Walks a tree and collects what is not on the list."""

    def __init__(self, name: str, tree: ast.Module, inputs: int) -> None:
        self.problems: list[str] = []
        self._name = name
        self._locals: set[str] = set()
        self._loops = 0
        body = tree.body
        if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or body[0].name != name:
            odd = next((node for node in body if type(node) in REFUSED and not isinstance(node, ast.FunctionDef)), None)
            if odd is not None:
                self._refuse_node(odd)
            self._refuse(odd or tree, "there must be one function and nothing beside it", f"write `def {name}(...):`")
            return
        self._function(body[0], inputs)

    def _function(self, function: ast.FunctionDef, inputs: int) -> None:
        given = function.args
        extras = (given.posonlyargs, given.kwonlyargs, given.defaults, given.kw_defaults, given.vararg, given.kwarg)
        if any(extras) or getattr(function, "type_params", None) or len(given.args) != inputs:
            self._refuse(function, "the parameters do not fit", f"name {inputs}, one for each input in order, no more")
        if function.decorator_list:
            self._refuse(function, "decorators are not allowed", "write a plain `def`")
        if function.returns or any(parameter.annotation for parameter in given.args):
            self._refuse(function, "type annotations are not allowed", "leave them out")
        inner = {
            name for node in ast.walk(function) if isinstance(node, ast.comprehension) for name in _stored(node.target)
        }
        own = {parameter.arg: function for parameter in given.args} | {name.id: name for name in _stored(function)}
        for name, node in own.items():
            self._own_name(node, name)
        self._locals = {parameter.arg for parameter in given.args} | {name.id for name in _stored(function) - inner}
        if not any(isinstance(node, ast.Return) and node.value for node in ast.walk(function)):
            self._refuse(function, "it returns nothing", "end with `return value`")
        first = function.body[0]
        described = (
            isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
        )
        for statement in function.body[1:] if described else function.body:
            self._visit(statement)

    def _own_name(self, node: ast.AST, name: str) -> None:
        if name in FUNCTIONS or name in ("math", self._name) or (name.startswith("_") and name != "_"):
            self._refuse(node, f"the name `{name}` is taken", "choose another name, without a `_` before it")

    def _visit(self, node: ast.AST) -> None:
        special = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if special is not None:
            special(node)
        elif isinstance(node, PLAIN):
            self._children(node)
        elif isinstance(node, BITS):
            self._refuse(node, "operations on bits are not allowed", "write `and`, `or`, `not`, or `*` and `//`")
        else:
            self._refuse_node(node)

    def _children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self._visit(child)

    def _visit_expr(self, node: ast.Expr) -> None:
        self._visit(node.value)
        if not self.problems:
            self._refuse(node, "a value that nothing uses", "assign it or return it")

    def _visit_assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._target(target)
        self._visit(node.value)

    def _visit_augassign(self, node: ast.AugAssign) -> None:
        self._target(node.target)
        self._operation(node, node.op, node.target, node.value)
        self._visit(node.value)

    def _target(self, node: ast.expr) -> None:
        names = node.elts if isinstance(node, ast.Tuple) else [node]
        if not all(isinstance(name, ast.Name) for name in names):
            self._refuse(node, "only names can be assigned to", "make a new value instead of changing one")

    def _visit_for(self, node: ast.For) -> None:
        self._target(node.target)
        with_else = [*node.body, *node.orelse]
        self._loop(node, 1)
        self._visit(node.iter)
        for statement in with_else:
            self._visit(statement)
        self._loops -= 1

    def _visit_listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> None:
        self._loop(node, len(node.generators))
        outside = set(self._locals)
        for part in node.generators:
            if part.is_async:
                self._refuse(node, "async code is not allowed", USE_FOR)
            self._target(part.target)
            self._visit(part.iter)
            self._locals |= {name.id for name in _stored(part.target)}
            for condition in part.ifs:
                self._visit(condition)
        self._visit(node.elt)
        self._locals = outside
        self._loops -= len(node.generators)

    def _loop(self, node: ast.AST, count: int) -> None:
        self._loops += count
        if self._loops > MOST_NESTED_LOOPS:
            self._refuse(node, "loops are nested too deeply", f"write at most {MOST_NESTED_LOOPS} inside each other")

    def _visit_generatorexp(self, node: ast.GeneratorExp) -> None:
        self._refuse(node, "a generator must be the only argument of a call", "write a list comprehension")

    def _visit_binop(self, node: ast.BinOp) -> None:
        self._operation(node, node.op, node.left, node.right)
        self._children(node)

    def _operation(self, node: ast.AST, op: ast.operator, left: ast.expr, right: ast.expr) -> None:
        if isinstance(op, ast.Mult) and any(_is_sequence(side) for side in (left, right)):
            self._refuse(node, "texts and lists can't be multiplied", "write out what you mean")
        if isinstance(op, ast.Mod) and _is_sequence(left):
            self._refuse(node, "`%` on a text is not allowed", "join texts with `+`")
        if isinstance(op, ast.Pow) and _is_huge_power(left, right):
            self._refuse(node, "such a power is too large", f"use exponents up to {LARGEST_EXPONENT}, or math.pow")
        if isinstance(op, (ast.MatMult, *BITS)):
            self._visit(op)

    def _visit_constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool) or value is None or isinstance(value, float):
            return
        if isinstance(value, int):
            if abs(value) > LARGEST_WHOLE:
                self._refuse(node, "the number is too large", "write it as a decimal, such as 1e20")
        elif isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                self._refuse(node, "the text is too long", f"write at most {LONGEST_TEXT} characters")
        else:
            self._refuse(
                node, f"{type(value).__name__} values are not allowed", "use numbers, texts, True, False, None"
            )

    def _visit_formattedvalue(self, node: ast.FormattedValue) -> None:
        if node.conversion != -1 or node.format_spec is not None:
            self._refuse(node, "formats in an f-string are not allowed", "write `round(x, 2)` or plain `{x}`")
        self._visit(node.value)

    def _visit_dict(self, node: ast.Dict | ast.Set) -> None:
        parts = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
        for part in parts:
            negative = isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub)
            inner = part.operand if isinstance(part, ast.UnaryOp) and negative else part
            if not isinstance(inner, ast.Constant):
                self._refuse(node, "dicts and sets hold constants only", "write constants, or use a list")
                return
            self._visit(inner)

    _visit_set = _visit_dict

    def _visit_name(self, node: ast.Name) -> None:
        if node.id not in self._locals:
            self._refuse(node, f"the name `{node.id[:40]}` is unknown here", self._instead(node.id))

    def _instead(self, name: str) -> str:
        if name in FUNCTIONS or name == "math":
            return "call it; a function can't be passed on or kept"
        return f"use the parameters, your own names, math and {', '.join(sorted(FUNCTIONS))}"

    def _visit_call(self, node: ast.Call) -> None:
        if node.keywords:
            self._refuse(node, "arguments with a name are not allowed", "give them by place")
        counts, called = self._called(node.func)
        if counts is None:
            return
        if len(node.args) not in counts:
            self._refuse(node, f"`{called}` is called with {len(node.args)} values", f"give {_spoken(counts)}")
        if called == "range" and any(_is_longer(argument) for argument in node.args):
            self._refuse(node, "the range is too long", USE_FOR)
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            self._visit_listcomp(node.args[0])
            return
        for argument in node.args:
            self._visit(argument)

    def _called(self, function: ast.expr) -> tuple[range | None, str]:
        """How many arguments it takes and what it is; None where it may not be called."""
        if isinstance(function, ast.Name):
            if function.id in FUNCTIONS:
                return FUNCTIONS[function.id], function.id
            recursive = function.id == self._name
            what = "calling itself is not allowed" if recursive else f"`{function.id[:40]}` can't be called"
            self._refuse(function, what, USE_FOR if recursive else f"there are {', '.join(sorted(FUNCTIONS))} and math")
        elif isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Name) and function.value.id == "math":
                if function.attr in MATH_FUNCTIONS:
                    return MATH_FUNCTIONS[function.attr], f"math.{function.attr}"
                self._refuse(function, f"`math.{function.attr[:40]}` is not there", f"use {', '.join(MATH_FUNCTIONS)}")
            else:
                self._visit(function.value)
                if function.attr in METHODS:
                    return METHODS[function.attr], function.attr
                self._refuse(function, f"`.{function.attr[:40]}()` is not allowed", f"use {', '.join(METHODS)}")
        else:
            self._refuse(function, "only functions and methods by name can be called", "name the function")
        return None, ""

    def _visit_attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "math":
            if node.attr not in MATH_NUMBERS:
                self._refuse(
                    node, f"`math.{node.attr[:40]}` is no number of math", "call it, or use math.pi and math.e"
                )
            return
        self._visit(node.value)
        if node.attr not in FIELDS or not isinstance(node.ctx, ast.Load):
            self._refuse(
                node, f"`.{node.attr[:40]}` is not allowed", f"of a date there are {', '.join(sorted(FIELDS))}"
            )

    def _refuse_node(self, node: ast.AST) -> None:
        what, instead = REFUSED.get(type(node), (f"`{type(node).__name__}`", "write it with if, for, names and calls"))
        self._refuse(node, f"{what} {'are' if what.endswith('s') else 'is'} not allowed", instead)

    def _refuse(self, node: ast.AST, rule: str, instead: str) -> None:
        self.problems.append(f"line {getattr(node, 'lineno', 1)}: {rule}; {instead}.")


def _stored(node: ast.AST) -> set[ast.Name]:
    return {name for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}


def _is_sequence(node: ast.expr) -> bool:
    text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    return text or isinstance(node, (ast.List, ast.Tuple, ast.JoinedStr, ast.ListComp))


def _is_huge_power(base: ast.expr, exponent: ast.expr) -> bool:
    if isinstance(exponent, ast.Constant) and isinstance(exponent.value, (int, float)):
        return abs(exponent.value) > LARGEST_EXPONENT
    return isinstance(exponent, ast.BinOp) and isinstance(exponent.op, ast.Pow) and isinstance(base, ast.Constant)


def _is_longer(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and abs(node.value) > LONGEST_RANGE


def _spoken(counts: range) -> str:
    if len(counts) == 1:
        return str(counts.start)
    return f"{counts.start} to {counts.stop - 1}"


def problems_of_all(functions: list[dict[str, Any]]) -> Iterator[str]:
    """What is wrong with functions in their JSON form (FeatureFunction in src/contracts/plans.ts)."""
    if len(functions) > MOST_FUNCTIONS:
        yield f"There are {len(functions)} functions; write at most {MOST_FUNCTIONS}."
        return
    names = [function["name"] for function in functions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: two functions have this name."
    for function in functions:
        yield from problems_of(function["name"], function["code"], len(function["inputs"]))


def main() -> None:
    """Check the functions on stdin and print what is wrong with them."""
    # A check that runs away ends itself; the worker's own limit is for what even this does not end.
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
    resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
    json.dump(list(problems_of_all(json.load(sys.stdin))), sys.stdout)
