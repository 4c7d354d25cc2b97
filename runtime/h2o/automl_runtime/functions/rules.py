"""What may stand in a feature function, as tables: the check walks a tree by them, the guards run by them."""

from __future__ import annotations

import ast

MOST_FUNCTIONS, MOST_INPUTS = 20, 10
LONGEST_CODE, LONGEST_TEXT, LARGEST_WHOLE = 4000, 200, 10**15
MOST_NODES, DEEPEST, MOST_NESTED_LOOPS, LONGEST_RANGE, LARGEST_EXPONENT = 800, 40, 2, 1000, 100

_ONE, _TWO, _ANY = range(1, 2), range(1, 3), range(1, 20)
# Name -> how many arguments.
FUNCTIONS: dict[str, range] = {
    **dict.fromkeys(("abs", "bool", "float", "int", "len", "str", "sum", "any", "all"), _ONE),
    **dict.fromkeys(("list", "tuple", "set", "sorted", "reversed", "enumerate"), _ONE),
    **dict.fromkeys(("min", "max", "zip"), _ANY),
    "round": _TWO,
    "range": range(1, 4),
}
MATH_FUNCTIONS: dict[str, range] = {
    **dict.fromkeys(("sqrt", "cbrt", "exp", "expm1", "log1p", "log2", "log10", "sin", "cos", "tan"), _ONE),
    **dict.fromkeys(("asin", "acos", "atan", "sinh", "cosh", "tanh", "degrees", "radians"), _ONE),
    **dict.fromkeys(("floor", "ceil", "trunc", "fabs", "isnan", "isinf", "isfinite"), _ONE),
    **dict.fromkeys(("pow", "atan2", "fmod", "copysign"), range(2, 3)),
    "log": _TWO,
    "hypot": _ANY,
}
MATH_NUMBERS = frozenset({"pi", "e", "tau", "inf", "nan"})
METHODS: dict[str, range] = {
    **dict.fromkeys(("lower", "upper", "title", "capitalize", "casefold"), range(1)),
    **dict.fromkeys(("isdigit", "isalpha", "isalnum", "isupper", "islower", "isspace", "isnumeric"), range(1)),
    **dict.fromkeys(("strip", "lstrip", "rstrip"), range(2)),
    **dict.fromkeys(("split", "rsplit"), range(3)),
    **dict.fromkeys(("startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition"), _ONE),
    **dict.fromkeys(("find", "rfind", "count", "join"), _ONE),
    "replace": range(2, 3),
    "get": _TWO,
    **dict.fromkeys(("weekday", "isoweekday", "toordinal", "total_seconds"), range(1)),
}
FIELDS = frozenset({"year", "month", "day", "hour", "minute", "second", "days", "seconds"})

USE_FOR = f"write `for x in range(n):` with n at most {LONGEST_RANGE}, or loop over a text or a list"
USE_ROW = "work with the values of the row alone"
# What is said of the most likely ones; any other node is refused in general words.
REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Import: ("imports", "the functions of `math` are there already: `math.sqrt(x)`"),
    ast.ImportFrom: ("imports", "the functions of `math` are there already: `math.sqrt(x)`"),
    ast.While: ("`while` loops", USE_FOR),
    ast.AsyncFor: ("async code", USE_FOR),
    ast.AsyncFunctionDef: ("async code", "write a plain `def`"),
    ast.AsyncWith: ("async code", USE_ROW),
    ast.Await: ("async code", USE_ROW),
    ast.Try: ("`try`", "test with `if`; where a row raises an error its value is missing"),
    ast.Raise: ("`raise`", "return None where there is no value"),
    ast.Assert: ("`assert`", "test with `if`, and return None where there is no value"),
    ast.With: ("`with`", USE_ROW),
    ast.ClassDef: ("classes", "write one plain function"),
    ast.FunctionDef: ("inner functions", "write it out in place"),
    ast.Lambda: ("`lambda`", "write it out in place, as a loop or a comprehension"),
    ast.NamedExpr: ("`:=`", "assign on a line of its own"),
    ast.Global: ("`global`", USE_ROW),
    ast.Nonlocal: ("`nonlocal`", USE_ROW),
    ast.Delete: ("`del`", "just leave the name alone"),
    ast.Yield: ("`yield`", "return one value"),
    ast.YieldFrom: ("`yield`", "return one value"),
    ast.AnnAssign: ("type annotations", "assign without one"),
    ast.Match: ("`match`", "write `if` and `elif`"),
    ast.Starred: ("`*`", "name each value"),
    ast.SetComp: ("set comprehensions", "write a list comprehension"),
    ast.DictComp: ("dict comprehensions", "write the dict out, from constants"),
}
PLAIN = (
    *(ast.If, ast.Return, ast.Pass, ast.Break, ast.Continue, ast.arguments, ast.Load, ast.Store),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.IfExp, ast.List, ast.Tuple),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.Subscript, ast.Slice, ast.JoinedStr),
)
BITS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Invert, ast.LShift, ast.RShift)
