"""Examples that run with PyTorch: the same text, but for the lines that import."""

from __future__ import annotations

import importlib.util
import linecache
import re
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["EXAMPLES", "IMPORTS", "installed", "module_of"]

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

IMPORTS = {
    "import tangentc.eager as torch\n": "import torch\n",
    "import tangentc.nn.functional as F\n": "import torch.nn.functional as F\n",
    "from tangentc import nn\n": "from torch import nn\n",
    "from tangentc import nn, optim\n": "from torch import nn, optim\n",
    "from tangentc.data import ": "from torch.utils.data import ",
}
_FROM = re.compile(r"^from (\w+) import ", re.MULTILINE)


def installed() -> bool:
    """Whether PyTorch can be imported."""
    return importlib.util.find_spec("torch") is not None


def module_of(path: Path, library: str, name: str = "") -> ModuleType:
    """An example as a module, with the tensors of a library: "tangentc" or "torch".

    So are the files beside it from which it imports.  The name "__main__" runs it as a script.
    """
    text = path.read_text(encoding="utf-8")
    beside = {other: path.with_name(f"{other}.py") for other in _FROM.findall(text)}
    neighbours = {other: module_of(file, library) for other, file in beside.items() if file.exists()}
    file_name = str(path)
    if library == "torch":
        text, file_name = _translated(text), f"<{path.stem} with {library}>"
        linecache.cache[file_name] = (len(text), None, text.splitlines(keepends=True), file_name)
    module = ModuleType(name or f"{path.stem}_with_{library}")
    module.__file__ = str(path)
    sys.modules.update(neighbours)
    try:
        exec(compile(text, file_name, "exec"), vars(module))
    finally:
        for other in neighbours:
            del sys.modules[other]
    return module


def _translated(text: str) -> str:
    for ours, theirs in IMPORTS.items():
        text = text.replace(ours, theirs)
    return text
