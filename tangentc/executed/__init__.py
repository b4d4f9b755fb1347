"""Running a trace and listing the elementary operations as they were executed, with their values.

Loops are followed, branches taken, calls entered: what is left is a straight line of steps.  Arrays that
are written in place become versions: each store makes a new value of the memory that it writes to.
"""

from __future__ import annotations

from tangentc.executed.machine import execute
from tangentc.executed.steps import Cell, Executed, Input, OpStep, Step, StoreStep, ViewStep

__all__ = ["Cell", "Executed", "Input", "OpStep", "Step", "StoreStep", "ViewStep", "execute"]
