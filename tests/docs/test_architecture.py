"""docs/ARCHITECTURE.md shows the files and the stages as they are."""

from __future__ import annotations

import ast

import pytest

from tests.docs.markdown import ROOT, generated
from tests.docs.stages import stages

PAGE = ROOT / "docs" / "ARCHITECTURE.md"

LAYERS = (
    (
        "errors.py",
        "source.py",
        "numerics.py",
        "numerics_factors.py",
        "numerics_special.py",
        "numerics_filters.py",
        "numerics_matrices.py",
        "numerics_integrals.py",
        "numerics_interpolation.py",
        "numerics_sparse.py",
        "shadows.py",
    ),
    ("kinds",),
    ("primitives",),
    ("ir",),
    ("rules",),
    ("analysis",),
    ("frontend",),
    ("transform",),
    ("emit",),
    ("pipeline.py",),
    ("highlight.py", "drawing"),
    ("runtime",),
    ("executed",),
    ("traces", "testing.py", "custom.py", "numeric"),
    ("symbolic",),
    ("api.py",),
    ("jacobians.py", "checking.py"),
    ("passes.py",),
    ("eager",),
    ("nn",),
    ("data", "optim"),
    ("__init__.py",),
    ("catalogue", "named.py"),
    ("cli",),
    ("__main__.py",),
)  # fmt: skip
FRONTEND = (
    "text",
    "library",
    "state",
    "flow",
    "functions",
    "expressions",
    "objects",
    "standard",
    "arrays",
    "calls",
    "statements",
    "lower.py",
)  # fmt: skip
PACKAGE = ROOT / "tangentc"


def _layer(path) -> tuple[int, str]:
    """The number of a file's layer, and its member of that layer."""
    member = path.relative_to(PACKAGE).parts[0]
    for number, members in enumerate(LAYERS):
        if member in members:
            return number, member
    raise AssertionError(f"{member} stands in no layer")


def _imports(path, nodes=ast.walk):
    """The files of the package that a file imports, wherever in its text, or among its statements."""
    for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "tangentc":
                yield _file(parts[1:])


def _file(parts):
    """The file that `tangentc.a.b.name` comes from; `name` may be a module or something in one."""
    for length in range(len(parts), 0, -1):
        place = PACKAGE.joinpath(*parts[:length])
        if place.with_suffix(".py").is_file():
            return place.with_suffix(".py")
        if place.is_dir():
            return place / "__init__.py"
    return PACKAGE / "__init__.py"


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_only_from_the_left(path):
    number, member = _layer(path)
    for other in _imports(path):
        other_number, other_member = _layer(other)
        allowed = other_number < number or other_member == member or other_number == number == 0
        assert allowed, f"imports {other.relative_to(PACKAGE)}"


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE / "frontend").glob("*/*.py")),
    ids=lambda path: path.relative_to(PACKAGE).as_posix(),
)
def test_frontend_imports_only_from_the_left(path):
    """Statements hold expressions, which hold calls, which hold statements: what closes the circle is imported late."""
    frontend = PACKAGE / "frontend"
    own = FRONTEND.index(path.parent.name)
    for other in _imports(path, ast.iter_child_nodes):
        if other.is_relative_to(frontend):
            assert FRONTEND.index(other.relative_to(frontend).parts[0]) <= own, f"imports {other}"


def _tree() -> str:
    """Every file with the first line of its docstring, layer by layer."""
    lines = [line for members in LAYERS for member in members for line in _branch(PACKAGE / member, "")]
    return "```\n" + "\n".join(lines) + "\n```\n"


def _branch(place, indent: str) -> list[str]:
    """The lines of a file, or of a folder: its packages in the order of their layers, its files by name."""
    if place.is_file():
        return [_line(indent + place.name, place)]
    parts = [path for path in place.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()]
    parts = [path for path in parts if path.name != "__init__.py"]
    head = f"{indent}{place.name}/"
    lines = [_line(head, place / "__init__.py") if indent else head]
    for path in sorted(parts, key=_order):
        lines += _branch(path, indent + "  ")
    return lines


def _order(path) -> tuple[int, str]:
    """Where a part of a folder stands."""
    return FRONTEND.index(path.name) if path.parent.name == "frontend" else 0, path.name


def _line(name: str, path) -> str:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, f"{path} has no docstring"
    return f"{name:<20} {doc.splitlines()[0]}"


@pytest.fixture
def rewrite(request):
    return request.config.getoption("--golden")


def test_tree(rewrite):
    generated(PAGE, "tree", _tree(), rewrite)


def test_stages(rewrite):
    sections = [f"### {title}\n\n{about}\n\n```{text}```\n" for title, about, text in stages()]
    generated(PAGE, "stages", "\n".join(sections), rewrite)
