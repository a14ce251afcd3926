"""Names, captions and comments of the generated network."""

from loaders.generator.topics import Topic

FIRST_NAMES = """
ada adam aiko alba alex amara amir ana anders andre anya aria arjun astrid ava ayla bao bea ben bianca
bruno camila carla carlos chen chiara chloe clara dario david diego dina elena eli elif ella emil emma
enzo erik esra eva fatima felix finn flora freya gabriel gita greta hana hanna hugo ida igor ines ingrid
isla ivan jack jade james jana jin joao jonas josef jules julia kai karim kate keiko kiran lara lars laura
layla lea lena leo lila lina liam lotte luca lucia lukas luna maja malik mara marco maria marta mateo maya
mei mia mila milan mina mona nadia nico nina noah nora olga oliver omar oscar pablo paula pia priya rafael
ravi rita rosa ruben ruth sam sana sara selma simon sofia sven tariq tess theo tomas uma vera victor wei
yara yuki yusuf zara zoe
""".split()

LAST_NAMES = """
abe adler almeida anand andersson aydin baker banerjee barros bauer becker bell berg bianchi bose brandt
brown campos carter castro chan cohen conti cooper costa cruz dahl das demir diaz dubois duran ek evans
falk farah ferrari fischer fonseca foster fujita garcia gomez gray gupta haas hall hansen hassan hayes
hill holm horvat ibrahim ito iyer jansen jensen johansson jones kaya keller khan kim klein koch kovacs
kumar lange larsen lee lewis lima lin lopez lund martin mehta mendes meyer mori moreau moretti mueller
murphy nair nakamura nguyen nielsen novak okafor oliveira olsen ortiz osei park patel peeters pereira
petrov popov quist rao reyes ricci rivera rossi roy russo saito santos sato schmidt silva singh smith
sousa stein suzuki tan tanaka torres turner vargas vega vogel wagner walker wang weber white wolf wong
wright yamada yilmaz young zhang ziegler
""".split()

HANDLE_WORDS = """
adrift afield afoot analog blinks captures clicks dailypics drifts everywhere explores frames goeswild
indoors inframe infocus inlight lens looksup moments ofthehills onfilm onfoot ontheway outdoors outside
overseas photo pictures pixels roams seesthings shoots sketches snaps stills strolls studio thirtyfive
travels visuals wanders withcamera
""".split()

SEPARATORS = (".", "_")

GENERAL_CAPTIONS = """
This {noun} made my day|One more {noun} from last week|Never tired of this {noun}|A {noun} to remember
{Noun}, {noun} and nothing else|Today's {noun}||
"""

GENERAL_COMMENTS = """
Love this!|So good|What a shot|Wow|Beautiful!|This made me smile|Great colours|Lovely :)|Perfect timing
One of your best|The light here is perfect|How did you take this?|That {noun} though|Stunning {noun}
Now I want a {noun} like this|Best {noun} I have seen this week|More of this please|Saving this one
Such a mood|You have a good eye for this
"""

_PLACE = """
Where is this?|I need to go there|Take me with you next time|Was it very crowded?
Been there last year, it is even better in person|Adding this to my list
"""

KIND_COMMENTS = {
    "sky": "I saw that too!|The colours are unreal|Straight from the camera?|Same sky here, worse view",
    "land": _PLACE,
    "sea": _PLACE + "I can hear the waves|How cold was the water?",
    "town": _PLACE + "I used to live around there|Those lines!",
    "ride": "Safe travels!|Where to next?|Enjoy the ride|How long did it take you?",
    "food": "Now I am hungry|Recipe please!|Is there any left?|Looks delicious|Invite me next time",
    "animal": "Too cute|Look at that face!|I am in love|Give them a hug from me|Those eyes",
    "plant": "Did you grow it yourself?|So delicate|Mine never look like this|What is it called?",
    "pastime": "Looks like fun!|Count me in next time|Jealous|We should do this again|How was it?",
}


def captions(topic: Topic) -> list[str]:
    """The captions that suit a topic; empty ones are among them, as many people write none."""
    general = (text.format(noun=topic.noun, Noun=topic.noun.capitalize()) for text in _split(GENERAL_CAPTIONS))
    return [*topic.captions, *topic.captions, *general]


def comments(topic: Topic) -> list[str]:
    """The comments that suit a topic."""
    kind = _split(KIND_COMMENTS[topic.kind])
    return [text.format(noun=topic.noun) for text in (*_split(GENERAL_COMMENTS), *kind, *kind)]


def _split(texts: str) -> list[str]:
    return texts.strip("\n").replace("\n", "|").split("|")
