"""What `grad` and its relatives give back: a callable that compiles at its first call of each kind."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tangentc import pipeline
from tangentc.errors import DifferentiationError
from tangentc.frontend.requests import Request
from tangentc.kinds.of_values import Identity, KindTree
from tangentc.kinds.types import FLOAT
from tangentc.rules.registry import version
from tangentc.runtime.cache import Args, Cache, Entry, Kwargs
from tangentc.runtime.calls import entry, prepared, refuse_complex_output
from tangentc.runtime.selection import Argnums, check_argnums, select, signature_of

__all__ = ["Transformed", "floats_for", "remembered"]

_ARRAY: Any = np.ndarray
_KEPT = 256  # functions whose specialisations are remembered beyond the life of their Transformed


class Transformed:
    """The derivative of a function, as a function.

    It keeps the name, documentation and signature of what it differentiates, can be used as a method,
    pickled and printed, and shows its code: `.source`, `.show()`, `.save(path)`.
    """

    def __init__(
        self,
        mode: str,
        function: Callable[..., Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
        holomorphic: bool = False,
    ) -> None:
        if not callable(function):
            raise DifferentiationError(
                "TC304", f"{mode} needs a function, not a value of type {type(function).__name__!r}"
            )
        self._is_static = isinstance(function, staticmethod)  # @grad above @staticmethod
        if isinstance(function, staticmethod):
            function = function.__func__
        functools.update_wrapper(self, function, updated=())
        self.__name__: str = getattr(function, "__name__", type(function).__name__)
        self.__qualname__: str = getattr(function, "__qualname__", self.__name__)
        self.__wrapped__ = function
        self.mode = mode
        self.argnums = check_argnums(argnums, function)
        self.has_aux = has_aux
        self.holomorphic = holomorphic
        self.__tangentc__ = Request(mode, function, self.argnums, has_aux)
        self._cache = _cache(mode, Identity(function), self.argnums, has_aux, holomorphic)

        self.__signature__ = signature_of(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        cache = self._cache
        entry = None
        if not kwargs:
            kinds = [(a.dtype, a.shape) if (t := type(a)) is _ARRAY else t for a in args]
            entry = cache.fast.get(tuple(kinds))
        if entry is not None and cache.version == version():
            hidden = entry.enter()
            if hidden is not None:
                entry.used = True
                return entry.run(args, kwargs, hidden)
        return cache.call(args, kwargs)

    def along(self, args: Args, kwargs: Kwargs, *extra: Any) -> Any:
        """Call with arguments and what the mode takes beside them (the tangents of `jvp`)."""
        return self._cache.call(args, kwargs, *extra)

    def __get__(self, instance: Any, owner: type | None = None) -> Transformed:
        bind = getattr(self.__wrapped__, "__get__", None)
        if instance is None or bind is None or self._is_static:
            return self
        return remembered(
            self.mode, Identity(bind(instance, owner)), self.argnums, self.has_aux, self.holomorphic
        )

    def __repr__(self) -> str:
        argnums = "" if self.argnums == 0 else f", argnums={self.argnums!r}"
        aux = ", has_aux=True" if self.has_aux else ""
        return f"{self.mode}({_repr(self.__wrapped__)}{argnums}{aux})"

    def __reduce__(self) -> Any:
        if _lookup(self.__module__, self.__qualname__) is self:  # a decorator: the name means this object
            return _lookup, (self.__module__, self.__qualname__)
        return type(self), (self.mode, self.__wrapped__, self.argnums, self.has_aux, self.holomorphic)

    # --- its code -------------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The emitted code of the specialisation that was compiled or used last.

        Before the first call the parameters are taken as Python floats, and the text says so.
        """
        return self.text()

    def text(self, form: Literal["folded", "ssa"] = "folded") -> str:
        """The emitted code, folded or with one operation a line ("ssa")."""
        built, header = self._built()
        return header + pipeline.text(built, form)

    def show(self, form: Literal["folded", "ssa"] = "folded") -> None:
        """Print the emitted code, with colours on a terminal."""
        from tangentc.highlight import print_code

        print_code(self.text(form), sys.stdout)

    def save(self, path: str | Path) -> None:
        """Write the emitted code as a file that runs without tangentc."""
        built, header = self._built()
        Path(path).write_text(header + pipeline.standalone(built), encoding="utf-8")

    def compiled_for(self, *args: Any, **kwargs: Any) -> Transformed:
        """Compile for these arguments without calling; gives back itself."""
        self._cache.find(args, kwargs)
        return self

    def _built(self) -> tuple[Any, str]:
        if self._cache.latest is not None:
            return self._cache.latest.built, ""
        args, kwargs = floats_for(self.__wrapped__)
        return self._cache.described(
            args, kwargs
        ).built, "# Not called yet: the parameters are taken as Python floats.\n"


@lru_cache(maxsize=_KEPT)
def remembered(
    mode: str, function: Identity, argnums: Argnums, has_aux: bool = False, holomorphic: bool = False
) -> Transformed:
    """The transformed function, the same object from one call to the next."""
    return Transformed(mode, function.value, argnums, has_aux, holomorphic)


@lru_cache(maxsize=_KEPT)
def _cache(mode: str, same: Identity, argnums: Argnums, has_aux: bool, holomorphic: bool) -> Cache:
    """The specialisations of a derivative, shared by all objects that mean it."""
    function = same.value
    request = Request(mode, function, argnums, has_aux)

    def prepare(args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs, frozenset[Any]]:
        entered, named = prepared(function, argnums, args, kwargs)
        return entered, named, frozenset(select(argnums, function, entered, named))

    def make(args: tuple[KindTree, ...], kwargs: dict[str, KindTree]) -> Entry:
        built = pipeline.build(function, args, kwargs, request)
        if mode in ("grad", "value_and_grad") and not holomorphic:
            refuse_complex_output(built, has_aux)
        return entry(mode, built, function, argnums, has_aux, args, kwargs)

    return Cache(prepare, make)


def floats_for(function: Callable[..., Any]) -> tuple[tuple[KindTree, ...], dict[str, KindTree]]:
    """Floats for the parameters that a call must pass."""
    signature = signature_of(function)
    required = [
        p for p in ([] if signature is None else signature.parameters.values()) if p.default is p.empty
    ]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    args = tuple(FLOAT for p in required if p.kind in positional)
    return args, {p.name: FLOAT for p in required if p.kind is p.KEYWORD_ONLY}


def _repr(function: Any) -> str:
    return (
        repr(function)
        if isinstance(function, Transformed)
        else getattr(function, "__qualname__", repr(function))
    )


def _lookup(module: str, qualname: str) -> Any:
    value: Any = sys.modules.get(module)
    for part in qualname.split("."):
        value = getattr(value, part, None)
    return value
