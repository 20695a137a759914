"""Bar charts as SVG, written by hand: small, text stays text, and light or dark follows the reader."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

WIDTH, ROW, LABELS, VALUES, TOP = 820, 26, 300, 150, 58
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 15px }
  .note, .tick { fill: #57606a; font-size: 12px }
  .bar { fill: #8c959f } .ours { fill: #0969da } line { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .note, .tick { fill: #9da7b1 }
    .bar { fill: #6e7681 } .ours { fill: #4493f8 } line { stroke: #30363d }
  }
"""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float
    ours: bool


@dataclass(frozen=True)
class Chart:
    title: str
    note: str
    unit: str
    bars: list[Bar]

    def alt(self) -> str:
        """For whoever does not see it; the numbers are in the table below."""
        by_value = sorted(self.bars, key=lambda bar: bar.value)
        least, most = (f"{bar.label} with {number(bar.value)} {self.unit}" for bar in (by_value[0], by_value[-1]))
        return f"Bar chart of the table below, {self.title}: from {least} to {most}"


def number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def write(chart: Chart, target: Path) -> None:
    """A logarithmic scale: the values are powers of ten apart."""
    low = 10 ** math.floor(math.log10(min(bar.value for bar in chart.bars) * 0.9))
    high = 10 ** math.ceil(math.log10(max(bar.value for bar in chart.bars) * 1.01))
    space = WIDTH - LABELS - VALUES

    def place(value: float) -> float:
        return LABELS + space * math.log10(value / low) / math.log10(high / low)

    bottom = TOP + ROW * len(chart.bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 28}" role="img">',
        f"<title>{escape(chart.alt())}</title><style>{STYLE}</style>",
        f'<text class="title" x="8" y="22">{escape(chart.title)}</text>',
        f'<text class="note" x="8" y="42">{escape(chart.note)}</text>',
    ]
    tick = low
    while tick <= high * 1.001:
        x = place(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,g}</text>')
        tick *= 10
    for row, bar in enumerate(chart.bars):
        y, length = TOP + ROW * row, place(bar.value) - LABELS
        kind = "ours" if bar.ours else "bar"
        parts += [
            f'<text x="{LABELS - 10}" y="{y + 17}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect class="{kind}" x="{LABELS}" y="{y + 4}" width="{length:.1f}" height="{ROW - 8}" rx="2"/>',
            f'<text x="{LABELS + length + 6:.1f}" y="{y + 17}">{number(bar.value)} {escape(chart.unit)}</text>',
        ]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([*parts, "</svg>"]) + "\n")
