"""Things people own, and the people who use them.

Each function returns SVG text; the random numbers settle its variant.
"""

from math import cos, pi, sin
from random import Random

from loaders.generator.drawing.svg import INK, SIZE, box, circle, near_middle, oval, placed, polygon, shape, stroke


def parasol(r: Random) -> str:
    """A beach umbrella, a towel and a ball."""
    first, second = r.choice((("#e8505b", "#fff"), ("#3f8fd0", "#fff3c4"), ("#f2a541", "#fff"), ("#3fa08a", "#fdeee0")))
    shade = (
        shape("M-92 0Q-84 -84 0 -88Q84 -84 92 0Q0 -24 -92 0", first)
        + shape("M-46 -11Q-44 -72 0 -88Q44 -72 46 -11Q0 -20 -46 -11", second)
        + shape("M-14 -16Q-12 -70 0 -88Q12 -70 14 -16", first)
    )
    towel = polygon(((20, 110), (110, 110), (136, 134), (40, 134)), second) + polygon(
        ((46, 110), (62, 110), (84, 134), (66, 134)), first
    )
    ball = (
        circle(-66, 124, 17, "#fff")
        + shape("M-66 107Q-46 112 -49 124Q-58 118 -66 124", first)
        + shape("M-66 141Q-86 136 -83 124Q-72 130 -66 124", "#3f8fd0")
    )
    return near_middle(r, stroke("M0 -84V120", "#8a6a4c", 6) + shade + towel + ball, 172)


def lighthouse(r: Random) -> str:
    """A striped lighthouse on a rock, with its beam."""
    red = r.choice(("#d8434e", "#2f5f8a", "#c8603c"))
    beam = polygon(((0, -102), (-220, -160), (-220, -66)), "#fff3b0", 'opacity=".35"') + polygon(
        ((0, -102), (220, -150), (220, -70)), "#fff3b0", 'opacity=".2"'
    )
    tower = (
        polygon(((-22, -84), (22, -84), (36, 100), (-36, 100)), "#fffaf2")
        + polygon(((-25, -50), (25, -50), (29, -4), (-29, -4)), red)
        + polygon(((-32, 42), (32, 42), (35, 88), (-35, 88)), red)
    )
    top = (
        box(-18, -116, 36, 30, "#ffe98a")
        + box(-28, -88, 56, 7, INK)
        + polygon(((-24, -116), (0, -144), (24, -116)), red)
        + box(-7, 70, 14, 30, INK, 'rx="7"')
    )
    rock = shape("M-120 160Q-100 100 -50 96H60Q96 108 126 160", "#5a5460") + shape(
        "M-60 160Q-40 120 0 112Q40 124 50 160", "#726b78"
    )
    return near_middle(r, beam + rock + tower + top, 178)


def umbrella(r: Random) -> str:
    """A large umbrella above a puddle."""
    color, dark = r.choice(
        (("#e8505b", "#c23a48"), ("#f2c14b", "#d9a02e"), ("#3f8fb5", "#2d6f90"), ("#8a6fb5", "#6b5296"))
    )
    cover = shape(
        "M-104 0Q-96 -98 0 -102Q96 -98 104 0Q86 -22 62 0Q32 -24 0 0Q-32 -24 -62 0Q-86 -22 -104 0", color
    ) + shape("M-62 0Q-52 -80 0 -102Q52 -80 62 0Q32 -24 0 0Q-32 -24 -62 0", dark)
    handle = stroke("M0 -114V92Q0 114 20 112Q36 108 34 92", "#4a3a34", 7)
    return oval(160, 296, 120, 17, "#8fb0c8") + oval(180, 298, 60, 7, "#b5d0e2") + near_middle(r, handle + cover, 162)


def stalls(r: Random) -> str:
    """A market stall with an awning and boxes of fruit."""
    first = r.choice(("#d8434e", "#3f8f6a", "#3f6fb5", "#f0a030"))
    awning = "".join(
        shape(f"M{x + 8} 66H{x + 40}L{x + 36} 124a18 18 0 0 1 -36 0", first if i % 2 else "#fffaf0")
        for i, x in enumerate(range(18, 290, 36))
    )
    posts = box(28, 100, 9, 200, "#8a6244") + box(286, 100, 9, 200, "#8a6244")
    return (
        box(30, 130, 260, 110, "#00000018")
        + posts
        + awning
        + "".join(_crate(r, x, y) for y in (206, 262) for x in (26, 114, 202))
    )


def _crate(r: Random, x: float, y: float) -> str:
    color = r.choice(("#e0443c", "#f5962c", "#8fbf4a", "#f8d33c", "#7a4a9f", "#d85a8a", "#5fa04f"))
    heap = "".join(
        circle(x + 14 + 15 * i + dx, y - dy, 11, color) + circle(x + 11 + 15 * i + dx, y - 4 - dy, 3, "#fff6")
        for dy, dx, n in ((0, 0, 5), (12, 7, 4), (22, 14, 3))
        for i in range(n)
    )
    return (
        heap
        + box(x, y, 92, 42, "#b98a5a", 'rx="3"')
        + stroke(f"M{x + 4} {y + 14}h84M{x + 4} {y + 28}h84", "#8a6244", 3)
    )


def tent(r: Random) -> str:
    """A lit tent and a fire."""
    color, dark = r.choice(
        (("#e8883c", "#b5602a"), ("#5fa08a", "#3f7566"), ("#d85a5a", "#a03f45"), ("#6f8fd0", "#4f68a0"))
    )
    cloth = (
        polygon(((-100, 62), (0, -70), (100, 62)), color)
        + polygon(((0, -70), (100, 62), (128, 40), (34, -74)), dark)
        + polygon(((0, -34), (36, 62), (-36, 62)), "#ffe9a0")
    )
    fire = (
        circle(0, 0, 50, "#ffb52e", 'opacity=".22"')
        + shape("M-22 26Q-32 -6 -4 -36Q-2 -16 10 -22Q34 6 20 26", "#ff8c2e")
        + shape("M-12 26Q-14 4 2 -10Q18 10 12 26", "#ffe169")
        + stroke("M-28 32L28 24M-28 24L28 32", "#5c3f30", 8)
    )
    return placed(cloth, 124 + r.uniform(-16, 16), 226) + placed(fire, 262 + r.uniform(-14, 14), 270)


def _walker(r: Random, jacket: str, skin: str) -> str:
    legs = stroke("M0 10L-16 46L-12 84M0 10L20 44L24 84", "#3f4a5c", 14) + stroke("M-12 86h13M24 86h13", "#5c3f30", 10)
    pack = box(-40, -62, 32, 62, r.choice(("#d8434e", "#3f7fb5", "#f0a030")), 'rx="11"')
    arm = stroke("M2 -46L26 -16L40 -22", jacket, 11) + stroke("M42 -34L52 84", "#6b4a38", 4)
    return (
        legs
        + pack
        + box(-18, -62, 36, 76, jacket, 'rx="15"')
        + arm
        + circle(4, -82, 18, skin)
        + shape("M-16 -84Q4 -114 24 -88", jacket)
    )


def hiker(r: Random) -> str:
    """A walker with a backpack, and a signpost."""
    sign = box(-4, -70, 8, 110, "#7a5238") + polygon(
        ((-34, -64), (24, -64), (38, -52), (24, -40), (-34, -40)), "#a5714c"
    )
    person = _walker(
        r, r.choice(("#3f8f6a", "#8a5fa0", "#e0a030", "#d8574a")), r.choice(("#f0c09a", "#b57f5a", "#8a5a3f"))
    )
    return placed(sign, 258, 254, 0.9) + placed(person, 140 + r.uniform(-25, 25), 214, 0.95)


def climber(r: Random) -> str:
    """A climber on a rope at the wall."""
    skin, shirt = r.choice(("#f0c09a", "#b57f5a", "#8a5a3f")), r.choice(("#e8505b", "#f2c14b", "#3f8fd0", "#8a5fa0"))
    rope = stroke("M-6 -300Q4 -120 14 6Q30 90 14 220", "#f78f3c", 3.5)
    limbs = stroke("M4 -34L-36 -66M14 -30L-12 -84", skin, 11) + stroke(
        "M12 24L-20 36L-30 68M18 26L26 60L0 88", "#3a4254", 14
    )
    helmet = circle(20, -56, 16, skin) + shape("M2 -58Q20 -88 38 -56", shirt)
    return placed(
        rope + limbs + stroke("M12 -30L16 22", shirt, 25) + helmet + box(2, 14, 27, 8, INK, 'rx="3"'),
        226 + r.uniform(-8, 4),
        150 + r.uniform(-25, 25),
        1.05,
    )


def skier(r: Random) -> str:
    """A skier on the way down."""
    jacket, trousers = r.choice(
        (("#e8505b", "#2f4a6f"), ("#3f8fd0", "#2c2a35"), ("#f2c14b", "#3f6f5f"), ("#9b5de5", "#2f3f5f"))
    )
    skis = stroke("M-76 66L62 92M-60 54L78 80", "#d8434e", 6)
    legs = stroke("M-10 6L16 34L-6 66M-4 6L32 32L14 68", trousers, 15)
    poles = stroke("M26 -22L68 84M-36 -10L-70 60", "#5f6672", 3.5)
    arms = stroke("M4 -40L28 -20M-2 -38L-36 -10", jacket, 12)
    return placed(
        skis
        + legs
        + stroke("M6 -42L-8 6", jacket, 28)
        + poles
        + arms
        + circle(14, -66, 17, "#f0c09a")
        + shape("M-4 -68Q12 -98 32 -70", jacket)
        + box(10, -72, 24, 9, INK, 'rx="4"'),
        176 + r.uniform(-25, 25),
        176,
        0.95,
        r.uniform(-4, 8),
    )


def pitch(r: Random) -> str:
    """A football, a goal and stripes of grass."""
    grass = "".join(box(0, 196 + 26 * i, SIZE, 26, "#5fae55" if i % 2 else "#6fbf62") for i in range(5))
    net = "".join(stroke(f"M{x} 90V196", "#ffffff77", 1.6) for x in range(66, 262, 13)) + "".join(
        stroke(f"M60 {y}H260", "#ffffff77", 1.6) for y in range(102, 196, 13)
    )
    goal = stroke("M58 200V86H262V200", "#fff", 8)
    patches = "".join(
        polygon([(cos(a + t) * q + cos(a) * d, sin(a + t) * q + sin(a) * d) for t in (0, 1.26, 2.51, 3.77, 5.03)], INK)
        for a, d, q in ((-pi / 2, 0, 14), *(((-pi / 2 + i * 2 * pi / 5), 34, 11) for i in range(5)))
    )
    ball = (
        circle(0, 4, 41, "#00000022")
        + circle(0, 0, 40, "#fff")
        + f'<clipPath id="ball"><circle r="40"/></clipPath><g clip-path="url(#ball)">{patches}</g>'
    )
    return grass + net + goal + placed(ball, 160 + r.uniform(-60, 60), 256, 1, r.uniform(0, 70))


def guitar(r: Random) -> str:
    """An acoustic guitar."""
    wood = r.choice(("#d99548", "#b5632f", "#e3b56a", "#8a4a34"))
    neck = (
        box(-9, -150, 18, 130, "#5c3f30")
        + box(-15, -178, 30, 32, "#4a3228", 'rx="5"')
        + "".join(circle(x, y, 4, "#e6dcc8") for x in (-20, 20) for y in (-172, -162, -152))
    )
    body = shape(
        "M0 -44C44 -50 60 -20 44 8C84 30 78 104 0 104C-78 104 -84 30 -44 8C-60 -20 -44 -50 0 -44",
        wood,
        'stroke="#5c3f30" stroke-width="5"',
    )
    strings = "".join(stroke(f"M{x} -164V70", "#f5efe0", 1.3) for x in (-5, -2, 2, 5))
    return placed(
        neck + body + circle(0, 14, 21, "#3f2a20") + box(-26, 66, 52, 10, "#5c3f30", 'rx="4"') + strings,
        160 + r.uniform(-12, 12),
        190,
        1.02,
        r.uniform(18, 38),
    )


def stage(r: Random) -> str:
    """Coloured lights, a singer and the crowd."""
    colors = ("#f26d9f", "#5fd0e0", "#f8d048", "#9b7fe8")
    lights = "".join(
        polygon(
            ((x, 0), (x + r.uniform(-110, 30), 240), (x + r.uniform(40, 130), 240)), r.choice(colors), 'opacity=".38"'
        )
        for x in (40, 120, 200, 280)
    )
    singer = (
        stroke("M0 -8V42M0 42L-14 92M0 42L16 92M0 4L26 22L22 -8M0 4L-30 -28", "#14101f", 12)
        + circle(0, -28, 15, "#14101f")
        + stroke("M30 -30V94", "#14101f", 3)
    )
    crowd = "".join(
        circle(x + r.uniform(-5, 5), r.uniform(276, 292), 19, "#0c0818")
        + (stroke(f"M{x} 290L{x + r.uniform(-14, 14):.0f} 236", "#0c0818", 9) if r.random() < 0.5 else "")
        for x in range(0, 330, 30)
    )
    return (
        lights
        + box(0, 236, SIZE, 84, "#2a1b44")
        + placed(singer, 160 + r.uniform(-30, 30), 148, 1)
        + crowd
        + box(0, 296, SIZE, 24, "#0c0818")
    )


def bookshelf(r: Random) -> str:
    """Three boards full of books."""
    return box(0, 0, SIZE, SIZE, r.choice(("#8a6244", "#7a5a48", "#a5805c"))) + "".join(
        box(12, y - 92, 296, 92, "#00000030") + _books(r, y) + box(0, y, SIZE, 13, "#5c4030") for y in (100, 205, 310)
    )


def _books(r: Random, base: float) -> str:
    colors = ("#c8453b", "#e0a030", "#3f7f8a", "#4f5f9f", "#8f9f5a", "#f0e3c8", "#a05f7a", "#d9764a", "#2f4f5f")
    parts, x = [], 16.0
    while x < 286:
        width, height = r.uniform(12, 24), r.uniform(58, 86)
        parts.append(
            box(x, base - height, width, height, r.choice(colors), 'rx="2"')
            + box(x, base - height + 11, width, 4, "#fff7")
        )
        x += width + (r.uniform(10, 30) if r.random() < 0.12 else 1)
    return "".join(parts)


def easel(r: Random) -> str:
    """A canvas on an easel, and a palette."""
    legs = stroke("M160 36L86 304M160 36L234 304M160 60V290", "#8a6244", 8)
    strokes = "".join(
        stroke(
            f"M{r.uniform(84, 150):.0f} {y}q{r.uniform(20, 40):.0f} {r.uniform(-30, 30):.0f} {r.uniform(60, 86):.0f} 0",
            r.choice(("#e8624f", "#f2c14b", "#3f8fb5", "#5fae8a", "#8a6fb5", "#f5a5b5")),
            r.uniform(9, 20),
        )
        for y in range(92, 196, 17)
    )
    canvas = box(66, 66, 188, 150, "#fffdf6", 'stroke="#d5c9b5" stroke-width="4"')
    colors = "".join(
        circle(x, y, 8, c)
        for x, y, c in ((-24, -8, "#e8505b"), (-4, -18, "#f2c14b"), (20, -12, "#3f8fd0"), (30, 6, "#5fae5c"))
    )
    return (
        legs
        + canvas
        + strokes
        + box(76, 214, 168, 11, "#8a6244")
        + placed(oval(0, 0, 48, 30, "#c99a68") + circle(-20, 14, 7, "#efd4b6") + colors, 262, 282)
    )


def window(r: Random) -> str:
    """A window with a view, curtains and a plant."""
    view = (
        box(76, 44, 168, 180, r.choice(("#8accea", "#f8b98a", "#26335f", "#cdd6dc")))
        + circle(r.uniform(110, 210), r.uniform(76, 110), 19, "#fff3c4")
        + shape("M76 224V176Q120 140 160 172Q200 190 244 160V224", r.choice(("#7fb56b", "#8d6f93", "#5f8a8f")))
    )
    frame = "".join(stroke(d, "#fffaf2", 9) for d in ("M76 44H244V224H76V44", "M160 44V224", "M76 130H244"))
    cloth = r.choice(("#e8a0a0", "#a8c4a0", "#c4b0dc", "#f2d08a"))
    curtains = (
        shape("M44 30H108Q104 130 60 236H40", cloth)
        + shape("M276 30H212Q216 130 260 236H280", cloth)
        + stroke("M34 30H286", "#8a6244", 7)
    )
    plant = placed(
        "".join(oval(0, -34, 9, 26, "#5fa05c", f'transform="rotate({a})"') for a in (-50, -25, 0, 25, 50))
        + polygon(((-22, -10), (22, -10), (16, 26), (-16, 26)), "#d9764a"),
        r.choice((110, 205)),
        222,
    )
    return view + frame + curtains + box(54, 228, 212, 14, "#fffaf2") + placed(plant, 0, -22)


def camera(r: Random) -> str:
    """A camera: the picture of posts without a topic."""
    color = r.choice(("#3a3f4c", "#d8574a", "#3f7f8a", "#e0a84a"))
    body = (
        box(-46, -78, 92, 40, color, 'rx="12"')
        + box(-108, -56, 216, 140, color, 'rx="20"')
        + box(-108, -10, 216, 50, "#00000026")
    )
    lens = (
        circle(0, 14, 56, "#f3f1ec")
        + circle(0, 14, 46, "#23262f")
        + circle(0, 14, 30, "#3f5f8f")
        + circle(-11, 3, 10, "#ffffffaa")
    )
    return placed(
        body + lens + circle(78, -30, 10, "#ffe9a0") + box(-90, -68, 34, 14, "#c9ccd4", 'rx="6"'),
        160 + r.uniform(-8, 8),
        160,
        1,
        r.uniform(-8, 8),
    )
