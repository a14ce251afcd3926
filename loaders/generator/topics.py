"""The topics of the generated network, with their hashtags and captions."""

from typing import NamedTuple


class Topic(NamedTuple):
    """A topic: `name` is its hashtag and its scene, `noun` fits "this …", `words` are related hashtags."""

    name: str
    kind: str
    noun: str
    words: tuple[str, ...]
    captions: tuple[str, ...]


KIND_WORDS = {
    "sky": ("sky", "nature", "light", "outdoors", "colors", "horizon", "weather", "skylovers"),
    "land": ("nature", "landscape", "outdoors", "wild", "scenery", "earth", "view", "wanderlust"),
    "sea": ("water", "sea", "coast", "blue", "waves", "salt", "horizon", "holiday"),
    "town": ("urban", "travel", "buildings", "streetphotography", "lines", "people", "weekend", "explore"),
    "ride": ("travel", "ontheroad", "journey", "speed", "wheels", "adventure", "weekend", "explore"),
    "food": ("foodie", "homemade", "yum", "kitchen", "delicious", "table", "recipe", "tasty"),
    "animal": ("animal", "wildlife", "cute", "nature", "closeup", "furandfeathers", "portrait", "outdoors"),
    "plant": ("plants", "nature", "bloom", "green", "macro", "petals", "botanical", "spring"),
    "pastime": ("weekend", "fun", "friends", "hobby", "goodtimes", "life", "relax", "community"),
}

# Two lines a topic: name|kind|noun|related hashtags, then its captions.
_TABLE = """
sunset|sky|sunset|dusk goldenhour evening sun orange
  Last light of the day|The sky was on fire tonight|Stayed until the sun was gone
sunrise|sky|sunrise|dawn morning sun early firstlight
  Worth the early alarm|First light|Nobody else awake yet
clouds|sky|cloudscape|cloudy cumulus bluesky air white
  Head in the clouds|Big sky today|Watching them drift by
storm|sky|storm|lightning thunder rainclouds dark wind
  It came in fast|Counted three seconds to the thunder|Just before the rain
rainbow|sky|rainbow|arc rain luck spectrum afterrain
  Look who came out after the rain|No pot of gold, only this|A full arc today
fog|sky|morning fog|mist haze moody autumnmorning quiet
  Could not see ten metres ahead|Quiet, grey and lovely|The hills were gone this morning
rain|sky|rain|umbrella puddle wet drops rainyday
  Puddle weather|It has not stopped since Monday|Rain on the way home
night|sky|night sky|stars astro milkyway longexposure dark
  Thirty seconds of stars|So many stars out here|Far away from the street lights
moon|sky|moon|fullmoon lunar night moonlight crescent
  The moon tonight|It looked even bigger in person|Good night from my roof
snow|land|snow|winter cold white frost ice
  First snow of the year|Everything went silent|Fresh tracks
mountain|land|mountain|peak summit alps ridge altitude
  Made it to the top|The view paid for the climb|Thin air and long views
forest|land|forest|trees woods pine green trail
  Lost among the pines|It smells of rain in here|A walk in the woods
desert|land|desert|dunes sand dry heat camel
  Sand in every pocket|Nothing but dunes|Forty degrees and not one cloud
field|land|field|meadow wheat farm grass countryside
  Golden fields on the way home|The harvest is close|Somewhere in the countryside
canyon|land|canyon|redrock cliff geology erosion southwest
  You feel very small here|A few million years of work|Red rock country
waterfall|land|waterfall|cascade river rocks spray longexposure
  Heard it long before we saw it|Soaked, and happy|Chasing waterfalls after all
lake|land|lake|reflection water calm mirror shore
  A perfect mirror|Too cold to swim, we tried|Not a breath of wind
river|land|river|stream valley water stones flow
  Following the river|Slow water, slow day|Skipping stones
island|sea|island|palm tropical lagoon paradise sand
  Castaway for a week|Three palms and a hammock|We had the island to ourselves
volcano|land|volcano|lava crater eruption smoke ash
  She is still awake|Warm ground under the boots|The crater at dusk
glacier|land|glacier|ice iceberg arctic blue melting
  Blue that you would not believe|It cracks and groans all night|Older than all of us
beach|sea|beach|sand summer shore umbrella sunny
  Salt in my hair|Beach day, finally|Nothing to do, nowhere to be
ocean|sea|ocean|deep swell tide spray bigblue
  The sea was loud today|Only water until the edge of the world|High tide
harbor|sea|harbour|boats pier dock port fishing
  The boats are back|Coffee by the pier|Waiting for the catch
lighthouse|sea|lighthouse|beacon cliff keeper stormy rocks
  Still guiding them home|Climbed all 112 steps|End of the land
sailing|sea|sailing day|sailboat wind yacht regatta mast
  Wind from the west, all good|Learning the ropes|Eight knots and smiling
surfing|sea|surf|surf board swell wetsuit wave
  Dawn patrol|Caught exactly one wave|The water is warmer than the air
city|town|skyline|skyline downtown skyscraper rooftop metropolis
  From the roof at six|This city never gets old|Home for the next year
street|town|street|alley lamp cobblestone corner oldtown
  Just around the corner|Wandering without a map|Found this little street today
bridge|town|bridge|river crossing arch steel suspension
  Halfway across|Walked it both ways|Steel and fog
architecture|town|facade|facade geometry modern concrete design
  Look up more often|Straight lines only|Somebody drew this with love
castle|town|castle|fortress medieval history tower ruins
  No dragons today|Eight hundred years and still standing|King for an afternoon
temple|town|temple|shrine pagoda incense sacred roof
  Left my shoes at the door|The bell rang twice|Quiet inside, rain outside
market|town|market|stall bazaar vendor fresh colorful
  Came for apples, left with everything|Saturday at the market|The best tomatoes in town
train|ride|train|railway station tracks locomotive platform
  Window seat|On time for once|The slow line is the pretty one
car|ride|car|roadtrip vintage classic drive garage
  She started on the first try|Four hundred miles to go|Sunday drive
bike|ride|bike|cycling bicycle pedal gravel commute
  Two wheels are enough|Sixty kilometres before lunch|Flat tyre, good view
plane|ride|flight|flight airport window wings aviation
  Wheels up|My favourite office window|See you on the other side
balloon|ride|balloon ride|hotairballoon air basket floating morning
  Up, up and away|Nobody told me how quiet it is|Breakfast at 500 metres
fireworks|pastime|firework|celebration newyear sparks night bang
  Happy new year, everyone|The finale was loud|Ooh. Aah.
coffee|food|coffee|espresso latte cafe barista morning
  First cup of the day|But first, this|My favourite corner table
food|food|plate|dinner lunch restaurant chef plate
  It tasted even better|Cooked this myself|Dinner is served
cake|food|cake|birthday dessert sweet baking chocolate
  One more slice|Three layers, zero regrets|Happy birthday to my sister
bread|food|loaf|sourdough bakery crust flour baking
  Day four of the starter|Listen to that crust|The whole flat smells of it
fruit|food|fruit bowl|fresh berries apple vitamins juicy
  Straight from the tree|Breakfast colours|Cherries are back
tea|food|cup of tea|teatime matcha teapot leaves warm
  Five o'clock somewhere|Steam and silence|A pot for two
pizza|food|pizza|cheese italian oven dough margherita
  Friday means this|Wood fired|I am not sharing
dog|animal|dog|puppy dogs pet goodboy paws
  Who is a good boy|He heard the word walk|Best friend, muddy paws
cat|animal|cat|kitten cats pet whiskers meow
  She owns the place|Not impressed by my camera|Nap number six
bird|animal|bird|birds birding feathers robin wings
  Sat still for one second|Heard before seen|A visitor on the balcony
horse|animal|horse|horses riding stable mane pony
  Morning ride|She knows I have carrots|Out on the paddock
butterfly|animal|butterfly|insect wings monarch fluttering garden
  It landed right next to me|Tiny wings, big colours|Summer visitor
fish|animal|fish|underwater aquarium reef snorkeling coral
  Under the surface|Found him|It looked straight at me
cow|animal|cow|cows farm cattle milk pasture
  We had a staring contest|The neighbours|Grass fed and curious
fox|animal|fox|foxes redfox woodland sly tail
  Early morning luck|He was not afraid at all|A flash of orange
duck|animal|duck|ducks pond mallard ducklings quack
  All in a row|Pond life|Quack
whale|animal|whale|whales humpback breach ocean marine
  There she blows|Two hours of waiting, two seconds of this|Still shaking
penguin|animal|penguin|penguins antarctica waddle colony ice
  Dressed for dinner|They walk like my uncle|Cold feet, warm heart
flower|plant|flower|flowers blossom garden rose pollen
  For you|Grew this from a seed|Colour of the week
tulip|plant|tulip|tulips flowers holland bulbs garden
  Tulip season|Rows and rows of them|Spring has arrived
sunflower|plant|sunflower|sunflowers yellow summer seeds field
  Always facing the sun|Taller than me|A field full of smiles
autumn|plant|autumn|fall leaves october orange foliage
  Crunchy leaves underfoot|The best season, no discussion|October did this
garden|plant|garden|gardening vegetables backyard soil growing
  The beans are coming|Dirt under my nails|An hour of weeding, a day of looking
cactus|plant|cactus|succulent spikes desert houseplant prickly
  Do not hug|It forgives me for not watering|Found one in bloom
mushroom|plant|mushroom|fungi toadstool forestfloor moss foraging
  Do not eat this one|Forest floor finds|After three days of rain
camping|pastime|camp|tent campfire bonfire wild sleepingbag
  Home for the night|No signal, no problem|Smells of smoke and marshmallows
hiking|pastime|hike|trail boots backpack trekking path
  Left, right, repeat|Eighteen kilometres later|The path less muddy
climbing|pastime|climb|rock bouldering rope wall chalk
  Sent it on the fifth try|Do not look down|Chalk everywhere
skiing|pastime|ski day|ski slope powder winter chairlift
  First lift, last run|Powder day|My knees will complain tomorrow
football|pastime|match|soccer goal match stadium team
  Ninety minutes and a bit|We won, somehow|Sunday league legends
guitar|pastime|guitar|music acoustic strings song chords
  New strings|Still only four chords|Practising the hard part
concert|pastime|concert|live stage band lights crowd
  My ears are still ringing|Front row|They played the old ones
books|pastime|bookshelf|reading library novel pages bookworm
  One more chapter|The pile grows|Rainy day plans
painting|pastime|painting|art canvas brush colour studio
  Work in progress|Too much blue, or not enough|Paint on the floor again
window|pastime|window|home curtain interior cosy light
  The view from here|Sunday light|Slow morning
"""


def _read(heading: str, captions: str) -> Topic:
    name, kind, noun, words = heading.split("|")
    return Topic(name, kind, noun, tuple(words.split()), tuple(captions.strip().split("|")))


_LINES = _TABLE.strip().splitlines()
TOPICS = tuple(_read(heading, captions) for heading, captions in zip(_LINES[::2], _LINES[1::2], strict=True))


def hashtags(topic: Topic) -> tuple[str, ...]:
    """The hashtags that suit a topic: its own first, then its related words, then those of its kind."""
    return tuple(dict.fromkeys((topic.name, *topic.words, *KIND_WORDS[topic.kind])))
