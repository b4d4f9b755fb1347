"""What kinds of arguments leave open and a program wants to know: arguments that become constants, sizes that become
numbers.

A program is lowered for kinds.  Where `axis` decides what code is emitted, or an array of unknown size meets one of two
elements, the frontend raises `Promote`, and the arguments are described again with that known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from typing import Any, TypeVar

from tangentc.errors import InternalError
from tangentc.frontend.state.requests import Path, Promote
from tangentc.kinds.of_values import KindTree, Pattern, freeze_value, kind_of_value
from tangentc.kinds.records import is_record
from tangentc.kinds.types import Const
from tangentc.runtime.door import differentiable

__all__ = ["Args", "Kwargs", "Promotions", "value_at"]

Args = tuple[Any, ...]
Kwargs = dict[str, Any]
Result = TypeVar("Result")


class Promotions:
    """The promotions that one derivative has asked for so far; kinds are told apart by them from then on."""

    def __init__(self) -> None:
        self._paths: tuple[Path, ...] = ()
        self._sizes: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """How many arguments are constants."""
        return len(self._paths)

    def key(self, args: Args, kwargs: Kwargs) -> tuple[Hashable, ...]:
        """What a call is told apart by beyond the types and shapes of its arguments."""
        return tuple(freeze_value(value_at(path, args, kwargs)) for path in self._paths)

    def kinds(
        self, args: Args, kwargs: Kwargs, keys: Collection[Any]
    ) -> tuple[tuple[KindTree, ...], dict[str, KindTree]]:
        """The kinds of the arguments of one call: equal sizes are one `Dim`, what was promoted is known.

        Containers among the differentiated arguments (`keys`) keep their structure.
        """
        pattern = Pattern(self._sizes)
        kinds = tuple(kind_of_value(value, pattern, structured=i in keys) for i, value in enumerate(args))
        named = {name: kind_of_value(v, pattern, structured=name in keys) for name, v in kwargs.items()}
        for path in self._paths:
            value = value_at(path, args, kwargs)
            if path[0] == "args":
                kinds = _replaced(kinds, path[1:], Const(value))
            elif path[1] in named:
                named = _replaced(named, path[1:], Const(value))
        return kinds, named

    def settle(
        self,
        make: Callable[[tuple[KindTree, ...], dict[str, KindTree]], Result],
        args: Args,
        kwargs: Kwargs,
        keys: Collection[Any],
    ) -> Result:
        """What is made for the kinds of these arguments, with everything known that it asks for.

        Raises: UnsupportedSyntaxError: TC112, it asks for one of `keys`, which vary.
        """
        while True:
            try:
                return make(*self.kinds(args, kwargs, keys))
            except Promote as request:
                varies = request.path[1] in keys and differentiable(value_at(request.path, args, kwargs))
                if request.refusal is not None and varies:
                    raise request.refusal from None
                self._add(request.path)

    def _add(self, path: Path) -> None:
        known = path[1] in self._sizes if path[0] == "size" else path in self._paths
        if known:
            raise InternalError("TC901", f"{path} is a constant already")
        if path[0] == "size":
            self._sizes |= {path[1]}
        else:
            self._paths = (*self._paths, path)


def value_at(path: Path, args: Args, kwargs: Kwargs) -> Any:
    """The value that a path leads to, None where this call has none."""
    value: Any = args if path[0] == "args" else kwargs
    for step in path[1:]:
        try:
            value = getattr(value, step) if is_record(type(value)) else value[step]
        except (AttributeError, LookupError, TypeError):
            return None
    return value


def _replaced(tree: Any, path: Path, kind: KindTree) -> Any:
    """A kind tree with another kind where the path leads."""
    if not path:
        return kind
    if isinstance(tree, dict):
        return {
            key: _replaced(item, path[1:], kind) if key == path[0] else item for key, item in tree.items()
        }
    if isinstance(tree, (tuple, list)):
        return type(tree)(
            _replaced(item, path[1:], kind) if key == path[0] else item for key, item in enumerate(tree)
        )
    return tree
