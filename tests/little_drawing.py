"""A drawing as the tests of several files compare it."""

from graph.drawing import Drawing


def ties_of(drawing: Drawing) -> set[tuple[str, str]]:
    """Its follows, as ids."""
    people = [row["person"] for row in drawing.people]
    return {(people[by], people[place]) for by, places in enumerate(drawing.follows) for place in places}
