"""L-BFGS: Newton's method with a Hessian that is guessed from the last steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangentc.eager import enable_grad
from tangentc.nn.tensors import array, written
from tangentc.optim.optimizer import Arr, Closure, Optimizer, require

__all__ = ["LBFGS"]


@dataclass(slots=True)
class _Point:
    """A place on the line that is searched: step size, loss, gradient, and the slope along the line."""

    t: float
    loss: float
    gradient: Arr
    slope: float


class LBFGS(Optimizer):
    """Up to `max_iter` quasi-Newton steps for each call of `step`, which needs a closure.

    Args:
        lr: the step size; with a line search the first one that it tries.
        max_eval: calls of the closure in one step, 1.25 max_iter by default.
        tolerance_grad: stop where no entry of the gradient exceeds it.
        tolerance_change: stop where neither parameters nor loss change by more.
        history_size: how many steps the guess is made from.
        line_search_fn: None, or "strong_wolfe" for step sizes that meet the strong Wolfe conditions.
    Raises: ValueError: several groups of parameters.
    Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4 (direction), 3.5 and 3.6 (search); the
        constants and the order of the tests are those of `torch.optim.LBFGS`, which follows Schmidt's minFunc.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        require(lr >= 0, "learning rate", lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise ValueError(f"line_search_fn is None or 'strong_wolfe', not {line_search_fn!r}")
        options = {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
            "history_size": history_size, "line_search_fn": line_search_fn,
        }  # fmt: skip
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Closure | None = None) -> Any:
        """Some steps downhill.

        Args:    closure: sets the gradients to zero, computes the loss and its gradients, and returns the loss.
        Returns: the loss at the start.
        """
        if closure is None:
            raise ValueError("LBFGS computes the loss several times in a step: call step(closure)")
        self.step_count += 1
        options = self.param_groups[0]
        state = self.state[self._all()[0]]
        state.setdefault("n_iter", 0)
        state.setdefault("func_evals", 0)
        result, loss, gradient = self._evaluated(closure)
        evaluations = 1
        for iteration in range(1, options["max_iter"] + 1):
            if np.max(np.abs(gradient)) <= options["tolerance_grad"]:
                break
            state["n_iter"] += 1
            direction = self._direction(state, gradient, options["history_size"])
            slope = float(gradient @ direction)
            t = options["lr"]
            if state["n_iter"] == 1:
                t *= min(1.0, 1.0 / float(np.sum(np.abs(gradient))))
            state.update(d=direction, t=t, prev_flat_grad=gradient.copy())
            if slope > -options["tolerance_change"]:
                break
            before, is_last = loss, iteration == options["max_iter"]
            if options["line_search_fn"] is not None:
                here = _Point(0.0, loss, gradient, slope)
                best, used = self._searched(closure, here, t, direction, options["max_eval"] - evaluations)
                loss, gradient = best.loss, best.gradient
                state["t"] = t = best.t
            else:
                used = 0
                self._move(direction, t)
                if not is_last:
                    _, loss, gradient = self._evaluated(closure)
                    used = 1
            evaluations += used
            state["func_evals"] += used
            if (
                evaluations >= options["max_eval"]
                or np.max(np.abs(direction * t)) <= options["tolerance_change"]
                or abs(loss - before) < options["tolerance_change"]
            ):
                break
        state["func_evals"] += 1
        return result

    def _evaluated(self, closure: Closure) -> tuple[Any, float, Arr]:
        """What the closure returned, as a number too, and all gradients in one vector."""
        with enable_grad():
            result = closure()
        parts = [
            np.zeros(p.numel(), p.dtype) if p.grad is None else array(p.grad).ravel() for p in self._all()
        ]
        return result, float(result), np.concatenate(parts)

    def _direction(self, state: dict[str, Any], gradient: Arr, history_size: int) -> Arr:
        """-H g, for the guess H of the inverse Hessian, by the two loops of algorithm 7.4."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            return -gradient
        changes, steps, inverses = state["old_dirs"], state["old_stps"], state["ro"]
        change = gradient - state["prev_flat_grad"]
        step = state["d"] * state["t"]
        curvature = float(change @ step)
        if curvature > 1e-10:  # else the guess would not stay positive definite
            if len(changes) == history_size:
                for kept in (changes, steps, inverses):
                    kept.pop(0)
            changes.append(change)
            steps.append(step)
            inverses.append(1.0 / curvature)
            state["H_diag"] = curvature / float(change @ change)
        q = -gradient
        shares = []
        for change, step, inverse in zip(reversed(changes), reversed(steps), reversed(inverses), strict=True):
            share = float(step @ q) * inverse
            shares.append(share)
            q -= share * change
        q *= state["H_diag"]
        for change, step, inverse, share in zip(changes, steps, inverses, reversed(shares), strict=True):
            q += step * (share - float(change @ q) * inverse)
        return q

    def _move(self, direction: Arr, t: float) -> None:
        """x <- x + t direction."""
        start = 0
        for param in self._all():
            end = start + param.numel()
            x = array(param)
            x += t * direction[start:end].reshape(x.shape)
            written(param)
            start = end

    def _searched(
        self, closure: Closure, here: _Point, t: float, direction: Arr, limit: int
    ) -> tuple[_Point, int]:
        """Search along the direction with `limit` trials; the parameters are moved to the point that is returned."""
        origin = [array(param).copy() for param in self._all()]

        def restore() -> None:
            for param, values in zip(self._all(), origin, strict=True):
                array(param)[...] = values
                written(param)

        def at(step: float) -> _Point:
            self._move(direction, step)
            _, loss, gradient = self._evaluated(closure)
            restore()
            return _Point(step, loss, gradient, float(gradient @ direction))

        best, used = _strong_wolfe(at, here, t, float(np.max(np.abs(direction))), limit)
        self._move(direction, best.t)
        return best, used


def _strong_wolfe(
    at: Callable[[float], _Point], start: _Point, t: float, longest: float, limit: int,
    decrease: float = 1e-4, flattening: float = 0.9, tolerance: float = 1e-9,
) -> tuple[_Point, int]:  # fmt: skip
    """A point with loss <= start + decrease t slope, and |slope| <= flattening |slope at the start|.

    Args:    longest: the largest entry of the direction.
    Returns: the point, or the best one after `limit` trials; and the number of evaluations.
    """

    def is_too_high(point: _Point) -> bool:
        return point.loss > start.loss + decrease * point.t * start.slope

    def is_flat(point: _Point) -> bool:
        return abs(point.slope) <= -flattening * start.slope

    previous, point, trials = start, at(t), 0
    while trials < limit:  # find an interval with such a point in it
        if is_too_high(point) or (trials > 1 and point.loss >= previous.loss):
            break
        if is_flat(point):
            return point, trials + 1
        if point.slope >= 0:
            break
        bounds = (point.t + 0.01 * (point.t - previous.t), point.t * 10)
        previous, point = point, at(_lowest(previous, point, bounds))
        trials += 1
    if trials == limit:
        previous = start
    ends, stalled = [previous, point], False
    low = 0 if ends[0].loss <= ends[1].loss else 1
    while trials < limit:  # make the interval smaller
        if abs(ends[1].t - ends[0].t) * longest < tolerance:
            break
        t, stalled = _inner(ends, stalled)
        point = at(t)
        trials += 1
        if is_too_high(point) or point.loss >= ends[low].loss:
            ends[1 - low] = point
            low = 0 if ends[0].loss <= ends[1].loss else 1
            continue
        if not is_flat(point) and point.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = point
        if is_flat(point):
            break
    return ends[low], trials + 1


def _inner(ends: list[_Point], stalled: bool) -> tuple[float, bool]:
    """A step size within the interval, not too near its ends twice in a row; and whether this one is near."""
    left, right = sorted((ends[0].t, ends[1].t))
    t = _lowest(ends[0], ends[1], (left, right))
    margin = 0.1 * (right - left)
    if min(right - t, t - left) >= margin:
        return t, False
    if not (stalled or t >= right or t <= left):
        return t, True
    return (right - margin if abs(t - right) < abs(t - left) else left + margin), False


def _lowest(a: _Point, b: _Point, bounds: tuple[float, float]) -> float:
    """Where the cubic with the losses and slopes of two points is lowest, within bounds (Nocedal and Wright, 3.59)."""
    left, right = (a, b) if a.t <= b.t else (b, a)
    gap = right.t - left.t
    middle = (bounds[0] + bounds[1]) / 2
    if gap == 0:
        return middle
    d1 = left.slope + right.slope - 3 * (left.loss - right.loss) / (left.t - right.t)
    square = d1 * d1 - left.slope * right.slope
    if not square >= 0:
        return middle
    d2 = math.sqrt(square)
    divisor = right.slope - left.slope + 2 * d2
    if divisor == 0:
        return middle
    t = right.t - gap * ((right.slope + d2 - d1) / divisor)
    return min(max(t, bounds[0]), bounds[1])
