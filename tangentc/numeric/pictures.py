"""The picture of a study of steps, by Matplotlib."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tangentc.numeric.steps import Curve, StepStudy

__all__ = ["COLOURS", "Picture", "drawn", "new_figure"]

COLOURS = ("#1f6feb", "#d1500f", "#2c8a3d", "#8250df", "#9a6700")


class Picture:
    """What draws itself."""

    __slots__ = ()

    def figure(self) -> Figure:
        """The picture, a figure of Matplotlib.

        Raises: ImportError: Matplotlib is not installed.
        """
        raise NotImplementedError

    def save(self, path: str | Path) -> None:
        """Write the picture; the suffix of the path says in which format."""
        self.figure().savefig(path)

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        file = BytesIO()
        self.figure().savefig(file, format="png")
        return file.getvalue()


def new_figure(width: float, height: float) -> Any:
    """An empty figure that belongs to no window.

    Raises: ImportError: Matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("pictures need Matplotlib: pip install 'tangentc[plots]'") from error
    return Figure(figsize=(width, height), dpi=150, layout="constrained")


def drawn(study: StepStudy) -> Figure:
    """Errors against steps on logarithmic axes, with the fitted lines and the steps that are taken by default."""
    figure: Figure = new_figure(7.5, 5.0)
    axes = figure.subplots()
    for curve, colour in zip(study.curves, COLOURS, strict=False):
        _draw(axes, study, curve, colour)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(study.steps.min() / 1.5, study.steps.max() * 1.5)
    axes.set_xlabel("step h")
    axes.set_ylabel(
        "relative error of the derivative" if np.any(study.reference) else "error of the derivative"
    )
    axes.set_title(study.title, fontsize=11)
    axes.grid(True, which="major", alpha=0.25, linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.plot([], [], color="#57606a", linewidth=0.8, linestyle=":", label="step by default")
    axes.legend(fontsize=9, framealpha=0.9, edgecolor="none")
    return figure


def _draw(axes: Any, study: StepStudy, curve: Curve, colour: str) -> None:
    shown = np.isfinite(curve.errors) & (curve.errors > 0.0)
    if not np.any(shown):
        return
    size, fill = (5.5, "none") if curve.method == "complex" else (3.0, colour)  # it lies on the central one
    style = {"color": colour, "markersize": size, "markerfacecolor": fill, "markeredgewidth": 0.8}
    axes.plot(study.steps[shown], curve.errors[shown], "o", label=_label(curve), **style)
    for line in (curve.truncation, curve.rounding):
        if line is not None:
            slope, height = line
            low, high = _extent(study, curve, line)
            ends = np.array([low, high])
            axes.plot(ends, 10.0 ** (slope * np.log10(ends) + height), color=colour, linewidth=1.2)
    if study.steps.min() <= curve.rule <= study.steps.max():
        axes.axvline(curve.rule, color=colour, linewidth=0.8, linestyle=":")


def _extent(study: StepStudy, curve: Curve, line: tuple[float, float]) -> tuple[float, float]:
    """From where to where a fitted line is drawn: up to the crossing, or to the least error."""
    middle = curve.balance or curve.best
    if line is curve.truncation:
        return middle, float(study.steps.max())
    slope, height = line
    return float(max(study.steps.min(), 10.0 ** (-height / slope))), middle


def _label(curve: Curve) -> str:
    parts = []
    if curve.truncation is not None:
        parts.append(f"truncation slope {_signed(curve.truncation[0])}")
    if curve.rounding is not None:
        parts.append(f"rounding slope {_signed(curve.rounding[0])}")
    return f"{curve.method}: {', '.join(parts) or 'no slope'}"


def _signed(slope: float) -> str:
    return f"{slope:.2f}".replace("-", "\N{MINUS SIGN}")
