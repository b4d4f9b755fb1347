"""Objects as arguments, receivers and results: their classes stay, and the caller's objects are as before."""

import copy
import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

import tangentc
from tangentc import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from tangentc.errors import DifferentiationError, UnsupportedSyntaxError
from tangentc.kinds.records import fields_of


@dataclass
class Layer:
    w: Any
    b: float = 0.5
    name: str = "layer"
    size: int = 2
    parts: list = field(default_factory=list)

    def __post_init__(self):
        if self.b is None:
            raise ValueError("an instance is made without __init__")


class Pair(NamedTuple):
    left: float
    right: Any


@tangentc.register
class Registered:
    def __init__(self, value):
        self.value = value
        self.log: list = []


class Plain:
    def __init__(self, value):
        self.value = value
        self.log: list = []

    def loss(self, x):
        self.value = self.value * x
        self.log.append(x)
        return self.value * self.log[-1]


def loss(layer, x):
    layer.parts.append(layer.b * x)
    layer.b = layer.b * x
    return np.sum(layer.w) * layer.b * layer.parts[0] * layer.size


def layer():
    return Layer(np.array([1.0, 2.0]))


def test_a_gradient_is_an_instance():
    made = layer()
    got = grad(loss)(made, 3.0)
    assert type(got) is Layer and got.name is None and got.size is None and got.parts == []
    np.testing.assert_allclose(got.w, [4.5, 4.5])
    assert got.b == pytest.approx(54.0)
    assert (made.b, made.parts) == (0.5, []) and list(made.w) == [1.0, 2.0]


def test_values_tangents_and_seeds_are_instances():
    def program(p, t):
        return Pair(p.left * t, p.right * p.left)

    point, along = Pair(2.0, np.ones(2)), Pair(1.0, np.zeros(2))
    value, dot = jvp(program, (point, 3.0), (along, None))
    assert type(value) is type(dot) is Pair
    assert value.left == 6.0 and dot.left == 3.0 and list(dot.right) == [1.0, 1.0]
    value, pullback = vjp(program, point, 3.0)
    bar, t_bar = pullback(Pair(1.0, np.array([1.0, 2.0])))
    assert type(value) is type(bar) is Pair
    assert (bar.left, t_bar) == (6.0, 2.0) and list(bar.right) == [2.0, 4.0]
    with pytest.raises(DifferentiationError) as raised:
        pullback((1.0, np.zeros(2)))
    assert raised.value.code == "TC309"


def test_objects_of_plain_classes_are_returned():
    def program(x):
        made = Plain(x * x)
        made.log.append(x)
        return made

    value, dot = jvp(program, (3.0,), (1.0,))
    assert type(value) is type(dot) is Plain
    assert vars(value) == {"value": 9.0, "log": [3.0]} and vars(dot) == {"value": 6.0, "log": [1.0]}


def test_every_mode():
    point = Registered(2.0)

    def program(p):
        p.log.append(p.value)
        return p.value**2 * p.log[0]

    assert type(grad(program)(point)) is Registered
    assert value_and_grad(program)(point)[1].value == pytest.approx(12.0)
    assert jacobian(program)(point).value == pytest.approx(12.0)
    assert hessian(program)(point).value.value == pytest.approx(12.0)
    assert hvp(program, (point,), (Registered(1.0),))[0].value == pytest.approx(12.0)
    assert fields_of(point) == {"value": 2.0, "log": []}
    tangentc.check_grads(program, (point,))


def test_inside_a_program():
    def outer(p, x):
        inner = grad(lambda q: q.b * q.b * np.sum(q.w) * x)(p)
        return inner.b * np.sum(inner.w)

    got = grad(outer)(layer(), 2.0)
    np.testing.assert_allclose(got.w, 2 * 2 * 0.5**3 * 2.0 * np.array([1.0, 1.0]) * 2)
    assert grad(outer, 1)(layer(), 2.0) == pytest.approx(2 * 2.0 * 2 * 0.5**3 * 3.0 * 2)


def test_strings_and_callables_tell_calls_apart():
    @dataclass
    class Config:
        kind: str
        scale: float
        function: Any = math.sin

    def program(x, config):
        return config.function(x) * config.scale if config.kind == "a" else x * x

    derivative = grad(program)
    assert derivative(0.5, Config("a", 2.0)) == pytest.approx(2 * math.cos(0.5))
    assert derivative(0.5, Config("b", 2.0)) == pytest.approx(1.0)
    assert derivative(0.5, Config("a", 3.0, math.exp)) == pytest.approx(3 * math.exp(0.5))


def test_unregistered_objects_have_no_gradient():
    with pytest.raises(DifferentiationError) as raised:
        grad(lambda p: p.value)(Plain(1.0))
    assert raised.value.code == "TC304" and "tangentc.register" in raised.value.hint


@pytest.mark.parametrize("cls", [int, dict, type("L", (list,), {}), 3.0])
def test_register_wants_a_class_of_objects(cls):
    with pytest.raises(DifferentiationError) as raised:
        tangentc.register(cls)
    assert raised.value.code == "TC304"


def test_an_object_that_holds_itself():
    loop = Registered(2.0)
    loop.log.append(loop)
    with pytest.raises(DifferentiationError) as raised:
        grad(lambda p: p.value)(loop)
    assert raised.value.code == "TC304"


def shares_object(p, q):
    p.b = p.b * 2.0
    return p.b * q.b


def shares_list(p, q):
    p.parts.append(p.b)
    return p.b * len(q.parts)


def tells_apart(p, q):
    return p.b if p is q else 2.0 * p.b


@pytest.mark.parametrize("program", [shares_object, shares_list, tells_apart])
def test_one_object_under_two_names(program):
    one = layer()
    other = copy.deepcopy(one)
    other.parts = one.parts
    with pytest.raises(DifferentiationError) as raised:
        grad(program)(one, one if program is not shares_list else other)
    assert raised.value.code == "TC310"
    grad(program)(one, layer())


def test_one_array_under_two_names():
    def program(p, q):
        p.w[0] = p.b
        return np.sum(p.w * q.w)

    one, other = layer(), layer()
    grad(program)(one, other)
    other.w = one.w[::-1]
    with pytest.raises(DifferentiationError) as raised:
        grad(program)(one, other)
    assert raised.value.code == "TC310"


def test_what_is_only_read_may_be_shared():
    one = layer()
    got = grad(lambda p, q: p.b * q.b * np.sum(p.w * q.w), (0, 1))(one, one)
    assert got[0].b == got[1].b == pytest.approx(2.5)


def test_a_receiver_stays_as_it_was():
    model = Plain(2.0)
    for derivative in (grad(model.loss), grad(Plain.loss, 1)):
        args = (3.0,) if derivative.__wrapped__ == model.loss else (model, 3.0)
        for _ in range(2):
            assert derivative(*args) == pytest.approx(12.0)
            assert vars(model) == {"value": 2.0, "log": []}
    assert hessian(model.loss)(3.0) == pytest.approx(4.0)
    model.loss(3.0)
    assert vars(model) == {"value": 6.0, "log": [3.0]}
    assert grad(model.loss)(3.0) == pytest.approx(36.0)


def test_references_between_calls():
    """One list under two names, later two lists."""

    class Model:
        def __init__(self):
            self.first = [1.0]
            self.second = self.first

        def loss(self, x):
            self.first[0] = x * x
            return self.second[0] * x

    model = Model()
    derivative = grad(model.loss)
    assert derivative(2.0) == pytest.approx(12.0)
    model.second = [5.0]
    assert derivative(2.0) == pytest.approx(5.0)
    model.second = model.first
    assert derivative(2.0) == pytest.approx(12.0)
    assert model.first == [1.0]


def test_a_list_of_the_receiver_as_an_argument():
    class Model:
        def __init__(self):
            self.items = [1.0]

        def loss(self, x, items):
            self.items.append(x)
            return self.items[-1] * len(items)

    model = Model()
    assert grad(model.loss)(2.0, [1.0]) == 1.0
    with pytest.raises(DifferentiationError) as raised:
        grad(model.loss)(2.0, model.items)
    assert raised.value.code == "TC310"


SHARED = Plain(1.0)
NUMBERS = [float(i) for i in range(40)]


def writes_attribute(x):
    SHARED.value = x
    return x


def writes_list(x):
    SHARED.log.append(x)
    return x


def writes_long_list(x):
    NUMBERS.append(x)
    return NUMBERS[-1] * x


def writes_class(x):
    Plain.count = x
    return x


@pytest.mark.parametrize("program", [writes_attribute, writes_list, writes_long_list, writes_class])
def test_what_others_see_is_not_written(program):
    with pytest.raises(UnsupportedSyntaxError) as raised:
        grad(program)(1.0)
    assert raised.value.code == "TC107"
    assert SHARED.value == 1.0 and SHARED.log == [] and len(NUMBERS) == 40 and not hasattr(Plain, "count")


def test_a_long_list_that_was_passed_stays_as_it_was():
    numbers = list(NUMBERS)

    def program(x, values):
        values.append(x)
        values[0] = x * x
        return values[0] * values[-1] + values[1]

    assert grad(program)(2.0, numbers) == pytest.approx(12.0)
    assert numbers == NUMBERS


def test_attributes_that_are_not_read_are_no_parameters():
    class Model:
        def __init__(self):
            self.count = 0
            self.unused = np.zeros(3)
            self.history = [1.0]

        def loss(self, x):
            self.count += 1
            return x * x * self.count

    model = Model()
    derivative = grad(model.loss)
    assert derivative(2.0) == 4.0
    text = derivative.source
    assert "self_count" in text and "unused" not in text and "history" not in text
    model.history.append(2.0)
    assert derivative(2.0) == 4.0
    assert derivative.source == text


def test_saved_code_takes_and_returns_objects(tmp_path):
    derivative = grad(lambda p: p.b * p.b).compiled_for(layer())
    assert "p.b" in derivative.source and "instance(Layer" in derivative.source
    path = tmp_path / "saved.py"
    derivative.save(path)
    namespace: dict[str, Any] = {"__name__": "saved"}
    exec(path.read_text(), namespace)
    (function,) = (value for name, value in namespace.items() if name.endswith("_grad"))
    got = function(layer())
    assert type(got) is Layer and got.b == 1.0 and dataclasses.is_dataclass(got)
