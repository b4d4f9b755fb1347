"""Callables that the standard library makes, attributes that descriptors make, and what has no source."""

from __future__ import annotations

import functools
import math
import operator

import numpy as np
import pytest

import tangentc
from tangentc.errors import TangentcError
from tests.frontend.running import check

X = np.array([0.3, -1.2, 0.7])
RANDOM = np.random.default_rng(0)


# --- caches ---------------------------------------------------------------------------------------


@functools.cache
def cached_square(t):
    return t * t


@functools.lru_cache(maxsize=8)
def cached_nodes(n):
    return np.linspace(0.0, 1.0, n)


@functools.cache
def cached_pair(t):
    return np.array([t, t * t])


@functools.cache
def cached_noise(t):
    return t * RANDOM.normal()


class Model:
    def __init__(self, scale=2.0):
        self.scale = scale

    @functools.cache  # noqa: B019
    def cached(self, t):
        return self.scale * t * t

    @functools.cached_property
    def squared(self):
        return self.scale**2

    def power(self, t, n=1):
        return self.scale * t**n

    cubed = functools.partialmethod(power, n=3)

    @functools.singledispatchmethod
    def generic(self, t):
        return t * self.scale

    @generic.register(float)
    def _(self, t):
        return t**3 * self.scale


MODEL = Model()


def test_cached_functions():
    check(lambda x: cached_square(x) * MODEL.cached(x + 1.0), 0.4)
    check(lambda x: np.sum(cached_nodes(3) * x), X)

    def reads_a_copy(x):
        y = cached_pair(x).copy()
        y[0] = x**3
        return np.sum(y) + np.sum(cached_pair(x))

    assert tangentc.grad(reads_a_copy)(0.5) == pytest.approx(3 * 0.25 + 1.0 + 1.0 + 1.0)


def writes_what_a_cache_keeps(x):
    y = cached_pair(x)
    v = y[:1]
    v[0] = 2.0 * x
    return np.sum(y * cached_pair(x))


def cached_inside(x):
    @functools.cache
    def inner(t):
        return t * x

    return inner(2.0)


@pytest.mark.parametrize(
    ("program", "code"),
    [(writes_what_a_cache_keeps, "TC107"), (cached_inside, "TC109"), (lambda x: cached_noise(x), "TC109")],
)
def test_caches_that_can_be_seen_are_refused(program, code):
    with pytest.raises(TangentcError) as caught:
        tangentc.grad(program)(0.4)
    assert caught.value.code == code and caught.value.span is not None


def test_cached_property_keeps_its_value():
    model = Model(2.0)
    gradient = tangentc.grad(lambda x: model.squared * x)
    assert gradient(1.0) == 4.0 and "squared" not in vars(model)
    assert model.squared == 4.0
    model.scale = 3.0  # Python has computed it, and does not again
    assert gradient(1.0) == 4.0
    del model.squared
    assert gradient(1.0) == 9.0


# --- generic functions ----------------------------------------------------------------------------


@functools.singledispatch
def generic(t):
    return t * 1.0


@generic.register(np.ndarray)
def _(t):
    return np.sum(t**2)


def test_generic_functions():
    check(lambda x: generic(x) * x, X)
    check(lambda x: generic(x) * x, 0.4)
    check(lambda x: MODEL.generic(x) + MODEL.generic(2), 0.4)
    check(generic, X)


def test_a_registration_is_noticed():
    @functools.singledispatch
    def growing(t):
        return t * 2.0

    gradient = tangentc.grad(lambda x: growing(x))
    assert gradient(3.0) == 2.0
    growing.register(float, lambda t: t * t)
    assert gradient(3.0) == 6.0


# --- the module operator --------------------------------------------------------------------------

GET_SECOND, GET_SCALE, CALL_POWER = (
    operator.itemgetter(1),
    operator.attrgetter("scale"),
    operator.methodcaller("sum"),
)

OPERATORS = [
    lambda x: operator.add(x, operator.mul(x, operator.truediv(2.0, operator.sub(x, operator.pow(x, 2))))),
    lambda x: operator.mod(x, 0.7) * operator.floordiv(x, 0.3) + operator.neg(operator.abs(operator.pos(x))),
    lambda x: operator.iadd(x, 2.0) * operator.getitem((x, 1.0), 0) * operator.gt(x, 0.0),
    lambda x: operator.concat((x,), (x * x,))[1] + operator.index(3) * operator.length_hint((x, x)) * x,
    lambda x: x if operator.is_not(x, None) and operator.truth(x) and operator.contains((1, 2), 1) else 0.0,
    lambda x: operator.itemgetter(0, 2)((x, 1, x**3))[1] + GET_SECOND((x, x * x)),
    lambda x: operator.attrgetter("scale")(MODEL) * GET_SCALE(MODEL) * x,
    lambda x: operator.methodcaller("power", x, n=2)(MODEL) + CALL_POWER(np.array([x, x * x])),
    lambda x: functools.reduce(operator.mul, (x, x, x)) + sum(map(operator.add, (x, 1.0), (x, x))),
]


@pytest.mark.parametrize("program", OPERATORS)
def test_operators(program):
    check(program, 0.43)
    tangentc.check_grads(program, (0.43,))


def test_operators_that_write_an_array_write_it():
    def program(x):
        y = x.copy()
        operator.iadd(y, x)
        return np.sum(y * x)

    np.testing.assert_allclose(tangentc.grad(program)(X), 4.0 * X)


# --- attributes that are made when they are read --------------------------------------------------


class Scaled:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return lambda t: t * t * instance.scale


class Described:
    scale = 2.0
    scaled = Scaled()


DESCRIBED = Described()


def test_descriptors_and_partial_methods():
    check(lambda x: DESCRIBED.scaled(x) * MODEL.cubed(x), 0.4)
    check(MODEL.cubed, 0.4)


class Meta(type):
    def __call__(cls, t):
        return t * t


class Made(metaclass=Meta):
    pass


def test_a_metaclass_with_a_call_is_refused():
    with pytest.raises(TangentcError, match="metaclass"):
        tangentc.grad(lambda x: Made(x))(0.4)


# --- decorators -----------------------------------------------------------------------------------


def scaled_by(k):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return k * function(*args, **kwargs)

        return wrapper

    return decorate


class Counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function, self.factor = function, 2.0

    def __call__(self, *args):
        return self.function(*args) * self.factor + args[0]


@scaled_by(2.0)
@Counted
@scaled_by(3.0)
@Counted
def decorated(t):
    return t**3


class Mixin:
    def go(self, x):
        return super().go(x) * x


class Base:
    def go(self, x):
        return x * x

    @scaled_by(0.5)
    def half(self, x):
        return self.go(x)


class Left(Mixin, Base):
    def go(self, x):
        return super().go(x) + x


class Right(Base):
    def go(self, x):
        return 2.0 * super().go(x)


class Diamond(Left, Right):
    def go(self, x):
        return super().go(x) - x


DIAMOND = Diamond()


def test_decorators_and_hierarchies():
    check(lambda x: decorated(x), 0.4)
    check(decorated, 0.4)
    check(lambda x: DIAMOND.half(x) * DIAMOND.go(x), 0.4)
    tangentc.check_grads(lambda x: decorated(x) * DIAMOND.half(x), (0.4,))


# --- no source ------------------------------------------------------------------------------------


def test_text_that_python_does_not_keep():
    namespace = {}
    exec("def typed(t): return t * t", namespace)
    typed, anonymous = namespace["typed"], eval("lambda t: t * 3.0")
    for function in (typed, anonymous):
        with pytest.raises(TangentcError) as caught:
            tangentc.grad(lambda x, function=function: function(x))(0.4)
        assert caught.value.code == "TC110" and "function(x)" in caught.value.span.text


def test_functions_of_numpy_made_of_functions():
    made = np.frompyfunc(lambda t: t * t, 1, 1)
    with pytest.raises(TangentcError, match="TC202"):
        tangentc.grad(lambda x: np.sum(made(x).astype(float)))(X)
    vectorized = np.vectorize(lambda t: t * t)
    assert np.allclose(tangentc.grad(lambda x: np.sum(vectorized(x)))(X), 2.0 * X)
    assert np.allclose(tangentc.grad(lambda x: np.sum(np.vectorize(math.sin)(x)))(X), np.cos(X))
    assert tangentc.grad(lambda x, n: x * vectorized(n)[1])(2.0, np.array([1, 2])) == 4.0
