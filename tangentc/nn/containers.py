"""Modules that hold other modules, or parameters, in a list or a dict."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeVar, overload

from tangentc.eager import Tensor
from tangentc.nn.module import Module, _indented
from tangentc.nn.parameter import Parameter
from tangentc.nn.tensors import typename

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]

S = TypeVar("S", bound="_Numbered")


class _Numbered(Module):
    """Modules whose names are their positions, or with `Sequential(OrderedDict(…))` names of their own."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        yield from self._modules.values()  # type: ignore[misc]  # none of them is None

    def __contains__(self, module: object) -> bool:
        return any(module is own for own in self)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self: S, index: slice) -> S: ...
    def __getitem__(self: S, index: int | slice) -> Module | S:
        if isinstance(index, slice):
            return self._like(list(self._modules.items())[index])
        return self._modules[self._name(index)]  # type: ignore[return-value]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, self._name(index), module)

    def __delitem__(self, index: int | slice) -> None:
        names = list(self._modules)[index] if isinstance(index, slice) else [self._name(index)]
        for name in names:
            del self._modules[name]
        self._number(list(self))

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def _like(self: S, items: list[tuple[str, Any]]) -> S:
        """A container of the same class with some of the modules."""
        part = type(self)()
        part._number([module for _, module in items])
        return part

    def _name(self, index: int) -> str:
        place = operator.index(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"index {index} is out of range")
        return list(self._modules)[place]

    def _number(self, modules: Iterable[Module]) -> None:
        self._modules.clear()
        for number, module in enumerate(modules):
            self.add_module(str(number), module)

    def append(self: S, module: Module) -> S:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self: S, modules: Iterable[Module]) -> S:
        """Add modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self: S, index: int, module: Module) -> S:
        """Put a module before the one at `index`."""
        modules = list(self)
        modules.insert(index, module)
        self._number(modules)
        return self

    def pop(self, index: int = -1) -> Module:
        """Remove the module at `index`, and return it."""
        module = self[index]
        del self[index]
        return module


class Sequential(_Numbered):
    """Modules in a chain: each is called with the output of the one before it.

    `Sequential(first, second)`, or `Sequential(OrderedDict(name=module, …))` for names of one's own.
    Indices and slices (a `Sequential` again) select modules.

    Source:  `torch.nn.Sequential`.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self._number(args)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)  # type: ignore[misc]  # none of them is None
        return input

    def _like(self, items: list[tuple[str, Any]]) -> Sequential:
        return type(self)(dict(items))

    def __add__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            return NotImplemented
        return Sequential(*self, *other)

    def __iadd__(self, other: Sequential) -> Sequential:
        if not isinstance(other, Sequential):
            return NotImplemented
        return self.extend(other)


class ModuleList(_Numbered):
    """Modules in a list, all registered.  It is iterated and indexed; called it cannot be.

    Source:  `torch.nn.ModuleList`.
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList(chain(self, other))

    def __iadd__(self, other: Iterable[Module]) -> ModuleList:
        return self.extend(other)

    def __repr__(self) -> str:
        """Equal neighbours on one line: `(0-2): 3 x Linear(…)`."""
        lines = []
        for first, last, text in _runs([repr(module) for module in self]):
            where = f"({first})" if first == last else f"({first}-{last})"
            times = "" if first == last else f"{last - first + 1} x "
            lines.append(f"{where}: {times}{_indented(text)}")
        inside = "\n  " + "\n  ".join(lines) + "\n" if lines else ""
        return f"{self._get_name()}({inside})"


def _runs(texts: list[str]) -> list[tuple[int, int, str]]:
    """Runs of equal texts: the first position, the last one, and the text."""
    runs: list[tuple[int, int, str]] = []
    for place, text in enumerate(texts):
        if runs and runs[-1][2] == text:
            runs[-1] = (runs[-1][0], place, text)
        else:
            runs.append((place, place, text))
    return runs


class _Named(Module):
    """What the two dicts have in common: everything that follows from keys, reading and writing."""

    def __setitem__(self, key: str, value: Any) -> None:
        raise NotImplementedError

    def __getitem__(self, key: str) -> Any:
        raise NotImplementedError

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError

    def keys(self) -> Iterable[str]:
        """The keys, in the order of insertion."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(list(self.keys()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return key in list(self.keys())

    def items(self) -> Iterable[tuple[str, Any]]:
        """Pairs of keys and values."""
        return [(key, self[key]) for key in self.keys()]

    def values(self) -> Iterable[Any]:
        """The values."""
        return [self[key] for key in self.keys()]

    def pop(self, key: str) -> Any:
        """Remove what is under `key`, and return it."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Remove everything."""
        for key in list(self.keys()):
            del self[key]

    def update(self, other: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Add what another mapping, or pairs of keys and values, contain."""
        pairs = other.items() if isinstance(other, (Mapping, _Named)) else other
        for key, value in pairs:
            self[key] = value


class ModuleDict(_Named):
    """Modules in a dict, all registered, in the order of insertion.

    Source:  `torch.nn.ModuleDict`.
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(() if modules is None else modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def keys(self) -> Iterable[str]:
        return self._modules.keys()


class ParameterList(Module):
    """Parameters in a list, all registered.  Tensors become parameters; other values are only kept.

    Source:  `torch.nn.ParameterList`.
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.extend(() if values is None else values)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Any]:
        for name in self._names:
            yield getattr(self, name)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(self[place] for place in range(*index.indices(len(self))))
        return getattr(self, self._name(index))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, self._name(index), _as_parameter(value))

    def _name(self, index: int) -> str:
        if not -len(self) <= index < len(self):
            raise IndexError(f"index {index} is out of range")
        return self._names[index]

    def append(self, value: Any) -> ParameterList:
        """Add a value at the end."""
        self._names += (str(len(self)),)
        self[-1] = value
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Add values at the end."""
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def extra_repr(self) -> str:
        return _described(enumerate(self))


class ParameterDict(_Named):
    """Parameters in a dict, all registered, in the order of insertion.  Tensors become parameters.

    Source:  `torch.nn.ParameterDict`.
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        self.update(() if parameters is None else parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError(f"a key of ParameterDict is a string, not of type '{typename(key)}'")
        if key not in self._keys and hasattr(self, key):
            raise KeyError(f"attribute '{key}' already exists")
        self._keys[key] = None
        setattr(self, key, _as_parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def keys(self) -> Iterable[str]:
        return self._keys.keys()

    def extra_repr(self) -> str:
        return _described(self.items())


def _as_parameter(value: Any) -> Any:
    is_plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if is_plain else value


def _described(items: Iterable[tuple[Any, Any]]) -> str:
    return "\n".join(f"  ({key}): {_description(value)}" for key, value in items)


def _description(value: Any) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"{kind} containing: [torch.{value.dtype} of size {'x'.join(str(size) for size in value.shape)}]"
