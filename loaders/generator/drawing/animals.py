"""Animals.

Each function returns SVG text; the random numbers settle its variant.
"""

from random import Random

from loaders.generator.drawing.svg import INK, box, circle, eyes, near_middle, oval, placed, polygon, shape, stroke


def dog(r: Random) -> str:
    """A dog's head with hanging ears and its tongue out."""
    coat, ear = r.choice(
        (("#d9a566", "#9c6b3c"), ("#f0e3d0", "#b98a5a"), ("#8a6248", "#5f4030"), ("#c9c5c2", "#6d6a70"))
    )
    ears = shape("M-62 -66C-110 -60 -112 20 -84 42C-66 30 -60 -10 -44 -44", ear) + shape(
        "M62 -66C110 -60 112 20 84 42C66 30 60 -10 44 -44", ear
    )
    face = oval(0, 0, 76, 80, coat) + oval(0, 34, 42, 36, "#fff7ec") + ears
    patch = circle(32, -20, 24, ear) if r.random() < 0.5 else ""
    mouth = shape("M-14 52Q0 84 14 52", "#e8717f") + stroke("M0 30V44Q-18 62 -30 46M0 44Q18 62 30 46", INK, 4)
    return near_middle(
        r,
        box(-54, 60, 108, 130, coat, 'rx="50"')
        + face
        + patch
        + eyes(32, -18, 9)
        + mouth
        + oval(0, 22, 16, 12, INK)
        + box(-52, 84, 104, 15, r.choice(("#d8434e", "#3f8fd0", "#3fa06a")), 'rx="7"'),
        160,
    )


def cat(r: Random) -> str:
    """A cat's head with pointed ears and whiskers."""
    coat, dark = r.choice(
        (("#f0a45c", "#c9762f"), ("#8d8f9b", "#60626e"), ("#3d3b46", "#24222b"), ("#f3ece2", "#d6c7b3"))
    )
    ears = "".join(
        polygon(((s * 72, -92), (s * 76, -14), (s * 18, -58)), coat)
        + polygon(((s * 64, -72), (s * 66, -32), (s * 36, -54)), "#f4b6b6")
        for s in (-1, 1)
    )
    stripes = stroke("M-14 -62V-40M0 -66V-38M14 -62V-40M-74 8H-54M-72 22H-54M74 8H54M72 22H54", dark, 6)
    iris = r.choice(("#9fd36a", "#f2cf4f", "#8ecdf0"))
    eyes = "".join(oval(x, -8, 13, 15, iris) + oval(x, -8, 4.5, 13, INK) for x in (-32, 32))
    whiskers = stroke(
        "M-24 30L-82 20M-24 36L-82 42M24 30L82 20M24 36L82 42", "#fff" if coat != "#f3ece2" else "#8a7f75", 2
    )
    mouth = polygon(((-9, 18), (9, 18), (0, 29)), "#e8808c") + stroke("M0 29Q-4 44 -18 40M0 29Q4 44 18 40", INK, 3)
    return near_middle(
        r,
        box(-56, 40, 112, 140, coat, 'rx="52"') + ears + oval(0, 0, 78, 68, coat) + stripes + eyes + mouth + whiskers,
        168,
    )


def fox(r: Random) -> str:
    """A fox's head."""
    coat = r.choice(("#e2702d", "#d9622a", "#ec8a3c"))
    ears = "".join(
        polygon(((s * 78, -100), (s * 82, -18), (s * 16, -52)), coat)
        + polygon(((s * 70, -80), (s * 72, -36), (s * 38, -52)), "#3b2a2a")
        for s in (-1, 1)
    )
    head = shape("M-88 -14Q-70 -66 0 -62Q70 -66 88 -14Q70 40 0 82Q-70 40 -88 -14", coat)
    cheeks = shape("M-88 -14Q-50 -6 -26 10Q-12 40 0 82Q-66 46 -88 -14", "#fff4e6") + shape(
        "M88 -14Q50 -6 26 10Q12 40 0 82Q66 46 88 -14", "#fff4e6"
    )
    return near_middle(
        r,
        shape("M-60 150Q-56 50 0 50Q56 50 60 150", coat)
        + ears
        + head
        + cheeks
        + eyes(34, -8, 8)
        + oval(0, 74, 13, 10, INK),
        180,
    )


def cow(r: Random) -> str:
    """A cow's head with horns and spots."""
    spot = r.choice((INK, "#8a5a3c", "#5c4438"))
    horns = stroke("M-44 -72Q-66 -92 -58 -112M44 -72Q66 -92 58 -112", "#e6d6b8", 12)
    ears = "".join(oval(s * 84, -52, 32, 15, spot, f'transform="rotate({s * -14} {s * 84} -52)"') for s in (-1, 1))
    head = shape("M-58 -70Q0 -96 58 -70Q62 0 44 40H-44Q-62 0 -58 -70", "#fffaf2")
    marks = shape("M-58 -70Q-30 -84 -10 -84Q-4 -30 -34 -4Q-54 -10 -58 -70", spot)
    muzzle = (
        oval(0, 50, 56, 34, "#f2b8b0")
        + oval(-20, 46, 7, 9, "#8f5a56")
        + oval(20, 46, 7, 9, "#8f5a56")
        + stroke("M-18 68Q0 76 18 68", "#8f5a56", 4)
    )
    return near_middle(
        r,
        box(-52, 50, 104, 120, "#fffaf2", 'rx="40"')
        + horns
        + ears
        + head
        + marks
        + eyes(30, -26, 9)
        + muzzle
        + stroke("M30 88q10 10 18 -4", "#5f9e4c", 5),
        180,
    )


def horse(r: Random) -> str:
    """A horse from the side."""
    coat, mane = r.choice(
        (("#9a6240", "#4f2f20"), ("#c9a27a", "#f3e6cf"), ("#5a4a48", "#2c2426"), ("#e6ddd2", "#b3a69a"))
    )
    legs = "".join(
        polygon(((x, 30), (x + 17, 30), (x + 11 + lean, 112), (x + 1 + lean, 112)), coat)
        + box(x + lean, 106, 13, 10, INK)
        for x, lean in ((-62, -8), (-44, 5), (30, -5), (46, 8))
    )
    body = oval(-4, 12, 72, 36, coat)
    neck = shape("M34 -2Q50 -66 74 -96L94 -104Q104 -98 108 -84L134 -52Q134 -40 122 -40L92 -58Q80 -30 66 26", coat)
    ear = polygon(((76, -96), (82, -122), (92, -102)), coat)
    hair = shape("M30 -10Q36 -70 78 -108L88 -100Q62 -70 56 -16", mane) + shape(
        "M-68 -6Q-104 0 -96 74Q-82 40 -66 18", mane
    )
    return near_middle(
        r, legs + body + neck + ear + hair + circle(100, -82, 4, INK) + circle(124, -48, 2.5, INK), 184, 0.98
    )


def bird(r: Random) -> str:
    """A small bird on a branch."""
    back, breast = r.choice(
        (("#7a5c48", "#e8683c"), ("#3f7fc0", "#f2d98a"), ("#c8453b", "#f0b0a0"), ("#4f8f6a", "#f0e3a0"))
    )
    leaves = "".join(
        oval(x, y, 15, 7, "#6cae5c", f'transform="rotate({t} {x} {y})"')
        for x, y, t in ((-118, 62, -30), (-70, 88, 25), (96, 50, -25), (128, 74, 20))
    )
    branch = stroke("M-190 80Q-60 66 190 62M70 66L104 46M-90 76L-116 60", "#6b4a38", 9)
    body = shape("M-104 44L-40 10Q-30 -50 20 -62Q70 -66 74 -24Q76 50 6 58Q-30 58 -104 44", back) + shape(
        "M20 4Q34 -34 74 -24Q76 50 6 58Q-6 30 20 4", breast
    )
    wing = shape("M-72 34Q-40 -20 20 -4Q10 40 -72 34", "#00000030")
    return near_middle(
        r,
        branch
        + leaves
        + body
        + wing
        + polygon(((72, -36), (96, -26), (72, -18)), "#f2b03c")
        + circle(48, -34, 6, INK)
        + circle(50, -36, 2, "#fff")
        + stroke("M10 56v10M28 54v10", "#8a5a30", 4),
        180,
    )


def duck(r: Random) -> str:
    """A duck on the water with two ducklings."""
    body, head = r.choice((("#a38f7c", "#2f7a52"), ("#fffaf0", "#fffaf0"), ("#c9a878", "#8a6a48")))
    big = _duck(body, head)
    small = placed(_duck("#f5d657", "#f5d657"), -112, 14, 0.42) + placed(_duck("#f5d657", "#f5d657"), -164, 14, 0.36)
    return near_middle(r, placed(big + small, 50, 0), 236)


def _duck(body: str, head: str) -> str:
    bill = shape("M78 -76Q104 -74 108 -64Q92 -58 76 -62", "#f0a030")
    return (
        shape("M-84 -40Q-60 -20 -20 -34Q30 -50 66 -14Q50 26 -20 26Q-74 22 -84 -40", body)
        + shape("M34 -22Q28 -50 44 -64L66 -60Q62 -30 60 -16", head)
        + circle(58, -70, 26, head)
        + bill
        + circle(66, -76, 4, INK)
        + shape("M-54 -8Q-10 -30 24 -8Q0 18 -54 -8", "#00000022")
        + stroke("M-96 28Q-50 20 0 28T96 28", "#ffffffaa", 3)
    )


def penguin(r: Random) -> str:
    """Penguins: one large, one or two small."""
    small = "".join(placed(_penguin(), x, 52, 0.55) for x in (-92, 90)[: r.randint(1, 2)])
    return near_middle(r, _penguin() + small, 176)


def _penguin() -> str:
    feet = oval(-22, 108, 20, 8, "#f2a03c") + oval(22, 108, 20, 8, "#f2a03c")
    wings = oval(-58, 14, 13, 52, "#23252f", 'transform="rotate(14 -58 14)"') + oval(
        58, 14, 13, 52, "#23252f", 'transform="rotate(-14 58 14)"'
    )
    body = oval(0, 22, 58, 86, "#2b2d38") + oval(0, 38, 42, 66, "#fdfdfb") + circle(0, -62, 40, "#2b2d38")
    face = oval(-15, -58, 16, 19, "#fdfdfb") + oval(15, -58, 16, 19, "#fdfdfb")
    return feet + wings + body + face + eyes(14, -62, 5) + polygon(((-10, -50), (10, -50), (0, -36)), "#f2a03c")


def whale(r: Random) -> str:
    """A whale that blows."""
    blue = r.choice(("#3f6f9f", "#4a7f8f", "#54688a"))
    body = shape(
        "M-120 18C-110 -60 20 -76 84 -14C100 0 112 -14 110 -44C124 -34 132 -26 134 -12"
        "C144 -26 158 -30 170 -28C160 0 140 18 118 26C80 70 -100 74 -120 18",
        blue,
    )
    belly = shape("M-120 18C-60 50 30 52 96 38C50 70 -100 74 -120 18", "#dfeaf2") + stroke(
        "M-84 46Q-30 62 30 56M-60 58Q-20 66 10 62", blue, 2
    )
    spout = stroke("M-50 -48Q-50 -84 -72 -96M-50 -48Q-50 -90 -26 -100M-50 -48V-104", "#eaf7ff", 6)
    return near_middle(
        r,
        placed(spout + body + belly + circle(-86, 4, 5, INK) + shape("M-20 34Q-4 74 26 76Q24 50 12 34", blue), -16, 0),
        206,
        0.9,
    )


def fish(r: Random) -> str:
    """Striped fish: one large and a small school."""
    colors = r.choice((("#f58a3c", "#fff"), ("#f5cf3c", "#3f5fa0"), ("#e8557a", "#ffd0a0"), ("#5fd0c0", "#f5f0c0")))
    school = "".join(placed(_fish(*colors), r.uniform(-140, 140), y, 0.22) for y in (-120, -96, 92, 110))
    return near_middle(r, school + _fish(*colors), 160)


def _fish(body: str, band: str) -> str:
    tail = shape("M64 0L116 -46Q104 0 116 46", body)
    fins = shape("M-30 -48Q10 -92 52 -40", body) + shape("M-10 50Q16 82 40 42", body)
    bands = shape("M-46 -48Q-28 0 -46 48L-24 54Q-8 0 -24 -55", band) + shape(
        "M18 -52Q32 0 18 52L36 44Q48 0 36 -44", band
    )
    return (
        tail
        + fins
        + oval(0, 0, 82, 56, body)
        + bands
        + circle(-56, -12, 8, "#fff")
        + circle(-58, -12, 4.5, INK)
        + stroke("M-80 14q10 6 18 2", INK, 3)
    )


def butterfly(r: Random) -> str:
    """A butterfly with spotted wings."""
    outer, inner = r.choice(
        (("#f08a2c", "#fcd05c"), ("#4f7fe0", "#a8d0ff"), ("#c85fb0", "#f8c0e0"), ("#f2cf3c", "#fff3b0"))
    )
    wing = (
        shape("M6 -6C30 -92 122 -104 122 -52C122 -14 70 8 6 6", outer)
        + shape("M6 8C60 6 100 34 84 68C70 96 22 66 6 16", outer)
        + shape("M22 -14C46 -66 98 -76 98 -50C98 -28 60 -8 22 -2", inner)
        + shape("M24 18C56 20 76 38 68 56C58 72 34 50 24 24", inner)
        + "".join(circle(x, y, 5, "#fff") for x, y in ((108, -62), (112, -44), (80, 62)))
    )
    both = wing + f'<g transform="scale(-1 1)">{wing}</g>'
    body = (
        box(-6, -36, 12, 84, INK, 'rx="6"')
        + circle(0, -42, 9, INK)
        + stroke("M-2 -48Q-10 -74 -28 -78M2 -48Q10 -74 28 -78", INK, 3)
    )
    return placed(both + body, 160 + r.uniform(-20, 20), 140 + r.uniform(-12, 12), 1.05, r.uniform(-25, 25))


def camel(r: Random) -> str:
    """A camel with two humps."""
    coat = r.choice(("#b5804a", "#a5713f"))
    legs = stroke("M-40 20L-44 84M-22 22L-18 84M26 22L22 84M42 20L48 84", coat, 9)
    body = shape(
        "M-58 0Q-54 -26 -36 -22Q-26 -64 -8 -24Q4 -30 12 -24Q28 -66 40 -20Q58 -8 70 -14Q76 -44 88 -66"
        "L106 -70Q122 -66 120 -56L100 -48Q92 12 50 26H-44Q-60 22 -58 0",
        coat,
    )
    return placed(
        legs + body + circle(104, -62, 2.5, INK) + stroke("M-58 4L-68 30", coat, 4), 122 + r.uniform(-40, 40), 216, 0.75
    )
