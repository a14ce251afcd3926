"""Food and drink on a table.

Each function returns SVG text; the random numbers settle its variant.
"""

from math import cos, pi, sin
from random import Random

from loaders.generator.drawing.svg import SIZE, box, circle, near_middle, oval, placed, polygon, shape, stroke


def table(r: Random) -> str:
    """A wooden table from the front."""
    wood = r.choice(("#b98255", "#a5714c", "#c99768", "#8f6248"))
    return (
        box(0, 232, SIZE, 88, wood)
        + box(0, 232, SIZE, 7, "#ffffff33")
        + stroke("M20 264H120M170 284H300M40 304H150", "#00000022", 3)
    )


def _steam(x: float, y: float) -> str:
    return "".join(stroke(f"M{x + dx} {y}q-14 -16 0 -32t0 -32", "#fff", 6, 'opacity=".75"') for dx in (-24, 0, 24))


def cup(r: Random) -> str:
    """A cup of coffee with steam and a heart in the foam."""
    color = r.choice(("#fdfaf5", "#d8574a", "#3f6f8f", "#f2b84b", "#6f9f7a"))
    handle = stroke("M70 -20Q112 -26 104 10Q98 36 58 38", color, 14)
    body = shape("M-78 -42H78Q76 60 30 66H-30Q-76 60 -78 -42", color)
    coffee = (
        oval(0, -42, 78, 20, "#efe6da")
        + oval(0, -41, 68, 15, "#8a5a3c")
        + shape("M0 -30C-40 -42 -22 -54 0 -45C22 -54 40 -42 0 -30", "#f5e3c8")
    )
    return near_middle(
        r,
        _steam(0, -72) + oval(0, 68, 112, 15, "#fffaf2") + oval(0, 64, 70, 7, "#00000018") + handle + body + coffee,
        196,
    )


def teapot(r: Random) -> str:
    """A teapot with a small cup."""
    color, dot = r.choice(
        (("#5f8f8a", "#dff0e6"), ("#d8776a", "#fdeee0"), ("#6f7fb5", "#eaeaff"), ("#8fae6a", "#f3f7df"))
    )
    pot = (
        stroke("M-66 -30Q-118 -36 -112 10Q-106 38 -62 32", color, 13)
        + shape("M62 10Q92 -4 96 -44L118 -50Q112 10 60 44", color)
        + oval(0, 6, 80, 62, color)
        + oval(0, -52, 40, 12, color)
        + circle(0, -68, 11, dot)
    )
    dots = "".join(
        circle(x, y, 8, dot) for x, y in ((-40, 0), (0, 14), (40, 0), (-20, -26), (22, -26), (-20, 40), (20, 40))
    )
    glass = shape("M78 28H142Q140 70 122 72H98Q80 70 78 28", "#fffaf2") + oval(110, 28, 32, 8, "#b98a3c")
    return placed(pot + dots + glass + _steam(112, 12), 136 + r.uniform(-10, 10), 186)


def plate(r: Random) -> str:
    """A dinner plate from above, with fork and knife."""
    food = "".join(_course(r, *place) for place in ((-26, -16), (30, -22), (2, 34)))
    fork = stroke("M-138 -66V-26M-126 -66V-26M-114 -66V-26M-126 -26V96M-138 -26Q-126 -10 -114 -26", "#d5d9df", 6)
    knife = shape("M120 -70Q142 -50 136 20H120", "#d5d9df") + box(120, 20, 13, 78, "#8a8f99", 'rx="5"')
    return placed(
        circle(0, 4, 104, "#00000018")
        + circle(0, 0, 102, "#fffdf8")
        + circle(0, 0, 74, "#f1ece2")
        + food
        + fork
        + knife,
        160,
        166,
        1,
        r.uniform(-8, 8),
    )


def _course(r: Random, x: float, y: float) -> str:
    salad = "".join(
        circle(
            x + r.uniform(-18, 18),
            y + r.uniform(-16, 16),
            r.uniform(9, 15),
            r.choice(("#7fbf5f", "#5fa04f", "#a5d06f")),
        )
        for _ in range(9)
    ) + circle(x + 8, y + 4, 10, "#e0483c")
    noodles = "".join(stroke(f"M{x - 24} {y + dy}q12 -14 24 0t24 0", "#f0c75f", 6) for dy in (-14, -4, 6, 16)) + circle(
        x, y, 9, "#d8543c"
    )
    salmon = shape(f"M{x - 34} {y}q34 -34 66 -4q-28 34 -66 4", "#f08a6a") + stroke(
        f"M{x - 18} {y - 6}l10 16M{x} {y - 12}l8 22", "#f8c0a8", 4
    )
    egg = oval(x, y, 30, 26, "#fff") + circle(x + 3, y - 2, 12, "#f8b830")
    return r.choice((salad, noodles, salmon, egg))


def cake(r: Random) -> str:
    """A layer cake with candles on a stand."""
    sponge, cream = r.choice(
        (("#f3d19c", "#f9a8b8"), ("#7a4a34", "#fdf1e0"), ("#f3e0b0", "#a8d8c0"), ("#e8b0a0", "#fff5ea"))
    )
    layers = "".join(box(-84, y, 168, 30, sponge) + box(-84, y - 6, 168, 11, cream) for y in (6, 42))
    icing = shape(
        "M-88 -26H88V2Q76 26 64 2Q52 34 38 4Q24 26 10 4Q-4 34 -18 4Q-32 26 -46 4Q-58 32 -72 2Q-82 22 -88 2", cream
    )
    candles = "".join(
        box(x - 4, -70, 8, 44, color) + oval(x, -80, 5, 10, "#ffb52e")
        for x, color in ((-48, "#5fb0e0"), (-16, "#f26d8f"), (16, "#8fc46a"), (48, "#b58fe0"))
    )
    stand = oval(0, 76, 112, 11, "#fffdf8") + polygon(((-14, 80), (14, 80), (36, 118), (-36, 118)), "#f2ece2")
    return near_middle(r, stand + layers + icing + candles, 168)


def bread(r: Random) -> str:
    """A loaf with cuts, and a slice."""
    crust = r.choice(("#c98a4b", "#b5743a", "#d99c58"))
    loaf = shape("M-112 44Q-130 -46 -40 -56Q60 -66 104 -30Q128 0 110 44Q0 60 -112 44", crust)
    cuts = "".join(stroke(f"M{x} 12Q{x + 6} -28 {x + 38} -42", "#f3d9ae", 11) for x in (-78, -34, 10, 54))
    cut = shape("M-36 -34Q-52 -36 -48 -52Q-36 -72 0 -70Q36 -72 48 -52Q52 -36 36 -34V36H-36", crust)
    crumb = placed(cut + placed(cut.replace(crust, "#f8e6c4"), 0, 0, 0.84), 78, 30, 0.85, 10)
    return near_middle(r, box(-150, 44, 300, 17, "#8a5f42", 'rx="8"') + loaf + cuts + crumb, 192)


def fruit_bowl(r: Random) -> str:
    """A bowl full of fruit."""
    bowl = r.choice(("#5f8fb0", "#fdf8f0", "#d9764a", "#7a9f7f"))
    apple = circle(0, 0, 36, "#d8343c") + stroke("M0 -30q2 -16 10 -20", "#6b4a38", 5) + oval(18, -44, 13, 6, "#6cae4f")
    orange = circle(0, 0, 35, "#f5962c") + circle(-8, -8, 3, "#fff8")
    pear = shape("M0 -58Q22 -50 22 -22Q44 4 30 28Q0 46 -30 28Q-44 4 -22 -22Q-22 -50 0 -58", "#b5cf4a") + stroke(
        "M0 -56v-14", "#6b4a38", 5
    )
    banana = shape("M-70 -10Q-20 60 66 6Q70 -4 62 -8Q0 26 -50 -30Q-66 -34 -70 -10", "#f8d33c")
    grapes = "".join(
        circle(x, y, 12, "#7a4a9f")
        for x, y in ((-22, 0), (0, 0), (22, 0), (-11, 18), (11, 18), (0, 36), (-11, -16), (11, -16))
    )
    pile = r.sample((apple, orange, pear, apple.replace("#d8343c", "#8fbf4a"), grapes), 4)
    fruit = "".join(
        placed(one, x, y) for one, (x, y) in zip(pile, ((-60, -24), (60, -24), (-24, -62), (22, -34)), strict=True)
    )
    return near_middle(
        r,
        fruit
        + placed(banana, 20, -12, 0.9, -12)
        + shape("M-122 0H122Q100 84 40 88H-40Q-100 84 -122 0", bowl)
        + box(-122, -4, 244, 11, "#ffffff55", 'rx="5"'),
        180,
    )


def pizza(r: Random) -> str:
    """A pizza from above with a slice pulled out."""
    places = [
        (cos(a) * d, sin(a) * d, a) for a, d in ((r.uniform(0.25, 2 * pi - 0.9), r.uniform(24, 84)) for _ in range(22))
    ]
    tops = "".join(
        circle(x, y, 11, "#c8342c")
        if i % 2
        else oval(x, y, 12, 6, "#4f8f3c", f'transform="rotate({a * 57:.0f} {x:.0f} {y:.0f})"')
        for i, (x, y, a) in enumerate(places)
    )
    whole = circle(0, 0, 122, "#d99a52") + circle(0, 0, 106, "#d8543c") + circle(0, 0, 101, "#f8d878") + tops
    gap = polygon(((0, 0), (150, -100), (160, -8)), "#a5714c")
    piece = (
        shape("M0 0L98 -66A118 118 0 0 1 118 -6", "#d99a52")
        + shape("M0 0L86 -58A104 104 0 0 1 103 -5", "#f8d878")
        + circle(62, -22, 12, "#c8342c")
        + oval(84, -34, 9, 5, "#4f8f3c")
    )
    return (
        box(0, 0, SIZE, SIZE, "#a5714c")
        + stroke("M0 60H320M0 140H320M0 220H320M0 290H320", "#00000022", 4)
        + placed(whole + gap + placed(piece, 20, -11), 148, 168, 1, r.uniform(-40, 30))
    )
