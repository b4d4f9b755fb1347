"""The picture of expression swell, by Matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tangentc.numeric.pictures import COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tangentc.symbolic.swelling import Swell

__all__ = ["drawn"]

_LABELS = {
    "derivative": "derivative by the rules",
    "simplified": "derivative, simplified",
    "tangent": "tangent code",
    "adjoint": "adjoint code",
}


def drawn(swell: Swell) -> Figure:
    """Sizes beside times, both against n on a logarithmic axis."""
    figure: Figure = new_figure(9.5, 4.2)
    sizes, times = figure.subplots(1, 2)
    n = [row.n for row in swell.rows]
    for (name, label), colour, mark in zip(_LABELS.items(), COLOURS, "osv^", strict=False):
        _line(sizes, n, [getattr(row, name) for row in swell.rows], label, colour, mark)
        _line(times, n, [row.seconds[name] for row in swell.rows], label, colour, mark)
    sizes.set_title(f"{swell.name}: nodes of an expression, operations of code", fontsize=10)
    times.set_title("seconds of one evaluation", fontsize=10)
    for axes in (sizes, times):
        axes.set_yscale("log")
        axes.set_xlabel("n")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(True, which="major", alpha=0.25, linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    sizes.legend(fontsize=9, framealpha=0.9, edgecolor="none", loc="upper left")
    return figure


def _line(axes: Any, n: list[int], values: list[Any], label: str, colour: str, mark: str) -> None:
    pairs = [(count, value) for count, value in zip(n, values, strict=True) if value]
    if pairs:
        x, y = zip(*pairs, strict=True)
        axes.plot(x, y, mark, linestyle="-", color=colour, markersize=4.0, linewidth=1.2, label=label)
