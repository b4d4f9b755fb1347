"""The lecture's traces: a call as a table of elementary operations, with their tangents and their adjoints."""

from __future__ import annotations

from tangentc.traces.tables import Row, Table
from tangentc.traces.tracing import Trace, trace

__all__ = ["Row", "Table", "Trace", "trace"]
