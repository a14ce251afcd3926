"""Experiments: assignment to arms, held-out posts, the arms in slates, and the results of each arm."""

import threading
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from graph import clock
from graph.client import Row
from graph.errors import SettingsError
from graph.quality.arms import Arm, Result, results
from graph.ranking.experiments import CONTROL, HELD, OPEN, TREATED, Experiment, Holdout, Trials
from graph.ranking.feed import Feed, feed
from graph.ranking.why import why
from graph.settings import read_settings
from service.app import create_app
from service.arm_gauges import ArmGauges
from service.trials import require_treatment
from tests.fake import Answer, Fake
from tests.little_network import NOW, asked, changed, posts_of, ranking
from tests.prepared import candidate, page, person

WARM = changed(mixing={"temperature": 0.5}).model_copy(update={"name": "warm"})
PEOPLE = [f"person {number}" for number in range(4000)]


def treated(experiment: Experiment) -> set[str]:
    return {person for person in PEOPLE if experiment.arm(person) == TREATED}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_of_treated_people_is_about_the_given_one(share: float) -> None:
    found = len(treated(Experiment("warmer", "warm", share))) / len(PEOPLE)
    assert found == pytest.approx(share, abs=4 * (share * (1 - share) / len(PEOPLE)) ** 0.5)


def test_the_treated_stay_treated_when_the_share_grows() -> None:
    arms = [treated(Experiment("warmer", "warm", share)) for share in (0.05, 0.1, 0.3, 0.7)]
    for before, after in pairwise(arms):
        assert before < after


def test_arms_depend_on_the_name_of_the_experiment_and_the_person_alone() -> None:
    """What other processes and versions decide, too: these were treated when this was written."""
    experiment = Experiment("warmer", "warm", 0.1)
    assert experiment.arm("42") == Experiment("warmer", "other", 0.1).arm("42")
    assert [person for person in PEOPLE[:40] if experiment.arm(person) == TREATED] == ["person 8"]
    both = treated(Experiment("a", "warm", 0.5)) & treated(Experiment("b", "warm", 0.5))
    assert len(both) / len(PEOPLE) == pytest.approx(0.25, abs=0.03)  # one experiment tells nothing of another


def test_a_holdout_holds_out_different_posts_for_each_person() -> None:
    holdout = Holdout("without", "trending", 0.3)
    of = {person: {post for post in PEOPLE[:500] if holdout.holds(person, post)} for person in ("me", "ana")}
    for held in of.values():
        assert len(held) / 500 == pytest.approx(0.3, abs=0.08)
    assert len(of["me"] & of["ana"]) / 500 == pytest.approx(0.09, abs=0.05)
    wider = Holdout("without", "trending", 0.6)
    assert all(wider.holds("me", post) for post in of["me"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("warm", "it must be name:profile:share"),
        ("warmer:warm", "it must be name:profile:share"),
        ("warmer:warm:1.5", "a share from 0 to 1"),
        ("warmer:warm:nan", "a share from 0 to 1"),
        ("War mer:warm:0.5", "a name of a-z"),
        (":warm:0.5", "a name of a-z"),
    ],
)
def test_an_invalid_experiment_is_an_error(monkeypatch: pytest.MonkeyPatch, text: str, says: str) -> None:
    monkeypatch.setenv("GRAPHFEED_EXPERIMENT", text)
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert f"GRAPHFEED_EXPERIMENT is {text!r}" in str(error.value)
    assert says in str(error.value)


def test_an_invalid_holdout_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_HOLDOUT", "without:gossip:0.5")
    with pytest.raises(SettingsError, match="unknown source 'gossip'; use one of followees, "):
        read_settings()


def test_trials_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFEED_EXPERIMENT", "warmer:my:warm:0.1")  # a profile may have a colon in its name
    monkeypatch.setenv("GRAPHFEED_HOLDOUT", "without:trending:0.5")
    settings = read_settings()
    assert Trials.parse(settings.experiment, settings.holdout) == Trials(
        Experiment("warmer", "my:warm", 0.1), Holdout("without", "trending", 0.5)
    )
    assert Trials.parse(None, None) == Trials()
    assert Trials.parse(None, "without:rising:0.5").holdout == Holdout("without", "trending", 0.5)  # its former name


def test_the_service_does_not_start_with_an_experiment_that_it_cannot_serve() -> None:
    settings = read_settings(experiment="warmer:tutorial:0.5")
    with pytest.raises(SettingsError, match=r"The profile tutorial has no slates\. Correct GRAPHFEED_EXPERIMENT"):
        create_app(settings)
    with pytest.raises(SettingsError, match="The profile tutorial has no slates"):
        require_treatment(Fake(), settings)
    unknown: dict[str, Answer] = {"profiles/named": [{"text": None}], "profiles/names": [{"names": ["tuned-1"]}]}
    with pytest.raises(SettingsError, match=r"Unknown profile 'none'\. Use one of: default, newest, tutorial, tuned-1"):
        require_treatment(Fake(unknown), read_settings(experiment="warmer:none:0.5"))
    require_treatment(Fake(), read_settings(experiment="warmer:default:0.5"))
    require_treatment(Fake(), read_settings())


@pytest.mark.parametrize("serving", [{"tune_hours": 24.0}, {"profile": "tuned"}])
def test_the_arms_of_an_experiment_do_not_both_follow_the_tunings(serving: dict[str, Any]) -> None:
    settings = read_settings(experiment="fitted:tuned:0.5", **serving)
    for refusing in (create_app, lambda settings: require_treatment(Fake(), settings)):
        with pytest.raises(SettingsError, match=r"Both arms of the experiment fitted .* Set GRAPHFEED_PROFILE to"):
            refusing(settings)
    create_app(read_settings(experiment="fitted:tuned:0.5", tune_hours=24.0, profile="default"))


# --- Feeds within experiments


def graph(rows: list[Row], answers: Mapping[str, Answer] | None = None) -> Fake:
    given: dict[str, Answer] = {"feed/me": [person()], "feed/ranked": rows, "feed/page": page()}
    return Fake({**given, "slates/create": [{"slate": "x"}], **(answers or {})})


def served(fake: Fake, trials: Trials, **details: Any) -> tuple[Feed, Row]:
    """A recorded feed within experiments, and the slate that is kept of it."""
    request = asked(**{"profile": changed(pool_share=0.0), **details}).trying(trials, WARM)
    return feed(fake, request, record=True), fake.asked("slates/create")[-1]["properties"]


def priced(post: str, *sources: str) -> Row:
    """A candidate whose score is its prior, and who may be anybody's."""
    prior = max(float(np.log(ranking().priors[source])) for source in sources)
    row = candidate(post, prior, *sources)
    return {**row, "features": {**row["features"], "prior": prior}}


def test_the_treated_get_the_other_profile_and_slates_keep_the_arm() -> None:
    rows = [candidate(f"p{number}", -number / 10) for number in range(30)]
    everybody, nobody = (Trials(Experiment("warmer", "warm", share)) for share in (1.0, 0.0))
    answer, slate = served(graph(rows), everybody)
    assert (answer.profile, answer.experiment, answer.arm) == ("warm", "warmer", TREATED)
    assert {key: slate[key] for key in ("profile", "experiment", "arm", "isKept")} == {
        "profile": "warm",
        "experiment": "warmer",
        "arm": TREATED,
        "isKept": True,
    }
    answer, slate = served(graph(rows), nobody)
    assert (answer.profile, answer.arm, slate["arm"]) == ("default", CONTROL, CONTROL)
    answer, slate = served(graph(rows), Trials())
    assert (answer.experiment, answer.arm) == (None, None)
    assert {"experiment", "arm", "holdout", "isKept"}.isdisjoint(slate)


def test_a_held_out_source_brings_fewer_posts() -> None:
    alone = [priced(f"alone {number}", "trending") for number in range(10)]
    both = [priced(f"both {number}", "trending", "popular") for number in range(10)]
    others = [priced(f"other {number}", "followees") for number in range(10)]
    holdout = Holdout("without", "trending", 0.5)
    fake = graph([*alone, *both, *others])
    answer, slate = served(fake, Trials(holdout=holdout), limit=30)
    held = [row["post"] for row in (*alone, *both) if holdout.holds("me", row["post"])]
    assert 4 <= len(held) <= 16
    assert ({*slate["heldPosts"]}, slate["holdout"], slate["isKept"]) == ({*held}, "without", True)
    assert {*slate["heldPosts"], *slate["openPosts"]} == {row["post"] for row in (*alone, *both)}
    gone = {post for post in held if post.startswith("alone")}
    assert {*posts_of(answer)} == {row["post"] for row in (*alone, *both, *others)} - gone
    for item in answer.items:
        source = "popular" if item.post in held else {"a": "trending", "b": "trending", "o": "followees"}[item.post[0]]
        assert item.score == pytest.approx(np.log(ranking().priors[source]))
        assert item.parts["prior"] == pytest.approx(item.score)
        assert item.source == source or item.post.startswith("both")


def test_a_requested_source_is_not_held_out() -> None:
    rows = [priced(f"p{number}", "trending") for number in range(12)]
    answer, slate = served(
        graph(rows), Trials(holdout=Holdout("without", "trending", 1.0)), source="trending", limit=12
    )
    assert len(answer.items) == 12
    assert "holdout" not in slate


def test_a_slate_without_the_source_stores_no_holdout() -> None:
    _, slate = served(graph([priced("p", "followees")]), Trials(holdout=Holdout("without", "trending", 1.0)))
    assert {"holdout", "heldPosts", "isKept"}.isdisjoint(slate)


def test_why_explains_a_held_out_post() -> None:
    about: Row = dict.fromkeys(
        [
            *("own", "hidden", "mutedAuthor", "blocked", "blockedMe", "sensitive", "optedOut"),
            *("forFollowers", "liked", "saved", "shared", "moreLike", "viewed", "served"),
        ],
        False,
    )
    told = {"post": "p", "author": "ana", "mutedHashtags": [], "mutedWords": [], "takenAt": NOW - 1}
    told |= {"follows": False, "myHashtags": [], "model": None, "picture": None}
    fake = graph([priced("p", "trending")], {"explain/why": [{**about, **told}]})
    for holdout, kept_out in ((Holdout("without", "trending", 1.0), ["An experiment holds it out."]), (None, [])):
        found = why(fake, asked().trying(Trials(holdout=holdout), WARM), "p")
        assert found.kept_out == kept_out


# --- Results


def row(experiment: str, arm: str, person: str, impressions: int, likes: int, hides: int = 0, slates: int = 1) -> Row:
    counts = {"slates": slates, "impressions": impressions, "likes": likes, "hides": hides}
    return {"experiment": experiment, "arm": arm, "person": person, **counts}


def found(people: list[Row], posts: list[Row]) -> list[Result]:
    return results(Fake({"experiments/people": people, "experiments/posts": posts}))


def counts(arm: Arm) -> tuple[int, ...]:
    return (arm.people, arm.slates, arm.impressions, arm.likes, arm.hides)


def test_results_are_plain_counts_and_rates() -> None:
    people = [
        row("cooler", CONTROL, "ana", 10, 1),
        row("warmer", CONTROL, "ana", 10, 1),
        row("warmer", CONTROL, "ben", 30, 1, 2, slates=3),
        row("warmer", TREATED, "cem", 20, 5, slates=2),
    ]
    cooler, warmer = found(people, [])
    assert (cooler.name, warmer.name, warmer.kind) == ("cooler", "warmer", "experiment")
    first, second = warmer.arms
    assert (first.name, second.name) == (TREATED, CONTROL)
    assert counts(first) == (1, 2, 20, 5, 0)
    assert counts(second) == (2, 4, 40, 2, 2)
    assert (first.likes_rate.value, second.likes_rate.value, second.hides_rate.value) == (250, 50, 50)
    assert warmer.likes_difference.value == 200
    assert second.likes_rate.interval == pytest.approx((1000 / 30, 100))
    assert counts(cooler.arms[0]) == (0, 0, 0, 0, 0)
    assert np.isnan([cooler.arms[0].likes_rate.value, cooler.likes_difference.value]).all()


def test_slates_that_nobody_has_had_the_time_to_act_on_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    fake = Fake({"experiments/people": [], "experiments/posts": []})
    assert results(fake) == []
    assert [call.params["mature"] for call in fake.calls] == [NOW - 86_400_000] * 2


def test_gauges_tell_arms_with_intervals_and_are_counted_anew_when_they_are_old() -> None:
    rows = [row("warmer", arm, f"{arm} {n}", 20, n % 3) for arm in (CONTROL, TREATED) for n in range(30)]
    fake = Fake({"experiments/people": rows, "experiments/posts": []})
    gauges = ArmGauges(seconds=3600)
    assert list(gauges.collect(fake)) == []  # a scrape does not wait
    for thread in threading.enumerate():
        if thread.name == "arms":
            thread.join()
    first, second, third = gauges.collect(fake)
    told = {(sample.name, *sample.labels.values()): sample.value for sample in (*first.samples, *second.samples)}
    of_arm = ("graphfeed_arm_acts_per_1000_posts", "warmer", TREATED, "likes")
    assert told[*of_arm, "value"] == 50
    assert told[*of_arm, "low"] < 50 < told[*of_arm, "high"]
    assert told["graphfeed_arm_difference_per_1000_posts", "warmer", "hides", "value"] == 0
    assert [sample.value for sample in third.samples] == [600, 600]
    assert fake.names.count("experiments/people") == 1


def test_a_holdout_compares_the_posts_of_the_same_people() -> None:
    posts = [row("without", HELD, f"p{n}", 10, n % 2, slates=0) for n in range(40)]
    posts += [row("without", OPEN, f"p{n}", 10, 1 + n % 2, slates=0) for n in range(40)]
    [result] = found([], posts)
    assert [arm.name for arm in result.arms] == [OPEN, HELD]
    assert [arm.likes_rate.value for arm in result.arms] == [150, 50]
    assert result.likes_difference.value == 100
    assert result.likes_difference.interval == pytest.approx((100, 100))  # everybody liked one more of what was open
    low, high = result.arms[0].likes_rate.interval
    assert low < 150 < high


@pytest.mark.long
def test_intervals_cover_the_rates() -> None:
    rng = np.random.default_rng(5)
    held: Counter[str] = Counter()
    for _ in range(40):
        eager = rng.beta(2, 18, 300)  # people differ, so acts of one person depend on each other
        rows = [
            row("e", arm, f"{arm} {n}", 20, int(rng.binomial(20, min(1.0, eager[n] * more))))
            for arm, more in ((CONTROL, 1.0), (TREATED, 1.2))
            for n in range(300)
        ]
        [result] = results(Fake({"experiments/people": rows, "experiments/posts": []}), resamples=200)
        for arm, rate in zip(result.arms, (120, 100), strict=True):
            held[arm.name] += arm.likes_rate.interval.low <= rate <= arm.likes_rate.interval.high
        low, high = result.likes_difference.interval
        held["difference"] += low <= 20 <= high
    assert all(held[name] >= 32 for name in (TREATED, CONTROL, "difference")), held
