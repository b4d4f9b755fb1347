"""One program followed through every stage of the compiler, as text."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np

from examples.smooth import smooth
from tangentc import pipeline
from tangentc.analysis.activity import activity
from tangentc.analysis.aliasing import Aliasing, aliasing
from tangentc.frontend.state.requests import Request
from tangentc.ir.build import results_of, walk
from tangentc.ir.nodes import Function, Op, Var
from tangentc.ir.show import show
from tangentc.kinds.of_values import Pattern, kind_of_value

REQUEST = Request("adjoint", smooth, (0, 1))


def stages() -> Iterator[tuple[str, str, str]]:
    """(title, what happens, language and text) of each stage, in order."""
    pattern = Pattern()
    kinds = tuple(kind_of_value(value, pattern) for value in (np.zeros(7), 0.1, 3))
    lowered = pipeline.trace(smooth, kinds, {})
    yield "1. Source", SOURCE, "python\n" + inspect.getsource(smooth)
    yield "2. Trace", TRACE, "\n" + show(lowered.function)
    yield "3. Analyses", ANALYSES, "\n" + _analyses(lowered.function)
    plain = pipeline.derive(lowered.function, REQUEST, optimise=False)
    yield "4. Adjoint", ADJOINT, "\n" + show(plain)
    built = pipeline.build(smooth, kinds, {}, REQUEST)
    yield "5. Optimised", OPTIMISED, "\n" + show(built.function)
    yield "6. Python", EMITTED, "python\n" + pipeline.text(built, "folded")


def _analyses(function: Function) -> str:
    """For each value with a text of its own: its memory, and whether it is active."""
    aliases = aliasing(function)
    found = activity(function, [function.body.params[0], function.body.params[1]], aliases)
    texts = {var: var.name for var in function.body.params}
    for node in walk(function.body):
        if isinstance(node, Op) and node.span is not None:
            texts |= {var: node.span.text for var in results_of(node)}
    owners: dict[Var | None, str] = {}
    for var, text in texts.items():
        owners.setdefault(aliases.class_of(var), text)
    rows = [("value", "memory", "")]
    for var, text in texts.items():
        owner = owners[aliases.class_of(var)]
        state = "active" if found.is_active(var) else "varied" if found.is_varied(var) else ""
        rows.append((text, _memory(var, text, owner, aliases), state))
    seen = dict.fromkeys(rows)
    widths = [max(len(row[column]) for row in seen) for column in (0, 1)]
    return "".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c}".rstrip() + "\n" for a, b, c in seen)


def _memory(var: Var, text: str, owner: str, aliases: Aliasing) -> str:
    kind = "storage" if aliases.is_storage(var) else "plain"
    return kind if text == owner else f"{kind}, shared with {owner}"


SOURCE = """\
`source.py` finds the text of a live function through its code object, so that lambdas on one line, decorated
functions and methods are told apart."""

TRACE = """\
`frontend/` parses the text with gast and lowers it: kinds, shapes and inlined calls are settled in the same
walk. `u` is an array with one axis of unknown size; the slices of it that must agree in size are known to, so
no broadcasting has to be undone later. `+=` on a slice is a `Store`."""

ANALYSES = """\
Which values may share memory, and which of them the stores reach; which values depend on `u` and `k` and
matter to the result (*active*). All slices are views of `u`: one class, and that class is storage."""

ADJOINT = """\
`transform/adjoint.py` writes the forward sweep with what must be recorded, then the reverse sweep: each
operation is linearised by its rule and transposed. Each store has a save before it and a restore in the
reverse sweep."""

OPTIMISED = """\
Dead code, common subexpressions, simplification, then accumulation in place, to a fixpoint. What nothing
reads is gone, with the tape that held it."""

EMITTED = """\
`emit/` folds what is used once into expressions, finds names, and prints. This text is what runs."""
