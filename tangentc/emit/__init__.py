"""From the trace to Python text."""

from tangentc.emit.emitter import Emitted, emit
from tangentc.emit.loading import load

__all__ = ["Emitted", "emit", "load"]
