"""Land: hills, mountains, woods, rock and snow.

Each function returns SVG text; the random numbers settle its variant.
"""

from collections.abc import Iterable
from random import Random

from loaders.generator.drawing.svg import SIZE, box, circle, oval, placed, polygon, shape, stroke


def ridge(r: Random, base: float, height: float, fill: str, steps: int = 3) -> str:
    """A band of soft hills down to the bottom of the picture."""
    width = SIZE / steps
    heights = [base - r.uniform(0.2, 1) * height for _ in range(steps + 1)]
    curve = "".join(
        f"S{x + width / 2:.0f} {y:.0f} {x + width:.0f} {y:.0f}"
        for x, y in ((i * width, heights[i + 1]) for i in range(steps))
    )
    return shape(f"M0 {SIZE}L0 {heights[0]:.0f}{curve}L{SIZE} {SIZE}", fill)


def _ridges(r: Random, colors: Iterable[str], top: float, step: float, height: float) -> str:
    return "".join(ridge(r, top + i * step, height, color) for i, color in enumerate(colors))


def hills(r: Random) -> str:
    """Green hills in three layers."""
    greens = r.choice(
        (("#9ccf8e", "#78b66f", "#549956"), ("#b5d58a", "#8cbf63", "#5f9e4c"), ("#8ccaa4", "#63ae86", "#40906c"))
    )
    return _ridges(r, greens, 215, 38, 40)


def night_hills(r: Random) -> str:
    """Black hills."""
    return _ridges(r, ("#141c3a", "#0c1128"), 262, 28, 36)


def dark_hills(r: Random) -> str:
    """Hills under a dark sky."""
    return _ridges(r, ("#46556a", "#36455a", "#283548"), 232, 32, 36)


def violet_hills(r: Random) -> str:
    """Hills against the evening sun."""
    return _ridges(r, ("#8d4f73", "#5f3560", "#38224a"), 240, 30, 36)


def misty_hills(r: Random) -> str:
    """Hills that fade into the fog, with pines."""
    layers = (("#c5cfd4", 170), ("#a9b8bf", 210), ("#859aa3", 250))
    return "".join(ridge(r, y, 40, color) + row_of_pines(r, y - 4, color, 7, 0.5) for color, y in layers)


def snowy_hills(r: Random) -> str:
    """White hills."""
    return _ridges(r, ("#dbe9f5", "#eaf3fa", "#ffffff"), 220, 36, 40)


def dunes(r: Random) -> str:
    """Sand in waves, each with a shaded side."""
    sands = r.choice((("#f3cf8e", "#e8b96f", "#d9a055"), ("#f5c9a0", "#e9ac7b", "#d68f5d")))
    return _ridges(r, sands, 222, 38, 58)


def fields(r: Random) -> str:
    """A field with furrows that run to the horizon."""
    x = r.uniform(110, 210)
    light, dark = r.choice((("#f2cf63", "#dfae3c"), ("#e9d779", "#c9b04a"), ("#b9d66a", "#8fb548")))
    stripes = "".join(polygon(((x, 190), (x + 62 * i, SIZE), (x + 62 * i + 31, SIZE)), dark) for i in range(-7, 8))
    return box(0, 190, SIZE, 130, light) + stripes + box(0, 186, SIZE, 7, "#6f9b4f")


def meadow(r: Random) -> str:
    """Plain grass with tufts."""
    tufts = ((r.uniform(0, SIZE), r.uniform(240, 315)) for _ in range(26))
    blades = "".join(stroke(f"M{x:.0f} {y:.0f}l-4 -9m4 9l0 -11m0 11l4 -9", "#4f8f45", 1.6) for x, y in tufts)
    return ridge(r, 226, 14, r.choice(("#85bf63", "#78b65c", "#93c46d"))) + blades


def peaks(r: Random) -> str:
    """Mountains with snow on top."""
    rock = r.choice((("#8d9bb0", "#6c7a92"), ("#a0909f", "#7d6f85"), ("#8aa0a4", "#688086")))
    places = (
        (r.uniform(40, 90), r.uniform(105, 135)),
        (r.uniform(235, 285), r.uniform(95, 130)),
        (r.uniform(140, 190), r.uniform(55, 85)),
    )
    return "".join(_peak(x, y, *rock) for x, y in places) + box(0, 239, SIZE, 81, "#7fb08a")


def _peak(x: float, y: float, light: str, dark: str) -> str:
    base, cap = 240, (240 - y) * 0.32
    spread = (base - y) * 0.75
    left, right = x - cap * 0.75, x + cap * 0.75
    snow = (
        (x, y),
        (right, y + cap),
        (x + cap * 0.3, y + cap * 0.8),
        (x, y + cap * 1.15),
        (x - cap * 0.35, y + cap * 0.8),
        (left, y + cap),
    )
    return (
        polygon(((x, y), (x + spread, base), (x - spread, base)), light)
        + polygon(((x, y), (x + spread, base), (x + spread * 0.15, base)), dark)
        + polygon(snow, "#fff")
    )


def _pine(x: float, y: float, scale: float, fill: str, trunk: str, snow: str = "") -> str:
    tiers = ((-78, 18, -42), (-56, 25, -20), (-34, 32, 0))
    trees = "".join(polygon(((0, top), (w, foot), (-w, foot)), fill) for top, w, foot in tiers)
    caps = (
        "".join(
            polygon(((0, top), (w * 0.5, top + 17), (0, top + 12), (-w * 0.5, top + 17)), snow) for top, w, _ in tiers
        )
        if snow
        else ""
    )
    return placed(box(-4, -2, 8, 14, trunk) + trees + caps, x, y, scale)


def row_of_pines(r: Random, y: float, fill: str, count: int, scale: float) -> str:
    step = SIZE / count
    return "".join(
        _pine((i + r.uniform(0.2, 0.8)) * step, y + r.uniform(-6, 6), scale * r.uniform(0.8, 1.3), fill, fill)
        for i in range(count)
    )


def pines(r: Random) -> str:
    """A row of pines in front."""
    return row_of_pines(r, 292, r.choice(("#2f6b4f", "#3a7a4e", "#28594a")), 6, 0.8) + box(0, 296, SIZE, 24, "#4f8d58")


def woods(r: Random) -> str:
    """Pines in three rows, lighter behind."""
    rows = (("#8fbf9c", 205, 9, 0.9), ("#5b9a74", 250, 7, 1.15), ("#2f6e50", 300, 5, 1.5))
    return "".join(
        row_of_pines(r, y, color, count, s) + box(0, y, SIZE, SIZE - y, color) for color, y, count, s in rows
    )


def night_pines(r: Random) -> str:
    """Black pines on a black ground."""
    return row_of_pines(r, 296, "#0a1022", 7, 0.9) + box(0, 296, SIZE, 24, "#0a1022")


def snowy_pines(r: Random) -> str:
    """Pines with snow on their branches."""
    places = ((60, 255, 1.0), (255, 262, 1.15), (150, 290, 1.3))
    return "".join(_pine(x + r.uniform(-25, 25), y, s, "#3f7a6b", "#6b4a35", "#fff") for x, y, s in places)


def trees(r: Random) -> str:
    """A few round trees."""
    return "".join(
        _tree(r, x + r.uniform(-15, 15), 260, r.choice(("#4f9a55", "#62ab5a", "#3f8a5c"))) for x in (45, 262)
    )


def autumn_trees(r: Random) -> str:
    """Trees in yellow, orange and red on fallen leaves."""
    colors = ("#e2711d", "#f2a541", "#c8442f", "#e9b949", "#d9622b")
    leaves = "".join(
        oval(
            r.uniform(0, SIZE), r.uniform(60, 315), 5, 3, r.choice(colors), f'transform="rotate({r.randint(-15, 15)})"'
        )
        for _ in range(45)
    )
    stand = "".join(
        _tree(r, x + r.uniform(-15, 15), 262, color, 1.5)
        for x, color in zip((60, 255, 160), r.sample(colors, 3), strict=True)
    )
    return ridge(r, 262, 18, "#d8a25a") + stand + leaves


def _tree(r: Random, x: float, y: float, fill: str, scale: float = 1) -> str:
    puffs = ((0, -72, 26), (-20, -54, 22), (21, -54, 22), (0, -48, 24))
    crown = "".join(circle(a, b, c * r.uniform(0.9, 1.1), fill) for a, b, c in puffs)
    return placed(box(-5, -40, 10, 44, "#7a5238") + crown, x, y, scale)


def mesas(r: Random) -> str:
    """Red rock with flat tops and bands of colour."""
    blocks = ((-20, 120, r.uniform(95, 125)), (205, 140, r.uniform(75, 110)), (120, 70, r.uniform(140, 165)))
    return "".join(_mesa(*block) for block in blocks) + ridge(r, 268, 16, "#c9713f")


def _mesa(x: float, width: float, top: float) -> str:
    bands = ("#d9814d", "#c4643a", "#dd8f5c", "#b95a35", "#cf7443")
    step = (280 - top) / len(bands)
    layers = enumerate(bands)
    return "".join(
        polygon(
            (
                (x - 9 * i, top + i * step),
                (x + width + 9 * i, top + i * step),
                (x + width + 9 * i + 9, top + (i + 1) * step + 1),
                (x - 9 * i - 9, top + (i + 1) * step + 1),
            ),
            color,
        )
        for i, color in layers
    )


def volcano(r: Random) -> str:
    """A cone with lava and smoke."""
    x = r.uniform(135, 185)
    smoke = "".join(
        circle(x + r.uniform(-26, 26) * i / 3, 104 - 17 * i, 15 + 4 * i, "#5c4a5c", 'opacity=".55"') for i in range(6)
    )
    cone = polygon(((x - 30, 112), (x + 30, 112), (x + 150, SIZE), (x - 150, SIZE)), "#41303f")
    lava = polygon(
        ((x - 30, 112), (x + 30, 112), (x + 14, 150), (x + 26, 215), (x + 4, 165), (x - 6, 240), (x - 12, 150)),
        "#ff6b35",
    )
    return smoke + cone + lava + oval(x, 112, 30, 7, "#ffd166") + ridge(r, 306, 16, "#2b2130")


def cliffs(r: Random) -> str:
    """Two rocks with a waterfall between, and its pool."""
    x, width = r.uniform(130, 170), r.uniform(42, 60)
    rock = r.choice(("#6f7f6a", "#7b766c", "#66786f"))
    sides = polygon(((0, 90), (x, 72), (x - 8, 270), (0, 285)), rock) + polygon(
        ((SIZE, 84), (x + width, 72), (x + width + 8, 270), (SIZE, 290)), rock
    )
    fall = polygon(((x - 2, 72), (x + width + 2, 72), (x + width + 8, 272), (x - 8, 272)), "#d6effa")
    lines = "".join(
        stroke(f"M{x + width * i / 6:.0f} 76L{x + width * i / 6 + r.uniform(-3, 3):.0f} 264", "#fff", 3, 'opacity=".8"')
        for i in range(1, 6)
    )
    bushes = "".join(
        circle(
            r.choice((r.uniform(0, x - 12), r.uniform(x + width + 12, SIZE))),
            r.uniform(72, 92),
            r.uniform(12, 20),
            "#4f9458",
        )
        for _ in range(16)
    )
    foam = "".join(
        circle(x + width / 2 + r.uniform(-46, 46), 274, r.uniform(8, 15), "#fff", 'opacity=".8"') for _ in range(10)
    )
    return sides + fall + lines + bushes + box(0, 268, SIZE, 52, "#5fb3c9") + foam


def rock_wall(r: Random) -> str:
    """A steep wall with cracks."""
    cracks = ((r.uniform(20, 190), r.uniform(30, 290)) for _ in range(16))
    face = polygon(
        ((0, 0), (170, 0), (205, 70), (190, 150), (232, 230), (215, 320), (0, 320)),
        r.choice(("#b08968", "#a99985", "#b5785a")),
    )
    return face + "".join(stroke(f"M{x:.0f} {y:.0f}l14 12l-5 16", "#00000040", 2.5) for x, y in cracks)


def slope(r: Random) -> str:
    """A ski slope with tracks."""
    tilt = r.uniform(40, 70)
    track = f"M{r.uniform(10, 50):.0f} {SIZE}C90 270 40 240 130 235S150 205 200 {200 + tilt / 3:.0f}"
    return polygon(((0, 190 + tilt), (SIZE, 190 - tilt / 3), (SIZE, SIZE), (0, SIZE)), "#fff") + stroke(
        track, "#cfe1ee", 5
    )


def path(r: Random) -> str:
    """A footpath into the hills."""
    bend = r.uniform(-40, 40)
    return shape(
        f"M110 {SIZE}C{150 + bend:.0f} 285 {120 - bend:.0f} 262 156 226"
        f"L164 226C{170 - bend:.0f} 262 {230 + bend:.0f} 285 220 {SIZE}",
        "#e6cfa0",
    )


def stream(r: Random) -> str:
    """A river that winds down from the hills."""
    bend = r.uniform(20, 60)
    return shape(
        f"M150 205C{150 + bend:.0f} 230 {110 - bend:.0f} 250 90 {SIZE}"
        f"L250 {SIZE}C{190 - bend:.0f} 262 {200 + bend:.0f} 236 166 205",
        "#6fc0e0",
    ) + stroke(f"M170 300q{bend / 2:.0f} -12 40 0", "#c7ebf7", 3)
