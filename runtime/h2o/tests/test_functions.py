"""What may stand in a feature function: evasions are refused, honest ones pass and compute the right thing."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime.functions.check import problems_of
from automl_runtime.functions.guards import FunctionLimitError, compile_function
from automl_runtime.functions.rules import LONGEST_CODE

from .conftest import PACKAGE

# As the body of `def f(a, b):`; each would be an escape, a way to read or write, or a way to use up the machine.
BODIES = {
    # Attributes that lead out.
    "dunder class": "return a.__class__",
    "subclasses": "return ().__class__.__base__.__subclasses__()",
    "mro": "return ''.__class__.__mro__[1]",
    "bases": "return a.__class__.__bases__",
    "init globals": "return a.__init__.__globals__",
    "dict": "return a.__dict__",
    "doc": "return a.__doc__",
    "reduce": "return a.__reduce_ex__(2)",
    "getattribute": "return a.__getattribute__('upper')",
    "dunder call": "return len.__call__(a)",
    "function globals": "return f.__globals__",
    "function code": "return f.__code__",
    "closure": "return f.__closure__",
    "defaults": "return f.__defaults__",
    "builtin self": "return len.__self__",
    "builtin module": "return math.sqrt.__module__",
    "math loader": "return math.__loader__.load_module('os')",
    "math spec": "return math.__spec__",
    "math dict": "return math.__dict__",
    "math as value": "m = math\n  return m.sqrt(a)",
    "single underscore": "return a._secret",
    "unknown field": "return a.real",
    "attribute of a call": "return str(a).__class__",
    "attribute of a constant": "return 'x'.__class__",
    "attribute of an item": "return [a][0].__class__",
    "attribute set": "a.x = 1\n  return a",
    "attribute deleted": "del a.x\n  return a",
    "item set": "a[0] = 1\n  return a",
    "item deleted": "del a[0]\n  return a",
    "attribute in a loop target": "for a.x in [1]:\n    pass\n  return a",
    "attribute in a comprehension target": "return [1 for a.x in [1]]",
    "augmented attribute": "a.x += 1\n  return a",
    "augmented item": "a[0] += 1\n  return a",
    # Names that lead out.
    "getattr": "return getattr(a, 'upper')",
    "getattr dunder": "return getattr(a, '__cl' + 'ass__')",
    "setattr": "setattr(a, 'x', 1)\n  return a",
    "delattr": "delattr(a, 'x')\n  return a",
    "hasattr": "return hasattr(a, 'x')",
    "eval": "return eval('1')",
    "exec": "exec('x = 1')\n  return a",
    "compile": "return compile('1', '', 'eval')",
    "dunder import": "return __import__('os')",
    "builtins": "return __builtins__",
    "builtins item": "return __builtins__['open']",
    "open": "return open('/etc/passwd').read()",
    "print": "print(a)\n  return a",
    "input": "return input()",
    "vars": "return vars()",
    "dir": "return dir(a)",
    "globals": "return globals()",
    "locals": "return locals()",
    "type": "return type(a)",
    "three-argument type": "return type('X', (), {})",
    "object": "return object()",
    "super": "return super().__init__()",
    "id": "return id(a)",
    "hash": "return hash(a)",
    "breakpoint": "breakpoint()\n  return a",
    "help": "return help(a)",
    "exit": "exit()\n  return a",
    "quit": "quit()\n  return a",
    "memoryview": "return memoryview(a)",
    "bytearray": "return bytearray(10)",
    "bytes of a size": "return bytes(1000000000)",
    "classmethod": "return classmethod(a)",
    "property": "return property(a)",
    "iter": "return iter(a)",
    "next": "return next(a)",
    "map": "return list(map(str, [a]))",
    "filter": "return list(filter(None, [a]))",
    "chr": "return chr(95) + chr(95)",
    "format builtin": "return format(a, '10')",
    "repr": "return repr(a)",
    "dunder name": "return __name__",
    "dunder file": "return __file__",
    "dunder loader": "return __loader__",
    "numpy": "return np.load('x.npy')",
    "numpy memmap": "return np.memmap('/etc/passwd')",
    "numpy fromfile": "return numpy.fromfile('/etc/passwd')",
    "pandas read_csv": "return pd.read_csv('/etc/passwd')",
    "pandas read_pickle": "return pd.read_pickle('x')",
    "pandas eval": "return pd.eval('1')",
    "frame query": "return a.query('x > 1')",
    "frame eval": "return a.eval('x')",
    "to_pickle": "return a.to_pickle('x')",
    "to_csv": "return a.to_csv('/tmp/x')",
    "apply": "return a.apply(len)",
    "tofile": "return a.tofile('/tmp/x')",
    "h2o": "return h2o.init()",
    "os by name": "return os.system('id')",
    "sys modules": "return sys.modules",
    "alias of a builtin": "g = len\n  return g(a)",
    "builtin in a list": "return [len][0](a)",
    "builtin as argument": "return max(len, b)",
    "builtin compared": "return len == a",
    "type through str": "return str.lower(a)",
    "fromkeys": "return dict.fromkeys('ab')",
    "call of a call": "return str(a)(b)",
    "call of a parameter": "return a(b)",
    "call of a conditional": "return (len if a else eval)(b)",
    # Formats.
    "format attribute": "return '{0.__class__}'.format(a)",
    "format index": "return '{0[0]}'.format(a)",
    "format_map": "return '{a}'.format_map({'a': 1})",
    "percent format": "return '%s' % a",
    "percent width": "return '%999999999d' % 1",
    "f-string attribute": "return f'{a.__class__}'",
    "f-string conversion": "return f'{a!r}'",
    "f-string width": "return f'{a:>999999999}'",
    "f-string nested width": "return f'{a:{b}}'",
    "f-string call": "return f'{open(1)}'",
    "f-string walrus": "return f'{(x := open)}'",
    "encode": "return a.encode('utf-8')",
    "translate": "return a.translate({})",
    "center": "return a.center(999999999)",
    "ljust": "return a.ljust(999999999)",
    "zfill": "return a.zfill(999999999)",
    "expandtabs": "return a.expandtabs(999999999)",
    # Scopes and statements.
    "import": "import os\n  return os.getcwd()",
    "import as": "import os as math\n  return math.getcwd()",
    "from import": "from os import system\n  return system('id')",
    "import of a submodule": "import os.path\n  return a",
    "lambda": "g = lambda x: x\n  return g(a)",
    "lambda called": "return (lambda: a)()",
    "lambda default": "return (lambda x=open: x)()",
    "inner function": "def g():\n    return a\n  return g()",
    "inner class": "class X:\n    pass\n  return a",
    "walrus": "if (x := a) > 1:\n    return x\n  return b",
    "walrus in a comprehension": "return [x for c in [1] if (x := c)]",
    "match": "match a:\n    case 1:\n      return 1\n  return b",
    "match a class": "match a:\n    case object(__class__=c):\n      return c\n  return b",
    "try": "try:\n    return a\n  except Exception as e:\n    return e.__traceback__",
    "traceback frame": "try:\n    return 1 / 0\n  except Exception as e:\n    return e.__traceback__.tb_frame",
    "try star": "try:\n    return a\n  except* ValueError:\n    pass\n  return b",
    "finally": "try:\n    return a\n  finally:\n    pass",
    "raise": "raise ValueError(a)\n  return a",
    "assert": "assert a, open\n  return a",
    "with": "with open('x') as x:\n    return x\n  return a",
    "global": "global g\n  g = a\n  return g",
    "nonlocal": "nonlocal g\n  return a",
    "del": "del a\n  return b",
    "yield": "yield a\n  return b",
    "yield from": "yield from [a]\n  return b",
    "generator kept": "g = (x for x in [a])\n  return g.gi_frame",
    "generator returned": "return (x for x in [a])",
    "generator frame": "return (x for x in [a]).gi_frame.f_back.f_globals",
    "generator code": "return (x for x in [a]).gi_code",
    "await": "await a\n  return a",
    "async comprehension": "return [x async for x in a]",
    "async for": "async for x in a:\n    pass\n  return a",
    "async with": "async with a:\n    pass\n  return a",
    "annotation": "x: __import__('os').system('id') = 1\n  return x",
    "annotation alone": "x: int\n  return a",
    "star in a call": "return max(*[a, b])",
    "double star in a call": "return max(**{'a': 1})",
    "star in a list": "return [*a]",
    "star in a target": "x, *y = a\n  return y",
    "keyword": "return sorted(a, key=len)",
    "keyword default": "return max([], default=a)",
    "set comprehension": "return {x for x in [a]}",
    "dict comprehension": "return {x: x for x in [a]}",
    "dict of values": "return {a: b}",
    "dict merged": "return {**a}",
    "set of values": "return {a, b}",
    "shadowed builtin": "len = a\n  return len",
    "shadowed math": "math = a\n  return math.x",
    "shadowed by a loop": "for str in [a]:\n    pass\n  return a",
    "shadowed in a comprehension": "return [max for max in [a]]",
    "shadowed guard": "_plus = a\n  return a + b",
    "call of a guard": "return _field(a, '__class__')",
    "call of a guard of methods": "return _method(a, '__class__')",
    "a name of a comprehension outside it": "x = [c for c in [a]]\n  return c",
    "unused value": "a.__class__\n  return a",
    "ellipsis": "return ...",
    "bytes": "return b'x'",
    "complex": "return 1j",
    "matrix": "return a @ b",
    "bit and": "return (a > 1) & (b < 2)",
    "bit not": "return ~a",
    "nothing returned": "x = a",
    # Size.
    "while true": "while True:\n    pass\n  return a",
    "while counted": "i = 0\n  while i < 10:\n    i += 1\n  return i",
    "recursion": "return f(a, b)",
    "long range": "for i in range(1000000000):\n    pass\n  return a",
    "long range from": "for i in range(0, 1000000000, 1):\n    pass\n  return a",
    "long range in a comprehension": "return sum(i for i in range(1001))",
    "three loops": "for i in range(9):\n    for j in range(9):\n      for k in range(9):\n        pass\n  return a",
    "three loops in one comprehension": "return [1 for i in a for j in a for k in a]",
    "loop around two in a comprehension": "for i in a:\n    x = [1 for j in a for k in a]\n  return x",
    "power tower": "return 9 ** 9 ** 9",
    "large power": "return 2 ** 1000000",
    "large power assigned": "a **= 1000000\n  return a",
    "large decimal power": "return 2 ** 1e9",
    "shift": "return 1 << 1000000000",
    "shift assigned": "a <<= 1000000000\n  return a",
    "large number": "return 1" + "0" * 400,
    "long text": "return '" + "x" * 300 + "'",
    "text multiplied": "return 'x' * 1000000000",
    "text multiplied from the right": "return 1000000000 * 'x'",
    "list multiplied": "return [0] * 1000000000",
    "tuple multiplied": "return (0,) * 1000000000",
    "f-string multiplied": "return f'{a}' * 1000000000",
    "factorial": "return math.factorial(100000)",
    "comb": "return math.comb(100000, 50000)",
    "perm": "return math.perm(100000)",
    "prod": "return math.prod([a, b])",
    "deep nesting": "return " + "(" * 60 + "a" + ")" * 60 + " + " + "-" * 200 + "a",
    "very deep nesting": "return " + "-" * 3000 + "a",
    "deep lists": "return " + "[" * 90 + "a" + "]" * 90,
    "many operations": "return " + " + ".join(["a"] * 900),
    "too long": "return a" + " " * LONGEST_CODE,
}
WHOLE = {
    "decorator": "@print\ndef f(a, b):\n  return a",
    "decorator with a call": "@(lambda f: f)\ndef f(a, b):\n  return a",
    "default": "def f(a, b=open('/etc/passwd')):\n  return a",
    "keyword default": "def f(a, *, b=open):\n  return a",
    "parameter annotation": "def f(a: __import__('os'), b):\n  return a",
    "return annotation": "def f(a, b) -> __import__('os'):\n  return a",
    "star parameters": "def f(*a):\n  return a",
    "double star parameters": "def f(**a):\n  return a",
    "positional only": "def f(a, b, /):\n  return a",
    "type parameters": "def f[T](a, b):\n  return a",
    "parameter that hides a builtin": "def f(a, len):\n  return a",
    "parameter with underscores": "def f(a, __b):\n  return a",
    "too few parameters": "def f(a):\n  return a",
    "too many parameters": "def f(a, b, c):\n  return a",
    "another name": "def g(a, b):\n  return a",
    "two functions": "def f(a, b):\n  return a\ndef f(a, b):\n  return b",
    "import before": "import os\ndef f(a, b):\n  return a",
    "star import": "from os import *\ndef f(a, b):\n  return a",
    "future import": "from __future__ import annotations\ndef f(a, b):\n  return a",
    "statement before": "print(1)\ndef f(a, b):\n  return a",
    "statement behind": "def f(a, b):\n  return a\nf(1, 2)",
    "state beside it": "seen = []\ndef f(a, b):\n  return a",
    "class": "class f:\n  pass",
    "lambda with a name": "f = lambda a, b: a",
    "async function": "async def f(a, b):\n  return a",
    "inside an if": "if True:\n  def f(a, b):\n    return a",
    "full-width eval": "def f(a, b):\n  return ｅｖａｌ('1')",
    "mathematical letters": "def f(a, b):\n  return 𝔬𝔭𝔢𝔫(a)",
    "look-alike dunder": "def f(a, b):\n  return a.__ｃlass__",
    "Cyrillic letter": "def f(a, b):\n  с = a\n  return с",
    "line continued": "def f(a, b):\n  return a.\\\n    __class__",
    "semicolon": "def f(a, b): import os; return os",
    "null byte": "def f(a, b):\n  return a\0",
    "lone surrogate": "def f(a, b):\n  return '\ud800'",
    "form feed": "def f(a, b):\n  return a\f.__class__",
    "encoding cookie": "# -*- coding: utf-7 -*-\n+AEA-print\ndef f(a, b):\n  return a",
    "no Python": "def f(a, b) return a",
    "empty": "",
    "unclosed": "def f(a, b):\n  return (a",
}
EVASIONS = {name: f"def f(a, b):\n  {body}" for name, body in BODIES.items()} | WHOLE


@pytest.mark.parametrize("code", EVASIONS.values(), ids=EVASIONS)
def test_an_evasion_is_refused_with_its_line_and_what_to_write_instead(code: str) -> None:
    problems = problems_of("f", code, 2)
    assert problems, "it passed"
    for problem in problems:
        assert problem.startswith("f, line ") and len(problem) < 600
    with pytest.raises(ValueError, match="f, line"):
        compile_function("f", code, 2)


def test_there_are_many_evasions() -> None:
    assert len(EVASIONS) >= 200


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("x = 1\n  import os\n  return a", "f, line 3: imports are not allowed; the functions of `math` are there"),
        ("while a:\n    pass\n  return a", "f, line 2: `while` loops are not allowed; write `for x in range(n):`"),
        ("return a.__class__", "f, line 2: `.__class__` is not allowed; of a date there are day, days"),
        ("return getattr(a, b)", "f, line 2: `getattr` can't be called; there are abs, all, any"),
        ("return a + c", "f, line 2: the name `c` is unknown here; use the parameters"),
        ("return math.factorial(a)", "f, line 2: `math.factorial` is not there; use sqrt"),
        ("return round(a, b, 1)", "f, line 2: `round` is called with 3 values; give 1 to 2."),
    ],
)
def test_a_refusal_says_which_line_and_what_instead(body: str, problem: str) -> None:
    assert problems_of("f", f"def f(a, b):\n  {body}", 2)[0].startswith(problem)


@pytest.mark.parametrize(
    "name", ["", "F", "1f", "_f", "f-f", "f f", "é", "f" * 41, "__class__", "len", "math", "for", "match case"]
)
def test_a_name_that_is_no_plain_name_is_refused(name: str) -> None:
    assert problems_of(name, f"def {name}(a):\n  return a", 1)


def call(code: str, *values: Any) -> Any:
    function, _ = compile_function("f", code, len(values))
    return function(*values)


NOON = datetime(2024, 2, 29, 12, 30)
# (code, values, what it gives)
HONEST: dict[str, tuple[str, tuple[Any, ...], Any]] = {
    "ratio": ("def f(a, b):\n  return a / b if b else None", (3.0, 2.0), 1.5),
    "ratio by nothing": ("def f(a, b):\n  return a / b if b else None", (3.0, 0.0), None),
    "body mass": ("def f(kg, cm):\n  return kg / (cm / 100) ** 2", (70.0, 175.0), 70 / 1.75**2),
    "log of one more": ("def f(x):\n  return math.log1p(x)", (1.0,), 0.6931471805599453),
    "log to a base": ("def f(x):\n  return math.log(x, 2)", (8.0,), 3.0),
    "pi": ("def f(r):\n  return math.pi * r * r", (1.0,), 3.141592653589793),
    "missing": ("def f(x):\n  if x is None:\n    return -1\n  return x", (None,), -1),
    "documented": ('def f(x):\n  """Twice."""\n  return x * 2', (2.0,), 4.0),
    "constants": ("def f(x):\n  y = x\n  y += 2\n  y -= 1\n  y *= 3\n  return -y % 7", (4.0,), 6.0),
    "branches": (
        "def f(x):\n  if x < 18:\n    return 'young'\n  elif x < 65:\n    return 'adult'\n  else:\n    return 'old'",
        (70.0,),
        "old",
    ),
    "and or not": ("def f(a, b):\n  return (a > 1 and not b) or a == 0", (2.0, None), True),
    "chained": ("def f(x):\n  return 0 <= x < 10", (3.0,), True),
    "membership": ("def f(x):\n  return x in ('a', 'b')", ("b",), True),
    "membership in a set": ("def f(x):\n  return x in {'a', 'b'}", ("c",), False),
    "looked up": ("def f(x):\n  return {'low': 1, 'high': -3}.get(x, 0)", ("high",), -3),
    "looked up by key": ("def f(x):\n  return {1: 'a', 2: 'b'}[int(x)]", (2.0,), "b"),
    "lower": ("def f(x):\n  return x.strip().lower()", ("  Ab ",), "ab"),
    "title of a name": ("def f(x):\n  return x.split(', ')[1].split('.')[0]", ("Doe, Mr. John",), "Mr"),
    "first letter": ("def f(x):\n  return x[0] if len(x) > 0 else None", ("C85",), "C"),
    "a slice": ("def f(x):\n  return x[-2:]", ("abcd",), "cd"),
    "digits": ("def f(x):\n  return int(''.join([c for c in x if c.isdigit()]))", ("A 1/5 2112",), 152112),
    "count": ("def f(x):\n  return x.count('a') + x.find('n')", ("banana",), 5),
    "replace": ("def f(x):\n  return float(x.replace(',', '.'))", ("3,5",), 3.5),
    "starts": ("def f(x):\n  return x.startswith('PC')", ("PC 17599",), True),
    "without a prefix": ("def f(x):\n  return x.removeprefix('PC ')", ("PC 17599",), "17599"),
    "joined words": ("def f(a, b):\n  return f'{a}-{b}'", ("x", "y"), "x-y"),
    "joined with plus": ("def f(a, b):\n  return a + '_' + str(int(b))", ("x", 3.0), "x_3"),
    "loop": ("def f(x):\n  t = 0\n  for i in range(5):\n    t += i * x\n  return t", (2.0,), 20.0),
    "loop over words": (
        "def f(x):\n  n = 0\n  for w in x.split():\n    if len(w) < 4:\n      continue\n    n += 1\n  return n",
        ("one three five",),
        2,
    ),
    "two loops": ("def f(x):\n  return sum(i * j for i in range(4) for j in range(4)) + x", (1.0,), 37.0),
    "unpacked": ("def f(a, b):\n  a, b = b, a\n  return a - b", (1.0, 3.0), 2.0),
    "zip": ("def f(x):\n  return sum([int(p == q) for p, q in zip(x, reversed(x))])", ("abca",), 2),
    "enumerate": ("def f(x):\n  return sum([i for i, c in enumerate(x) if c == 'b'])", ("abcb",), 4),
    "distinct letters": ("def f(x):\n  return len(set(x))", ("banana",), 3),
    "sorted letters": ("def f(x):\n  return ''.join(sorted(set(x)))", ("banana",), "abn"),
    "highest": ("def f(a, b, c):\n  return max(a, b, c) - min([a, b, c])", (1.0, 5.0, 3.0), 4.0),
    "any and all": ("def f(x):\n  return any(c.isdigit() for c in x) and all(c != ' ' for c in x)", ("a1",), True),
    "rounded": ("def f(x):\n  return round(x, 1) + round(x)", (2.26,), 4.3),
    "distance": ("def f(a, b):\n  return math.hypot(a, b) + math.floor(0.5)", (3.0, 4.0), 5.0),
    "month": ("def f(d):\n  return d.month * 100 + d.day", (NOON,), 229),
    "weekend": ("def f(d):\n  return d.weekday() >= 5", (NOON,), False),
    "days between": ("def f(a, b):\n  return (a - b).days", (NOON, datetime(2024, 1, 1)), 59),
    "hours between": ("def f(a, b):\n  return (a - b).total_seconds() / 3600", (NOON, datetime(2024, 2, 29)), 12.5),
    "part of a day": ("def f(d):\n  return d.hour + d.minute / 60", (NOON,), 12.5),
    "words of any language": ("def f(x):\n  return 'größer' in x  # ä comment: naïve", ("ist größer",), True),
}


@pytest.mark.parametrize(("code", "values", "expected"), HONEST.values(), ids=HONEST)
def test_an_honest_function_computes_the_right_thing(code: str, values: tuple[Any, ...], expected: Any) -> None:
    assert problems_of("f", code, len(values)) == []
    found = call(code, *values)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


# They pass the check, for no text shows how large a value will be: the guards end them in a row, at once.
RUNAWAYS = {
    "doubled text": ("for i in range(1000):\n    a = a + a\n  return a", ("x",)),
    "doubled list": ("x = [1]\n  for i in range(1000):\n    x = x + x\n  return 1", ("x",)),
    "squared number": ("x = 9\n  for i in range(1000):\n    x = x * x\n  return x", ("x",)),
    "raised number": ("x = 9\n  for i in range(1000):\n    x = x ** 9\n  return x", ("x",)),
    "range by a value": ("for i in range(int(a)):\n    pass\n  return 1", (1e9,)),
    "many turns": ("n = 0\n  for i in range(999):\n    for j in range(999):\n      n += 1\n  return n", (1.0,)),
    "many turns of a comprehension": ("return sum(i for i in range(999) for j in range(999))", (1.0,)),
    "blown up by replace": ("for i in range(9):\n    a = a.replace('x', 'xxxxxxxxxx')\n  return a", ("x",)),
    "blown up by replacing nothing": ("for i in range(9):\n    a = a.replace('', 'xxxxxxxxxx')\n  return a", ("x",)),
    "blown up by join": ("for i in range(99):\n    a = a.join(['', '', ''])\n  return a", ("xx",)),
    "blown up by an f-string": ("for i in range(99):\n    a = f'{a}{a}'\n  return a", ("x",)),
    "rounded to a billion digits": ("return round(int(a), -1000000000)", (5.0,)),
}


@pytest.mark.parametrize(("body", "values"), RUNAWAYS.values(), ids=RUNAWAYS)
def test_a_runaway_is_ended_by_the_guards(body: str, values: tuple[Any, ...]) -> None:
    with pytest.raises(FunctionLimitError):
        call(f"def f(a):\n  {body}", *values)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("x = [a]\n  for i in range(60):\n    x = [x, x]\n  return x == x", 1.0),
        ("x = (a,)\n  for i in range(60):\n    x = (x, x)\n  return str(x)", 1.0),
        ("x = [a]\n  for i in range(60):\n    x = list(zip(x, x))\n  return str(x)", 1.0),
        ("x = [a]\n  for i in range(60):\n    x = enumerate(x)\n  return str(x)", 1.0),
        ("x = [a]\n  for i in range(60):\n    x = [x for y in [1]]\n  return str(x)", 1.0),
        ("return a * int(1e9)", "x"),
        ("return a % 5", "%999999999d"),
        ("return a.get('x', 1)", "text"),
        ("return a.lower()", 3.0),
        ("return a.year", "2024-01-01"),
        ("return a.weekday", datetime(2024, 1, 1)),
        ("return str([a])", "x"),
        ("return a.join([1, 2])", "x"),
    ],
)
def test_values_of_the_wrong_kind_are_an_error_of_their_row(body: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        call(f"def f(a):\n  {body}", value)


@given(st.text(max_size=60), st.integers(0, 40))
def test_no_text_at_all_breaks_the_check(text: str, cut: int) -> None:
    whole = "def f(a, b):\n  return a + b"
    for code in (text, whole[:cut] + text + whole[cut:]):
        assert all(problem.startswith("f, ") for problem in problems_of("f", code, 2))


def test_each_row_begins_with_all_its_turns_and_nothing_of_the_row_before() -> None:
    function, turns = compile_function("f", "def f(a):\n  x = [c for c in range(999)]\n  return len(x) + a", 1)
    for row in range(40):
        turns.reset()
        assert function(row) == 999 + row


def test_the_worker_can_run_the_check_without_the_packages_around_it() -> None:
    """As src/activities/function-check.ts does, and with Python's standard library alone."""
    program = "import sys; sys.path.append(sys.argv[1]); from functions.check import main; main()"
    functions = (
        '[{"name": "f", "inputs": ["x"], "code": "def f(a):\\n  return a.__class__"},'
        ' {"name": "g", "inputs": ["x"], "code": "def g(a):\\n  return a"},'
        ' {"name": "g", "inputs": ["x"], "code": "def g(a):\\n  return a"}]'
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(PACKAGE / "automl_runtime")]
    done = subprocess.run(command, input=functions, capture_output=True, text=True, timeout=60, check=True)
    assert "g: two functions have this name." in done.stdout and "f, line 2" in done.stdout
