"""A plot with two logarithmic axes, drawn by hand: lines of milliseconds over numbers of tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 250, 20, 50
COLOURS = ("#0b6e4f", "#b5179e", "#e07a00", "#2156a5", "#555555")


@dataclass(frozen=True)
class Frame:
    """Where a size and a figure lie in the picture."""

    sizes: Sequence[int]
    low: int  # powers of ten
    high: int

    def x(self, size: float) -> float:
        first, last = log10(self.sizes[0]), log10(self.sizes[-1])
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(size) - first) / (last - first)

    def y(self, figure: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (log10(figure) - self.low) / (self.high - self.low)


def plotted(sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """The SVG."""
    figures = [figure for line in lines.values() for figure in line]
    frame = Frame(sizes, floor(log10(min(figures))), ceil(log10(max(figures))))
    style = 'font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>'
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    return "\n".join([head, ground, *_axes(frame), *_drawn(frame, lines), "</svg>", ""])


def _axes(frame: Frame) -> Iterator[str]:
    for power in range(frame.low, frame.high + 1):
        at = frame.y(10.0**power)
        yield f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>'
    for size in frame.sizes:
        yield f'<path d="M{frame.x(size):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>'
        yield f'<text x="{frame.x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,}</text>'
    yield f'<text x="{LEFT}" y="{HEIGHT - 8}">tasks in the database</text>'


def _drawn(frame: Frame, lines: Mapping[str, Sequence[float]]) -> Iterator[str]:
    labels = apart({name: frame.y(line[-1]) for name, line in lines.items()})
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        points = " ".join(
            f"{frame.x(size):.1f},{frame.y(one):.1f}" for size, one in zip(frame.sizes, line, strict=True)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{WIDTH - RIGHT + 10}" y="{labels[name] + 4:.1f}" fill="{colour}">{escape(name)}</text>'


def apart(places: Mapping[str, float], least: float = 16) -> dict[str, float]:
    """The same heights, pushed down where two labels would overlap."""
    found = dict(sorted(places.items(), key=lambda item: item[1]))
    for above, below in pairwise(found):
        found[below] = max(found[below], found[above] + least)
    return found
