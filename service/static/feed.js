// The feed: a grid that goes on as one scrolls. Posts count as served when they were in view.
import { button, el } from "./dom.js";
import { get, ofUser, post, session } from "./api.js";
import { cards } from "./card.js";
import { openInNeo4j } from "./neo4j.js";
import { advised, options, toolbar } from "./options.js";

const SEEN_SHARE = 0.6, REPORT_MS = 1500;

// `kept` lives as long as its entry in the history: who comes back by it finds the same posts at the same place.
export async function feedView(place, { say, signal, kept }) {
  const list = el("ol", { id: "feed", className: "grid", "aria-label": `The feed of ${session.name}` });
  const more = button("More", () => next(), { id: "more", hidden: true });
  const seen = impressions(signal);
  const again = () => begin().catch((problem) => say(problem.message));
  const form = toolbar(again);
  form.append(openInNeo4j(() => kept.reads));
  place.append(form, list, more);
  let isBusy = false, asked = 0;

  const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && next(), { rootMargin: "600px" });
  observer.observe(more);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    kept.scrollY = scrollY;
  });
  if (kept.pages?.length && kept.user === session.user) return comeBack();
  await begin();

  async function comeBack() {
    const shown = await Promise.all(kept.pages.map(({ items }) => cards(items, { onlyKnown: true })));
    if (signal.aborted) return;
    list.append(...shown.flat());
    more.hidden = !kept.cursor;
    scrollTo(0, kept.scrollY);
  }

  async function begin() {
    const mine = ++asked;
    Object.assign(kept, { user: session.user, pages: [], cursor: null, reads: [] });
    more.hidden = true;
    list.setAttribute("aria-busy", "true");
    list.replaceChildren(...Array.from({ length: 6 }, () => el("li", { className: "card empty", "aria-hidden": "true" })));
    say("Looking …");
    try {
      await load({ ...options.asked(), served: session.readsOnly ? "now" : "later" }, () => mine === asked, () => list.replaceChildren());
    } catch (problem) {
      list.replaceChildren();
      throw problem;
    } finally {
      list.removeAttribute("aria-busy");
    }
  }

  async function next() {
    if (isBusy || !kept.cursor) return;
    isBusy = true;
    const mine = asked;
    try {
      await load({ cursor: kept.cursor }, () => mine === asked, () => {});
    } catch (problem) {
      say(problem.message);
    } finally {
      isBusy = false;
    }
  }

  async function load(query, isStill, prepare) {
    const found = await get(ofUser("feed"), query);
    const shown = await cards(found.items);
    if (!isStill() || signal.aborted) return;
    prepare();
    list.append(...shown);
    for (const [number, node] of shown.entries()) seen.watch(node, found.slate, found.items[number].place);
    const ranking = [ofUser("feed"), { ...options.asked(), as_of: found.asOf }];
    if (!query.cursor) kept.reads = found.slate ? [[ofUser(`slates/${found.slate}`)], ranking] : [ranking];
    kept.pages.push(found);
    kept.cursor = found.cursor;
    more.hidden = !kept.cursor;
    say(...words(found, query));
  }

  function words({ items, whyEmpty, missing }, query) {
    if (whyEmpty) return ["No posts. ", ...advised(whyEmpty, () => { form.refill(); again(); })];
    if (missing?.includes("news")) return ["Nothing is new, so the feed starts again with what was shown longest ago."];
    if (missing?.includes("profiling")) return ["Profiling is forbidden, so these are the newest posts of people you follow."];
    return !items.length && query.cursor && list.children.length ? ["That was all."] : [];
  }
}

// Reports how far each slate was seen, some time after it was, and when the page is left.
function impressions(signal) {
  const { user } = session; // another person may be chosen before the last report
  const far = new Map(), places = new WeakMap();
  let waiting;
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      const { slate, place } = places.get(target);
      if (place > (far.get(slate) ?? 0)) far.set(slate, place);
    }
    clearTimeout(waiting);
    if (far.size) waiting = setTimeout(report, REPORT_MS);
  }, { threshold: SEEN_SHARE });

  function report() {
    for (const [slate, place] of far) {
      const event = { id: crypto.randomUUID(), user, kind: "impression", slate, place };
      post("/v1/events", event, { keepalive: true }).catch(() => {}); // an expired slate needs none
    }
    far.clear();
  }

  const whenHidden = () => document.visibilityState === "hidden" && report();
  document.addEventListener("visibilitychange", whenHidden);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", whenHidden);
    clearTimeout(waiting);
    report();
  });
  return {
    watch(node, slate, place) {
      if (session.readsOnly || !slate || !place) return;
      places.set(node, { slate, place });
      observer.observe(node);
    },
  };
}

