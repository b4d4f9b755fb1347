"""Fit a small network to real data: an ordinary NumPy loss, its compiled gradient, SciPy's L-BFGS.

The data are 569 biopsies, thirty measurements each, benign or malignant (examples/data/README.md); three
rows in ten are held out.  The adjoint that the compiler wrote is saved as examples/output/loss_adjoint.py: a
file that needs only NumPy.  At the end that file is run on its own, and must give the same gradient to the
last bit.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import tangentc

HERE = Path(__file__).resolve().parent
DATA = HERE / "data" / "breast_cancer.csv"
OUTPUT = HERE / "output"
HIDDEN = 6
DECAY = 1e-2


# --- the model: plain NumPy, nothing here knows that it will be differentiated -----------------


def layer(theta, start, rows, outputs):
    """A dense layer whose weights and biases begin at theta[start]; the place after them comes back too."""
    inputs = rows.shape[1]
    stop = start + inputs * outputs
    weights = theta[start:stop].reshape(inputs, outputs)
    bias = theta[stop : stop + outputs]
    return rows @ weights + bias, stop + outputs


def margins(theta, rows):
    """How strongly each row is taken for benign (positive) or malignant (negative)."""
    hidden, start = layer(theta, 0, rows, HIDDEN)
    output, _ = layer(theta, start, np.tanh(hidden), 1)
    return output[:, 0]


def loss(theta, rows, signs):
    """Mean logistic loss, with signs +1 and -1, and a little weight decay."""
    misfit = np.mean(np.logaddexp(0.0, -signs * margins(theta, rows)))
    return misfit + 0.5 * DECAY * np.sum(theta * theta)


# --- the data ----------------------------------------------------------------------------------


def load(rng: np.random.Generator) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Rows and signs to fit, rows and signs held out; columns scaled by what the first part knows."""
    table = rng.permutation(np.loadtxt(DATA, delimiter=",", skiprows=1))
    rows, signs = table[:, :-1], 2.0 * table[:, -1] - 1.0
    cut = len(table) * 7 // 10
    rows = (rows - rows[:cut].mean(axis=0)) / rows[:cut].std(axis=0)
    return (rows[:cut], signs[:cut]), (rows[cut:], signs[cut:])


def accuracy(theta: np.ndarray, rows: np.ndarray, signs: np.ndarray) -> float:
    return float(np.mean(margins(theta, rows) * signs > 0))


# --- the saved adjoint, on its own ---------------------------------------------------------------

ALONE = """
import sys
sys.modules["tangentc"] = None  # from here on, importing it would fail
import numpy as np
import loss_adjoint
arguments = np.load("arguments.npz")
value, theta_bar = loss_adjoint.loss_adjoint(*(arguments[name] for name in ("theta", "rows", "signs")))
np.savez("alone.npz", value=value, theta_bar=theta_bar)
"""


def run_alone(theta: np.ndarray, rows: np.ndarray, signs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Value and gradient from the saved file, in another process that cannot import the compiler."""
    np.savez(OUTPUT / "arguments.npz", theta=theta, rows=rows, signs=signs)
    subprocess.run([sys.executable, "-c", ALONE], cwd=OUTPUT, check=True)
    with np.load(OUTPUT / "alone.npz") as answer:
        return answer["value"], answer["theta_bar"]


def main() -> int:
    rng = np.random.default_rng(0)
    fit, held_out = load(rng)
    inputs = fit[0].shape[1]
    start = 0.3 * rng.standard_normal((inputs + 1) * HIDDEN + HIDDEN + 1)
    value_and_gradient = tangentc.value_and_grad(loss)

    print(f"\n{len(fit[0])} rows to fit, {len(held_out[0])} held out; {len(start)} parameters\n")
    print("  iteration      loss   |gradient|   held out")
    iterations = 0

    def progress(intermediate_result):
        nonlocal iterations
        iterations += 1
        if iterations in (1, 2, 5) or iterations % 10 == 0:
            theta = intermediate_result.x
            value, slope = value_and_gradient(theta, *fit)
            right = accuracy(theta, *held_out)
            print(f"  {iterations:9d} {value:9.5f} {np.linalg.norm(slope):12.2e} {right:10.1%}")

    began = time.perf_counter()
    best = minimize(value_and_gradient, start, args=fit, jac=True, method="L-BFGS-B", callback=progress)
    seconds = time.perf_counter() - began
    print(f"\n{best.nit} iterations, {best.nfev} gradients, {seconds:.2f} s; loss {best.fun:.5f}")
    print(
        f"right: {accuracy(best.x, *fit):.1%} of the rows fitted, {accuracy(best.x, *held_out):.1%} held out"
    )

    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "loss_adjoint.py"
    value_and_gradient.save(path)
    print(f"\nthe adjoint, saved as examples/output/{path.name}:\n")
    print(path.read_text(encoding="utf-8"))

    value, slope = value_and_gradient(best.x, *fit)
    value_alone, slope_alone = run_alone(best.x, *fit)
    same = value == value_alone and np.array_equal(slope, slope_alone)
    verdict = "equal to the last bit" if same else "DIFFERENT"
    print(f"that file, run without tangentc: loss {value_alone:.5f}; loss and gradient are {verdict}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
