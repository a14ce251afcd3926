"""Made-up pictures: a small drawn scene for each topic of the generated network, as SVG of 320 x 320."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from loaders.generator.drawing import animals, food, land, plants, sky, things, town, vehicles, water
from loaders.generator.drawing.svg import SIZE

VARIANTS = 24
"""Number of pictures for each hashtag."""
NO_TOPIC = "photo"
"""The picture of posts without a hashtag."""

Part = Callable[[Random], str]
Scene = tuple[str, tuple[Part, ...]]
"""The kind of sky, and what stands in front of it, from back to front."""

SCENES: dict[str, Scene] = {
    "sunset": ("dusk", (sky.low_sun, water.evening_sea, sky.gulls)),
    "sunrise": ("dawn", (sky.low_sun, land.hills, sky.gulls)),
    "clouds": ("day", (sky.cloudscape,)),
    "storm": ("storm", (sky.lightning, sky.dark_clouds, land.dark_hills)),
    "rainbow": ("day", (sky.rainbow, sky.cloud, land.hills)),
    "fog": ("grey", (land.misty_hills,)),
    "rain": ("grey", (sky.raindrops, things.umbrella)),
    "night": ("dark", (sky.milky_way, sky.stars, land.night_pines)),
    "moon": ("dark", (sky.stars, sky.moon, land.night_hills)),
    "snow": ("cold", (land.snowy_hills, land.snowy_pines, sky.snowflakes)),
    "mountain": ("day", (sky.cloud, land.peaks, land.pines)),
    "forest": ("day", (land.woods,)),
    "desert": ("warm", (sky.sun, land.dunes, animals.camel)),
    "field": ("day", (sky.sun, sky.cloud, land.fields)),
    "canyon": ("warm", (sky.sun, land.mesas)),
    "waterfall": ("day", (land.cliffs,)),
    "lake": ("day", (water.mirror_lake,)),
    "river": ("day", (sky.cloud, land.hills, land.stream, land.trees)),
    "island": ("day", (sky.sun, water.sea, water.isle)),
    "volcano": ("dusk", (land.volcano,)),
    "glacier": ("cold", (water.icebergs,)),
    "beach": ("day", (sky.sun, water.sea, water.sand, things.parasol)),
    "ocean": ("day", (sky.cloud, sky.gulls, water.waves)),
    "harbor": ("day", (sky.cloud, water.sea, town.houses, vehicles.boats)),
    "lighthouse": ("dusk", (water.evening_sea, things.lighthouse)),
    "sailing": ("day", (sky.cloud, water.sea, vehicles.sailboat)),
    "surfing": ("day", (sky.sun, water.big_wave, vehicles.surfboard)),
    "city": ("day", (town.skyline,)),
    "street": ("dusk", (town.alley,)),
    "bridge": ("dawn", (town.span,)),
    "architecture": ("day", (town.facade,)),
    "castle": ("day", (sky.cloud, town.castle)),
    "temple": ("dawn", (sky.sun, town.pagoda, town.cherry_branch)),
    "market": ("room", (things.stalls,)),
    "train": ("day", (sky.cloud, land.hills, vehicles.train)),
    "car": ("dawn", (sky.low_sun, land.hills, vehicles.road, vehicles.car)),
    "bike": ("dawn", (sky.cloud, land.meadow, vehicles.bicycle)),
    "plane": ("day", (sky.cloudscape, vehicles.plane)),
    "balloon": ("dawn", (land.hills, vehicles.balloons)),
    "fireworks": ("dark", (sky.bursts, town.night_skyline)),
    "coffee": ("room", (food.table, food.cup)),
    "food": ("room", (food.plate,)),
    "cake": ("room", (food.table, food.cake)),
    "bread": ("room", (food.table, food.bread)),
    "fruit": ("room", (food.table, food.fruit_bowl)),
    "tea": ("room", (food.table, food.teapot)),
    "pizza": ("room", (food.pizza,)),
    "dog": ("leafy", (animals.dog,)),
    "cat": ("room", (animals.cat,)),
    "bird": ("day", (animals.bird,)),
    "horse": ("day", (sky.cloud, land.meadow, animals.horse)),
    "butterfly": ("leafy", (plants.small_flowers, animals.butterfly)),
    "fish": ("deep", (water.underwater, animals.fish)),
    "cow": ("day", (sky.cloud, land.hills, animals.cow)),
    "fox": ("leafy", (land.woods, animals.fox)),
    "duck": ("leafy", (water.sea, animals.duck)),
    "whale": ("cold", (sky.gulls, water.sea, animals.whale)),
    "penguin": ("cold", (land.snowy_hills, animals.penguin, sky.snowflakes)),
    "flower": ("leafy", (plants.flower,)),
    "tulip": ("day", (sky.cloud, plants.tulips)),
    "sunflower": ("day", (sky.sun, plants.sunflowers)),
    "autumn": ("warm", (land.autumn_trees,)),
    "garden": ("day", (sky.sun, land.meadow, plants.garden_beds)),
    "cactus": ("room", (food.table, plants.potted_cactus)),
    "mushroom": ("leafy", (land.woods, plants.mushrooms)),
    "camping": ("dark", (sky.stars, land.night_pines, things.tent)),
    "hiking": ("day", (land.peaks, land.hills, land.path, things.hiker)),
    "climbing": ("day", (sky.cloud, land.rock_wall, things.climber)),
    "skiing": ("cold", (land.peaks, land.slope, things.skier, sky.snowflakes)),
    "football": ("day", (sky.cloud, things.pitch)),
    "guitar": ("room", (things.guitar,)),
    "concert": ("dark", (things.stage,)),
    "books": ("room", (things.bookshelf,)),
    "painting": ("room", (things.easel,)),
    "window": ("room", (things.window,)),
    NO_TOPIC: ("room", (things.camera,)),
}


def draw(hashtag: str, variant: int) -> str:
    """The picture of a hashtag as SVG text; its variant decides colours and places.

    A hashtag without a scene of its own shows a camera.
    """
    kind, parts = SCENES.get(hashtag, SCENES[NO_TOPIC])
    random = Random(f"{hashtag}-{variant}")  # a text seed gives the same numbers on every machine
    content = "".join([sky.sky(kind, random), *(part(random) for part in parts)])
    size = f'viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{content}</svg>'


def write_pictures(out: Path, variants: int = VARIANTS) -> int:
    """Writes <hashtag>-<variant>.svg for each scene and variant into `out`, and returns how many."""
    out.mkdir(parents=True, exist_ok=True)
    for hashtag in SCENES:
        for variant in range(variants):
            (out / f"{hashtag}-{variant}.svg").write_text(draw(hashtag, variant), encoding="utf-8")
    return len(SCENES) * variants
