"""Tensors: NumPy arrays that know where they came from.

A tensor holds an array, whether a gradient is wanted (`requires_grad`), the node that made it (`grad_fn`), and, of a
leaf, the gradient that has accumulated (`grad`).  It follows PyTorch in names and meaning, and NumPy's protocols, so
`np.sin(t)` is a tensor.

Views share memory with their base and count versions together with it.  An operation in place gives the base a new
history; a view finds its own again from it when it is next asked for.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from tangentc.eager.devices import CPU, device
from tangentc.eager.dtypes import as_dtype, default_dtype, result_dtype
from tangentc.eager.graph import AccumulateGrad, Edge, Handle, Node, add_hook
from tangentc.eager.modes import MODE, enable_grad

__all__ = ["Size", "Tensor", "ViewStep", "as_array", "as_plain", "edge_of", "exact", "owner", "viewed"]


_FOR_LEAVES = (
    "requires_grad can be changed for leaves only; to use a computed value as a constant, detach() it"
)


class Size(tuple):  # type: ignore[type-arg]
    """A shape."""

    __slots__ = ()
    __tangentc_lowering__ = "itself"  # to the compiler a shape is the tuple of sizes

    def numel(self) -> int:
        """How many elements an array of this shape has."""
        return int(np.prod(self, dtype=np.int64))

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found


@functools.total_ordering
class Version:
    """How often a piece of memory was changed in place; its views count together."""

    value = 0

    def __int__(self) -> int:
        return self.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (int, Version)) and self.value == int(other)

    def __lt__(self, other: Any) -> bool:
        return self.value < int(other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return str(self.value)


class ViewStep(Protocol):
    """How a view is made of its parent."""

    @property
    def key(self) -> tuple[Any, ...]:
        """The program of its leaves, where the parent stands among them, how many there are, which output it is, and
        whether it keeps all entries in their order."""

    @property
    def others(self) -> tuple[Any, ...]:
        """The leaves but for the parent."""

    def again(self, parent: Tensor) -> Tensor:
        """The view of another version of its parent."""


class View:
    """Whose part a tensor is, and how it was made.

    `base` is no view itself, `parent` may be one; `seen` is the version to which the tensor's history belongs.
    """

    __slots__ = ("base", "is_recorded", "parent", "seen", "step")

    def __init__(self, base: Tensor, parent: Tensor, step: ViewStep) -> None:
        self.base = base
        self.parent = parent
        self.step = step
        self.seen = parent._version.value
        self.is_recorded = MODE.records


class Tensor:
    """An array with a place in the graph.

    Args:
        data: an array or a tensor, whose memory is kept and not copied; lists of numbers, which become the default
            dtype; or sizes, `Tensor(2, 3)`, for a tensor of that shape whose values do not matter.
        requires_grad: whether `backward` shall leave a gradient in `grad`.
    Raises: RuntimeError: a gradient is wanted of integers.

    Gradients of complex tensors are those of PyTorch: of a real result y and z = u + iv, dy/du + i dy/dv.
    """

    __slots__ = (
        "__weakref__", "_accumulator", "_array", "_grad", "_grad_fn", "_index", "_is_inference", "_requires_grad",
        "_version", "_view",
    )  # fmt: skip

    __array_priority__ = 1000
    __hash__ = object.__hash__
    __tangentc_lowering__ = "new"
    __tangentc_array__ = "_array"
    """To the compiler a tensor stands for this array."""

    if TYPE_CHECKING:  # `functions` gives tensors their operators and methods
        __add__: Any
        __mul__: Any
        __getitem__: Any

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, data: Any = (), *more: Any, requires_grad: bool = False) -> None:
        if isinstance(data, Tensor):
            array = data._array
        elif isinstance(data, np.ndarray):
            array = exact(data)
        elif isinstance(data, np.generic):
            array = np.asarray(data)
        elif type(data) is int or isinstance(data, Size):
            array = np.empty((data, *more) if type(data) is int else data, default_dtype())
            more = ()
        else:
            array = as_array(data, default_dtype())
        if more:
            (requires_grad,) = more
        self._set(array, None, 0)
        if requires_grad:
            self.requires_grad_()

    def _set(self, array: Any, node: Node | None, index: int) -> None:
        self._array = array
        self._requires_grad = False
        self._grad: Tensor | None = None
        self._grad_fn = node
        self._index = index
        self._version = Version()
        self._view: View | None = None
        self._accumulator: Any = None
        self._is_inference = MODE.is_inference

    @staticmethod
    def _made(array: Any, node: Node | None = None, index: int = 0) -> Tensor:
        tensor = _new(Tensor)  # as `_set` does, which would be one call more
        tensor._array = array
        tensor._requires_grad = False
        tensor._grad = None
        tensor._grad_fn = node
        tensor._index = index
        tensor._version = Version()
        tensor._view = None
        tensor._accumulator = None
        tensor._is_inference = MODE.is_inference
        return tensor

    @staticmethod
    def __tangentc_made__(array: Any) -> Tensor:
        """The tensor that a compiled program returns."""
        return Tensor._made(np.asarray(array))

    @staticmethod
    def __tangentc_dtype__(operands: Sequence[Any]) -> Any:
        """The dtype of an operation on these."""
        return result_dtype(operands)

    # --- its place in the graph -----------------------------------------------------------------

    @property
    def grad_fn(self) -> Node | None:
        """The node that made this tensor; None of a leaf."""
        view = self._view
        if view is not None and view.seen != self._version.value:
            self._look_again(view)
        return self._grad_fn

    def _look_again(self, view: View) -> None:
        """The history of a view after its base was changed in place."""
        view.seen = self._version.value
        if not self._requires_grad or self._grad_fn is not None:
            self._grad_fn = None
            if view.parent.requires_grad:
                with enable_grad():
                    fresh = view.step.again(view.parent)
                self._grad_fn, self._index = fresh._grad_fn, fresh._index

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it: gradients accumulate in leaves that require them."""
        return self.grad_fn is None

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded; set it on leaves, it follows for what is made of them."""
        return self._requires_grad or self.grad_fn is not None

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if self.grad_fn is not None:
            raise RuntimeError(_FOR_LEAVES)
        self.requires_grad_(flag)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Say whether a gradient is wanted; gives back the tensor.

        Raises: RuntimeError: the tensor is no leaf, or of integers, or was made in inference mode.
        """
        if self.grad_fn is not None:
            if not requires_grad:
                raise RuntimeError(_FOR_LEAVES)
            return self
        if requires_grad and self._array.dtype.kind not in "fc":
            raise RuntimeError(
                "only tensors of real or complex numbers can require a gradient, "
                f"and this one is of {self._array.dtype}"
            )
        if requires_grad and self._is_inference and not MODE.is_inference:
            raise RuntimeError(
                "a tensor made in inference mode cannot require a gradient outside it; make a clone of it"
            )
        self._requires_grad = bool(requires_grad)
        return self

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` has added up here; None before the first."""
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"a gradient is a tensor or None, and not a {type(value).__name__}")
        if value is not None and value._array.dtype != self._array.dtype:
            raise RuntimeError(
                f"a gradient of {value._array.dtype} was assigned to a tensor of {self._array.dtype}"
            )
        if value is not None and value._array.shape != self._array.shape:
            raise RuntimeError(
                f"a gradient of shape {tuple(value.shape)} was assigned to a tensor of shape {tuple(self.shape)}"
            )
        self._grad = value

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor with respect to the leaves of its graph to their `grad`.

        Args:
            gradient: the cotangent of this tensor, of its shape; 1 for a tensor with one element.
            retain_graph: keep what the graph saved, for another pass; as `create_graph` unless given.
            create_graph: record the pass, so that the gradients can be differentiated.
            inputs: the only leaves whose `grad` is added to.
        Raises: RuntimeError: the tensor needs no gradient, has several elements and no `gradient` is given, or the
            graph was
            freed by an earlier pass.
        """
        from tangentc.eager.autograd import backward

        backward(self, gradient, retain_graph, create_graph, inputs)

    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in `grad` too, though it is no leaf.

        Raises: RuntimeError: the tensor requires no gradient.
        """
        if not self.requires_grad:
            raise RuntimeError("retain_grad() is for tensors that require a gradient, and this one does not")
        node = self.grad_fn
        if node is not None:
            node.own_hooks().retained[self._index] = weakref.ref(self)

    @property
    def retains_grad(self) -> bool:
        """Whether it is no leaf and keeps its gradient."""
        node = self.grad_fn
        kept = None if node is None or node.hooks is None else node.hooks.retained.get(self._index)
        return kept is not None and kept() is self

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Handle:
        """Call `hook(grad)` each time a gradient of this tensor is known; what it returns, if anything, replaces it.

        Raises: RuntimeError: the tensor requires no gradient.
        """
        edge = edge_of(self)
        if edge is None:
            raise RuntimeError(
                "a hook can be registered on tensors that require a gradient, and this one does not"
            )
        if isinstance(edge[0], AccumulateGrad):
            self._accumulator = edge[0]  # the hook lives as long as the leaf
        return add_hook(edge[0].own_hooks().of_outputs.setdefault(edge[1], {}), hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> Handle:
        """Call `hook(leaf)` each time its gradient has been added to."""
        edge = edge_of(self)
        if edge is None or not isinstance(edge[0], AccumulateGrad):
            raise RuntimeError("this hook is for leaves that require a gradient")
        self._accumulator = edge[0]
        return add_hook(edge[0].own_hooks().after, hook)

    def detach(self) -> Tensor:
        """The same memory without a place in the graph; changes in place are still counted together."""
        tensor = Tensor._made(self._array)
        tensor._version = self._version
        tensor._is_inference = self._is_inference
        return tensor

    def detach_(self) -> Tensor:
        """Forget where this tensor came from: it is a leaf from now on."""
        if self._base is not None:
            raise RuntimeError("a view cannot be detached in place; use detach()")
        self._grad_fn, self._requires_grad = None, False
        return self

    @property
    def data(self) -> Tensor:
        """The same memory, apart from the graph and from the count of changes."""
        return Tensor._made(self._array)

    @data.setter
    def data(self, value: Any) -> None:
        self._array = value._array if isinstance(value, Tensor) else np.asarray(value)
        self._version = Version()

    @property
    def _base(self) -> Tensor | None:
        """The tensor that this one is a view of."""
        return None if self._view is None else self._view.base

    def is_inference(self) -> bool:
        return self._is_inference

    # --- as an array ----------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self._array.shape[dim]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._array.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        return self._array.ndim  # type: ignore[no-any-return]

    def dim(self) -> int:
        return self.ndim

    def numel(self) -> int:
        return int(self._array.size)

    nelement = numel

    @property
    def itemsize(self) -> int:
        return int(self._array.itemsize)

    def element_size(self) -> int:
        return self.itemsize

    @property
    def device(self) -> device:
        return CPU

    @property
    def is_cuda(self) -> bool:
        return False

    @property
    def nbytes(self) -> int:
        return int(self._array.nbytes)

    def storage_offset(self) -> int:
        """How many elements of the base lie before the first."""
        start = owner(self._array).__array_interface__["data"][0]
        return (self.data_ptr() - int(start)) // self.itemsize

    def is_floating_point(self) -> bool:
        return bool(self._array.dtype.kind == "f")

    def is_complex(self) -> bool:
        return bool(self._array.dtype.kind == "c")

    def is_contiguous(self) -> bool:
        return bool(self._array.flags.c_contiguous)

    def stride(self) -> tuple[int, ...]:
        """How many elements lie between neighbours along each axis."""
        return tuple(step // self._array.itemsize for step in self._array.strides)

    def data_ptr(self) -> int:
        return int(self._array.ctypes.data)

    def item(self) -> Any:
        """The one element, as a Python number.

        Raises: RuntimeError: there are more, or none.
        """
        if self._array.size != 1:
            raise RuntimeError(f"a tensor with {self._array.size} elements is no number")
        return self._array.item()

    def tolist(self) -> Any:
        return self._array.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        """The array itself, which shares its memory.

        Raises: RuntimeError: the tensor requires a gradient, which an array would lose; use `t.detach().numpy()`.
        """
        if self.requires_grad and not force:
            raise RuntimeError("a tensor that requires a gradient is no array; use tensor.detach().numpy()")
        return self._array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        array = self.numpy()
        return np.array(array, dtype=dtype, copy=copy) if dtype is not None or copy else array

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from tangentc.eager.protocols import call_ufunc

        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        from tangentc.eager.protocols import call_function

        return call_function(function, args, kwargs)

    def __len__(self) -> int:
        if not self._array.ndim:
            raise TypeError("len() of a tensor without axes")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._array.ndim:
            raise TypeError("iteration over a tensor without axes")
        return iter(self.unbind(0))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self._array == (value._array if isinstance(value, Tensor) else value)))

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise RuntimeError(f"the truth of a tensor with {self._array.size} elements is ambiguous")
        return bool(self._array.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        if self._array.dtype.kind not in "iu" or self._array.size != 1:
            raise TypeError("only a tensor of one integer can be an index")
        return int(self._array.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if not self._array.ndim and spec else repr(self)

    def __pos__(self) -> Tensor:
        return self

    def __repr__(self) -> str:
        from tangentc.eager.printing import text_of

        return text_of(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self.grad_fn is not None:
            raise RuntimeError(
                "only leaves can be copied deeply; clone() keeps the graph, detach() leaves it"
            )
        copy = type(self).__new__(type(self))
        copy._set(self._array.copy(), None, 0)
        copy._requires_grad = self._requires_grad
        memo[id(self)] = copy
        if self._grad is not None:
            copy._grad = self._grad.__deepcopy__(memo)
        return copy

    def __reduce__(self) -> Any:
        if self.grad_fn is not None:
            raise RuntimeError("only leaves can be pickled; detach() leaves the graph")
        return type(self), (self._array, self._requires_grad)


_new = Tensor.__new__
Tensor.__tangentc_holder__ = Tensor  # type: ignore[attr-defined]
"""Subclasses say whose they are; what is computed of them are tensors."""

vars(Tensor.detach)["__tangentc_lowering__"] = "constant"


def edge_of(tensor: Tensor) -> Edge | None:
    """Where a cotangent of the tensor goes; None where none is wanted."""
    node = tensor._grad_fn if tensor._view is None else tensor.grad_fn
    if node is not None:
        return node, tensor._index
    if not tensor._requires_grad:
        return None
    known = tensor._accumulator
    node = known() if isinstance(known, weakref.ref) else known
    if node is None:
        node = AccumulateGrad(tensor)
        tensor._accumulator = weakref.ref(node)
    return node, 0


def as_plain(value: Any) -> Any:
    """The array of a tensor; anything else as it is."""
    return value._array if isinstance(value, Tensor) else value


def exact(array: Any) -> Any:
    """An array, which must be no subclass: a mask, for one, would get lost.

    Raises: TypeError: it is a masked array, a matrix or the like.
    """
    if type(array) is not np.ndarray:
        raise TypeError(
            f"a {type(array).__name__} is no plain array, and what it adds (a mask, for one) would get lost; "
            "use numpy.asarray(...), or fill it first"
        )
    return array


def owner(array: Any) -> Any:
    """The array that owns the memory."""
    base = array.base
    while isinstance(base, np.ndarray):
        array, base = base, base.base
    return array


def viewed(tensor: Tensor, parent: Tensor, step: ViewStep) -> None:
    """Make a tensor a view of another: what `step` makes of it."""
    tensor._view = View(parent if parent._view is None else parent._view.base, parent, step)
    tensor._version = parent._version
    tensor._is_inference = parent._is_inference


def as_array(value: Any, dtype: Any = None) -> Any:
    """An array of its own with the data of a number, a list, an array or a tensor; Python's floats get the default
    dtype."""
    if isinstance(value, (list, tuple)) and any(isinstance(item, Tensor) for item in value):
        value = [item._array if isinstance(item, Tensor) else item for item in value]
    elif isinstance(value, Tensor):
        value = value._array
    elif isinstance(value, np.ndarray):
        value = exact(value)
    if dtype is not None:
        return np.array(value, dtype=as_dtype(dtype))
    array = np.array(value)
    if not isinstance(value, (np.ndarray, np.generic)) and not _holds_arrays(value):
        if array.dtype == np.float64:
            return array.astype(default_dtype())
        if array.dtype == np.complex128:
            return array.astype(np.result_type(default_dtype(), np.complex64))
    if array.dtype.kind not in "biufc":
        raise TypeError(f"a tensor cannot be made of {array.dtype}")
    return array


def _holds_arrays(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(
        isinstance(item, (np.ndarray, np.generic)) or _holds_arrays(item) for item in value
    )
