"""The sea and lakes.

Each function returns SVG text; the random numbers settle its variant.
"""

from random import Random

from loaders.generator.drawing.land import peaks, ridge, row_of_pines
from loaders.generator.drawing.svg import SIZE, box, circle, oval, placed, polygon, shape, stroke


def ripples(r: Random, top: float, color: str, count: int = 18) -> str:
    places = ((r.uniform(0, SIZE), r.uniform(top, 312), r.uniform(12, 30)) for _ in range(count))
    return "".join(stroke(f"M{x:.0f} {y:.0f}h{w:.0f}", color, 2.4, 'opacity=".7"') for x, y, w in places)


def sea(r: Random) -> str:
    """Calm water up to the horizon."""
    return box(0, 196, SIZE, 124, r.choice(("#3f9fcc", "#3a8fc2", "#45aab8"))) + ripples(r, 205, "#bfe6f5")


def evening_sea(r: Random) -> str:
    """Water with the sun's light on it."""
    lights = "".join(
        stroke(f"M{160 - w + r.uniform(-40, 40):.0f} {y}h{2 * w:.0f}", "#ffd9a0", 3.5, 'opacity=".75"')
        for y, w in ((r.randint(204, 312), r.uniform(8, 42)) for _ in range(22))
    )
    return box(0, 196, SIZE, 124, r.choice(("#6b3f78", "#4a3a7c", "#7b4a70"))) + lights


def waves(r: Random) -> str:
    """Rows of waves, darker in front."""
    blues = r.choice((("#8fd3ea", "#5cb6dc", "#3595c6", "#1f74a8"), ("#93dcd6", "#5fc2c0", "#37a0a8", "#217f8c")))
    return "".join(_wave(r, 165 + 38 * i, color) for i, color in enumerate(blues))


def _wave(r: Random, y: float, fill: str) -> str:
    width, start = 64, r.uniform(-64, 0)
    crest = "".join(f"q{width / 4} -22 {width / 2} -4t{width / 2} 4" for _ in range(7))
    foam = stroke(f"M{start:.0f} {y:.0f}{crest}", "#fff", 3.5, 'opacity=".75"')
    return shape(f"M{start:.0f} {y:.0f}{crest}V{SIZE}H{start:.0f}", fill) + foam


def big_wave(r: Random) -> str:
    """One breaking wave."""
    blue = r.choice(("#2d93c4", "#2a9fb0", "#3a7fc4"))
    body = shape(
        "M0 320V215C60 205 95 120 190 92C250 76 285 110 272 150C255 120 215 128 200 168C186 212 240 232 320 228V320",
        blue,
    )
    foam = stroke("M190 92C250 76 285 110 272 150", "#fff", 13) + "".join(
        circle(r.uniform(245, 295), r.uniform(120, 175), r.uniform(4, 10), "#fff") for _ in range(16)
    )
    return (
        body
        + foam
        + stroke("M40 300C110 285 130 190 188 140M90 306C150 290 150 210 196 172", "#9fdcf2", 4, 'opacity=".7"')
    )


def mirror_lake(r: Random) -> str:
    """Mountains, a shore, and both upside down in the water."""
    land = peaks(r) + row_of_pines(r, 196, "#3b7355", 12, 0.35)
    return (
        f'{land}<svg y="198" width="320" height="122" viewBox="0 198 320 122">'
        f'{box(0, 198, SIZE, 122, "#8fc7e2")}<g opacity=".5" transform="matrix(1 0 0 -1 0 396)">{land}</g></svg>'
        + ripples(r, 215, "#fff", 10)
    )


def sand(r: Random) -> str:
    """A beach in front of the sea."""
    shore = r.uniform(232, 250)
    edge = f"C90 {shore - 16:.0f} 200 {shore + 24:.0f} {SIZE} {shore - 6:.0f}"
    return shape(f"M0 {shore:.0f}{edge}V{SIZE}H0", "#f6dfad") + stroke(
        f"M0 {shore:.0f}{edge}", "#fff", 6, 'opacity=".85"'
    )


def isle(r: Random) -> str:
    """An island in the sea with palms."""
    x = r.uniform(130, 190)
    return (
        oval(x, 250, 118, 30, "#7fd3d8")
        + oval(x, 240, 88, 26, "#f3d9a0")
        + "".join(_palm(r, x + dx, 232, s) for dx, s in ((-26, 1.0), (18, 1.25), (44, 0.85)))
    )


def palm(r: Random) -> str:
    """A palm at the side."""
    return _palm(r, r.choice((48, 270)), 282, 1.6)


def _palm(r: Random, x: float, y: float, scale: float) -> str:
    lean = r.uniform(-18, 18)
    trunk = stroke(f"M0 0Q{lean * 0.2:.0f} -40 {lean:.0f} -76", "#96693f", 7)
    fronds = "".join(
        shape(f"M{lean:.0f} -76q{a * 0.5} {b - 16} {a} {b}q{-a * 0.4} {-b * 0.3 - 4} {-a} {-b}", "#3f9a5a")
        for a, b in ((-44, 4), (44, 4), (-32, 26), (32, 26), (-24, -20), (24, -20))
    )
    return placed(trunk + fronds, x, y, scale)


def underwater(r: Random) -> str:
    """Light from above, weeds and bubbles."""
    rays = "".join(
        polygon(((x, 0), (x + 26, 0), (x + 70, 260), (x - 10, 260)), "#fff", 'opacity=".10"') for x in (40, 130, 230)
    )
    weeds = "".join(
        stroke(f"M{x:.0f} 320q-14 -24 0 -46t0 -{r.randint(24, 50)}", r.choice(("#2f9e6e", "#57b36a", "#1f7d68")), 7)
        for x in (r.uniform(5, 315) for _ in range(9))
    )
    bubbles = "".join(
        circle(r.uniform(20, 300), r.uniform(20, 260), r.uniform(3, 8), "#fff", 'opacity=".35"') for _ in range(14)
    )
    return rays + ridge(r, 312, 16, "#d9c48f") + weeds + bubbles


def icebergs(r: Random) -> str:
    """Ice with blue shadows in a cold sea."""
    blocks = ((60, 0.9), (250, 0.8), (155, 1.35))
    ice = "".join(_iceberg(x + r.uniform(-20, 20), s * r.uniform(0.9, 1.1)) for x, s in blocks)
    return box(0, 215, SIZE, 105, "#4d9cc0") + ice + ripples(r, 240, "#8cc8e0")


def _iceberg(x: float, scale: float) -> str:
    front = polygon(((-58, 0), (-40, -58), (-14, -92), (6, -70), (24, -80), (56, 0)), "#f5fbff")
    shade = polygon(((-14, -92), (6, -70), (24, -80), (56, 0), (4, 0), (-6, -46)), "#b6dcf0")
    return placed(front + shade + oval(0, 2, 62, 7, "#9fd4ec"), x, 246, scale)
