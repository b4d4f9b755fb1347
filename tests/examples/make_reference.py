"""Write what PyTorch computes: `reference.json`, the lecture's listings, and `digits.json`, two epochs of training.

python -m tests.examples.make_reference      (where PyTorch is installed)
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from benchmarks.training import Training
from tests.examples.listings import LISTINGS, run

PATH = Path(__file__).with_name("reference.json")
SECONDS = re.compile(r"(?<=takes: )[.\d]+")
DIGITS = PATH.with_name("digits.json")


def learned(library: str, compiled: bool = False) -> dict[str, object]:
    """Two epochs of examples/digits.py: every fifth loss, and what is recognised then."""
    training = Training(library, compiled)
    training.epoch()
    training.epoch()
    found = training.tested()
    return {"losses": found.losses[::5], "test_loss": found.test_loss, "accuracy": found.accuracy}


def main() -> None:
    found = {name: run(name, "torch") for name in LISTINGS}
    lines = [
        f"{json.dumps(name)}: {json.dumps({'printed': SECONDS.sub('0.0000', printed), 'numbers': numbers})}"
        for name, (printed, numbers) in found.items()
    ]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    DIGITS.write_text(json.dumps(learned("torch")) + "\n", encoding="utf-8")
    print(f"{len(found)} listings, {PATH.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
