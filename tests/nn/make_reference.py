"""Write `reference.npz`: what PyTorch computes for each case, in double precision.

python -m tests.nn.make_reference      (where PyTorch is installed)
"""

from pathlib import Path

import numpy as np

from tests.nn.cases import CASES, results, theirs

PATH = Path(__file__).with_name("reference.npz")


def main() -> None:
    torch = theirs()
    found = {name: np.concatenate([a.ravel() for a in results(name, torch, np.float64)]) for name in CASES}
    np.savez_compressed(PATH, **found)
    print(f"{len(found)} cases, {PATH.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
