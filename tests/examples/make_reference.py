"""Write `reference.json`: what the listings of the lecture print with PyTorch, and the numbers they compute.

python -m tests.examples.make_reference      (where PyTorch is installed)
"""

import json
import tempfile
from pathlib import Path

from tests.examples.listings import LISTINGS, run, translated

PATH = Path(__file__).with_name("reference.json")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        translated(Path(folder))
        found = {name: run(name, "torch", Path(folder)) for name in LISTINGS}
    lines = [
        f"{json.dumps(name)}: {json.dumps({'printed': printed, 'numbers': numbers})}"
        for name, (printed, numbers) in found.items()
    ]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(found)} listings, {PATH.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
