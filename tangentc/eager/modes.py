"""Grad modes: whether operations are recorded, and whether what they make may be recorded later.

    mode        records    tracks versions and views    its tensors may be recorded later
    default     yes        yes                          yes
    no-grad     no         yes                          yes
    inference   no         no                           no

The mode belongs to the thread, as in PyTorch.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]

F = TypeVar("F", bound=Callable[..., Any])


class Mode(threading.local):
    """The mode of the running thread: the default until the thread changes it."""

    records = True
    is_inference = False


MODE = Mode()


def is_grad_enabled() -> bool:
    """Whether operations on tensors that require a gradient are recorded."""
    return MODE.records


def is_inference_mode_enabled() -> bool:
    return MODE.is_inference


class _Within:
    """A context in which the mode is another; as a decorator, a function that runs in it."""

    def __init__(self, records: bool, is_inference: bool | None = None) -> None:
        self.records = records
        self.is_inference = is_inference
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._before.append((MODE.records, MODE.is_inference))
        self._set()

    def _set(self) -> None:
        MODE.records = self.records
        if self.is_inference is not None:
            MODE.is_inference = self.is_inference

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        MODE.records, MODE.is_inference = self._before.pop()

    def _again(self) -> _Within:
        """A context of its own for each call of a decorated function."""
        return _Within(self.records, self.is_inference)

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return self._around_generator(function)

        @functools.wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return within  # type: ignore[return-value]

    def _around_generator(self, function: F) -> F:
        """The mode holds while the generator runs, not while its consumer does."""

        @functools.wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                items = function(*args, **kwargs)
            resume: Callable[[], Any] = functools.partial(next, items)
            while True:
                try:
                    with self._again():
                        item = resume()
                except StopIteration as end:
                    return end.value
                try:
                    resume = functools.partial(items.send, (yield item))
                except GeneratorExit:
                    items.close()
                    raise
                except BaseException as error:
                    resume = functools.partial(items.throw, error)

        return within  # type: ignore[return-value]


class no_grad(_Within):
    """Nothing is recorded: results do not require a gradient, and may be used in recorded operations later.

    A context manager, and a decorator with or without parentheses.
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__(False)


class enable_grad(_Within):
    """Operations are recorded, also within `no_grad`; not within `inference_mode`, as in PyTorch."""

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__(True)

    def _set(self) -> None:
        MODE.records = True


class set_grad_enabled(_Within):
    """`set_grad_enabled(flag)` changes the mode at once; as a context it is changed back at the end."""

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._before.append((MODE.records, MODE.is_inference))
        self._set()

    def __enter__(self) -> None:
        pass

    def __call__(self, function: F) -> F:
        MODE.records, MODE.is_inference = self._before.pop()  # as a decorator it changes nothing yet
        return super().__call__(function)


class inference_mode(_Within):
    """Nothing is recorded and nothing is tracked; its tensors cannot be saved for a backward pass later.

    `inference_mode(False)` is the default mode again within it.
    """

    def __new__(cls, mode: bool | Callable[..., Any] = True) -> Any:
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool | Callable[..., Any] = True) -> None:
        super().__init__(not mode, bool(mode))
