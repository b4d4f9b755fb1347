"""`make bench`: our gradients against hand-written ones and against their programs; the figures are kept as JSON.

Each contender takes turns with the others, on one core, and the median over many rounds counts.  "ratio" is our
gradient over the gradient by hand (aim: 1.2), "over program" is our gradient over the program itself.  "compile"
is the first compilation in this process, from the text to the callable (aim: 50 ms).

`make bench ARGS=rules` measures one part of five: programs, corpus, rules, training, modes.  `ARGS="rules np.sort"`
takes only the rules of functions with that in their names, `ARGS="modes 512,1024,256"` a smaller network.  Beside
training and modes runs PyTorch, where it is installed.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import sys
from pathlib import Path

import numpy as np

import tangentc
from benchmarks import corpus, modes, rules, training
from benchmarks.programs import CASES, Case
from benchmarks.timing import once, samples
from tangentc import pipeline
from tangentc.frontend.state.requests import Request
from tangentc.kinds.types import FLOAT

RESULTS = Path(__file__).resolve().parent / "results" / "latest.json"


def require_equal(case: Case, ours: object, by_hand: object) -> None:
    """Both gradients are the same numbers, or there is nothing to compare."""
    several = isinstance(case.argnums, tuple)
    for a, b in zip(ours if several else (ours,), by_hand if several else (by_hand,), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12, err_msg=case.name)


def measure(case: Case) -> dict[str, float | str]:
    gradient = tangentc.grad(case.program, argnums=case.argnums)
    compilation = once(lambda: gradient.compiled_for(*case.arguments))
    require_equal(case, gradient(*case.arguments), case.by_hand(*case.arguments))
    ours, by_hand, program = samples(
        lambda: gradient(*case.arguments),
        lambda: case.by_hand(*case.arguments),
        lambda: case.program(*case.arguments),
    )
    return {
        "name": case.name,
        "ours_us": 1e6 * ours.seconds,
        "by_hand_us": 1e6 * by_hand.seconds,
        "program_us": 1e6 * program.seconds,
        "ratio": ours.over(by_hand),
        "over_program": ours.over(program),
        "compile_ms": 1e3 * compilation,
    }


def scalar(x):
    return x * math.sin(x)


def call_overhead() -> float:
    """Microseconds that one call of a compiled scalar gradient costs beyond the emitted function itself."""
    gradient = tangentc.grad(scalar)
    emitted = pipeline.build(scalar, (FLOAT,), {}, Request("grad", scalar, (0,))).call.__wrapped__
    whole, bare = samples(lambda: gradient(0.7), lambda: emitted(0.7), rounds=101)
    return 1e6 * statistics.median(a - b for a, b in zip(whole.rounds, bare.rounds, strict=True))


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(math.log(value) for value in values) / len(values))


def show(rows: list[dict], overhead: float) -> None:
    print(f"{'':36}{'ours':>12}{'by hand':>12}{'ratio':>8}{'over program':>14}{'compile':>11}")
    for row in rows:
        print(
            f"{row['name']:36}{row['ours_us']:9.1f} us{row['by_hand_us']:9.1f} us{row['ratio']:8.2f}"
            f"{row['over_program']:14.2f}{row['compile_ms']:8.1f} ms"
        )
    ratio = geometric_mean([row["ratio"] for row in rows])
    over = geometric_mean([row["over_program"] for row in rows])
    print(f"{'geometric mean':36}{'':24}{ratio:8.2f}{over:14.2f}")
    print(f"\none call of a compiled scalar gradient beyond the emitted function: {overhead:.2f} us")


def of_programs() -> dict[str, object]:
    rows = [measure(case) for case in CASES]
    overhead = call_overhead()
    show(rows, overhead)
    return {"programs": rows, "call_overhead_us": overhead}


def of_corpus() -> dict[str, object]:
    scaled = [corpus.measure(case) for case in corpus.SCALED]
    corpus.show(scaled)
    return {
        "corpus": scaled,
        "corpus_over_program": corpus.summary(scaled, "over_program"),
        "corpus_over_emitted": corpus.summary(scaled, "over_emitted"),
    }


def of_rules(chosen: str = "") -> dict[str, object]:
    rows = list(rules.measured(chosen))
    rules.show(rows)
    return {"rules": rows, "rules_reverse_over_function": rules.summary(rows)}


def of_training() -> dict[str, object]:
    rows = list(training.measured())
    training.show(rows)
    return {"training": rows}


def of_modes(sizes: str = "") -> dict[str, object]:
    rows = list(modes.measured([int(size) for size in sizes.split(",")] if sizes else modes.SIZES))
    modes.show(rows)
    return {"modes": rows}


def main() -> int:
    parts = {
        "programs": of_programs,
        "corpus": of_corpus,
        "rules": of_rules,
        "training": of_training,
        "modes": of_modes,
    }
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="?", choices=parts, help="what to measure; without it, everything")
    parser.add_argument(
        "which",
        nargs="?",
        default="",
        help="of the rules, those with this in their names; of the modes, sizes",
    )
    chosen = parser.parse_args()
    record = {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
    for name, run in parts.items():
        if chosen.part in (None, name):
            record |= run(chosen.which) if name in ("rules", "modes") else run()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
