"""Curves as SVG, written by hand like the bars of plots.py: logarithmic both ways, each line named at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

from plots import number

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 820, 420, 64, 250, 58, 40
LABEL_APART = 17
COLOURS = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#57606a", "#9a6700")
DARK = ("#4493f8", "#f0883e", "#3fb950", "#ab7df8", "#f778ba", "#9da7b1", "#d29922")


def style() -> str:
    light = " ".join(f".c{n} {{ stroke: {colour} }} .t{n} {{ fill: {colour} }}" for n, colour in enumerate(COLOURS))
    dark = " ".join(f".c{n} {{ stroke: {colour} }} .t{n} {{ fill: {colour} }}" for n, colour in enumerate(DARK))
    return f"""
  text {{ font: 13px system-ui, sans-serif; fill: #24292f }}
  .title {{ font-weight: 600; font-size: 15px }}
  .note, .tick {{ fill: #57606a; font-size: 12px }}
  .grid {{ stroke: #d0d7de }} polyline {{ fill: none; stroke-width: 2 }} .dashed {{ stroke-dasharray: 5 4 }}
  {light}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3 }} .note, .tick {{ fill: #9da7b1 }} .grid {{ stroke: #30363d }} {dark}
  }}
"""


@dataclass(frozen=True)
class Curve:
    label: str
    #: (x, y), both above 0
    points: list[tuple[float, float]]
    #: lines of one colour belong together
    colour: int
    dashed: bool = False


@dataclass(frozen=True)
class Curves:
    title: str
    note: str
    unit: str
    curves: list[Curve]

    def alt(self) -> str:
        """For whoever does not see it; the numbers are in the table below."""
        ends = [f"{c.label} from {number(c.points[0][1])} to {number(c.points[-1][1])} {self.unit}" for c in self.curves]
        return f"Curves of the table below, {self.title}: {'; '.join(ends)}"


def decades(values: list[float]) -> list[float]:
    low, high = math.floor(math.log10(min(values) * 1.001)), math.ceil(math.log10(max(values) * 0.999))
    return [10.0**exponent for exponent in range(low, max(high, low + 1) + 1)]


def write(chart: Curves, target: Path) -> None:
    points = [point for curve in chart.curves for point in curve.points]
    xs, ys = (decades([point[axis] for point in points]) for axis in (0, 1))
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + across * math.log10(x / xs[0]) / math.log10(xs[-1] / xs[0]),
            TOP + down * math.log10(ys[-1] / y) / math.log10(ys[-1] / ys[0]),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(chart.alt())}</title><style>{style()}</style>",
        f'<text class="title" x="8" y="22">{escape(chart.title)}</text>',
        f'<text class="note" x="8" y="42">{escape(chart.note)}</text>',
    ]
    for x in xs:
        at = place(x, ys[0])[0]
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="tick" x="{at:.1f}" y="{HEIGHT - 18}" text-anchor="middle">{x:,.0f}</text>')
    for y in ys:
        at = place(xs[0], y)[1]
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{LEFT + across}" y1="{at:.1f}" y2="{at:.1f}"/>')
        tick = f"{y:,g} {escape(chart.unit)}"
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{tick}</text>')
    for curve in chart.curves:
        line = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in curve.points)
        kind = f"c{curve.colour}" + (" dashed" if curve.dashed else "")
        parts.append(f'<polyline class="{kind}" points="{line}"/>')
    parts += labels(chart, [place(*curve.points[-1]) for curve in chart.curves])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([*parts, "</svg>"]) + "\n")


def labels(chart: Curves, ends: list[tuple[float, float]]) -> list[str]:
    """At the ends of the lines, from top to bottom, pushed down where two would touch."""
    parts, free = [], float(TOP)
    for curve, (x, y) in sorted(zip(chart.curves, ends, strict=True), key=lambda pair: pair[1][1]):
        y = max(y + 4, free)
        free = y + LABEL_APART
        text = f"{curve.label}, {number(curve.points[-1][1])} {chart.unit}"
        parts.append(f'<text class="t{curve.colour}" x="{x + 8:.1f}" y="{y:.1f}">{escape(text)}</text>')
    return parts
