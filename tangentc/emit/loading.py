"""From text to a function that runs, with tracebacks that show the text and name the user's line."""

from __future__ import annotations

import functools
import hashlib
import linecache
from collections.abc import Callable
from types import TracebackType
from typing import Any

from tangentc.emit.emitter import Emitted
from tangentc.emit.naming import identifier
from tangentc.source import Span

__all__ = ["load", "register"]


def load(emitted: Emitted, function_name: str) -> Callable[..., Any]:
    """Compile emitted text and return one of its functions.

    The text is known to `linecache` under a name made from the function's and the text's own, so
    tracebacks and debuggers show it.  An exception that passes through carries a note that names the line
    of the user's program; `__wrapped__` is the function without that, `explain(error)` adds the note.
    """
    filename = register(emitted.text, function_name)
    namespace: dict[str, Any] = {"__name__": "tangentc.emitted", **emitted.names}
    exec(compile(emitted.text, filename, "exec"), namespace)
    function: Callable[..., Any] = namespace[identifier(function_name, "function")]
    spans = emitted.spans

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            _explain(error, filename, spans)
            raise

    vars(run)["explain"] = functools.partial(_explain, filename=filename, spans=spans)
    return run


def register(text: str, function_name: str) -> str:
    """Make the lines of the text known under a name that is the same in every process."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    filename = f"<tangentc {function_name} {digest}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return filename


def _explain(error: Exception, filename: str, spans: dict[int, Span]) -> None:
    """Add the user's line to an exception, as `add_note` of Python 3.11 does."""
    line = _line_in(error.__traceback__, filename)
    span = spans.get(line)
    if span is None:
        return
    note = f"in your program, {span}: {' '.join(span.text.split())[:80]}"
    notes = list(getattr(error, "__notes__", []))
    if note not in notes:
        vars(error)["__notes__"] = [*notes, note]


def _line_in(traceback: TracebackType | None, filename: str) -> int:
    """The line at which the innermost frame of the emitted text stands."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == filename:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
