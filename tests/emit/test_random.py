"""Random traces: what is emitted computes what the interpreter computes."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangentc.emit import emit, load
from tangentc.emit.standalone import standalone
from tangentc.ir.build import Builder
from tangentc.ir.interpret import interpret
from tangentc.ir.nodes import Literal, Var
from tangentc.ir.verify import verify
from tangentc.kinds.types import BOOL, FLOAT, INT, Array, Tape, fresh
from tests import handmade

VECTOR = Array(np.dtype(float), (fresh(),))
NAMES = ["", "", "x", "y", "z", "t"]


class Maker:
    """Builds a random trace: numbers, arrays of four elements, nested branches and loops, stores, tapes."""

    def __init__(self, draw):
        self.draw = draw
        self.b = Builder()
        self.budget = 30
        self.used = set()

    def pick(self, items):
        return items[self.draw(st.integers(0, len(items) - 1))]

    def recent(self, items):
        """One of the last four mostly, unused ones first, so that what is computed matters."""
        items = items[-4:] if self.draw(st.integers(0, 3)) else items
        if self.draw(st.integers(0, 3)):
            items = [item for item in items if item not in self.used] or items
        found = self.pick(items)
        self.used.add(found)
        return found

    def number(self, scope):
        return self.recent([Literal(0.5), Literal(-2.0)] + [v for v in scope if v.kind == FLOAT])

    def array(self, scope):
        return self.recent([v for v in scope if v.kind == VECTOR])

    def label(self):
        name = self.pick(NAMES)
        return {"name": name, "scope": self.pick([0, 0, 1]) if name else 0}

    def derived(self, scope):
        base = self.pick(scope)
        return {"of": base, "role": "bar"}

    def naming(self, scope):
        return self.derived(scope) if self.draw(st.integers(0, 4)) == 0 else self.label()

    def block(self, scope, depth):
        scope = list(scope)
        for _ in range(self.draw(st.integers(2, 9))):
            if self.budget <= 0:
                break
            self.budget -= 1
            self.statement(scope, depth)
        return scope

    def statement(self, scope, depth):
        b = self.b
        kinds = ["op", "op", "op", "read", "read", "store", "store", "vector", "copy", "view", "section"]
        kinds += ["branch", "loop", "while", "exit", "tape", "iadd"] if depth < 3 else []
        match self.pick(kinds):
            case "op":
                word = self.pick(["add", "sub", "mul"])
                made = b.op(word, self.number(scope), self.number(scope), kind=FLOAT, **self.naming(scope))
                if self.draw(st.booleans()):
                    made = b.op("np.tanh", made, kind=FLOAT, **self.naming(scope))
                scope.append(made)
            case "read":
                item = b.getitem(
                    self.array(scope), (self.draw(st.integers(0, 1)),), kind=FLOAT, **self.naming(scope)
                )
                scope.append(item)
            case "vector":
                word = self.pick(["add", "sub", "mul"])
                made = b.op(word, self.array(scope), self.number(scope), kind=VECTOR, **self.naming(scope))
                scope.append(made)
            case "copy":
                scope.append(b.op("copy", self.array(scope), kind=VECTOR, **self.naming(scope)))
            case "view":
                index = self.pick([(Ellipsis,), (handmade.Slice(None, None, -1),)])
                scope.append(b.getitem(self.array(scope), index, kind=VECTOR, **self.naming(scope)))
            case "store":
                sign = self.pick(["", "+", "-"])
                if self.draw(st.booleans()):
                    target, place = self.array(scope), (self.draw(st.integers(0, 1)),)
                    value = self.number(scope)
                    if self.draw(st.booleans()):
                        old = b.getitem(target, place, kind=FLOAT)
                        value = b.op("mul", old, value, kind=FLOAT)
                    value = b.op("np.tanh", value, kind=FLOAT)
                    b.store(target, place, (), value, sign)
                else:
                    value = b.op("np.tanh", self.array(scope), kind=VECTOR)
                    b.store(self.array(scope), (Ellipsis,), (), value, sign)
            case "section":
                b.section(self.pick(["forward sweep", "reverse sweep"]))
            case "iadd":
                target = b.op("copy", self.array(scope), kind=VECTOR, **self.naming(scope))
                scope.append(b.op("iadd", target, self.array(scope), kind=VECTOR, **self.naming(scope)))
            case "branch":
                self.branch(scope, depth)
            case "loop":
                self.loop(scope, depth, exits=False)
            case "exit":
                self.loop(scope, depth, exits=True)
            case "while":
                self.tested(scope, depth)
            case "tape":
                self.taped(scope, depth)

    def ends(self, scope, params, kinds):
        """What a body yields: new values, or the parameters in another order."""
        same = [[v for v in params if v.kind == kind] for kind in kinds]
        fresh_ones = self.outs(scope, kinds)
        return [self.pick([new, *old]) for new, old in zip(fresh_ones, same)]

    def outs(self, scope, kinds):
        return [self.number(scope) if k == FLOAT else self.array(scope) for k in kinds]

    def branch(self, scope, depth):
        condition = self.b.op("lt", self.number(scope), self.number(scope), kind=BOOL)
        kinds = [self.pick([FLOAT, FLOAT, VECTOR]) for _ in range(self.draw(st.integers(0, 2)))]
        names = [self.pick(NAMES) for _ in kinds]

        def arm(b):
            return self.outs(self.block(scope, depth + 1), kinds)

        scope.extend(handmade.branch(self.b, condition, arm, arm, names, kinds))

    def carried(self, scope):
        kinds = [self.pick([FLOAT, FLOAT, VECTOR]) for _ in range(self.draw(st.integers(0, 4)))]
        return kinds, self.outs(scope, kinds), [self.pick(NAMES) for _ in kinds]

    def loop(self, scope, depth, exits):
        kinds, inits, names = self.carried(scope)

        def body(b, i, *params):
            inner = self.block([*scope, *params], depth + 1)
            if not exits:
                return self.ends(inner, params, kinds)
            done = b.op("lt", self.number(inner), self.number(inner), kind=BOOL)

            def leave(b):
                return [Literal(True), *self.outs(inner, kinds)]

            def stay(b):
                return [Literal(False), *self.outs(self.block(inner, depth + 2), kinds)]

            arms = (leave, stay) if self.draw(st.booleans()) else (stay, leave)
            return handmade.branch(b, done, *arms, ["", *names], [BOOL, *kinds])

        bounds = handmade.up_to(self.draw(st.integers(0, 3)), reverse=self.draw(st.booleans()))
        scope.extend(handmade.loop(self.b, inits, names, body, bounds, stop=exits, kinds=kinds))

    def tested(self, scope, depth):
        kinds, inits, names = self.carried(scope)
        limit = self.draw(st.integers(0, 3))

        def test(b, count, *params):
            more = b.op("lt", count, limit, kind=BOOL)
            if self.draw(st.booleans()):
                self.block([*scope, *params], 3)
            return more

        def body(b, count, *params):
            inner = self.block([*scope, *params], depth + 1)
            return b.op("add", count, 1, kind=INT, name="count"), *self.outs(inner, kinds)

        _, *results = handmade.loop(
            self.b, [0, *inits], ["count", *names], body, test=test, kinds=[INT, *kinds]
        )
        scope.extend(results)

    def taped(self, scope, depth):
        b, trips = self.b, self.draw(st.integers(0, 3))
        value = self.array(scope)
        tape = b.op("tape_new", kind=Tape(VECTOR), of=value, role="tape")

        def push(b, i):
            inner = self.block(scope, depth + 1)
            b.effect("tape_push", tape, b.op("copy", self.array(inner), kind=VECTOR))
            return ()

        def pop(b, i, total):
            popped = b.op("tape_pop", tape, kind=VECTOR, **self.naming(scope))
            self.block([*scope, popped], depth + 1)
            return (b.op("add", total, b.getitem(popped, (0,), kind=FLOAT), kind=FLOAT, name="s"),)

        handmade.loop(b, (), (), push, handmade.up_to(trips))
        scope.extend(handmade.loop(b, (0.0,), ("s",), pop, handmade.up_to(trips, reverse=True)))

    def function(self):
        x, y, a = Var(FLOAT, "x"), Var(FLOAT, "y"), Var(VECTOR, "a")
        own = self.b.op("copy", a, kind=VECTOR, name="a")
        scope = self.block([x, y, own], 0)
        results = tuple(value for value in scope if value not in self.used)
        parameters = [handmade.plain(v) for v in (x, y, a)]
        return handmade.function("f", parameters, self.b, (own, results))


@st.composite
def traces(draw):
    return Maker(draw).function()


ARGUMENTS = (0.3, -0.7, np.array([0.1, -0.4, 0.9, 0.2]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(traces())
def test_emitted_equals_interpreted(function):
    verify(function)
    want = interpret(function, *copy.deepcopy(ARGUMENTS))
    for form in ("folded", "ssa"):
        text = emit(function, form=form)
        got = load(text, "f")(*copy.deepcopy(ARGUMENTS))
        np.testing.assert_equal(got, want, err_msg=text.text)


@settings(max_examples=50)
@given(traces())
def test_text_is_deterministic(function):
    assert emit(function) == emit(function)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=50)
@given(traces())
def test_standalone_equals_interpreted(function):
    namespace = {"__name__": "alone"}
    exec(compile(standalone(function), "alone", "exec"), namespace)
    got = namespace["f"](*copy.deepcopy(ARGUMENTS))
    np.testing.assert_equal(got, interpret(function, *copy.deepcopy(ARGUMENTS)))
