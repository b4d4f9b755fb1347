"""What the command line names: a function of a file or of a module, and the values of its arguments."""

from __future__ import annotations

import importlib.util
import inspect
import math
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tangentc.errors import excerpt
from tangentc.source import SourceFile, Span

__all__ = ["Misuse", "load", "values"]


class Misuse(Exception):
    """What the user can put right in the command itself."""


def load(path: str) -> Callable[..., Any]:
    """The function that FILE.py:FUNCTION or MODULE:FUNCTION names."""
    file, colon, name = path.rpartition(":")
    if not colon or not name or not file:
        raise Misuse(f"{path!r} is not of the form FILE.py:FUNCTION or MODULE:FUNCTION")
    source = Path(file)
    try:
        module = _run_file(source) if source.is_file() else _imported(file)
    except (Exception, SystemExit) as error:
        if isinstance(error, Misuse):
            raise
        what = error.msg if isinstance(error, SyntaxError) else error
        raise Misuse(
            "\n".join([f"{file} cannot be imported: {type(error).__name__}: {what}", *_place(error, source)])
        ) from error
    value: Any = module
    for part in name.split("."):
        value = getattr(value, part, None)
    if not callable(value):
        functions = [key for key, found in vars(module).items() if inspect.isfunction(found)]
        raise Misuse(f"{file} has no function {name!r}; it has {', '.join(functions) or 'none'}")
    while hasattr(value, "__tangentc__"):  # a decorated name: its program
        value = value.__wrapped__
    program: Callable[..., Any] = value
    return program


def _run_file(source: Path) -> types.ModuleType:
    name = source.stem if source.stem not in sys.modules else f"{source.stem}_program"
    spec = importlib.util.spec_from_file_location(name, source.resolve())
    if spec is None or spec.loader is None:
        raise Misuse(f"{str(source)!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(source.resolve().parent))
    spec.loader.exec_module(module)
    return module


def _imported(name: str) -> types.ModuleType:
    """A module by its dotted name, also one below the working directory."""
    if name.endswith(".py") or not all(part.isidentifier() for part in name.split(".")):
        raise Misuse(f"there is no file {name!r}")
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise Misuse(f"there is no file and no module {name!r}") from error
        raise


def _place(error: BaseException, source: Path) -> list[str]:
    """The line of the file at which importing it stopped."""
    if isinstance(error, SyntaxError) and error.lineno and error.filename:
        name, line, column = error.filename, error.lineno, max((error.offset or 1) - 1, 0)
        end = (error.end_offset or 0) - 1 if error.end_lineno == line else -1
    else:
        frames = traceback.extract_tb(error.__traceback__)
        here = [frame for frame in frames if frame.filename == str(source.resolve())]
        if not here or here[-1].lineno is None:
            return []
        name, line, column, end = here[-1].filename, here[-1].lineno, 0, -1
    try:
        file = SourceFile(name, Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return []
    text = file.line(line).rstrip()
    column = column or len(text) - len(text.lstrip())
    end = end if end > column else len(text)
    start, stop = len(text[:column].encode()), len(text[:end].encode())
    return excerpt(Span(file, line, start, line, stop))


def values(text: str, function: Callable[..., Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments that `--at` gives: Python values, or the arrays of an .npz file by name."""
    if text.endswith(".npz"):
        try:
            with np.load(text) as file:
                arrays = {name: file[name] for name in file.files}
        except Exception as error:  # of the file system, of zip, of the format
            raise Misuse(f"{text} cannot be read: {error}") from error
        given = {name: array.item() if array.ndim == 0 else array for name, array in arrays.items()}
        known = inspect.signature(function, follow_wrapped=False).parameters
        strange = [name for name in given if name not in known]
        if strange:
            raise Misuse(f"{text} holds {', '.join(strange)}; the parameters are {', '.join(known)}")
        bound = inspect.signature(function, follow_wrapped=False).bind_partial(**given)
        return bound.args, bound.kwargs
    scope = {"np": np, "math": math, "call": lambda *args, **kwargs: (args, kwargs)}
    try:
        args, kwargs = eval(f"call({text})", scope)  # the user's own words
    except Exception as error:
        what = error.msg if isinstance(error, SyntaxError) else error
        raise Misuse(f"--at {text!r} cannot be read: {what}") from error
    return tuple(map(_array, args)), {name: _array(value) for name, value in kwargs.items()}


def _array(value: Any) -> Any:
    return np.array(value) if isinstance(value, list) else value
