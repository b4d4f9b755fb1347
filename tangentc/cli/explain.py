"""`tangentc explain`: what an error code means, with an example and the way out."""

from __future__ import annotations

import argparse
import sys
from textwrap import fill

from tangentc.catalogue import CATALOGUE
from tangentc.highlight import print_code
from tangentc.named import Misuse

HELP = "say what an error code means"
EXAMPLES = """\
  tangentc explain TC301                                  what an error means
"""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")


def run(arguments: argparse.Namespace) -> int:
    entry = CATALOGUE.get(arguments.code.upper())
    if entry is None:
        raise Misuse(f"there is no error code {arguments.code!r}")
    print(f"{arguments.code.upper()}: {entry.title}\n\n{fill(entry.text, 90)}")
    if entry.example:
        print("\nThis raises it:\n")
        print_code(entry.example, sys.stdout)
        print("\nThe fix:\n")
        print_code(entry.fix, sys.stdout)
    return 0
