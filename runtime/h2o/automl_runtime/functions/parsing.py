"""A feature function's text as a tree, of bounded size, however hostile the text."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings

from .rules import DEEPEST, LONGEST_CODE, MOST_NODES


class UnreadableError(Exception):
    """The text is no Python, or too much of it."""


def parse(code: str) -> ast.Module:
    """The tree of a text that is Python and not too much of it. :raises UnreadableError: where it is not."""
    if len(code) > LONGEST_CODE:
        raise UnreadableError(f"line 1: it has {len(code)} characters; write at most {LONGEST_CODE}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
        # Python takes look-alikes of other alphabets for the plain letters; a reader of the plan would not.
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NAME and not token.string.isascii():
                raise UnreadableError(
                    f"line {token.start[0]}: the name {token.string!r} has other letters than a to z."
                )
    except SyntaxError as error:
        raise UnreadableError(f"line {error.lineno or 1}: it is no valid Python ({error.msg}).") from None
    except (ValueError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise UnreadableError(f"line 1: it can't be read ({type(error).__name__}); write a simpler one.") from None
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise UnreadableError(f"line 1: it does too much; write at most {MOST_NODES} names, values and operations.")
    if depth_of(tree) > DEEPEST:
        raise UnreadableError("line 1: it is nested too deeply; assign parts of it to names.")
    return tree


def depth_of(tree: ast.AST) -> int:
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth <= DEEPEST:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth
