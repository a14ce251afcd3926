// A card of a post: its picture, who posted it, why it is shown, and what can be done with it.
import { NO_COPY, button, copied, count, day, el, hashtagLink, line, personLink, picture, select, sentence, short, to } from "./dom.js";
import { get, session } from "./api.js";
import { SPANS, act, tell, until } from "./acts.js";
import { why } from "./why.js";

// Cards for posts that a route returned; what the routes do not say of them (names, captions, hashtags) is asked for once.
// An item may have a reason { text, links }, or a sentence in `why`, `text` or none.
// With `onlyKnown`, posts that may not be shown any more are left out.
export async function cards(items, { onlyKnown = false } = {}) {
  const about = new Map((await details(items.map((item) => item.post))).map((found) => [found.post, found]));
  return items.filter((item) => !onlyKnown || about.has(item.post)).map((item) => card({ ...item, ...about.get(item.post) }));
}

export async function details(posts, isAgain = false) {
  if (!posts.length) return [];
  try {
    return (await get("/v1/posts", { user: session.user, post: posts })).items;
  } catch {
    return isAgain ? [] : details(posts, true); // the first time, Neo4j may still plan; without them, the cards say less
  }
}

function card(item) {
  const name = item.authorName ? short(item.authorName) : item.author && short(`user ${item.author}`);
  const alt = item.caption || (name ? `Picture by ${name}` : "Picture");
  const node = el("li", { className: "card" },
    el("a", { href: to("post", item.post), "aria-label": `${alt}, the post's page` }, picture(item, "")),
    el("div", { className: "text" },
      el("p", { className: "by" }, item.author ? personLink(item.author, name) : "nobody", " · ",
        el("time", { dateTime: item.takenAt ?? "", textContent: day(item.takenAt) })),
      item.caption ? el("p", { className: "caption", textContent: item.caption }) : null,
      item.hashtags?.length ? el("p", { className: "tags" }, item.hashtags.flatMap((tag) => [hashtagLink(tag.hashtag, tag.display), " "])) : null,
      reason(item),
      el("p", { className: "facts", textContent: line(count(item.likeCount, "like"), count(item.commentCount, "comment")) }),
      session.readsOnly ? null : acts(item, name, () => node)));
  node.dataset.post = item.post;
  node.about = { author: item.author, hashtags: (item.hashtags ?? []).map((tag) => tag.hashtag) };
  return node;
}

function reason({ reason: given, why: sentenceOnly, text }) {
  const said = given?.text ?? sentenceOnly ?? text;
  return said ? el("p", { className: "reason" }, sentence(said, given?.links)) : null;
}

function acts(item, name, node) {
  const row = el("div", { className: "acts" },
    toggle("Like", "like", "unlike", item, "liked"),
    toggle("Save", "save", "unsave", item, "saved"),
    button("More like this", () => act({ kind: "more", post: item.post }, "You want more like this post.")),
    button("Less like this", () => act({ kind: "hide", post: item.post, reason: "not_interested" }, "You see this post no more, and less like it.", leaves(node()))));
  if (item.parts) row.append(button("Why?", () => why(item)));
  row.append(menu(item, name, node));
  return row;
}

function toggle(text, kind, back, item, field) {
  const shown = button(text, () => {
    const turnsOn = !item[field];
    const set = (is) => { item[field] = is; shown.setAttribute("aria-pressed", String(is)); };
    act({ kind: turnsOn ? kind : back, post: item.post }, turnsOn ? `You ${kind} this post.` : `You ${kind} this post no more.`,
      { done: () => set(turnsOn), undone: () => set(!turnsOn) });
  }, { "aria-pressed": String(Boolean(item[field])) });
  return shown;
}

function menu(item, name, node) {
  const targets = [
    ...(item.author ? [{ text: name, event: { person: item.author }, matches: (about) => about.author === item.author }] : []),
    ...(item.hashtags ?? []).map((tag) => ({ text: `#${short(tag.display)}`, event: { hashtag: tag.hashtag }, matches: (about) => about.hashtags.includes(tag.hashtag) })),
  ];
  const rows = [];
  if (targets.length) {
    const whom = select("What to mute", targets.map((target) => target.text)), span = select("How long", SPANS);
    rows.push(el("p", { className: "row" }, "Mute ", whom, span, button("Mute", () => {
      const target = targets[whom.selectedIndex];
      act({ kind: "mute", ...target.event, until: until(span.value) }, `You muted ${target.text} ${span.value}.`, leavesAll(target.matches));
    })));
  }
  if (item.hashtags?.length) {
    const tag = select("Hashtag", item.hashtags.map((each) => `#${short(each.display)}`));
    const wish = (kind) => () => act({ kind, hashtag: item.hashtags[tag.selectedIndex].hashtag }, `You want ${kind} of ${tag.value}.`);
    rows.push(el("p", { className: "row" }, tag, button("More of it", wish("more")), button("Less of it", wish("less"))));
  }
  rows.push(el("p", { className: "row" },
    button("Hide", () => act({ kind: "hide", post: item.post }, "You see this post no more.", leaves(node()))),
    button("Report", () => act({ kind: "report", post: item.post }, "You reported this post, and see it no more.", leaves(node()))),
    item.reason ? button("Copy for Neo4j Browser", async () => tell(await copied(item.reason.cypher) ? "Copied: paste it into Neo4j Browser." : NO_COPY)) : null));
  return el("details", { className: "menu" }, el("summary", { textContent: "Mute, hide …" }), ...rows);
}

// A card leaves when the act is stored, and comes back when it is undone.
const leaves = (node) => ({ done: () => { node.hidden = true; }, undone: () => { node.hidden = false; } });

function leavesAll(matches) {
  let left = [];
  return {
    done() {
      left = [...document.querySelectorAll(".card:not([hidden])")].filter((node) => matches(node.about));
      for (const node of left) node.hidden = true;
    },
    undone() { for (const node of left) node.hidden = false; },
  };
}
