// What the feed goes by, and how to steer it: interests, weights that re-rank at once, how far it reaches, a new start.
import { button, count, distances, el, moves, picture, personLink, sentence, to } from "./dom.js";
import { get, ofUser, post, session, withQuery } from "./api.js";
import { act } from "./acts.js";
import { details } from "./card.js";
import { filters } from "./filters.js";
import { interests } from "./interests.js";
import { openInNeo4j } from "./neo4j.js";
import { advised, dial, options } from "./options.js";

const SHOWN = 10, PAUSE_MS = 250;

// The time that was chosen, else now; a preview without one would draw anew each time.
function when() {
  const { as_of, window_days } = options.time();
  return { as_of: as_of || new Date().toISOString(), window_days }; // a day that was taken back is ""
}

export async function steeringView(place, { say, signal }) {
  const words = await get("/v1/profiles/default");
  const ranking = el("ol", { className: "ranking", "aria-label": "The first posts, re-ranked" });
  const far = el("div");
  const changed = new Map();
  let waiting, asked = 0, before = [], time = when(); // one time for all, which draws alike: what changes is the slider's doing

  place.append(el("div", { className: "split" },
    el("section", {}, el("h2", { textContent: "What your feed goes by", tabIndex: -1 }), reach(), await interests(say), sliders(), inWords(words), await filters(say), start()),
    el("section", { className: "preview", "aria-labelledby": "preview" }, el("h2", { id: "preview", textContent: "Your next posts, as you steer" }), ranking, openInNeo4j(() => [preview(), [ofUser("interests"), { ...options.time(), limit: 30 }], [ofUser("filters")]]))));
  signal.throwIfAborted();
  const again = () => { time = when(); renew(".interests", interests); renew(".filters", filters); rank(); };
  document.addEventListener("acted", again);
  signal.addEventListener("abort", () => {
    document.removeEventListener("acted", again);
    clearTimeout(waiting);
  });
  await rank();

  // What is asked for: a path, a query and, of a preview, a body with the weights.
  function preview() {
    if (options.get("newest")) return [ofUser("feed"), { profile: "newest", ...options.time(), record: false, limit: SHOWN }];
    const closer = Number(options.get("closer")) || undefined;
    return [ofUser("feed/preview"), { limit: SHOWN, ...time, closer }, { weights: Object.fromEntries(changed) }];
  }

  // The preview writes nothing, so it may be asked at each move of a slider.
  async function rank() {
    const mine = ++asked, isStill = () => mine === asked && !signal.aborted;
    const [path, query, body] = preview();
    try {
      const found = body ? await post(withQuery(path, query), body) : await get(path, query);
      const about = new Map((await details(found.items.map((item) => item.post))).map((each) => [each.post, each]));
      if (!isStill()) return;
      ranking.replaceChildren(...found.items.map((item, number) => row({ ...item, ...about.get(item.post) }, number)));
      before = found.items.map((item) => item.post);
      say(...(found.whyEmpty ? ["No posts. ", ...advised(found.whyEmpty, again)] : []));
      await measure(found.items, isStill);
    } catch (problem) {
      say(problem.message);
    }
  }

  function rankSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(rank, PAUSE_MS);
  }

  function row(item, number) {
    const was = before.indexOf(item.post);
    const moved = !before.length || was === number ? "" : was < 0 ? "new" : moves(was, number);
    return el("li", {}, el("a", { href: to("post", item.post), "aria-label": `Post ${item.post}` }, picture(item, "")),
      el("div", {}, el("p", { className: "by" }, item.author ? personLink(item.author, item.authorName) : "nobody", el("span", { className: "moved", textContent: moved })),
        el("p", { className: "reason" }, sentence(item.reason.text, item.reason.links))));
  }

  function sliders() {
    const rows = words.weighed.map((part) => {
      const most = Math.max(2 * Math.abs(part.weight), 2);
      const shown = el("span", { className: "value", textContent: format(part.weight) });
      const input = el("input", {
        type: "range", min: -most, max: most, step: most / 40, value: part.weight, "aria-label": `${part.name}: ${part.text}`,
        oninput() {
          shown.textContent = format(Number(input.value));
          changed.set(part.name, Number(input.value));
          rankSoon();
        },
      });
      return el("li", {}, el("span", {}, el("b", { textContent: part.name }), ` ${part.text}`), input, shown);
    });
    return el("details", { open: true, className: "panel" }, el("summary", { textContent: "Weights" }),
      el("p", { textContent: "Each thing counts as much as its slider says. This tries weights out; `graphfeed tune` finds good ones." }),
      el("ul", { className: "sliders" }, rows),
      button("As they were", () => {
        changed.clear();
        for (const [number, input] of [...place.querySelectorAll(".sliders input")].entries()) {
          input.value = words.weighed[number].weight;
          input.nextElementSibling.textContent = format(Number(input.value));
        }
        rank();
      }));
  }

  function reach() {
    const turned = dial();
    turned.addEventListener("input", () => {
      options.set("closer", turned.value);
      rankSoon();
    });
    const newest = el("input", { type: "checkbox", name: "newest", checked: Boolean(options.get("newest")), onchange() {
      options.set("newest", newest.checked);
      rank();
    } });
    return el("details", { open: true, className: "panel" }, el("summary", { textContent: "How far it reaches" }),
      el("label", {}, "From people farther away, or closer", turned), el("label", { className: "check" }, newest, "Newest first, unranked"), far);
  }

  // The bubble of these posts: a bar of three shares, and the same in words
  async function measure(items, isStill) {
    if (!items.length) return far.replaceChildren();
    const found = await get(ofUser("bubble"), { post: items.map((item) => item.post) });
    if (!isStill()) return;
    far.replaceChildren(distances(found, ["followees", "two steps", "farther"]), el("p", { className: "facts", textContent: found.text }));
  }

  // A panel anew, as open as it was, with what was typed, and with the focus where it was.
  function renew(panel, make) {
    make(say).then((fresh) => {
      if (signal.aborted) return;
      const focused = document.activeElement?.getAttribute("aria-label"), was = place.querySelector(panel);
      const holds = was.contains(document.activeElement), more = was.querySelector("details")?.open, typed = was.querySelector("[name=hashtag]")?.value;
      was.replaceWith(fresh);
      fresh.open = was.open;
      if (more) fresh.querySelector("details")?.setAttribute("open", "");
      if (typed && fresh.querySelector("[name=hashtag]")) fresh.querySelector("[name=hashtag]").value = typed;
      if (holds) ([...fresh.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focused) ?? fresh.querySelector("summary")).focus();
    });
  }
}

const format = (value) => value.toFixed(2);

// What a feed is ranked by, and how much each thing counts, as the profile says of itself.
function inWords({ text, sources, hides }) {
  const strength = ([reason, counts]) => el("li", { textContent: `${reason === "none" ? "without a reason" : reason.replaceAll("_", " ")}: ${format(counts)}` });
  return el("details", { className: "panel words" }, el("summary", { textContent: "In plain words" }),
    text.map((each) => el("p", { textContent: each })),
    el("h3", { textContent: "Where posts come from" }),
    el("ul", {}, sources.map((source) => el("li", { textContent: `${source.text}: at most ${count(source.posts, "post")}` }))),
    Object.keys(hides).length ? [el("h3", { textContent: "How much a hide counts, by its reason" }), el("ul", {}, Object.entries(hides).map(strength))] : null);
}

function start() {
  return el("details", { className: "panel" }, el("summary", { textContent: "Start anew" }),
    el("p", { textContent: "What you did until now counts no more. Follows, blocks and mutes stay." }),
    button("Reset what is learned", () => act({ kind: "reset" }, "Your feed learns anew from now on.")));
}
