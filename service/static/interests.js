// The interests of a person: picked, wished for, and inferred from what they like, each with examples and what can be said of it.
import { button, count, day, el, hashtagLink, picture, select, short, to } from "./dom.js";
import { get, ofUser, session } from "./api.js";
import { SPANS, act, until } from "./acts.js";
import { details } from "./card.js";
import { options } from "./options.js";

const TOPICS = 8, SHOWN = 8;
const KINDS = {
  picked: "picked", more: "more", less: "less", dismissed: "not an interest", inferred: "from what you like",
};

export async function interests(say) {
  let found = { hashtags: [], topics: [] };
  try {
    found = await get(ofUser("interests"), { ...options.time(), limit: 30 });
  } catch (problem) {
    say(problem.message);
  }
  const topics = found.topics.slice(0, TOPICS), { hashtags } = found;
  const examples = await thumbnails([...topics, ...hashtags]);
  const span = select("How long", SPANS);
  const shown = hashtags.map((row) => el("li", {}, hashtagLink(row.hashtag, row.display), examples(row),
    facts(KINDS[row.kind], row.until, row.liked),
    wishes(row.kind, row.until, { hashtag: row.hashtag }, `#${short(row.display)}`, span)));
  const name = el("input", { name: "hashtag", required: true, placeholder: "#sunset" });
  return el("details", { open: true, className: "panel interests" }, el("summary", { textContent: "Interests" }),
    session.readsOnly ? null : el("form", { className: "row", onsubmit(event) {
      event.preventDefault();
      const picked = name.value;
      name.value = "";
      act({ kind: "pick", hashtag: picked }, `You picked ${short(picked)}.`);
    } }, el("label", {}, "Add one", name), el("button", { textContent: "Pick" }), el("label", {}, "More and less hold", span)),
    topics.length ? el("h3", { textContent: "Topics" }) : null,
    el("ul", {}, topics.map((row) => el("li", {}, el("span", {}, short(row.name)), examples(row),
      facts(row.how && KINDS[row.how], row.until, row.liked),
      wishes(row.how, row.until, { topic: row.topic }, short(row.name), span)))),
    el("h3", { textContent: "Hashtags" }),
    shown.length ? null : el("p", { textContent: "None yet: like some posts, or pick a hashtag." }),
    el("ul", {}, shown.slice(0, SHOWN)),
    shown.length > SHOWN ? el("details", {}, el("summary", { textContent: `${shown.length - SHOWN} more` }), el("ul", {}, shown.slice(SHOWN))) : null);
}

// The posts that an interest comes from, as small pictures with links; they are asked for together.
async function thumbnails(rows) {
  const found = new Map((await details([...new Set(rows.flatMap((row) => row.examples))])).map((item) => [item.post, item]));
  return (row) => el("span", { className: "thumbnails" }, row.examples.filter((post) => found.get(post)?.imageUrl).map((post) => {
    const item = found.get(post);
    return el("a", { href: to("post", post), "aria-label": `For example: ${item.caption || `post ${post}`}` }, picture(item, ""));
  }));
}

function facts(kind, until, liked) {
  const said = [kind && `${kind}${until ? ` until ${day(until)}` : ""}`, liked && count(liked, "post") + " liked"].filter(Boolean);
  return el("span", { className: "facts", textContent: ` ${said.join(", ")} ` });
}

// What can be said of an interest: the opposite of what was, or how much of it.
function wishes(how, ends, target, name, span) {
  if (session.readsOnly) return null;
  const was = WISHES[how] && { kind: WISHES[how], until: ends };
  const wish = (kind, text, label) => button(text, () =>
    act({ kind, ...target, until: ["more", "less"].includes(kind) ? until(span.value) : undefined }, SAID[kind](name), { was }), { "aria-label": `${label} ${name}` });
  return el("span", { className: "acts" }, WISHES[how] ? wish("neither", "As before", "As before:") :
    [wish("more", "More", "More of"), wish("less", "Less", "Less of"), wish("dismiss", "Not mine", "Not mine:")]);
}

const WISHES = { more: "more", less: "less", dismissed: "dismiss" };
const SAID = {
  more: (name) => `You want more of ${name}.`,
  less: (name) => `You want less of ${name}.`,
  dismiss: (name) => `${name} is not an interest of yours.`,
  neither: (name) => `${name} counts as before.`,
};
