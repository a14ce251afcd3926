"""Flowers, cactuses and gardens.

Each function returns SVG text; the random numbers settle its variant.
"""

from math import cos, sin
from random import Random

from loaders.generator.drawing.svg import SIZE, box, circle, near_middle, oval, placed, polygon, shape, stroke


def _bloom(r: Random, petals: int, radius: float, fill: str, heart: str) -> str:
    ring = "".join(
        oval(0, -radius * 0.62, radius * 0.3, radius * 0.46, fill, f'transform="rotate({360 * i / petals:.0f})"')
        for i in range(petals)
    )
    return ring + circle(0, 0, radius * 0.34, heart)


def _stem(height: float, leaf: str = "#4f9a52") -> str:
    return (
        stroke(f"M0 0V{height:.0f}", leaf, 7)
        + shape(f"M0 {height * 0.7:.0f}q36 -34 58 -20q-14 30 -58 20", leaf)
        + shape(f"M0 {height * 0.85:.0f}q-36 -34 -58 -20q14 30 58 20", leaf)
    )


def flower(r: Random) -> str:
    """One large flower and two small ones."""
    colors = r.sample(("#f26d8f", "#fff3f5", "#f7b53c", "#b57fe0", "#f0524f", "#8fb8f5"), 3)
    places = ((74, 196, 0.6), (250, 206, 0.62), (160, 130, 1.15))
    return "".join(
        placed(_stem(200) + _bloom(r, r.choice((8, 10, 12)), 66, color, "#f8d048"), x + r.uniform(-14, 14), y, s)
        for (x, y, s), color in zip(places, colors, strict=True)
    )


def small_flowers(r: Random) -> str:
    """Flowers all over the grass."""
    colors = ("#f26d8f", "#fff", "#f7b53c", "#b57fe0", "#f0524f")
    return "".join(
        placed(
            _stem(40) + _bloom(r, 6, 40, r.choice(colors), "#f8d048"),
            r.uniform(0, SIZE),
            r.uniform(246, 310),
            r.uniform(0.25, 0.45),
        )
        for _ in range(16)
    )


def tulips(r: Random) -> str:
    """Rows of tulips, each of one colour."""
    colors = r.sample(("#e84855", "#f9c22e", "#f78fb3", "#9b5de5", "#ff8c42", "#fff1f3"), 4)
    rows = ((210, 0.42, 14), (236, 0.6, 10), (272, 0.85, 7), (318, 1.2, 5))
    return "".join(_tulip_row(r, y, s, n, c) for (y, s, n), c in zip(rows, colors, strict=True))


def _tulip_row(r: Random, y: float, scale: float, count: int, color: str) -> str:
    bud = shape("M-22 -84Q-14 -74 -11 -66L0 -88L11 -66Q14 -74 22 -84Q34 -36 0 -34Q-34 -36 -22 -84", color) + shape(
        "M0 -88Q14 -60 0 -34Q-14 -60 0 -88", "#ffffff40"
    )
    stem = (
        stroke("M0 -36V0", "#4f9a52", 6)
        + shape("M0 0Q-8 -30 -28 -44Q-26 -8 0 0", "#5fae5c")
        + shape("M0 0Q8 -26 26 -36Q24 -6 0 0", "#4f9a52")
    )
    return box(0, y - 6 * scale, SIZE, SIZE - y + 10, "#5b9e4f") + "".join(
        placed(stem + bud, (i + r.uniform(0.35, 0.65)) * SIZE / count, y, scale) for i in range(count)
    )


def sunflowers(r: Random) -> str:
    """Three sunflowers."""
    head = (
        "".join(
            oval(0, -58, 12, 30, color, f'transform="rotate({i * 20 + turn})"')
            for turn, color in ((10, "#e8a317"), (0, "#f9c32e"))
            for i in range(18)
        )
        + circle(0, 0, 40, "#5b3a1e")
        + "".join(circle(cos(i * 2.4) * i**0.5 * 5.4, sin(i * 2.4) * i**0.5 * 5.4, 2.2, "#8a5a2c") for i in range(44))
    )
    return "".join(
        placed(_stem(260) + head, x + r.uniform(-12, 12), y + r.uniform(-10, 10), s, r.uniform(-6, 6))
        for x, y, s in ((62, 190, 0.66), (262, 172, 0.72), (158, 118, 1.05))
    )


def potted_cactus(r: Random) -> str:
    """A cactus in a pot, often in bloom."""
    green, pot = r.choice(("#4f9a63", "#5fae6c", "#3f8a72")), r.choice(("#d9764a", "#f0e6d8", "#5f8fb0", "#e8b04a"))
    arms = stroke("M-44 -52V-84M-44 -52Q-44 -26 -8 -26M46 -70V-98M46 -70Q46 -44 8 -44", green, 24)
    body = box(-30, -130, 60, 160, green, 'rx="30"') + stroke(
        "M-12 -108V22M0 -114V22M12 -108V22", "#ffffff55", 2, 'stroke-dasharray="2 9"'
    )
    bloom = placed(_bloom(r, 8, 26, "#f26d9f", "#f8d048"), 0, -130)
    return near_middle(
        r,
        arms
        + body
        + bloom
        + polygon(((-52, 20), (52, 20), (38, 92), (-38, 92)), pot)
        + box(-58, 10, 116, 20, pot, 'rx="5"')
        + box(-58, 28, 116, 5, "#00000022"),
        182,
    )


def cactuses(r: Random) -> str:
    """Tall cactuses in the sand."""
    arms = stroke("M0 0V-96M-26 -48V-66M-26 -48Q-26 -32 0 -32M26 -58V-80M26 -58Q26 -42 0 -42", "#4f8f5f", 15)
    return "".join(placed(arms, x + r.uniform(-20, 20), y, s) for x, y, s in ((252, 262, 1.1), (70, 240, 0.7)))


def mushrooms(r: Random) -> str:
    """Toadstools in the moss."""
    cap = r.choice(("#d8343c", "#c9502f", "#e0503c"))
    one = (
        shape("M-22 -70Q-16 -20 -30 20H30Q16 -20 22 -70", "#fbf1e0")
        + shape("M-84 -56Q-70 -140 0 -142Q70 -140 84 -56Q0 -30 -84 -56", cap)
        + "".join(
            oval(x, y, a, a * 0.75, "#fff8ee")
            for x, y, a in ((-44, -84, 12), (4, -114, 14), (46, -80, 13), (-6, -72, 9))
        )
        + shape("M-32 -34Q0 -20 32 -34L28 -50H-28", "#efe0c6")
    )
    group = "".join(
        placed(one, x + r.uniform(-10, 10), y, s, t)
        for x, y, s, t in ((66, 268, 0.62, -8), (252, 276, 0.55, 8), (158, 268, 1.2, 0))
    )
    return group + "".join(
        circle(x, 310, r.uniform(18, 34), r.choice(("#4f8a4a", "#5f9e4f", "#3f7a4a"))) for x in range(0, 330, 22)
    )


def garden_beds(r: Random) -> str:
    """A fence, and beds with cabbages, carrots and tomatoes."""
    fence = (
        "".join(
            polygon(((x, 150), (x + 9, 138), (x + 18, 150), (x + 18, 214), (x, 214)), "#fffaf0")
            for x in range(4, SIZE, 31)
        )
        + box(0, 164, SIZE, 8, "#f2e8d8")
        + box(0, 194, SIZE, 8, "#f2e8d8")
    )
    soil = "".join(shape(f"M-10 {y}Q160 {y - 22} 330 {y}V{y + 26}H-10", "#7d5a41") for y in (236, 276, 318))
    crops = "".join(
        placed(_crop(r), x + r.uniform(-6, 6), y - 12, 0.5 + (y - 236) / 200)
        for y in (236, 276, 318)
        for x in range(30, SIZE, 52)
    )
    return fence + soil + crops


def _crop(r: Random) -> str:
    cabbage = circle(-14, -6, 20, "#7fc06a") + circle(14, -6, 20, "#6cb05c") + circle(0, -14, 20, "#a5d98c")
    carrot = polygon(((-9, -6), (9, -6), (0, 14)), "#f08a3c") + stroke(
        "M0 -6L-14 -40M0 -6V-46M0 -6L14 -40", "#5fae4f", 6
    )
    tomato = stroke("M0 10V-48", "#5f8f4a", 6) + circle(-13, -14, 13, "#e0443c") + circle(12, -32, 12, "#e85a3c")
    return r.choice((cabbage, carrot, tomato))
