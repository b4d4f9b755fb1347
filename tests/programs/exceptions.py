"""`try` and `with`: an exception is an early exit, and what ran up to it is what is differentiated."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
import time
import warnings

import numpy as np

from tests.programs.program import Program, normal, positive, spd

LOG = logging.getLogger(__name__)
LOCK = threading.Lock()


def indefinite(n, seed=0):
    """A symmetric matrix with eigenvalues of both signs."""
    root = normal(n, n, seed=seed)
    return root + root.T - np.eye(n) * (2.0 + abs(normal(seed=seed)))


# --- fallbacks --------------------------------------------------------------------------------------


def cholesky_or_diagonal(matrix):
    """One attempt for a whole body; the handler computes something else."""
    try:
        factor = np.linalg.cholesky(matrix)
        root = np.sum(np.log(np.diag(factor)))
    except np.linalg.LinAlgError:
        root = np.sum(np.diag(matrix) ** 3)
    return root * matrix[0, 0]


def jittered_cholesky(matrix):
    """The loop that everybody writes: the jitter grows until the factorisation succeeds."""
    jitter = 1e-6
    while True:
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(len(matrix)))
            break
        except np.linalg.LinAlgError:
            jitter *= 10.0
    return np.sum(np.sin(factor))


def bounded_jitter(matrix):
    """`else` of a `try`, `break` out of it, `else` of the loop."""
    jitter = 1e-4
    for _ in range(9):
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(len(matrix)))
        except np.linalg.LinAlgError:
            jitter *= 10.0
        else:
            break
    else:
        raise RuntimeError("the matrix is far from positive definite")
    return np.sum(factor**3)


def ladder(matrix):
    """A `try` in a handler."""
    try:
        row = np.linalg.solve(matrix, matrix[0])
    except np.linalg.LinAlgError:
        try:
            row = np.linalg.cholesky(matrix)[0]
        except np.linalg.LinAlgError:
            row = matrix[0] * matrix[1]
    return np.sum(row * matrix[1])


def guarded_division(x):
    """Return from a handler."""
    try:
        inverse = 1.0 / (x[0] - 1.0)
    except ZeroDivisionError:
        return x[1] * x[1]
    return inverse * x[1]


# --- how far the body ran ---------------------------------------------------------------------------


def store_by_store(x):
    """Writes before the exception stay, those after it never happen."""
    y = np.zeros(3)
    y[0] = x[0] * x[1]
    try:
        y[1] = x[0] ** 2
        y[2] = math.sqrt(x[1]) * x[2]
        y[0] = x[2] * 3.0
    except ValueError:
        y[2] = x[1] * x[1] * x[0]
    return y


def name_by_name(x):
    """What the handler reads is the last version that was bound."""
    a, b = x[0], x[1]
    try:
        a = a * b
        b = math.log(b) + a
        a = a * b
        b = math.sqrt(a - 0.5) * b
    except ValueError:
        a = a + 2.0 * b
    return a * b


def inside_a_callee(x):
    """The exception comes from a call that has written and returned before."""
    y = x.copy()
    total = 0.0
    try:
        for i in range(3):
            total += _doubled_then_squared(y, x, i)
    except ValueError:
        total += 10.0 * x[0]
    return total + np.sum(y * x)


def _doubled_then_squared(y, x, i):
    y[i] = x[i] * 2.0
    if x[i] < 0.0:
        raise ValueError("negative")
    y[i] *= y[i]
    return y[i] + x[i]


def off_the_end(x):
    """An IndexError ends an endless loop."""
    y = x.copy()
    i = 0
    while True:
        try:
            y[i] = y[i] * y[i] + x[0]
            i += 1
        except IndexError:
            break
    return y * x


def in_the_condition(x):
    """The condition of a `while` raises."""
    total, i = 0.0, 0
    try:
        while x[i] > 0.0:
            total += x[i] ** 2 * x[i - 1]
            i += 1
    except IndexError:
        total *= 2.0
    return total * x[0]


def nested_loops(x):
    """Out of two loops, past the `else` of the outer one."""
    y = x.copy()
    total = 0.0
    try:
        for i in range(5):
            for j in range(2):
                y[i] *= x[j]
                total += y[i] * y[i - 1]
        else:
            total = 0.0
    except IndexError as error:
        LOG.debug("stopped: %s", error)
        total *= x[0]
    return total + np.sum(y)


# --- each trip of a loop ------------------------------------------------------------------------------


def skips_what_fails(x):
    """`continue` in a handler."""
    product = 1.0
    for v in x:
        try:
            product = product * math.log(v) + v
        except ValueError:
            product = product * v
            continue
        product += v
    return product


def finally_in_a_loop(x):
    """`finally` after `continue`, `break`, a handler, and nothing at all."""
    y = x.copy()
    for i in range(len(x)):
        try:
            y[i] = math.sqrt(x[i]) * y[i - 1]
            y[i] = y[i] * y[i]
            if i == 1:
                continue
            y[i] += x[0]
        except ValueError:
            y[i] = x[i] * x[i]
            if i == 1:
                break
        finally:
            y[0] *= 1.1
    return y


def running_state(x):
    """Carried values that change before and after what may fail."""
    total, k = 0.0, 1.0
    for v in x:
        try:
            k = k * v
            total += _log_of_large(v) * k
            k = k + total
        except ValueError:
            total -= k * v
            k = v
        finally:
            total *= 1.1
    return total


def _log_of_large(v):
    if v < 0.8:
        raise ValueError("too small")
    return math.log(v)


def recorded_before_the_failure(x):
    """An inner loop that records values, and is given up in the middle."""
    total = 0.0
    for k in range(3):
        part = 1.0
        try:
            for i in range(len(x)):
                part = part * math.sqrt(x[i] - 0.3 * k) + part * part
        except ValueError:
            part = x[k] * x[0]
        total += part
    return total


# --- handlers ---------------------------------------------------------------------------------------


def by_class(x):
    """Several handlers, one for two classes; `raise … from`."""
    try:
        if x[0] < 0.0:
            raise KeyError("x")
        y = math.sqrt(x[1])
    except (TypeError, ValueError) as error:
        try:
            raise RuntimeError("inner") from error
        except RuntimeError:
            y = x[1] * x[1] * 3.0
    except LookupError:
        y = x[0] * x[1]
    return y * x[2]


def raised_again(x):
    """A bare `raise` leads to the `try` around; the inner handler has changed something before."""
    y = x.copy()
    try:
        try:
            y[0] = y[1] * y[2]
            y[1] = math.sqrt(x[1]) * y[0]
        except ValueError:
            y[2] = y[0] * x[0]
            raise
        else:
            y[2] = y[1] * y[1]
    except ValueError:
        y[1] = y[2] * y[2]
    return y


def unmatched(x):
    """An exception that the inner handlers are not for, past a `finally`."""
    y = x.copy()
    try:
        try:
            y[1] = y[0] * x[0]
            y[7] = 1.0
            y[2] = 0.0
        except ZeroDivisionError:
            y[0] = 0.0
        finally:
            y[2] *= y[1]
    except IndexError:
        y[0] += y[2] * y[1]
    return y


def assertions(x):
    """An assertion is an exception like others."""
    y = np.zeros(len(x))
    try:
        assert x[1] > 0.0, "negative"
        y[:] = x**1.5
    except AssertionError:
        y[:] = x * x
    return y * x


def finally_on_return(x):
    """What runs on the way out of a `return`."""
    y = x.copy()
    try:
        if x[0] > 1.0:
            return y * x[0]
        y[0] = y[1] * y[2]
    finally:
        LOG.debug("done")
    return y


class Account:
    """Changes, and may be left half changed."""

    def __init__(self, balance):
        self.balance = balance
        self.entries = 0

    def add(self, amount):
        self.balance = self.balance + amount * amount
        if amount < 0.0:
            raise ValueError("negative")
        self.balance = self.balance * 1.5
        self.entries += 1


def half_changed_object(x):
    """An object whose method raises between two changes."""
    account = Account(x[0])
    for v in x:
        try:
            account.add(v)
        except ValueError:
            account.balance = account.balance * x[0]
    return account.balance * x[1] + account.entries


# --- context managers -------------------------------------------------------------------------------


def silenced_logarithm(x):
    """What `np.errstate` silences stays silent in the derivative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(x) / x
    return np.where(x > 0.0, y, 0.0)


def raising_logarithm(x):
    """`np.errstate` turns a warning into an exception."""
    try:
        with np.errstate(invalid="raise"):
            y = np.log(x)
    except FloatingPointError:
        y = x * x
    return y * x


def writes_under_errstate(x):
    """Arrays made and written inside, views of them used outside."""
    with np.errstate(all="ignore"):
        y = np.zeros(len(x))
        for i in range(len(x)):
            y[i] = x[i] ** 2
            y[i] *= y[i]
        part = y[1:]
    y[0] *= y[1]
    part[0] = part[0] * x[0]
    return y * x


def leaves_a_with(x):
    """`return` and `break` from inside."""
    total = 0.0
    for v in x:
        with LOCK, np.errstate(over="ignore"):
            if v > 1.9:
                return total * v
            if v < 0.0:
                break
            total += v * np.exp(v)
    return total * x[0]


def quiet_warnings(x):
    """Passive context managers, one of them with a name."""
    with warnings.catch_warnings(record=True) as seen, contextlib.nullcontext():
        warnings.simplefilter("ignore")
        y = x * x
        y[0] *= len(seen) + 2.0
    return y


def suppressed(x):
    """`contextlib.suppress` is a `try` whose handler does nothing."""
    total = 0.0
    with contextlib.suppress(ValueError):
        total = x[0] * x[0]
        total += math.sqrt(x[1])
        total *= 2.0
    return total * x[2]


def suppresses_others(x):
    """What is raised inside is not what is suppressed."""
    y = x[0]
    try:
        with contextlib.suppress(ValueError):
            y = y * x[1]
            if x[0] > 0.0:
                raise KeyError("positive")
        y = y * x[2]
    except LookupError:
        y = y * y
    return y


class Stopwatch:
    """A context manager of the user's."""

    def __enter__(self):
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.elapsed = time.perf_counter() - self.began


def timed(x):
    """A timer around a loop that is left, inside `try`."""
    s = x[0]
    for v in x:
        try:
            with Stopwatch():
                if v < 0.0:
                    raise ValueError("negative")
                if v > 1.9:
                    break
                s = s * v
        except ValueError:
            s = v * x[0]
    return s


def not_for_this_handler(x):
    """A `finally` inside hands on an exception that the handler around is not for."""
    y = x.copy()
    try:
        try:
            try:
                y[0] = math.sqrt(x[1]) * x[2]
            finally:
                y[2] = y[0] * y[1]
        except IndexError:
            y[0] = 0.0
    except ValueError:
        y[1] = y[2] * y[2]
    return y


MIXED = (np.array([1.2, 0.7, 2.0]), np.array([1.2, -0.7, 2.0]), np.array([-1.2, 0.7, 0.4]))
EACH = tuple((x,) for x in MIXED)
SPD, NOT = (spd(3),), (indefinite(3),)

PROGRAMS = [
    Program(cholesky_or_diagonal, [SPD, NOT]),
    Program(jittered_cholesky, [SPD, NOT]),
    Program(bounded_jitter, [SPD, NOT]),
    Program(ladder, [SPD, NOT]),
    Program(guarded_division, [(positive(2),)]),
    Program(store_by_store, EACH),
    Program(name_by_name, [(np.array([1.2, 1.7]),), (np.array([0.3, 1.1]),), (np.array([1.2, -0.4]),)]),
    Program(inside_a_callee, EACH),
    Program(off_the_end, [(positive(3),)]),
    Program(in_the_condition, [(positive(3),), EACH[1], EACH[2]]),
    Program(nested_loops, [(positive(3),)]),
    Program(skips_what_fails, [*EACH, (np.zeros(0),)]),
    Program(finally_in_a_loop, EACH),
    Program(running_state, EACH),
    Program(recorded_before_the_failure, [(positive(3) + 0.5,), (np.array([0.9, 0.4, 1.2]),)]),
    Program(by_class, EACH),
    Program(raised_again, EACH),
    Program(unmatched, EACH),
    Program(not_for_this_handler, EACH),
    Program(assertions, [(positive(3),), EACH[1]]),
    Program(finally_on_return, EACH),
    Program(half_changed_object, EACH),
    Program(silenced_logarithm, EACH),
    Program(raising_logarithm, EACH),
    Program(writes_under_errstate, EACH),
    Program(leaves_a_with, EACH),
    Program(quiet_warnings, EACH),
    Program(suppressed, EACH),
    Program(suppresses_others, EACH),
    Program(timed, EACH),
]
