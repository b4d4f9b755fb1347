"""Where a program finds what it captures, as expressions that are evaluated at each call.

The guards of a specialisation and the reading of its captured data are put together into one function each, so that a
call pays for them what the same lines written by hand would cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Guard", "Place", "entrance"]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An expression over live objects: `text` refers to them as {0}, {1} …

    Calling it gives the present value.

    Args: local: it starts at an argument or at the receiver of the program, so that a write stays within the call.
    """

    text: str
    operands: tuple[Any, ...]
    local: bool = False

    @staticmethod
    def of(value: Any, local: bool = False) -> Place:
        """The object itself, which no rebinding changes."""
        return Place("{0}", (value,), local)

    def attribute(self, name: str) -> Place:
        return Place(f"{self.text}.{name}", self.operands, self.local)

    def entry(self, key: Any) -> Place:
        return self.with_operands("{}[{}]", key)

    def with_operands(self, pattern: str, *others: Any) -> Place:
        """A larger expression: the first {} of `pattern` is this one, the others are more objects."""
        first = len(self.operands)
        names = (f"{{{first + k}}}" for k in range(len(others)))
        return Place(pattern.format(self.text, *names), (*self.operands, *others), self.local)

    def compared(self, relation: str, other: Place) -> Place:
        """A condition on the values of two places: `relation` is "is" or "is not"."""
        first = len(self.operands)
        shifted = other.text.format(*(f"{{{first + k}}}" for k in range(len(other.operands))))
        return Place(f"{self.text} {relation} {shifted}", (*self.operands, *other.operands))

    def is_same(self, other: Place) -> bool:
        """Whether two places are the same expression over the same objects."""
        pairs = zip(self.operands, other.operands, strict=False)
        return self.text == other.text and all(a is b for a, b in pairs)

    def __call__(self) -> Any:
        scope: dict[str, Any] = {}
        return eval(_bound(self, scope), scope)


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """What was taken for granted when the program was lowered: a condition that is true as long as it holds."""

    condition: Place
    description: str

    def holds(self) -> bool:
        return entrance([self])() is not None


_UNREADABLE = (AttributeError, LookupError, NameError, TypeError, ValueError)
"""What cannot be read any more is no longer what it was."""


def entrance(
    guards: Iterable[Guard],
    places: Mapping[str, Place] | None = None,
    checks: Mapping[str, Callable[[Any], bool]] | None = None,
) -> Callable[[], dict[str, Any] | None]:
    """A function that reads every place into a dict by name; it gives None where a guard or a check fails."""
    scope: dict[str, Any] = {"unreadable": _UNREADABLE, "nothing": {}}
    lines = [f"if not {_bound(guard.condition, scope)}: return None" for guard in guards]
    names = list(places or ())
    for position, name in enumerate(names):
        assert places is not None and checks is not None
        scope[f"fits{position}"] = checks[name]
        lines.append(f"v{position} = {_bound(places[name], scope)}")
        lines.append(f"if not fits{position}(v{position}): return None")
    values = ", ".join(f"{name!r}: v{position}" for position, name in enumerate(names))
    lines.append(f"return {{{values}}}" if names else "return nothing")
    body = "\n  ".join(lines)
    exec(f"def enter():\n try:\n  {body}\n except unreadable: return None", scope)
    found: Callable[[], dict[str, Any] | None] = scope["enter"]
    return found


def _bound(place: Place, scope: dict[str, Any]) -> str:
    """The text of an expression; the objects that it refers to get names in the scope."""
    names = []
    for operand in place.operands:
        names.append(f"o{len(scope)}")
        scope[names[-1]] = operand
    return f"({place.text.format(*names)})"
