"""What `grad` and its relatives give back: a callable that compiles at its first call of each kind."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tangentc import pipeline
from tangentc.frontend.state.requests import Request
from tangentc.kinds.of_values import Identity, KindTree
from tangentc.kinds.types import FLOAT
from tangentc.rules.registry import version
from tangentc.runtime.cache import Args, Cache, Entry, Kwargs
from tangentc.runtime.calls import entry, prepared, refuse_complex_output
from tangentc.runtime.derived import Derived
from tangentc.runtime.functional import Owners, functional, in_their_form, learned_at, with_dicts
from tangentc.runtime.selection import Argnums, select, signature_of

__all__ = ["Transformed", "floats_for", "remembered"]

_ARRAY: Any = np.ndarray
_KEPT = 256  # functions whose specialisations are remembered beyond the life of their Transformed


class Transformed(Derived):
    """A derivative for which code is emitted.

    It shows that code: `.source`, `.show()`, `.save(path)`.
    """

    def __init__(
        self,
        mode: str,
        function: Callable[..., Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
        holomorphic: bool = False,
    ) -> None:
        super().__init__(mode, function, argnums, has_aux)
        self.holomorphic = holomorphic
        self._learned: Any = None  # the derivative with respect to the parameters of a module
        self._cache = _cache(mode, Identity(self.__wrapped__), self.argnums, has_aux, holomorphic)

    def _for(self, function: Callable[..., Any], argnums: Argnums) -> Any:
        return remembered(self.mode, Identity(function), argnums, self.has_aux, self.holomorphic)

    def _reduced(self) -> tuple[Any, ...]:
        return (*super()._reduced(), self.holomorphic)

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
        meant = self.through_class(args)
        if meant is not None:
            return meant(*args[1:], **kwargs)
        owners = learned_at(self.__wrapped__, self.argnums, args, kwargs)
        return self._of_learned(owners, args, kwargs) if owners else cache.call(args, kwargs)

    def _of_learned(self, owners: Owners, args: Args, kwargs: Kwargs) -> Any:
        """The derivative where some differentiated arguments are objects that have learned something."""
        keys = select(self.argnums, self.__wrapped__, args, kwargs)
        program = functional(Identity(self.__wrapped__), owners)
        args, kwargs = with_dicts(owners, args, kwargs)
        self._learned = self._for(program, self.argnums)
        result = self._learned(*args, **kwargs)

        def formed(gradients: Any) -> Any:
            return in_their_form(owners, keys, gradients)

        match self.mode:
            case "grad":
                return (formed(result[0]), result[1]) if self.has_aux else formed(result)
            case "value_and_grad":
                return result[0], formed(result[1])
            case "vjp":
                value, pullback, *aux = result
                return (value, lambda cotangent: formed(pullback(cotangent)), *aux)
        return result

    def along(self, args: Args, kwargs: Kwargs, *extra: Any) -> Any:
        """Call with arguments and what the mode takes beside them (the tangents of `jvp`)."""
        return self._cache.call(args, kwargs, *extra)

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

    def specialised(self, *args: Any, **kwargs: Any) -> tuple[Entry, Kwargs]:
        """The specialisation for these arguments, and the hidden arguments to call its emitted code with."""
        return self._cache.find(args, kwargs)

    def constants(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """The values of a call's arguments by which specialisations differ, beyond their types and shapes."""
        return self._cache.constants(args, kwargs)

    @property
    def built(self) -> pipeline.Built | None:
        """What was compiled or used last."""
        latest = self._cache.latest
        return None if latest is None else latest.built

    def _built(self) -> tuple[Any, str]:
        if self._learned is not None:
            return self._learned._built()  # type: ignore[no-any-return]
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
