"""The network view in Chromium, without a graphics card: `python -m benchmarks.page`.

Chromium is that of GRAPHFEED_TEST_CHROMIUM. The drawing of 2,000 people and 20,000 follows comes from the answers of a
stand-in, so that no Neo4j takes its share of the machine. First paint and the time until the whole is drawn are beside
an empty page of the same service; the time of a frame, while the drawing is moved, is beside that of an empty network.
The drawing is told how often its places were computed on the page's thread, which is never.
"""

import argparse
import logging
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, Page, Route, sync_playwright

from graph.embedded.server import free_port
from graph.settings import read_settings
from service.app import create_app

FOLLOWEES = 200
"""People whom the person follows: all follows are theirs."""
COMMUNITIES = 20
FRAMES = 60
"""Frames that are measured: one for each move."""
MEASURE = """count => new Promise(done => {
  const canvas = document.querySelector(".frame canvas"), times = [];
  const box = canvas.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
  let last = performance.now();
  const step = now => {
    times.push(now - last);
    last = now;
    if (times.length > count) return done(times.slice(1));
    const deltaY = times.length % 20 < 10 ? -20 : 20;
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY, clientX: x, clientY: y, bubbles: true, cancelable: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def main() -> None:
    """Measures the page, and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--follows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    path = os.environ.get("GRAPHFEED_TEST_CHROMIUM")
    if not path:
        raise SystemExit("Set GRAPHFEED_TEST_CHROMIUM to the path of a Chromium.")
    logging.disable()  # the service says that no Neo4j answers
    with page_alone() as url, sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-gpu"]
        with playwright.chromium.launch(executable_path=path, args=args) as browser:
            full = measured(browser, url, drawing(given.people, given.follows), given.rounds)
            empty = measured(browser, url, drawing(1, 0), given.rounds)
            blank = statistics.median(paint_of(browser, f"{url}/static/none") for _ in range(given.rounds))
    print(f"  {given.people:,} people, {given.follows:,} follows; medians of {given.rounds} rounds")
    times = full["paint"] / blank
    print(f"  first paint              {full['paint']:8.0f} ms, {times:.1f} times that of an empty page ({blank:.0f})")
    print(f"  all in their places      {full['placed']:8.0f} ms, an empty network {empty['placed']:.0f}")
    print(f"  a frame                  {full['frame']:8.1f} ms, an empty network {empty['frame']:.1f}")
    print(f"  the slowest of 20        {full['slow']:8.1f} ms, an empty network {empty['slow']:.1f}")
    print(f"  layouts on the page's thread  {full['ticks']:.0f} (goal: 0)")


@contextmanager
def page_alone() -> Iterator[str]:
    """The address of a service without Neo4j."""
    port = free_port(0)
    app = create_app(read_settings(uri="bolt://127.0.0.1:1"))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def drawing(people: int, follows: int) -> dict[str, object]:
    """The answer for a network: followees in communities, whose follows stay in them more often than not."""
    rng = random.Random(people)
    followees = min(FOLLOWEES, people - 1)
    rows = [
        {
            "person": str(number),
            "name": f"person_{number}",
            "degree": 0 if number == 0 else 1 if number <= followees else 2,
            "community": number % COMMUNITIES,
            "followers": int(1000 / (1 + rng.random() * number)),
        }
        for number in range(people)
    ]
    targets: list[set[int]] = [{*range(1, followees + 1)}, *(set() for _ in range(followees))]
    left = follows - followees
    while left > 0:
        by, to = rng.randint(1, followees), rng.randrange(1, people)
        if rng.random() < 0.7:
            to = min(people - 1, to - to % COMMUNITIES + by % COMMUNITIES)
        if to not in targets[by] and to != by:
            targets[by].add(to)
            left -= 1
    lists = [sorted(each) for each in targets]
    about = {"user": "0", "peopleInAll": people, "isWhole": True, "communities": [], "ties": []}
    return {**about, "people": rows, "follows": lists}


def measured(browser: Browser, url: str, answer: dict[str, object], rounds: int) -> dict[str, float]:
    """Medians of first paint, the time until all have their places, and a frame, in milliseconds."""
    found: dict[str, list[float]] = {"paint": [], "placed": [], "frame": [], "slow": [], "ticks": []}
    for _ in range(rounds):
        with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
            page = context.new_page()
            page.route("**/v1/people/**", lambda route: route.fulfill(status=404, json={"detail": "nobody"}))
            page.route("**/network/drawing*", lambda route: told(route, answer))
            began = time.perf_counter()
            page.goto(f"{url}/#/network")
            page.wait_for_selector(".frame[data-laid-out-by]", state="attached")
            found["placed"].append((time.perf_counter() - began) * 1000)
            found["paint"].append(first_paint(page))
            times = sorted(page.evaluate(MEASURE, FRAMES))
            found["frame"].append(statistics.median(times))
            found["slow"].append(times[-FRAMES // 20])
            found["ticks"].append(float(page.locator(".frame").get_attribute("data-page-ticks") or 0))
    return {name: statistics.median(values) for name, values in found.items()}


def told(route: Route, answer: dict[str, object]) -> None:
    """Answers in place of the service."""
    route.fulfill(json=answer)


def paint_of(browser: Browser, url: str) -> float:
    """First paint of a page in a context of its own, in milliseconds after it was asked for."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(url)
        return first_paint(page)


def first_paint(page: Page) -> float:
    """In milliseconds after the page was asked for."""
    script = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries()[0].startTime))
      .observe({ type: "paint", buffered: true }))"""
    return float(page.evaluate(script))


if __name__ == "__main__":
    main()
