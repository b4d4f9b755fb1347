"""Fit a small network to real data: an ordinary NumPy loss, its compiled gradient, SciPy's L-BFGS.

The data are 569 biopsies, thirty measurements each, benign or malignant (examples/data/README.md); three
rows in ten are held out.  The adjoint that the compiler wrote is saved as examples/output/loss_adjoint.py: a
file that needs only NumPy.  At the end that file is run on its own, and must give the same gradient to the
last bit.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

import tangentc

HERE = Path(__file__).resolve().parent
DATA = HERE / "data" / "breast_cancer.csv"
OUTPUT = HERE / "output"
HIDDEN = 6


# --- the model: plain NumPy, nothing here knows that it will be differentiated -----------------


def margins(model, rows):
    """How strongly each row is taken for benign (positive) or malignant (negative)."""
    hidden = np.tanh(rows @ model["weights"] + model["bias"])
    return hidden @ model["output"] + model["offset"]


def loss(model, rows, signs, decay=1e-2):
    """Mean logistic loss, with signs +1 and -1, and a little weight decay."""
    misfit = np.mean(np.logaddexp(0.0, -signs * margins(model, rows)))
    return misfit + 0.5 * decay * (np.sum(model["weights"] ** 2) + np.sum(model["output"] ** 2))


def flat(model) -> np.ndarray:
    """The model as the one vector that SciPy minimises over."""
    return np.concatenate([np.ravel(model[name]) for name in ("weights", "bias", "output", "offset")])


def model_of(theta: np.ndarray, columns: int) -> dict[str, Any]:
    """The model that `flat` made a vector of."""
    weights, bias, output = np.split(theta[:-1], np.cumsum([columns * HIDDEN, HIDDEN]))
    return {
        "weights": weights.reshape(columns, HIDDEN),
        "bias": bias,
        "output": output,
        "offset": theta[-1].item(),
    }


# --- the data ----------------------------------------------------------------------------------


def load(rng: np.random.Generator) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Rows and signs to fit, rows and signs held out; columns scaled by what the first part knows."""
    table = rng.permutation(np.loadtxt(DATA, delimiter=",", skiprows=1))
    rows, signs = table[:, :-1], 2.0 * table[:, -1] - 1.0
    cut = len(table) * 7 // 10
    rows = (rows - rows[:cut].mean(axis=0)) / rows[:cut].std(axis=0)
    return (rows[:cut], signs[:cut]), (rows[cut:], signs[cut:])


def accuracy(model, rows: np.ndarray, signs: np.ndarray) -> float:
    return float(np.mean(margins(model, rows) * signs > 0))


# --- the saved adjoint, on its own ---------------------------------------------------------------

ALONE = """
import pickle, sys
sys.modules["tangentc"] = None  # from here on, importing it would fail
import loss_adjoint
arguments = pickle.load(sys.stdin.buffer)
pickle.dump(loss_adjoint.loss_adjoint(*arguments), sys.stdout.buffer)
"""


def run_alone(*arguments):
    """Value and gradient from the saved file, in another process that cannot import the compiler."""
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(
        command, cwd=OUTPUT, input=pickle.dumps(arguments), stdout=subprocess.PIPE, check=True
    )
    return pickle.loads(done.stdout)


def main() -> int:
    rng = np.random.default_rng(0)
    fit, held_out = load(rng)
    columns = fit[0].shape[1]
    start = 0.3 * rng.standard_normal((columns + 1) * HIDDEN + HIDDEN + 1)
    value_and_gradient = tangentc.value_and_grad(loss)

    print(f"\n{len(fit[0])} rows to fit, {len(held_out[0])} held out; {len(start)} parameters\n")
    print("  iteration      loss   |gradient|   held out")
    iterations = 0

    def objective(theta):
        value, slope = value_and_gradient(model_of(theta, columns), *fit)
        return value, flat(slope)

    def progress(intermediate_result):
        nonlocal iterations
        iterations += 1
        if iterations in (1, 2, 5) or iterations % 10 == 0:
            value, slope = objective(intermediate_result.x)
            right = accuracy(model_of(intermediate_result.x, columns), *held_out)
            print(f"  {iterations:9d} {value:9.5f} {np.linalg.norm(slope):12.2e} {right:10.1%}")

    began = time.perf_counter()
    best = minimize(objective, start, jac=True, method="L-BFGS-B", callback=progress)
    seconds = time.perf_counter() - began
    model = model_of(best.x, columns)
    print(f"\n{best.nit} iterations, {best.nfev} gradients, {seconds:.2f} s; loss {best.fun:.5f}")
    print(f"right: {accuracy(model, *fit):.1%} of the rows fitted, {accuracy(model, *held_out):.1%} held out")

    OUTPUT.mkdir(exist_ok=True)
    path = OUTPUT / "loss_adjoint.py"
    value_and_gradient.save(path)
    print(f"\nthe adjoint, saved as examples/output/{path.name}:\n")
    print(path.read_text(encoding="utf-8"))

    value, slope = value_and_gradient(model, *fit)
    value_alone, slope_alone = run_alone(model, *fit)
    same = value == value_alone and np.array_equal(flat(slope), flat(slope_alone))
    verdict = "equal to the last bit" if same else "DIFFERENT"
    print(f"that file, run without tangentc: loss {value_alone:.5f}; loss and gradient are {verdict}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
