"""What all derivative objects share: the looks of their function, binding as methods, pickling, printing."""

from __future__ import annotations

import functools
import inspect
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any

from tangentc.errors import DifferentiationError
from tangentc.frontend.state.requests import Request
from tangentc.runtime.selection import Argnums, check_argnums, signature_of

__all__ = ["Derived"]


class Derived:
    """The derivative of a function, as an object that can stand where the function stood.

    In the body of a class it is a method: `self` is bound, and positions in `argnums` are counted without it,
    through an instance and through the class alike.
    """

    def __init__(self, mode: str, function: Any, argnums: Argnums = 0, has_aux: bool = False) -> None:
        self._kind: type | None = None
        if isinstance(function, (staticmethod, classmethod)):  # @grad above @staticmethod
            self._kind = type(function)
            function = function.__func__
        if not callable(function):
            raise DifferentiationError(
                "TC304", f"{mode} needs a function, not a value of type {type(function).__name__!r}"
            )
        functools.update_wrapper(self, function, updated=())
        self.__name__: str = getattr(function, "__name__", type(function).__name__)
        self.__qualname__: str = getattr(function, "__qualname__", self.__name__)
        self.__wrapped__: Callable[..., Any] = function
        self.__signature__ = signature_of(function)
        self.mode = mode
        self.argnums = check_argnums(argnums, function)
        self.has_aux = has_aux
        self.__tangentc__ = Request(mode, function, self.argnums, has_aux)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def _for(self, function: Callable[..., Any], argnums: Argnums) -> Any:
        """The same derivative of another function."""
        return type(self)(self.mode, function, argnums, self.has_aux)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        bind = getattr(self.__wrapped__, "__get__", None)
        if bind is None or self._kind is staticmethod:
            return self
        if self._kind is classmethod:
            return self._for(bind(owner if owner is not None else type(instance)), self.argnums)
        if instance is not None:
            return self._for(bind(instance, owner), self.argnums)
        return self._for(self.__wrapped__, _after_self(self.argnums)) if self._is_method() else self

    def through_class(self, args: tuple[Any, ...]) -> Any:
        """What is meant where `@classmethod` above this object passes the class, as Python 3.13 does; else None."""
        if not args or not isinstance(args[0], type) or not self._is_method():
            return None
        found = inspect.getattr_static(args[0], self.__name__, None)
        if not isinstance(found, classmethod) or found.__func__ is not self:
            return None
        return self._for(types.MethodType(self.__wrapped__, args[0]), self.argnums)

    def _is_method(self) -> bool:
        """Whether the function was defined in the body of a class."""
        around, _, _ = self.__qualname__.rpartition(".")
        return around != "" and not around.endswith("<locals>") and inspect.isfunction(self.__wrapped__)

    def __repr__(self) -> str:
        argnums = "" if self.argnums == 0 else f", argnums={self.argnums!r}"
        aux = ", has_aux=True" if self.has_aux else ""
        function = self.__wrapped__
        name = repr(function) if isinstance(function, Derived) else getattr(function, "__qualname__", None)
        return f"{self.mode}({name or repr(function)}{argnums}{aux})"

    def __reduce__(self) -> Any:
        if _named(self.__module__, self.__qualname__) is self:  # a decorator: the name means this object
            return _named, (self.__module__, self.__qualname__)
        function = self.__wrapped__
        if isinstance(function, types.MethodType):
            name = function.__func__.__name__
            found = getattr(function.__self__, name, None)
            if isinstance(found, Derived):  # pickle would take the attribute for the function
                if (type(found), found._reduced()) != (type(self), self._reduced()):
                    raise pickle.PicklingError(
                        f"{name!r} of {function.__self__!r} is {found!r}, not {self!r}"
                    )
                return getattr, (function.__self__, name)
        return type(self), self._reduced()

    def _reduced(self) -> tuple[Any, ...]:
        """The arguments that make this object again."""
        return self.mode, self.__wrapped__, self.argnums, self.has_aux


def _after_self(argnums: Argnums) -> Argnums:
    """Positions that do not count `self` as positions that do."""
    if isinstance(argnums, tuple):
        return tuple(entry + 1 if isinstance(entry, int) and entry >= 0 else entry for entry in argnums)
    return argnums + 1 if isinstance(argnums, int) and argnums >= 0 else argnums


def _named(module: str, qualname: str) -> Any:
    """What a module means by a name, without binding methods."""
    value: Any = sys.modules.get(module)
    for part in qualname.split("."):
        value = inspect.getattr_static(value, part, None)
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
    return value
