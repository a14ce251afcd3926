"""A picture of an evaluation: bars of each method's measures with their intervals, as SVG."""

import math
from collections.abc import Iterator
from html import escape

from graph.quality.report import Report, Row

PANELS = {"recall@20": "Recall@20", "recall@100": "Recall@100", "ndcg@20": "NDCG@20", "discovery": "Discovery@20"}
"""The measures that are drawn, with their headings."""
NAMES_WIDTH, BARS_WIDTH, VALUE_WIDTH = 110, 200, 60
BAR, GAP, HEAD = 14, 8, 30
COLOURS = ("#c2410c", "#94a3b8")
"""Of what is served, and of the others."""
STYLE = "text{font:12px sans-serif;fill:#334155}.h{font-weight:bold}.i{stroke:#334155}"


def svg(report: Report) -> str:
    """The picture: a panel for each measure, two beside each other."""
    rows = report.table.rows
    width = NAMES_WIDTH + BARS_WIDTH + VALUE_WIDTH
    height = HEAD + len(rows) * (BAR + GAP) + GAP
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width}" height="{2 * height}">']
    lines.append(f'<style>{STYLE}</style><rect width="100%" height="100%" fill="white"/>')
    for number, (measure, heading) in enumerate(PANELS.items()):
        lines.append(f'<g transform="translate({number % 2 * width} {number // 2 * height})">')
        lines.extend(_panel(rows, measure, heading))
        lines.append("</g>")
    return "\n".join([*lines, "</svg>", ""])


def _panel(rows: list[Row], measure: str, heading: str) -> Iterator[str]:
    """The bars of one measure, from 0 to the highest end of an interval."""
    known = [row for row in rows if not math.isnan(row.measures[measure].mean)]
    scale = BARS_WIDTH / max([row.measures[measure].high for row in known] + [1e-9])
    yield f'<text class="h" x="{NAMES_WIDTH}" y="18">{escape(heading)}</text>'
    for place, row in enumerate(known):
        yield from _bar(row, measure, HEAD + place * (BAR + GAP), scale, COLOURS[row is not rows[0]])


def _bar(row: Row, measure: str, y: int, scale: float, colour: str) -> Iterator[str]:
    """A bar with its name, its interval and its number."""
    found, middle, base = row.measures[measure], y + BAR / 2, y + BAR - 3
    low, high = (NAMES_WIDTH + scale * end for end in (found.low, found.high))
    yield f'<text x="{NAMES_WIDTH - 6}" y="{base}" text-anchor="end">{escape(row.method)}</text>'
    yield f'<rect x="{NAMES_WIDTH}" y="{y}" width="{scale * found.mean:.1f}" height="{BAR}" fill="{colour}"/>'
    yield f'<line class="i" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
    yield f'<text x="{NAMES_WIDTH + BARS_WIDTH + 6}" y="{base}">{found.mean:.4f}</text>'
