"""Names within sentences: short, cut between signs, and the same in links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ranking import reasons
from graph.ranking.reasons import Link
from graph.short_names import MAX_CHARACTERS, short

FAMILY = "👩\u200d👩\u200d👧"
LONG = "x" * 3000


@given(st.text(max_size=MAX_CHARACTERS))
def test_a_short_name_is_whole(name: str) -> None:
    assert short(name) == name


@given(st.text(min_size=MAX_CHARACTERS + 1, max_size=200))
def test_a_long_name_is_cut_with_an_ellipsis(name: str) -> None:
    cut = short(name)
    assert 1 <= len(cut) <= MAX_CHARACTERS
    assert cut.endswith("…")
    assert name.startswith(cut[:-1])


@pytest.mark.parametrize("sign", [FAMILY, "👍🏽", "🇩🇪", "e\u0301", "❤\ufe0f", "क्षि", "\u1112\u1161\u11ab"])
@pytest.mark.parametrize("before", range(8))
def test_no_sign_is_cut_in_two(sign: str, before: int) -> None:
    cut = short("x" * before + sign * 40)
    signs = cut.removesuffix("…").lstrip("x")
    assert signs == sign * (len(signs) // len(sign))
    assert len(cut) > MAX_CHARACTERS - len(sign) - 1


def test_a_name_of_nothing_but_marks_is_cut_all_the_same() -> None:
    assert len(short("a" + "\u0301" * 3000)) == MAX_CHARACTERS


def test_sentences_and_their_links_have_the_same_short_names() -> None:
    cut = f"{LONG[: MAX_CHARACTERS - 1]}…"
    facts = {"author": LONG, "liker": f"y{LONG}", "likers": 1, "found": 1}
    path = [{"id": id, "label": "User", "type": None} for id in ("me", "7", "8")]
    text = reasons.told(reasons.liked_by_followees, facts)
    links = reasons.links(facts, path)
    assert text == f"y{cut[:-2]}…, whom you follow, liked this."
    assert links[0] == Link(f"y{cut[:-2]}…", "User", "7")
    tagged = {"tie": "INTERESTED_IN", "hashtag": LONG, "count": 1}
    assert reasons.told(reasons.interest, tagged) == f"You picked #{cut}."
    assert reasons.links(tagged, path[:1]) == (Link(f"#{cut}", "Hashtag", LONG),)
    of_topic = {**tagged, "topic": {"name": f"{LONG} and more"}}
    assert reasons.told(reasons.interest, {**of_topic, "tie": "LIKED"}) == f"You liked posts about {cut}."
    trends = {"now": 5, "usual": 0, "hashtag": None, "isInCommunity": True, "about": [LONG], "byPosts": True}
    assert f"people who like #{cut}:" in reasons.told(reasons.trending, {**trends, "likes": 5})
    liked = {"act": "LIKED", "likedType": "image", "likedAuthor": LONG, "likedAt": None, "both": None}
    assert reasons.told(reasons.similar_post, liked) == f"Because you liked {cut}'s photo."
