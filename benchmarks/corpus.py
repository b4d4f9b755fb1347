"""Programs of the test corpus at sizes where arithmetic outweighs the cost of a call, and what their gradients cost.

"over program" is the gradient over the program as its user wrote it; "over emitted", over the program as the
compiler prints it, so that what constant folding and the like win on both sides cancels.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import tangentc
from benchmarks.timing import samples
from tangentc import pipeline
from tangentc.frontend.state.requests import Request
from tangentc.runtime.promotions import Promotions
from tests.matrix import active_positions
from tests.programs import (
    factorisations,
    filters,
    grids,
    integrators,
    kernels,
    layers,
    learning,
    likelihoods,
    markets,
    particles,
    physics,
    sequences,
    transforms,
    vision,
)
from tests.programs.program import normal, positive, spd, stochastic

__all__ = ["SCALED", "Scaled", "measure", "show", "summary"]

ROUNDS = 15


@dataclass(frozen=True)
class Scaled:
    """A program with arguments of a size worth timing; `argnums` as for `Program`."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    argnums: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        return self.function.__name__


def plane(n: int, seed: int = 0) -> Any:
    return normal(n, n, seed=seed)


def sparse(rows: int, each: int) -> tuple[Any, ...]:
    generator = np.random.default_rng(5)
    columns = generator.integers(0, rows, size=rows * each)
    return normal(rows * each), columns, np.arange(0, rows * each + 1, each), normal(rows)


SCALED = (
    Scaled(factorisations.lu_solve, (plane(14), normal(14))),
    Scaled(factorisations.cholesky_columns, (spd(40),)),
    Scaled(factorisations.modified_gram_schmidt, (plane(10),)),
    Scaled(factorisations.householder_least_squares, (normal(80, 30), normal(80))),
    Scaled(factorisations.givens_qr, (plane(20),)),
    Scaled(kernels.gemver, (plane(300), *(normal(300, seed=s) for s in range(6)), 1.5, 0.7)),
    Scaled(kernels.correlation, (normal(100, 40), 0.1), (0,)),
    Scaled(kernels.doitgen, (normal(4, 4, 8), plane(8))),
    Scaled(kernels.csr_product, sparse(200, 5)),
    Scaled(kernels.blocked_product, (plane(96), plane(96, seed=1), 32)),
    Scaled(grids.jacobi_1d, (normal(20_000), normal(20_000, seed=1), 10)),
    Scaled(grids.jacobi_five_points, (plane(20), plane(20, seed=1), 3)),
    Scaled(grids.seidel_nine_points, (plane(40), 2)),
    Scaled(grids.heat_cube, (normal(30, 30, 30), normal(30, 30, 30, seed=1), 3)),
    Scaled(grids.fdtd, (*(plane(120, seed=s) for s in range(3)), normal(10))),
    Scaled(
        grids.shallow_water, (1.0 + positive(100, 100), 0.1 * plane(100), 0.1 * plane(100, 1), 1.0, 0.1, 5)
    ),
    Scaled(grids.burgers_plane, (plane(120), plane(120, seed=1), 0.05, 0.1, 5)),
    Scaled(grids.cavity_flow, (0.1 * plane(80), 0.1 * plane(80, 1), plane(80, 2), 1.1, 0.1, 0.01, 4, 10)),
    Scaled(grids.horizontal_diffusion, (plane(200), positive(200, 200))),
    Scaled(grids.vertical_advection, (*(normal(2000 + (s == 1), 30, seed=s) for s in range(4)), 0.3)),
    Scaled(grids.v_cycle, (normal(129), normal(129, seed=1), 2)),
    Scaled(grids.level_set, (plane(120), positive(118, 118), 0.1, 5)),
    Scaled(
        grids.finite_volume_euler, (positive(10_000), 0.1 * normal(10_000), 9.0 + positive(10_000), 0.01, 4)
    ),
    Scaled(particles.pairwise_gravity, (normal(150, 3), positive(150), 0.3)),
    Scaled(particles.third_law, (normal(25, 2), positive(25), 0.3)),
    Scaled(particles.lennard_jones, (3.0 * normal(25, 3), 2.5, 9.0), (0,)),
    Scaled(filters.biquad_cascade, (normal(500), 0.3 * normal(3, 5))),
    Scaled(filters.rts_smoother, (normal(40), 0.4 * plane(4), spd(4), normal(4), 0.5)),
    Scaled(filters.soft_time_warping, (normal(20), normal(20, seed=1), 0.5)),
    Scaled(integrators.lorenz_ensemble, (normal(2000, 3), 2.0, 1.4, 0.8, 0.01, 10)),
    Scaled(integrators.dormand_prince, (normal(2), 1.3, 5.0, 1e-5), (0, 1)),
    Scaled(transforms.butterflies, (normal(128), normal(128, seed=1))),
    Scaled(transforms.convolution_layer, (normal(8, 14, 14, 3), normal(3, 3, 3, 8), normal(8))),
    Scaled(
        layers.gru, (normal(40, 32), *(0.2 * normal(32, 96, seed=s) for s in (0, 1)), normal(96), normal(32))
    ),
    Scaled(layers.causal_heads, (normal(64, 32), *(0.2 * normal(4, 32, 32, seed=s) for s in range(4)))),
    Scaled(
        layers.batch_norm_step,
        (normal(256, 64), positive(64), normal(64), normal(256, 64, seed=1), 0.1, 0.9, 3),
    ),
    Scaled(likelihoods.process_by_hand, (normal(14), normal(14, seed=1), 1.2, 0.8, 0.3)),
    Scaled(likelihoods.process_by_library, (normal(80, 2), normal(80), positive(2), 0.3)),
    Scaled(learning.sinkhorn, (positive(120, 120), stochastic(120), stochastic(120), 0.5, 20)),
    Scaled(learning.soft_k_means, (normal(1000, 8), normal(6, 8, seed=1), 0.3, 5)),
    Scaled(vision.warp, (plane(120), 2.0 * normal(2, 120, 120))),
    Scaled(vision.optical_flow, (plane(100), plane(100, seed=1), 0.8, 10)),
    Scaled(markets.american_put, (1.0, 1.1, 0.05, 0.3, 150)),
    Scaled(physics.warm_rain, (*(0.5 * positive(5000, seed=s) for s in range(4)), 0.1, 3)),
    Scaled(physics.quantum_circuit, (normal(2, 4), 4)),
    Scaled(sequences.floyd_warshall, (positive(20, 20),)),
)


def summed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The scalar program that adds up everything a program returns."""

    def total(*arguments):
        result = function(*arguments)
        if isinstance(result, tuple):
            added = 0.0
            for part in result:
                added = added + np.sum(part)
            return added
        return np.sum(result)

    return total


def measure(case: Scaled) -> dict[str, float | str]:
    """Seconds of the program, of its emitted form and of its gradient, and their ratios."""
    program = summed(case.function)
    argnums = active_positions(case.arguments) if case.argnums is None else case.argnums
    gradient = tangentc.grad(program, argnums=argnums)
    gradient(*case.arguments)
    make = partial(pipeline.build, program, request=Request("primal", program, argnums))
    emitted = Promotions().settle(make, case.arguments, {}, ()).call.__wrapped__
    written, printed, ours = samples(
        lambda: case.function(*map(copied, case.arguments)),
        lambda: emitted(*map(copied, case.arguments)),
        lambda: gradient(*case.arguments),
        rounds=ROUNDS,
        batch=5e-3,
        clock=time.process_time,
    )
    return {
        "name": case.name,
        "program_us": 1e6 * written.least,
        "emitted_us": 1e6 * printed.least,
        "gradient_us": 1e6 * ours.least,
        "over_program": ours.least / written.least,
        "over_emitted": ours.least / printed.least,
    }


def copied(argument: Any) -> Any:
    """A program may write its arguments; emitted code copies them too."""
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def summary(rows: list[dict[str, Any]], key: str) -> dict[str, float]:
    values = [row[key] for row in rows]
    mean = math.exp(statistics.fmean(map(math.log, values)))
    return {"median": statistics.median(values), "geometric_mean": mean, "worst": max(values)}


def show(rows: list[dict[str, Any]]) -> None:
    heads = zip(
        ("program", "emitted", "gradient", "over program", "over emitted"), (13, 13, 13, 14, 14), strict=True
    )
    print("\n" + 28 * " " + "".join(f"{head:>{width}}" for head, width in heads))
    for row in rows:
        figures = "".join(f"{row[key]:10.0f} us" for key in ("program_us", "emitted_us", "gradient_us"))
        print(f"{row['name']:28}{figures}{row['over_program']:14.2f}{row['over_emitted']:14.2f}")
    for word in ("median", "geometric_mean"):
        over = [summary(rows, key)[word] for key in ("over_program", "over_emitted")]
        print(f"{word.replace('_', ' '):28}{'':39}{over[0]:14.2f}{over[1]:14.2f}")
    worst = sorted(rows, key=lambda row: row["over_program"], reverse=True)[:5]
    print("worst five: " + ", ".join(f"{row['name']} {row['over_program']:.1f}" for row in worst))
