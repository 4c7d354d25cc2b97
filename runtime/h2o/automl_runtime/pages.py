"""Small pages of text as Markdown and as one self-contained HTML file; every name in them is hostile until escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from automl_runtime.failures import cut

LONGEST_TEXT = 600
# What Markdown or the HTML inside it could take for more than a letter.
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")
_STYLE = (
    "body{font:16px/1.55 system-ui,sans-serif;max-width:50rem;margin:2.5rem auto;padding:0 1rem;color:#1c2430;"
    "background:#fff}h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #ccd3dc;padding:.3rem .7rem;"
    "text-align:left;overflow-wrap:anywhere}pre{background:#f3f5f8;padding:.8rem;overflow-x:auto}"
    "@media(prefers-color-scheme:dark){body{color:#e6eaf0;background:#14181f}th,td{border-color:#3a4350}"
    "pre{background:#1e242d}}"
)


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list; nothing where it is empty."""

    items: Sequence[str]


@dataclass(frozen=True)
class Grid:
    """A table."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Code:
    """Lines to be typed; our own text, never a name of somebody else's."""

    text: str


Block = Paragraph | Bullets | Grid | Code


@dataclass(frozen=True)
class Section:
    """Blocks under a heading."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A page: its heading is the one thing a reader must know."""

    heading: str
    sections: Sequence[Section]
    lead: Sequence[Block] = ()


def printable(text: str, limit: int = LONGEST_TEXT) -> str:
    """A text in one line, without signs that can't be seen or turn the reading direction."""
    return cut("".join(sign if sign.isprintable() else " " for sign in text), limit)


def to_markdown(page: Page) -> str:
    """The page as Markdown."""
    parts = [f"# {_plain(page.heading)}", *map(_markdown, page.lead)]
    for section in page.sections:
        parts += [f"## {_plain(section.heading)}", *map(_markdown, section.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def to_html(page: Page) -> str:
    """The page as one HTML file that loads nothing and runs nothing."""
    body = [f"<h1>{_escaped(page.heading)}</h1>", *map(_html, page.lead)]
    for section in page.sections:
        body += [f"<h2>{_escaped(section.heading)}</h2>", *map(_html, section.blocks)]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(page.heading)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _markdown(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _plain(text)
        case Bullets(items):
            return "\n".join(f"- {_plain(item)}" for item in items)
        case Grid(header, rows):
            lines = [header, ["---"] * len(header), *rows]
            return "\n".join("| " + " | ".join(_plain(cell) for cell in line) + " |" for line in lines)
        case Code(text):
            return f"```sh\n{text}\n```"


def _html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_escaped(text)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{_escaped(item)}</li>" for item in items) + "</ul>" if items else ""
        case Grid(header, rows):
            head = "".join(f'<th scope="col">{_escaped(cell)}</th>' for cell in header)
            lines = "".join("<tr>" + "".join(f"<td>{_escaped(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
        case Code(text):
            return f"<pre><code>{html.escape(text)}</code></pre>"


def _plain(text: str) -> str:
    safe = html.escape(printable(text), quote=False)
    return _MARKDOWN.sub(r"\\\1", safe)


def _escaped(text: str) -> str:
    return html.escape(printable(text))
