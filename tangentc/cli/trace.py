"""`tangentc trace`: the tables of a run, with the values of each step, and its graph."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tangentc.cli.common import argnums, program, user_code, write
from tangentc.highlight import print_table
from tangentc.named import Misuse, load, values
from tangentc.traces import Trace
from tangentc.traces.tables import LIMIT
from tangentc.traces.tracing import traced

HELP = "print the tables of a run, with the values of each step"
EXAMPLES = """\
  tangentc trace lecture.py:f --at 2,5                    the lecture's tables at (2, 5)
  tangentc trace lecture.py:f --at 2,5 --mode adjoint     the reverse table alone
  tangentc trace lecture.py:f --at 2,x2=5 --limit 20      at most 20 rows for each
  tangentc trace lecture.py:f --at 2,5 --format latex -o tables.tex
                                                          also html, markdown
  tangentc trace lecture.py:f --at 2,5 --graph graph.svg  the computational graph, drawn
"""


def options(parser: argparse.ArgumentParser) -> None:
    program(parser, at=True)
    parser.add_argument("--mode", choices=("primal", "tangent", "adjoint", "all"), default="all")
    parser.add_argument(
        "--limit", type=_limit, default=LIMIT, metavar="N", help=f"rows of a table (default: {LIMIT})"
    )
    parser.add_argument(
        "--result",
        type=_result,
        metavar="KEY",
        help="which part of the result has the adjoints, as in result[KEY]: 0 or 1,2 (default: the first output)",
    )
    parser.add_argument("--format", choices=("text", "markdown", "latex", "html"), default="text")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the tables to a file")
    parser.add_argument(
        "--graph", metavar="FILE", help="draw the computational graph: FILE.svg, or FILE.dot as text"
    )


def _limit(text: str) -> int:
    """The rows of a table: the first and the last two are always shown."""
    if not text.isdigit() or int(text) < 3:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows: 3 or more")
    return int(text)


def _result(text: str) -> Any:
    """`0`, `1,2` or `loss`."""
    keys = tuple(
        int(word) if word.lstrip("-").isdigit() else word for word in map(str.strip, text.split(","))
    )
    return keys[0] if len(keys) == 1 else keys


def run(arguments: argparse.Namespace) -> int:
    function = load(arguments.program)
    args, kwargs = values(arguments.at, function)
    wrt = argnums(arguments.wrt) if arguments.wrt else None
    with user_code():
        found = traced(function, args, kwargs, arguments.mode, wrt, arguments.result)
    if arguments.output:
        path = Path(arguments.output)
        write(path, _text(found, arguments) + "\n" * (arguments.format == "text"))
        print(path)
    elif arguments.format != "text":
        print(_text(found, arguments), end="")
    elif not arguments.graph:
        for number, table in enumerate(found.tables):
            if number:
                print()
            print_table(table.text(arguments.limit), sys.stdout)
    if arguments.graph:
        _draw(found, Path(arguments.graph))
    return 0


def _text(found: Trace, arguments: argparse.Namespace) -> str:
    text: str = getattr(found, arguments.format)(arguments.limit)
    if arguments.format == "html" and arguments.output:
        return _PAGE.format(title=arguments.program, tables=text)
    return text


_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: serif">
{tables}</body>
</html>
"""


def _draw(found: Trace, path: Path) -> None:
    try:
        found.graph().save(path)
    except ValueError as error:
        raise Misuse(str(error)) from error
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {error.strerror}") from error
    print(path)
