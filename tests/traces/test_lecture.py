"""The lecture's three tables, row by row.

The lecture prints sin 5 as 0.959; it is -0.959, with which its next rows, 10.693 + 0.959 = 11.652, agree.
It prints one partial derivative of the adjoint table as that of v_2 by v_{-1} where it is by v_0.
"""

from __future__ import annotations

import math

import pytest

from tangentc import trace
from tests.traces.programs import lecture

PRIMAL = [
    ("v_-1", "x1", "", 2.0),
    ("v_0", "x2", "", 5.0),
    ("v_1", "log(v_-1)", "log(2)", math.log(2)),
    ("v_2", "v_-1 * v_0", "2 * 5", 10.0),
    ("v_3", "sin(v_0)", "sin(5)", math.sin(5)),
    ("v_4", "v_1 + v_2", "0.693 + 10", math.log(2) + 10),
    ("v_5", "v_4 - v_3", "10.693 + 0.959", math.log(2) + 10 - math.sin(5)),
    ("y", "v_5", "", math.log(2) + 10 - math.sin(5)),
]
TANGENT = [
    ("v_-1_dot", "x1_dot", "", 1.0),
    ("v_0_dot", "x2_dot", "", 0.0),
    ("v_1_dot", "v_-1_dot / v_-1", "1 / 2", 0.5),
    ("v_2_dot", "v_0 * v_-1_dot + v_-1 * v_0_dot", "5 * 1 + 2 * 0", 5.0),
    ("v_3_dot", "cos(v_0) * v_0_dot", "cos(5) * 0", 0.0),
    ("v_4_dot", "v_1_dot + v_2_dot", "0.5 + 5", 5.5),
    ("v_5_dot", "v_4_dot - v_3_dot", "5.5 - 0", 5.5),
    ("y_dot", "v_5_dot", "", 5.5),
]
ADJOINT = [  # the lecture prints them from below
    ("v_5_bar", "y_bar", "", 1.0),
    ("v_4_bar", "v_5_bar", "", 1.0),
    ("v_3_bar", "-v_5_bar", "", -1.0),
    ("v_1_bar", "v_4_bar", "", 1.0),
    ("v_2_bar", "v_4_bar", "", 1.0),
    ("v_0_bar", "cos(v_0) * v_3_bar", "cos(5) * (-1)", -math.cos(5)),
    ("v_-1_bar", "v_0 * v_2_bar", "5 * 1", 5.0),
    ("v_0_bar", "v_0_bar + v_-1 * v_2_bar", "-0.284 + 2 * 1", 2 - math.cos(5)),
    ("v_-1_bar", "v_-1_bar + v_1_bar / v_-1", "5 + 1 / 2", 5.5),
    ("x1_bar", "v_-1_bar", "", 5.5),
    ("x2_bar", "v_0_bar", "", 2 - math.cos(5)),
]
RULES = [
    "", "v_5_bar * dv_5/dv_4", "v_5_bar * dv_5/dv_3", "v_4_bar * dv_4/dv_1", "v_4_bar * dv_4/dv_2",
    "v_3_bar * dv_3/dv_0", "v_2_bar * dv_2/dv_-1", "v_0_bar + v_2_bar * dv_2/dv_0", "v_-1_bar + v_1_bar * dv_1/dv_-1",
    "", "",
]  # fmt: skip


@pytest.mark.parametrize(("mode", "rows"), [("primal", PRIMAL), ("tangent", TANGENT), ("adjoint", ADJOINT)])
def test_rows(mode, rows):
    (table,) = trace(lecture, (2.0, 5.0), mode=mode).tables
    assert [(row.name, row.formula, row.numbers) for row in table.rows] == [row[:3] for row in rows]
    assert [row.value for row in table.rows] == pytest.approx([row[3] for row in rows], abs=1e-15)


def test_printed_values():
    """What the lecture prints, with the sign of sin 5."""
    found = trace(lecture, (2.0, 5.0))
    printed = {row.name: repr(row).rpartition(" = ")[2] for table in found.tables for row in table.rows}
    assert {name: printed[name] for name in ("v_1", "v_3", "v_4", "y")} == {
        "v_1": "0.693", "v_3": "-0.959", "v_4": "10.693", "y": "11.652",
    }  # fmt: skip
    assert (printed["y_dot"], printed["x1_bar"], printed["x2_bar"]) == ("5.5", "5.5", "1.716")


def test_each_contribution_is_an_instance_of_the_chain_rule():
    from tangentc.traces.notation import TEXT

    rows = trace(lecture, (2.0, 5.0), mode="adjoint").adjoint.rows
    assert [TEXT.write(row.rule) if row.rule is not None else "" for row in rows] == RULES


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "html"])
def test_forms(form, golden):
    suffix = {"text": "txt", "markdown": "md", "latex": "tex", "html": "html"}[form]
    text = getattr(trace(lecture, (2.0, 5.0)), form)()
    golden(f"lecture.{suffix}", text if text.endswith("\n") else text + "\n")


def test_the_other_column():
    """The lecture's tangent with respect to x2."""
    table = trace(lecture, (2.0, 5.0), mode="tangent", wrt="x2").tangent
    assert table.rows[-1].value == pytest.approx(2 - math.cos(5))
    assert trace(lecture, {"x2": 5.0, "x1": 2.0}, wrt=1).tangent.rows[-1].value == table.rows[-1].value
