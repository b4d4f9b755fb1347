"""Printing code: with colours where the optional package `rich` is installed and a terminal listens."""

from __future__ import annotations

from typing import TextIO

__all__ = ["print_code", "print_table"]


def print_code(text: str, file: TextIO) -> None:
    """Print Python code, highlighted on a terminal, plain elsewhere."""
    if file.isatty():
        try:
            from rich.console import Console
            from rich.syntax import Syntax
        except ImportError:
            pass
        else:
            Console(file=file).print(Syntax(text, "python", background_color="default"))
            return
    file.write(text if text.endswith("\n") else text + "\n")


def print_table(text: str, file: TextIO) -> None:
    """Print a table, its title in bold on a terminal."""
    title, _, rows = text.partition("\n")
    bold = ("\033[1m", "\033[0m") if file.isatty() else ("", "")
    file.write(f"{bold[0]}{title}{bold[1]}\n{rows}\n")
