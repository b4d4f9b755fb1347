"""The object that `grad` gives back: names, decorators, methods, pickling, code; and its cache."""

import functools
import inspect
import pickle
import threading
import weakref

import numpy as np
import pytest

import tangentc
from tangentc import derivative, grad, hessian, jacobian, jvp, value_and_grad, vjp


def f(x1, x2):
    """The lecture's function."""
    return np.log(x1) + x1 * x2 - np.sin(x2)


@grad
def decorated(x):
    """A square."""
    return x * x


@grad(argnums=1)
def second(x, y):
    return x * y * y


@value_and_grad
def factorial_like(x, n):
    return x if n <= 0 else factorial_like(x, n - 1) * x


class Model:
    rate = 2.0

    def __init__(self, scale):
        self.scale = scale

    @grad
    def gradient(self, x):
        return self.scale * self.rate * x * x

    def loss(self, x):
        return self.scale * x

    @grad
    @staticmethod
    def above(x):
        return x * x

    @staticmethod
    @grad
    def below(x):
        return x * x

    @grad
    @classmethod
    def above_class(cls, x):
        return cls.rate * x * x

    @classmethod
    @grad
    def of_class(cls, x):
        return cls.rate * x * x

    @classmethod
    @derivative
    def slope_of_class(cls, x):
        return cls.rate * x * x

    @classmethod
    @jacobian
    def matrix_of_class(cls, x):
        return cls.rate * x * x

    @grad(argnums=1)
    def by_second(self, x, y):
        return self.scale * x * y * y

    @derivative
    def slope(self, x):
        return self.scale * x**3

    @jacobian(argnums="y")
    def matrix(self, x, y):
        return self.scale * x * y


# --- identity -----------------------------------------------------------------------------------


def test_it_keeps_name_documentation_and_signature():
    g = grad(f)
    assert (g.__name__, g.__doc__, g.__module__, g.__wrapped__) == ("f", f.__doc__, __name__, f)
    assert inspect.signature(g) == inspect.signature(f)
    assert repr(g) == "grad(f)"
    assert repr(grad(f, argnums=1, has_aux=True)) == "grad(f, argnums=1, has_aux=True)"
    assert repr(grad(grad(f))) == "grad(grad(f))"


def test_decorator_forms():
    assert decorated(3.0) == 6.0
    assert second(2.0, 3.0) == 12.0


def test_the_inner_name_means_the_program():
    assert factorial_like(2.0, 3) == (16.0, 32.0)


def test_methods():
    model = Model(3.0)
    assert model.gradient(2.0) == 24.0
    model.scale = 5.0
    assert model.gradient(2.0) == 40.0
    assert Model(1.0).gradient(2.0) == 8.0
    assert grad(model.loss)(1.0) == 5.0
    assert isinstance(Model.gradient, tangentc.runtime.transformed.Transformed)


def test_static_and_class_methods():
    for owner in (Model, Model(3.0)):
        assert owner.above(3.0) == owner.below(3.0) == 6.0
        assert owner.above_class(3.0) == 12.0
        assert owner.of_class(3.0) == 12.0
        assert owner.slope_of_class(3.0) == 12.0
        assert owner.matrix_of_class(3.0) == 12.0
        assert grad(lambda x, owner=owner: owner.of_class(x))(3.0) == 4.0


def test_positions_on_a_method_do_not_count_self():
    model = Model(3.0)
    assert model.by_second(2.0, 5.0) == Model.by_second(model, 2.0, 5.0) == 60.0
    assert Model.gradient(model, 2.0) == model.gradient(2.0)


def test_all_derivatives_are_methods():
    model = Model(3.0)
    assert model.slope(2.0) == 36.0
    assert model.matrix(2.0, 5.0) == 6.0


def free(x):
    return x * x


class Holder:
    of_free = grad(free)


def test_a_function_kept_in_a_class_is_no_method_of_it():
    assert Holder.of_free(3.0) == 6.0


def test_partial_and_callable_objects():
    assert grad(functools.partial(f, 2.0))(5.0) == pytest.approx(2.0 - np.cos(5.0))

    class Callable:
        def __init__(self, k):
            self.k = k

        def __call__(self, x):
            return self.k * x * x

    assert grad(Callable(3.0))(2.0) == 12.0


@pytest.mark.parametrize("function", [decorated, grad(f), grad(f, argnums=(0, 1)), grad(grad(f))])
def test_pickling(function):
    again = pickle.loads(pickle.dumps(function))
    assert repr(again) == repr(function)
    args = (2.0,) if function is decorated else (2.0, 5.0)
    assert again(*args) == function(*args)


def test_pickling_a_decorated_name_gives_the_same_object():
    assert pickle.loads(pickle.dumps(decorated)) is decorated


@pytest.mark.parametrize("name", ["gradient", "by_second", "slope", "above", "below", "of_class"])
def test_pickling_a_decorated_method(name):
    derived = getattr(Model(3.0), name)
    args = (2.0, 5.0) if name == "by_second" else (2.0,)
    assert pickle.loads(pickle.dumps(derived))(*args) == derived(*args)


def test_pickling_does_not_take_a_decorated_method_for_the_function():
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(value_and_grad(Model(3.0).gradient.__wrapped__))


@pytest.mark.parametrize("make", [grad, jvp, vjp, jacobian, hessian, derivative])
def test_what_is_no_function_is_refused(make):
    with pytest.raises(tangentc.DifferentiationError, match="TC304"):
        make(3.0)


def named(x, *rest, scale=1.0, **others):
    return x * rest[0] * scale * others["q"]


def test_names_of_free_keywords():
    assert grad(named, argnums="q")(2.0, 3.0, q=5.0) == 6.0
    assert grad(named, argnums=(0, 1, "scale", "q"))(2.0, 3.0, scale=4.0, q=5.0) == (60.0, 40.0, 30.0, 24.0)


def only_by_position(x, y=2.0, /):
    return x * y * y


def test_a_default_that_cannot_be_passed_by_name_is_not_differentiated():
    assert grad(only_by_position)(3.0) == 4.0
    assert grad(only_by_position, argnums=1)(3.0, 2.0) == 12.0
    with pytest.raises(tangentc.DifferentiationError, match="TC303"):
        grad(only_by_position, argnums=1)(3.0)


def test_positions_of_numpy():
    assert grad(f, argnums=np.int64(1))(2.0, 5.0) == grad(f, argnums=1)(2.0, 5.0)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((2.0,), {}), ((2.0, 3.0, 4.0), {}), ((2.0, 3.0), {"q": 1.0}), ((2.0, 3.0), {"x1": 1.0})],
)
def test_a_call_that_does_not_fit_is_a_type_error(args, kwargs):
    with pytest.raises(TypeError, match="TC115"):
        grad(f)(*args, **kwargs)


def repeated(x, n):
    for _ in range(n):
        x = x * x
    return x


@pytest.mark.parametrize("default", [(), (1.0,), (1.0, 2.0), ((1, 2), [3]), [1.0, (2.0,)], {"a": (1,)}])
def test_containers_as_defaults(default):
    def g(x, spare=default, *, named=default):
        return x * x

    assert grad(g)(3.0, default, named=default) == grad(g)(3.0) == 6.0


def test_jvp_and_vjp_of_a_function_alone():
    push, pull = jvp(repeated), vjp(repeated)
    assert push((2.0, 2), (1.0, None)) == (16.0, 32.0)
    value, pullback = pull(2.0, 2)
    assert (value, pullback(1.0)) == (16.0, (32.0, None))
    for derived in (push, pull):  # the code is that of the call
        assert "Not called" not in derived.source and "range(n)" in derived.source


# --- code ---------------------------------------------------------------------------------------


def test_source_before_the_first_call_says_what_it_assumes():
    def g(x):
        return x * x

    text = grad(g).source
    assert text.startswith("# Not called yet: the parameters are taken as Python floats.\n")
    assert "def g_grad(x):" in text


def test_source_after_a_call_is_that_of_the_call():
    def g(x):
        return np.sum(x * x)

    derivative = grad(g)
    derivative(np.ones(3))
    assert derivative.source.startswith("def g_grad(x):")
    compile(derivative.source, "<text>", "exec")


def test_show_prints_the_source(capsys):
    grad(f).show()
    assert capsys.readouterr().out == grad(f).source


def test_show_one_operation_a_line():
    derivative = grad(f)
    assert len(derivative.text("ssa").splitlines()) > len(derivative.text().splitlines())


def test_the_same_source_twice():
    def texts():
        return [grad(lambda x: np.sum(np.exp(x) * x)).source for _ in range(2)]

    assert len(set(texts())) == 1


def test_save(tmp_path):
    path = tmp_path / "f_grad.py"
    derivative = grad(f)
    expected = derivative(2.0, 5.0)
    derivative.save(path)
    namespace = {}
    exec(compile(path.read_text(), str(path), "exec"), namespace)
    assert "tangentc" not in namespace
    assert namespace["f_grad"](2.0, 5.0) == expected


# --- the cache ----------------------------------------------------------------------------------


def compiled(derivative):
    return len(derivative._cache)


def test_one_specialisation_for_a_pattern_of_sizes():
    def g(x, y):
        return np.sum(x * y)

    derivative = grad(g)
    for n in (3, 4, 5):
        derivative(np.ones((n, 2)), np.ones(2))
    assert compiled(derivative) == 1
    derivative(np.ones((2, 2)), np.ones(2))  # equal sizes: another pattern
    derivative(np.ones((3, 2)), np.ones(1))  # a size of 1 broadcasts
    derivative(np.ones((3, 2), np.float32), np.ones(2))
    assert compiled(derivative) == 4


def test_ints_and_floats_share_a_specialisation():
    def g(x):
        return x * x

    derivative = grad(g)
    assert derivative(2) == derivative(2.0) == 4.0
    assert compiled(derivative) == 1


def test_strings_and_callables_are_known_by_value():
    def g(x, kind, function):
        return function(x) if kind == "call" else x

    derivative = grad(g)
    assert derivative(2.0, "call", lambda x: x * x) == 4.0
    assert derivative(2.0, "call", lambda x: x * x * x) == 12.0
    assert derivative(2.0, "none", np.sin) == 1.0


def test_static_arguments_are_promoted():
    def g(x, axis):
        return np.sum(np.sum(x, axis=axis) ** 2)

    derivative = grad(g)
    x = np.arange(6.0).reshape(2, 3)
    for axis in (0, 1, 0, (0, 1), None):
        expected = np.broadcast_to(2 * x.sum(axis=axis, keepdims=True), x.shape)
        np.testing.assert_array_equal(derivative(x, axis), expected)
    assert derivative(x, axis=1).shape == x.shape


scale = 2.0


def times(x):
    return x * 2.0


def test_globals_are_read_at_each_call():
    def g(x):
        return x * x * scale

    derivative = grad(g)
    results = []
    for value in (2.0, 3.0, 4, np.float32(2.0), np.array([1.0, 1.0])):
        globals()["scale"] = value
        results.append(np.sum(jvp(g, (1.0,), (1.0,))[1]) if np.ndim(value) else derivative(1.0))
    assert results == [4.0, 6.0, 8.0, 4.0, 4.0]


def test_functions_are_guarded():
    def g(x):
        return times(x) * x

    derivative = grad(g)
    assert derivative(1.0) == 4.0
    original = times
    try:
        globals()["times"] = lambda x: x * x * x
        assert derivative(1.0) == 4.0 and derivative(2.0) == 32.0
    finally:
        globals()["times"] = original
    assert derivative(2.0) == 8.0


def test_changed_code_and_defaults_are_seen():
    def helper(x, k=2.0):
        return x * k

    def g(x):
        return helper(x)

    derivative = grad(g)
    assert derivative(1.0) == 2.0
    helper.__defaults__ = (5.0,)
    assert derivative(1.0) == 5.0
    helper.__code__ = (lambda x, k=2.0: x * k * k).__code__
    assert derivative(1.0) == 25.0


def test_closures_are_read_at_each_call():
    weights = np.ones(2)
    k = 1.0

    def g(x):
        return np.sum(weights * x) * k

    derivative = grad(g)
    np.testing.assert_array_equal(derivative(np.ones(2)), [1.0, 1.0])
    weights[0] = 5.0
    k = 2.0
    np.testing.assert_array_equal(derivative(np.ones(2)), [10.0, 2.0])
    weights = np.arange(3.0)
    np.testing.assert_array_equal(derivative(np.ones(3)), [0.0, 2.0, 4.0])


def test_the_branch_of_the_second_call():
    def g(x):
        return x * x if x > 0 else -x

    derivative = grad(g)
    assert [derivative(3.0), derivative(-3.0), derivative(2.0)] == [6.0, -1.0, 4.0]


def test_a_rule_registered_later_is_used():
    def squared(x):
        return x * x * x

    def g(x):
        return squared(x)

    derivative = grad(g)
    assert derivative(2.0) == 12.0
    tangentc.primitive(squared)
    tangentc.linearise(squared)(lambda y, x, *, dx: 100.0 * dx)
    assert derivative(2.0) == 100.0


def test_the_cache_is_bounded():
    def g(x, n):
        return np.sum(np.stack([x] * 2, axis=n)) * 1.0

    derivative = grad(lambda x, kind: x * len(kind))
    for n in range(100):
        derivative(1.0, "x" * n)
    assert compiled(derivative) <= 64
    assert derivative(1.0, "xx") == 2.0


def test_threads_compile_once():
    def g(x):
        return np.sum(np.sin(x) * x)

    derivative = grad(g)
    results, barrier = [], threading.Barrier(8)

    def work():
        barrier.wait()
        results.append(derivative(np.arange(5.0)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8 and compiled(derivative) == 1
    for result in results:
        np.testing.assert_array_equal(result, results[0])


def test_two_objects_share_what_is_compiled():
    def g(x):
        return x * x

    first = grad(g)
    first(1.0)
    assert grad(g)._cache is first._cache


def test_an_error_is_raised_again():
    def g(x):
        return {x}

    for _ in range(2):
        with pytest.raises(tangentc.UnsupportedSyntaxError):
            grad(g)(1.0)


def test_an_exception_names_the_user_s_line():
    def g(x):
        return 1.0 / (x - x)

    for derived in (grad(g), value_and_grad(g), lambda x: vjp(g, x)):
        with pytest.raises(ZeroDivisionError) as caught:
            derived(1.0)
        assert any("1.0 / (x - x)" in note for note in caught.value.__notes__)


def test_arguments_are_not_kept_alive():
    derivative = grad(lambda x: np.sum(x * x))

    class Array(np.ndarray):
        pass

    x = np.ones(3)
    reference = weakref.ref(x)
    derivative(x)
    del x
    assert reference() is None
