"""`python -m tangentc` is the command `tangentc`."""

from __future__ import annotations

import sys

from tangentc.cli import main

if __name__ == "__main__":
    sys.exit(main())
