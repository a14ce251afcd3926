"""Boats, trains, cars, planes and balloons.

Each function returns SVG text; the random numbers settle its variant.
"""

from math import cos, pi, sin
from random import Random

from loaders.generator.drawing.svg import INK, SIZE, box, circle, near_middle, oval, placed, polygon, shape, stroke


def boats(r: Random) -> str:
    """Fishing boats at a pier."""
    pier = box(0, 262, 120, 10, "#8a6244") + "".join(box(x, 262, 8, 44, "#6f4c36") for x in (12, 56, 100))
    hulls = "".join(
        placed(_boat(r.choice(("#d8434e", "#3f7fb5", "#f0b03c", "#4f9a7a"))), x, y, s)
        for x, y, s in ((214, 248, 0.8), (250, 288, 1.1))
    )
    return pier + hulls


def _boat(color: str) -> str:
    return (
        shape("M-56 0H56Q46 26 34 28H-36Q-50 20 -56 0", color)
        + box(-14, -30, 36, 30, "#fffaf0")
        + box(-6, -23, 12, 10, "#7fb4d6")
        + stroke("M-30 0V-62L-14 -30", "#6b4a38", 3)
    )


def sailboat(r: Random) -> str:
    """A sailing boat."""
    sail = r.choice(("#fffdf6", "#f8e3c0", "#f5b5a0"))
    hull = shape("M-86 34H88Q70 66 48 68H-52Q-76 60 -86 34", r.choice(("#b5483f", "#2f5f8a", "#6b4a38", "#f5f3ee")))
    sails = shape("M6 -134Q74 -50 76 22H6", sail) + shape(
        "M-6 -112Q-60 -30 -66 22H-6", r.choice((sail, "#e8624f", "#4f8fc0"))
    )
    return near_middle(
        r,
        stroke("M0 -140V34", "#6b4a38", 5)
        + sails
        + hull
        + polygon(((0, -140), (26, -132), (0, -124)), "#e8624f")
        + stroke("M-104 70Q-50 60 0 70T104 70", "#ffffffcc", 4),
        200,
    )


def surfboard(r: Random) -> str:
    """A surfer on a board."""
    skin, suit = r.choice(("#f0c09a", "#b57f5a", "#8a5a3f")), r.choice(("#2c3440", "#d8434e", "#3f6f9f"))
    board = oval(0, 56, 72, 10, r.choice(("#ffe169", "#fff", "#f78f6a")), 'transform="rotate(-9)"')
    body = (
        stroke("M-6 -6L14 26L-2 52M-6 -6L-24 28L-40 58", suit, 13)
        + stroke("M4 -50L-8 -4", suit, 20)
        + stroke("M4 -46L44 -36M4 -46L-38 -28", skin, 9)
    )
    return placed(
        board + body + circle(8, -72, 14, skin) + shape("M-8 -74Q8 -98 24 -76Q8 -82 -8 -74", "#4a3428"),
        118 + r.uniform(-10, 10),
        196,
        0.9,
    )


def train(r: Random) -> str:
    """A train on a viaduct."""
    color = r.choice(("#c8453b", "#2f6f9f", "#3f7f5f", "#e0a030"))
    arches = box(0, 226, SIZE, 14, "#8a7a70") + "".join(
        shape(f"M{x} 320V240H{x + 64}V320H{x + 54}V276a22 22 0 0 0 -44 0V320", "#a5948a") for x in range(0, SIZE, 64)
    )
    cars = "".join(
        box(x, 158, 92, 58, color, 'rx="7"')
        + box(x, 194, 92, 7, "#fff8")
        + "".join(box(x + dx, 168, 20, 19, "#dff1fb", 'rx="3"') for dx in (8, 36, 64))
        + "".join(circle(x + dx, 219, 9, INK) for dx in (20, 72))
        for x in (-30, 68)
    )
    engine = (
        shape("M166 216V158H220Q262 162 274 216", color)
        + shape("M222 168Q246 172 254 190H222", "#dff1fb")
        + box(174, 168, 22, 19, "#dff1fb", 'rx="3"')
        + box(166, 194, 96, 7, "#fff8")
        + circle(190, 219, 9, INK)
        + circle(244, 219, 9, INK)
        + circle(268, 206, 4, "#ffe9a0")
    )
    return arches + placed(cars + engine, r.uniform(-14, 26), 0)


def road(r: Random) -> str:
    """A road across the picture."""
    return box(0, 252, SIZE, 68, "#5f636e") + stroke("M10 288H320", "#f8f3e0", 5, 'stroke-dasharray="34 26"')


def car(r: Random) -> str:
    """An old car from the side."""
    color = r.choice(("#e8624f", "#5fb5c0", "#f2c14b", "#8fae6a", "#f3ede2", "#6f7fc0"))
    roof = (
        shape("M-66 -18Q-50 -64 -16 -66H34Q62 -62 78 -18", color)
        + shape("M-50 -20Q-40 -52 -14 -54H4V-20", "#d5ecf5")
        + shape("M12 -20V-54H32Q52 -50 62 -20", "#d5ecf5")
    )
    body = (
        shape("M-122 20Q-124 -14 -84 -20H84Q124 -14 124 20Q122 34 108 34H-110Q-122 34 -122 20", color)
        + box(-122, 14, 246, 5, "#ffffff88")
        + circle(112, 0, 9, "#fff3b0")
    )
    wheels = "".join(circle(x, 34, 27, INK) + circle(x, 34, 13, "#d5d9df") for x in (-68, 70))
    bags = (
        box(-40, -86, 50, 18, "#8a5f42", 'rx="5"') + box(14, -82, 30, 14, "#4f7fa0", 'rx="4"')
        if r.random() < 0.5
        else ""
    )
    return near_middle(r, bags + roof + body + wheels, 238)


def bicycle(r: Random) -> str:
    """A bicycle from the side."""
    color = r.choice(("#d8434e", "#2f8f8a", "#3f6fb5", "#f0a030", "#3a3a44"))
    spokes = "".join(
        stroke(f"M0 0L{cos(i * pi / 5) * 54:.1f} {sin(i * pi / 5) * 54:.1f}", "#b5bac4", 1.4) for i in range(10)
    )
    wheel = f'<circle r="56" fill="none" stroke="{INK}" stroke-width="7"/>' + spokes + circle(0, 0, 6, INK)
    frame = stroke("M-78 0L-40 -76L50 -80L-6 0L-78 0M-40 -76L-6 0M42 -98L78 0", color, 8)
    fittings = (
        stroke("M-40 -76L-46 -94M-64 -96H-28", INK, 8)
        + stroke("M42 -98L40 -110L72 -116", INK, 7)
        + circle(-6, 0, 13, INK)
        + stroke("M-6 0L8 20H18", INK, 5)
    )
    basket = (
        polygon(((58, -104), (106, -104), (98, -66), (66, -66)), "#c99a5f")
        + "".join(circle(x, -108, 11, c) for x, c in ((68, "#f26d8f"), (82, "#f8d048"), (96, "#b57fe0")))
        if r.random() < 0.5
        else ""
    )
    return near_middle(r, placed(wheel, -78, 0) + placed(wheel, 78, 0) + frame + fittings + basket, 226)


def plane(r: Random) -> str:
    """A plane in the sky."""
    color = r.choice(("#e8624f", "#3f7fc0", "#3fa08a", "#f0a030"))
    body = shape("M-120 -6Q-100 -24 -60 -24H80Q122 -18 128 4Q120 22 80 24H-60Q-104 20 -120 -6", "#fdfdfd") + shape(
        "M-122 -8L-142 -68H-112L-74 -22", color
    )
    wings = (
        shape("M-6 10L-70 92H-38L58 10", "#c9d3dc")
        + shape("M4 -24L-32 -76H-8L54 -24", "#dbe3ea")
        + box(-114, 4, 236, 6, color)
    )
    panes = "".join(circle(x, -8, 5, "#5f8fb0") for x in range(-60, 90, 18)) + shape(
        "M96 -14Q114 -8 120 0H96", "#5f8fb0"
    )
    return placed(
        stroke("M-310 10H-150M-280 -14H-158", "#fff", 7, 'opacity=".7"') + body + panes + wings,
        172 + r.uniform(-20, 20),
        158,
        0.95,
        r.uniform(-20, -6),
    )


def balloons(r: Random) -> str:
    """Hot-air balloons, one large."""
    places = ((70, 92, 0.45), (266, 150, 0.38), (170, 122, 1.05))
    return "".join(placed(_balloon(r), x + r.uniform(-20, 20), y + r.uniform(-16, 16), s) for x, y, s in places)


def _balloon(r: Random) -> str:
    colors = r.sample(("#e84855", "#f9c22e", "#3fa7d6", "#7cb518", "#9b5de5", "#ff8c42", "#fdf6e3"), 3)
    stripes = zip((84, 56, 26), colors, strict=True)
    bag = "".join(
        shape(
            f"M0 -90C{w * 1.05:.0f} -90 {w * 1.2:.0f} 0 {w * 0.22:.0f} 74"
            f"H{-w * 0.22:.0f}C{-w * 1.2:.0f} 0 {-w * 1.05:.0f} -90 0 -90",
            color,
        )
        for w, color in stripes
    )
    return stroke("M-16 74L-12 98M16 74L12 98", "#6b4a38", 2) + bag + box(-15, 98, 30, 22, "#a5714c", 'rx="4"')
