"""The few SVG elements that all pictures are made of; each function returns one as text."""

from collections.abc import Iterable
from random import Random

SIZE = 320
INK = "#2c2a35"
Point = tuple[float, float]


def circle(x: float, y: float, radius: float, fill: str, more: str = "") -> str:
    """A circle; `more` holds further attributes, here and below."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {more}/>'


def oval(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """An ellipse with these half axes."""
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{width:.1f}" ry="{height:.1f}" fill="{fill}" {more}/>'


def box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A rectangle from its upper left corner."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" {more}/>'


def shape(path: str, fill: str, more: str = "") -> str:
    """A closed path."""
    return f'<path d="{path}Z" fill="{fill}" {more}/>'


def polygon(points: Iterable[Point], fill: str, more: str = "") -> str:
    """A polygon with these corners."""
    return shape("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), fill, more)


def stroke(path: str, color: str, width: float, more: str = "") -> str:
    """An open path with round ends."""
    return (
        f'<path d="{path}" fill="none" stroke="{color}" stroke-width="{width:.1f}" '
        f'stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def placed(content: str, x: float, y: float, scale: float = 1, turn: float = 0) -> str:
    """The content, drawn around 0, 0, moved to x, y, made larger and turned (degrees)."""
    return f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f}) scale({scale:.2f})">{content}</g>'


def near_middle(r: Random, content: str, y: float = 190, scale: float = 1.0) -> str:
    """The content near the middle of the picture, a little moved, sized and perhaps mirrored."""
    flip = f'<g transform="scale({r.choice((-1, 1))} 1)">{content}</g>'
    return placed(flip, 160 + r.uniform(-22, 22), y + r.uniform(-6, 6), scale * r.uniform(0.92, 1.08))


def eyes(distance: float, y: float, size: float = 7) -> str:
    """Two eyes at this distance from the middle."""
    return "".join(circle(x, y, size, INK) + circle(x + 2, y - 2, size / 3, "#fff") for x in (-distance, distance))
