"""What every test shares: verified stages, a seeded generator, golden files, hypothesis profiles."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

os.environ["TANGENTC_VERIFY"] = "1"  # before tangentc is imported: the verifier runs after each stage

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "test",
    deadline=None,  # the first call of a derivative compiles it
    derandomize=True,  # the same examples in every run; `make fuzz` looks for new ones
    max_examples=300,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("fuzz", settings.get_profile("test"), derandomize=False, max_examples=10_000)
settings.load_profile("test")


gc.set_threshold(50_000, 20, 100)  # a compiler makes many small objects, and few cycles


def pytest_collection_finish() -> None:
    """What was made to find the tests stays until the end: the collector need not look at it again."""
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the golden files, then compare")


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with the same seed for each test."""
    return np.random.default_rng(20170)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("name.txt", text)`: the text equals the file `golden/name.txt` beside the test.

    `pytest --golden` (or `make golden`) writes the files; the diff is then read like any other code.
    """
    folder = Path(request.path).parent / "golden"

    def check(name: str, text: str) -> None:
        path = folder / name
        if request.config.getoption("--golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} does not exist: run `make golden` and read it"
        assert text == path.read_text(encoding="utf-8")

    return check
