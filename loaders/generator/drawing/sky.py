"""Skies, and what is in them.

Each function returns SVG text; the random numbers settle its variant.
"""

from math import cos, pi, sin
from random import Random

from loaders.generator.drawing.svg import SIZE, box, circle, oval, placed, polygon, shape, stroke

SKIES = {
    "day": ("#6fc0f0 #e4f5ff", "#58b0ea #d5eeff", "#8accea #fdf4de", "#7db9f5 #eaf3ff"),
    "dusk": ("#43307a #ff9a56", "#5d2b70 #ff7e5f", "#7d3d6c #ffc371", "#2f417f #f8926c"),
    "dawn": ("#f4b3a4 #fdf1c8", "#c3b1e8 #ffdcba", "#a5c6f0 #ffe4c4", "#f2a7b5 #ffe9c9"),
    "dark": ("#0b1437 #2b3a78", "#10122f #3f2f6c", "#071a2e #205070"),
    "grey": ("#aeb9c4 #e6eaec", "#9caebc #e2e8ea", "#b5b8c6 #ebe8ec"),
    "storm": ("#262e3f #6f7a8c", "#2f3549 #83869a"),
    "warm": ("#f7c873 #fdeecb", "#f5a86b #fde3c0", "#8fd0ea #fbe7c0"),
    "cold": ("#a9d4ee #eef8fd", "#bcd3ee #f4f8fd", "#93c3e4 #e8f4fa"),
    "deep": ("#29a3c9 #07365c", "#2fb3b8 #0a3f66", "#3a8fd0 #0c2a5b"),
    "room": ("#f9e7d4 #efd4b6", "#e9e2f4 #d2c6e6", "#dcede6 #b9d8cd", "#fce2d8 #f3c6b5", "#dfeaf6 #bdd2e8"),
    "leafy": ("#cfe8a9 #7fb56b", "#b9dfb0 #5f9f6a", "#e3ecae #93b95f"),
}


def sky(name: str, r: Random) -> str:
    """A gradient over the whole picture."""
    top, bottom = r.choice(SKIES[name]).split()
    return (
        f'<linearGradient id="sky" x2="0" y2="1"><stop stop-color="{top}"/><stop offset="1" '
        f'stop-color="{bottom}"/></linearGradient>{box(0, 0, SIZE, SIZE, "url(#sky)")}'
    )


def sun(r: Random) -> str:
    """A sun high up, with a glow."""
    x, y = r.uniform(50, 270), r.uniform(45, 90)
    return circle(x, y, 48, "#fff3b0", 'opacity=".35"') + circle(x, y, r.uniform(24, 32), "#ffe169")


def low_sun(r: Random) -> str:
    """A large sun on the horizon, with rings of glow."""
    x, color = r.uniform(90, 230), r.choice(("#ffe08a", "#fff0b8", "#ffcf70"))
    glow = "".join(circle(x, 196, radius, color, 'opacity=".18"') for radius in (118, 88, 64))
    return glow + circle(x, 196, r.uniform(40, 52), color)


def moon(r: Random) -> str:
    """A full moon with craters, or a crescent."""
    x, y, size = r.uniform(100, 220), r.uniform(90, 140), r.uniform(46, 64)
    disc = circle(x, y, size * 1.5, "#fdf6d8", 'opacity=".12"') + circle(x, y, size, "#fdf6d8")
    if r.random() < 0.4:
        bend = f"M{x - size * 0.3:.1f} {y - size:.1f}a{size:.1f} {size:.1f} 0 1 0 0 {2 * size:.1f}"
        return shape(bend + f"a{size * 1.4:.1f} {size * 1.4:.1f} 0 0 1 0 {-2 * size:.1f}", "#fdf6d8")
    spots = ((-0.35, -0.2, 0.2), (0.3, 0.25, 0.26), (0.2, -0.45, 0.13), (-0.2, 0.5, 0.15))
    return disc + "".join(circle(x + a * size, y + b * size, c * size, "#e6dcb4") for a, b, c in spots)


def stars(r: Random) -> str:
    """Many small stars."""
    return "".join(
        circle(r.uniform(0, SIZE), r.uniform(0, 230), r.uniform(0.6, 2.2), "#fff", f'opacity="{r.uniform(0.5, 1):.2f}"')
        for _ in range(90)
    )


def milky_way(r: Random) -> str:
    """A bright band of stars across the sky."""
    turn = r.uniform(-60, -30)
    bands = ((200, 34, 0.10), (190, 22, 0.12), (170, 11, 0.16))
    band = "".join(oval(0, 0, w, h, "#d8d4ff", f'opacity="{o}"') for w, h, o in bands)
    dust = "".join(circle(r.gauss(0, 75), r.gauss(0, 12), r.uniform(0.5, 1.6), "#fff") for _ in range(120))
    return placed(band + dust, 160, 120, 1, turn)


def _cloud(x: float, y: float, scale: float, fill: str, opacity: float = 0.95) -> str:
    puffs = ((-34, 6, 20), (-12, -8, 27), (18, -4, 24), (38, 8, 17))
    body = "".join(circle(a, b, c, fill) for a, b, c in puffs) + box(-48, 6, 98, 20, fill, 'rx="10"')
    return f'<g opacity="{opacity}">{placed(body, x, y, scale)}</g>'


def cloud(r: Random) -> str:
    """Two small clouds."""
    places = ((r.uniform(40, 140), r.uniform(40, 80)), (r.uniform(180, 290), r.uniform(60, 110)))
    return "".join(_cloud(x, y, r.uniform(0.5, 0.85), "#fff", 0.85) for x, y in places)


def cloudscape(r: Random) -> str:
    """Clouds all over, larger below."""
    rows = [(y, 0.6 + y / 190) for y in (50, 110, 185, 270)]
    clouds = [_cloud(r.uniform(0, SIZE), y + r.uniform(-15, 15), s, "#fff", 0.9) for y, s in rows for _ in range(2)]
    return "".join(clouds)


def dark_clouds(r: Random) -> str:
    """A low ceiling of dark clouds."""
    shades = ("#3c4558", "#4b5569", "#59637a")
    return "".join(_cloud(x * 70, r.uniform(30, 80), r.uniform(1.1, 1.5), r.choice(shades), 1) for x in range(6))


def lightning(r: Random) -> str:
    """A bolt to the ground."""
    x = r.uniform(100, 220)
    bolt = ((0, 90), (-26, 165), (-4, 160), (-34, 245), (34, 145), (8, 150), (34, 90))
    points = [(x + a, b) for a, b in bolt]
    return polygon(points, "#fff6b0", 'stroke="#fff" stroke-width="10" stroke-opacity=".25"') + polygon(
        points, "#ffe45c"
    )


def rainbow(r: Random) -> str:
    """Seven arcs."""
    x, radius = r.uniform(120, 200), r.uniform(125, 150)
    colors = ("#e8505b", "#f9a04b", "#f9d84b", "#6cc070", "#4aa3df", "#5b6bd0", "#9b5fc0")
    arcs = ((radius - 9 * i, color) for i, color in enumerate(colors))
    return "".join(
        f'<circle cx="{x:.0f}" cy="225" r="{a:.1f}" fill="none" stroke="{c}" stroke-width="9.5" opacity=".85"/>'
        for a, c in arcs
    )


def raindrops(r: Random) -> str:
    """Slanted rain."""
    drops = ((r.uniform(0, SIZE), r.uniform(0, SIZE)) for _ in range(70))
    return "".join(stroke(f"M{x:.0f} {y:.0f}l-4 14", "#6f93b3", 2, 'opacity=".6"') for x, y in drops)


def snowflakes(r: Random) -> str:
    """Falling snow."""
    return "".join(circle(r.uniform(0, SIZE), r.uniform(0, SIZE), r.uniform(1.5, 4), "#fff") for _ in range(60))


def gulls(r: Random) -> str:
    """A few birds far away."""
    places = ((r.uniform(40, 280), r.uniform(40, 120), r.uniform(6, 11)) for _ in range(4))
    return "".join(
        stroke(f"M{x - s:.0f} {y:.0f}q{s / 2:.0f} {-s:.0f} {s:.0f} 0q{s / 2:.0f} {-s:.0f} {s:.0f} 0", "#44505c", 2)
        for x, y, s in places
    )


def bursts(r: Random) -> str:
    """Fireworks."""
    colors = ("#ffd166", "#ef476f", "#06d6a0", "#7bdff2", "#f78fb3", "#fff3b0")
    return "".join(_burst(r, x, r.choice(colors)) for x in (80, 170, 250))


def _burst(r: Random, x: float, color: str) -> str:
    x, y, size = x + r.uniform(-25, 25), r.uniform(60, 140), r.uniform(40, 68)
    rays = [(cos(2 * pi * i / 16), sin(2 * pi * i / 16)) for i in range(16)]
    lines = "".join(
        stroke(f"M{x + a * size * 0.3:.1f} {y + b * size * 0.3:.1f}L{x + a * size:.1f} {y + b * size:.1f}", color, 3)
        for a, b in rays
    )
    return lines + "".join(circle(x + a * size * 1.15, y + b * size * 1.15, 2.4, color) for a, b in rays)
