"""Index templates: the static part of `x[i, 1:-1, None]`, with holes for its operands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Hole", "Index", "Slice"]


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of an operand inside an `Index`: number `position` among the index operands."""

    position: int


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` inside an `Index`; each is a constant or a `Hole`."""

    start: int | None | Hole = None
    stop: int | None | Hole = None
    step: int | None | Hole = None


Index = tuple[Any, ...]  # entries: int | None | Ellipsis | Slice | Hole (an int, an array, or unknown)
