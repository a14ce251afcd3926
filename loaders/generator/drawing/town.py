"""Buildings, streets and bridges.

Each function returns SVG text; the random numbers settle its variant.
"""

from random import Random

from loaders.generator.drawing.land import ridge
from loaders.generator.drawing.svg import SIZE, box, circle, placed, polygon, shape, stroke
from loaders.generator.drawing.water import ripples


def _windows(r: Random, x: float, y: float, width: float, height: float, light: str) -> str:
    cells = (
        (x + 6 + 12 * i, y + 10 + 16 * j) for i in range(int((width - 6) // 12)) for j in range(int((height - 8) // 16))
    )
    return "".join(box(a, b, 6, 8, light) for a, b in cells if r.random() < 0.7)


def _buildings(r: Random, base: float, low: float, high: float, fill: str, light: str) -> str:
    parts, x = [], r.uniform(-20, 0)
    while x < SIZE:
        width, height = r.uniform(32, 56), r.uniform(low, high)
        parts.append(
            box(x, base - height, width, height + 80, fill) + _windows(r, x, base - height, width, height, light)
        )
        x += width + r.uniform(0, 6)
    return "".join(parts)


def skyline(r: Random) -> str:
    """Two rows of high houses."""
    back, front = r.choice((("#a9c3d9", "#5f7f9f"), ("#c4b5d4", "#76659a"), ("#b4c8c4", "#5e8580")))
    return _buildings(r, 270, 110, 210, back, "#ffffff66") + _buildings(r, 290, 60, 140, front, "#fff2b8")


def night_skyline(r: Random) -> str:
    """High houses with lit windows."""
    return _buildings(r, 300, 30, 95, "#0d1330", "#ffd977")


def houses(r: Random) -> str:
    """A row of gabled houses at the water."""
    colors = ["#e76f51", "#f4a261", "#e9c46a", "#7fb7a3", "#d88c9a", "#8fa7d0"]
    r.shuffle(colors)
    return "".join(_house(6 + 52 * i, 200, r.uniform(55, 88), color) for i, color in enumerate(colors))


def _house(x: float, base: float, height: float, fill: str) -> str:
    top = base - height
    walls = box(x, top, 48, height, fill) + polygon(((x - 2, top), (x + 24, top - 26), (x + 50, top)), "#8a4b3c")
    return (
        walls
        + "".join(box(x + dx, top + dy, 10, 14, "#fdf3d0") for dx in (8, 30) for dy in (10, 34))
        + box(x + 18, base - 20, 12, 20, "#6b4a3a")
    )


def alley(r: Random) -> str:
    """Two rows of houses that meet far away, with lamps."""
    left, right = r.sample(("#b5655a", "#c98f5c", "#8a6f94", "#6f8fa0", "#a87b6a"), 2)
    walls = polygon(((0, 0), (132, 130), (132, 216), (0, 320)), left) + polygon(
        ((320, 0), (188, 130), (188, 216), (320, 320)), right
    )
    ground = polygon(((0, 320), (132, 216), (188, 216), (320, 320)), "#6f6470")
    panes = "".join(
        polygon(
            ((a, y), (b, y + w * 0.5), (b, y + w * 1.7), (a, y + w * 1.6)), r.choice(("#ffe6a0", "#ffd27a", "#4a4658"))
        )
        for x, y, w in ((14, 90, 24), (60, 122, 18), (98, 146, 13), (14, 190, 24), (60, 190, 18))
        for a, b in ((x, x + w), (SIZE - x, SIZE - x - w))
    )
    lamps = "".join(
        stroke(f"M{x} {y}V{y - h}", "#2c2a35", 3)
        + circle(x, y - h, h / 9, "#fff0b0")
        + circle(x, y - h, h / 4, "#ffe9a0", 'opacity=".3"')
        for x, y, h in ((72, 268, 92), (248, 268, 92), (118, 234, 54), (202, 234, 54))
    )
    return walls + panes + ground + lamps


def span(r: Random) -> str:
    """A suspension bridge over the water."""
    color = r.choice(("#c8553d", "#5f6f86", "#a64b3c", "#3f6b73"))
    towers = "".join(box(x, 92, 13, 150, color) + box(x - 4, 86, 21, 9, color) for x in (76, 232))
    ropes = stroke("M0 168Q44 150 82 94Q160 214 238 94Q276 150 320 168", color, 4)
    hangers = "".join(stroke(f"M{x} {_rope(x):.0f}V205", color, 1.6) for x in range(94, 232, 12))
    return (
        box(0, 230, SIZE, 90, "#4f9fc4")
        + ripples(r, 248, "#bfe6f5")
        + towers
        + ropes
        + hangers
        + box(0, 202, SIZE, 10, color)
    )


def _rope(x: float) -> float:
    """The height of the bridge's main cable (the parabola that `span` draws)."""
    t = (x - 82) / 156
    return 94 + 240 * t * (1 - t)


def facade(r: Random) -> str:
    """A modern front seen from below: slanted floors with windows."""
    wall, shade, glass = r.choice(
        (("#f2efe9", "#d5cfc4", "#7fb4d6"), ("#e9d5c3", "#cbb199", "#6d9bb8"), ("#dfe6ec", "#b9c5d1", "#557f9f"))
    )
    rows = [(i, r.choice((glass, glass, "#ffe3a3")), r.choice((glass, glass, "#ffe3a3"))) for i in range(7)]
    left = "".join(
        polygon(((24, 70 + 40 * i), (158, 22 + 46 * i), (158, 46 + 46 * i), (24, 92 + 40 * i)), pane)
        for i, pane, _ in rows
    )
    right = "".join(
        polygon(
            ((170, 22 + 46 * i), (296, 82 + 40 * i), (296, 104 + 40 * i), (170, 46 + 46 * i)), pane, 'opacity=".75"'
        )
        for i, _, pane in rows
    )
    front = polygon(((12, 52), (164, 0), (164, 320), (12, 320)), wall)
    side = polygon(((164, 0), (308, 64), (308, 320), (164, 320)), shade)
    lines = "".join(stroke(f"M{x} 40V320", wall, 5) for x in (58, 102)) + "".join(
        stroke(f"M{x} 30V320", shade, 5) for x in (212, 256)
    )
    return front + side + left + right + lines


def castle(r: Random) -> str:
    """Towers and walls on a hill."""
    stone, roof = r.choice((("#c9b8a3", "#9a4f45"), ("#b9b9c4", "#4f6390"), ("#d1c3ab", "#5b7f6b")))
    towers = ((96, 112, 34), (190, 112, 34), (143, 78, 38))
    wall = box(104, 165, 112, 75, stone) + "".join(box(108 + 18 * i, 156, 10, 10, stone) for i in range(6))
    tall = "".join(
        box(x, y, w, 240 - y, stone)
        + polygon(((x - 5, y), (x + w / 2, y - 46), (x + w + 5, y)), roof)
        + box(x + w / 2 - 4, y + 20, 8, 15, "#5b4a4a", 'rx="4"')
        for x, y, w in towers
    )
    gate = shape("M148 240v-28a14 14 0 0 1 28 0v28", "#5b4638")
    return (
        ridge(r, 262, 14, "#7fae68") + placed(wall + tall + gate, r.uniform(-12, 12), 10) + ridge(r, 282, 12, "#5f9554")
    )


def pagoda(r: Random) -> str:
    """A temple with curved roofs."""
    red, roof = r.choice((("#c8453b", "#3f4a5c"), ("#b5543c", "#2f5b58"), ("#a33f4a", "#54434f")))
    floors = ((0, 150), (-50, 120), (-96, 92))
    body = "".join(
        box(-w * 0.32, y - 38, w * 0.64, 40, red)
        + box(-8, y - 30, 16, 30, "#f6dfae")
        + shape(
            f"M{-w / 2 - 10} {y - 32}q{w * 0.3:.0f} -4 {w / 2 + 10:.0f} -30"
            f"q{w * 0.2:.0f} 26 {w / 2 + 10:.0f} 30q{-w / 2:.0f} -8 {-w - 20:.0f} 0",
            roof,
        )
        for y, w in floors
    )
    return placed(body + stroke("M0 -150v-30", roof, 4), r.uniform(140, 180), 262) + ridge(r, 278, 10, "#7d9a63")


def cherry_branch(r: Random) -> str:
    """A branch with blossoms from the side."""
    petals = "".join(
        circle(r.uniform(0, 120), 30 + r.uniform(-22, 34), r.uniform(5, 9), r.choice(("#f9c6d3", "#f7aabf", "#fde3ea")))
        for _ in range(34)
    )
    return stroke("M-5 20Q50 26 118 48M50 28Q80 20 96 6", "#6b4a44", 5) + petals
