"""A bar chart of an evaluation as SVG: each method's measures with their intervals."""

import math
from collections.abc import Iterator
from html import escape

from graph.quality.report import Report, Row

PANELS = {"recall@20": "Recall@20", "recall@100": "Recall@100", "ndcg@20": "NDCG@20", "discovery": "Discovery@20"}
"""The headings of the measures that are drawn."""
NAMES_WIDTH, BARS_WIDTH, VALUE_WIDTH = 110, 200, 60
BAR_HEIGHT, GAP_HEIGHT, HEAD_HEIGHT = 14, 8, 30
COLOURS = ("#c2410c", "#94a3b8")
"""The colours of graphfeed and of the other methods."""
STYLE = "text{font:12px sans-serif;fill:#334155}.h{font-weight:bold}.i{stroke:#334155}"


def svg(report: Report) -> str:
    """The chart: a panel for each measure, in two columns."""
    rows = report.table.rows
    width = NAMES_WIDTH + BARS_WIDTH + VALUE_WIDTH
    height = HEAD_HEIGHT + len(rows) * (BAR_HEIGHT + GAP_HEIGHT) + GAP_HEIGHT
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width}" height="{2 * height}">']
    lines.append(f'<style>{STYLE}</style><rect width="100%" height="100%" fill="white"/>')
    for number, (measure, heading) in enumerate(PANELS.items()):
        lines.append(f'<g transform="translate({number % 2 * width} {number // 2 * height})">')
        lines.extend(_panel(rows, measure, heading))
        lines.append("</g>")
    return "\n".join([*lines, "</svg>", ""])


def _panel(rows: list[Row], measure: str, heading: str) -> Iterator[str]:
    """The panel of a measure, scaled from 0 to the highest upper bound."""
    known = [row for row in rows if not math.isnan(row.measures[measure].mean)]
    scale = BARS_WIDTH / max([row.measures[measure].high for row in known] + [1e-9])
    yield f'<text class="h" x="{NAMES_WIDTH}" y="18">{escape(heading)}</text>'
    for place, row in enumerate(known):
        y = HEAD_HEIGHT + place * (BAR_HEIGHT + GAP_HEIGHT)
        yield from _bar(row, measure, y, scale, COLOURS[row is not rows[0]])


def _bar(row: Row, measure: str, y: int, scale: float, colour: str) -> Iterator[str]:
    """A bar with its name, interval and value."""
    found, middle, base = row.measures[measure], y + BAR_HEIGHT / 2, y + BAR_HEIGHT - 3
    low, high = (NAMES_WIDTH + scale * end for end in (found.low, found.high))
    yield f'<text x="{NAMES_WIDTH - 6}" y="{base}" text-anchor="end">{escape(row.method)}</text>'
    yield f'<rect x="{NAMES_WIDTH}" y="{y}" width="{scale * found.mean:.1f}" height="{BAR_HEIGHT}" fill="{colour}"/>'
    yield f'<line class="i" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
    yield f'<text x="{NAMES_WIDTH + BARS_WIDTH + 6}" y="{base}">{found.mean:.4f}</text>'
