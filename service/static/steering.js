// What the feed goes by, and how to steer it: interests, weights that re-rank at once, how far it reaches, a new start.
import { button, count, day, el, hashtagLink, picture, personLink, select, sentence, to } from "./dom.js";
import { get, ofUser, post, session } from "./api.js";
import { SPANS, act, until } from "./acts.js";
import { details } from "./card.js";
import { dial, options } from "./options.js";

const SHOWN = 10, PAUSE_MS = 250;

export async function steeringView(place, { say, signal }) {
  const words = await get("/v1/profiles/default");
  const ranking = el("ol", { className: "ranking", "aria-label": "The first posts, re-ranked" });
  const far = el("p", { className: "facts" });
  const weights = new Map(words.weighed.map((part) => [part.name, part.weight]));
  const changed = new Map();
  let waiting, asked = 0, before = [];

  place.append(el("div", { className: "split" },
    el("section", {}, el("h2", { textContent: "What your feed goes by", tabIndex: -1 }), sliders(), reach(), await interests(say), start()),
    el("section", { "aria-labelledby": "preview" }, el("h2", { id: "preview", textContent: "Your next posts, as you steer" }), ranking)));
  const again = () => { interestsChanged(); rank(); };
  document.addEventListener("acted", again);
  signal.addEventListener("abort", () => document.removeEventListener("acted", again));
  await rank();

  // The preview writes nothing, so it may be asked at each move of a slider.
  async function rank() {
    const mine = ++asked;
    const query = new URLSearchParams({ limit: SHOWN, ...(Number(options.get("closer")) && { closer: options.get("closer") }) });
    try {
      const found = await post(ofUser(`feed/preview?${query}`), { weights: Object.fromEntries(changed) });
      const about = new Map((await details(found.items.map((item) => item.post))).map((each) => [each.post, each]));
      if (mine !== asked || signal.aborted) return;
      ranking.replaceChildren(...found.items.map((item, number) => row({ ...item, ...about.get(item.post) }, number)));
      before = found.items.map((item) => item.post);
      say(found.whyEmpty ? `No posts. ${found.whyEmpty}` : "");
      reached(found.items, about);
    } catch (problem) {
      say(problem.message);
    }
  }

  function row(item, number) {
    const was = before.indexOf(item.post);
    const moved = !before.length || was === number ? "" : was < 0 ? "new" : was > number ? `▲ ${was - number}` : `▼ ${number - was}`;
    return el("li", {}, el("a", { href: to("post", item.post), "aria-label": `Post ${item.post}` }, picture(item, "")),
      el("div", {}, el("p", { className: "by" }, item.author ? personLink(item.author, item.authorName) : "nobody", el("span", { className: "moved", textContent: moved })),
        el("p", { className: "reason" }, sentence(item.reason.text, item.reason.links))));
  }

  function sliders() {
    const rows = words.weighed.map((part) => {
      const most = Math.max(2 * Math.abs(part.weight), 2);
      const shown = el("output", { textContent: format(part.weight) });
      const input = el("input", {
        type: "range", min: -most, max: most, step: most / 40, value: part.weight, "aria-label": `${part.name}: ${part.text}`,
        oninput() {
          shown.textContent = format(Number(input.value));
          changed.set(part.name, Number(input.value));
          clearTimeout(waiting);
          waiting = setTimeout(rank, PAUSE_MS);
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
          input.value = [...weights.values()][number];
          input.nextElementSibling.textContent = format(Number(input.value));
        }
        rank();
      }));
  }

  function reach() {
    const turned = dial();
    turned.addEventListener("input", () => {
      options.set("closer", turned.value);
      clearTimeout(waiting);
      waiting = setTimeout(rank, PAUSE_MS);
    });
    return el("details", { open: true, className: "panel" }, el("summary", { textContent: "How far it reaches" }),
      el("label", {}, "From people farther away, or closer", turned), far);
  }

  // Of these posts, by whom they are. A recorded slate has `bubble`, which also knows of two steps and communities
  function reached(items, about) {
    const followed = items.filter((item) => about.get(item.post)?.followed).length;
    const authors = new Set(items.map((item) => item.author)).size;
    far.textContent = items.length ? `Of these ${items.length} posts, ${followed} are by people you follow; ${authors} authors in all.` : "";
  }

  function interestsChanged() {
    interests(say).then((fresh) => signal.aborted || place.querySelector(".interests").replaceWith(fresh));
  }
}

const format = (value) => value.toFixed(2);
const KINDS = {
  picked: "picked", more: "more", less: "less", dismissed: "not an interest", inferred: "from what you like",
};

async function interests(say) {
  let found = { hashtags: [], topics: [] };
  try {
    found = await get(ofUser("interests"), { limit: 30 });
  } catch (problem) {
    say(problem.message);
  }
  const span = select("How long", SPANS);
  const name = el("input", { name: "hashtag", required: true, placeholder: "#sunset" });
  return el("details", { open: true, className: "panel interests" }, el("summary", { textContent: "Interests" }),
    session.readsOnly ? null : el("form", { className: "row", onsubmit(event) {
      event.preventDefault();
      act({ kind: "pick", hashtag: name.value }, `You picked ${name.value}.`);
    } }, el("label", {}, "Add one", name), el("button", { textContent: "Pick" }), el("label", {}, "More and less hold", span)),
    found.topics.length ? el("h3", { textContent: "Topics" }) : null,
    el("ul", {}, found.topics.slice(0, 8).map((row) => el("li", {}, row.name,
      facts(row.how && KINDS[row.how], row.until, row.liked),
      wishes(row.how, { topic: row.topic }, row.name, span)))),
    el("h3", { textContent: "Hashtags" }),
    found.hashtags.length ? el("ul", {}, found.hashtags.map((row) => el("li", {}, hashtagLink(row.hashtag, row.display),
      facts(KINDS[row.kind], row.until, row.liked),
      wishes(row.kind, { hashtag: row.hashtag }, `#${row.display}`, span)))) :
      el("p", { textContent: "None yet: like some posts, or pick a hashtag." }));
}

function facts(kind, until, liked) {
  const said = [kind && `${kind}${until ? ` until ${day(until)}` : ""}`, liked && count(liked, "post") + " liked"].filter(Boolean);
  return el("span", { className: "facts", textContent: ` ${said.join(", ")} ` });
}

// What can be said of an interest: the opposite of what was, or how much of it.
function wishes(how, target, name, span) {
  if (session.readsOnly) return null;
  const wish = (kind, text, label) => button(text, () =>
    act({ kind, ...target, until: ["more", "less"].includes(kind) ? until(span.value) : undefined }, SAID[kind](name)), { "aria-label": `${label} ${name}` });
  return el("span", { className: "acts" }, ["more", "less", "dismissed"].includes(how) ? wish("neither", "As before", "As before:") :
    [wish("more", "More", "More of"), wish("less", "Less", "Less of"), wish("dismiss", "Not mine", "Not an interest:")]);
}

const SAID = {
  more: (name) => `You want more of ${name}.`,
  less: (name) => `You want less of ${name}.`,
  dismiss: (name) => `${name} is not an interest of yours.`,
  neither: (name) => `${name} counts as before.`,
};

function start() {
  return el("details", { className: "panel" }, el("summary", { textContent: "Start anew" }),
    el("p", { textContent: "What you did until now counts no more. Follows, blocks and mutes stay." }),
    button("Reset what is learned", () => act({ kind: "reset" }, "Your feed learns anew from now on.")));
}
