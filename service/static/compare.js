// Profiles side by side: the first posts that each would show a person. Nothing is recorded.
import { el, moves, nameOf, picture, select, short } from "./dom.js";
import { ask, statements } from "./admin.js";
import { openInNeo4j } from "./neo4j.js";

const SHOWN = 10, PAUSE_MS = 200;

export async function compareView(place) {
  const { serving, names } = await ask("/v1/profiles");
  const known = [...new Set([serving, ...names])];
  const first = select("One profile", known), second = select("The other", known);
  second.selectedIndex = Math.min(1, known.length - 1);
  const person = el("input", { name: "person", required: true, autocomplete: "off", spellcheck: false });
  const found = el("datalist", { id: "found" });
  person.setAttribute("list", "found");
  person.addEventListener("input", suggest);
  const opens = openInNeo4j(() => reads, "Profiles side by side", statements);
  opens.hidden = true;
  let reads = [];
  const columns = el("div", { className: "columns" }), status = el("p", { role: "status" });
  const say = (text) => { status.textContent = text; };
  place.replaceChildren(el("form", { className: "toolbar", onsubmit(event) { event.preventDefault(); compare(); } },
    el("label", {}, "Person, by id or name", person, found), el("label", {}, "One profile", first), el("label", {}, "The other", second),
    el("button", { textContent: "Compare" })), status, columns, opens);
  let waiting, asked = 0;

  // The value of a choice is the id, so what is typed in full is taken for one.
  function suggest() {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const q = person.value.trim();
      const people = q ? await ask("/v1/search", { q: `@${q}`, limit: 8 }).then((answer) => answer.people, () => []) : [];
      found.replaceChildren(...people.map((each) => el("option", { value: each.user, label: nameOf(each) })));
    }, PAUSE_MS);
  }

  async function compare() {
    const mine = ++asked;
    const user = person.value.trim(), profiles = [first.value, second.value];
    say("Looking …");
    try {
      const feeds = await Promise.all(profiles.map((profile) => ask(...firstPosts(user, profile))));
      const about = await details(user, feeds.flatMap((feed) => feed.items.map((item) => item.post)));
      if (mine !== asked) return;
      reads = profiles.map((profile) => firstPosts(user, profile));
      opens.hidden = false;
      columns.replaceChildren(...feeds.map((feed, side) => column(feed, feeds[1 - side], about, side === 1)));
      const [one, other] = feeds.map((feed) => feed.items.map((item) => item.post));
      say(`Both have ${one.filter((post) => other.includes(post)).length} of their first ${Math.max(one.length, other.length)} posts in common.`);
    } catch (problem) {
      if (mine === asked) say(problem.message);
    }
  }
}

const firstPosts = (user, profile) => [`/v1/users/${encodeURIComponent(user)}/feed`, { profile, limit: SHOWN, record: false }];

async function details(user, posts) {
  if (!posts.length) return new Map();
  const { items } = await ask("/v1/posts", { user, post: [...new Set(posts)] });
  return new Map(items.map((item) => [item.post, item]));
}

function column(feed, other, about, tellsMoves) {
  const others = other.items.map((item) => item.post);
  const rows = feed.items.map((item, number) => {
    const { authorName } = about.get(item.post) ?? {};
    return el("li", {}, picture({ ...item, ...about.get(item.post) }, ""), el("div", {},
      el("p", { className: "by" }, authorName ? short(authorName) : item.author ? `user ${item.author}` : "nobody", ` · post ${item.post}`, mark(others.indexOf(item.post), number, tellsMoves)),
      el("p", { className: "reason", textContent: item.reason.text })));
  });
  const id = `profile-${tellsMoves ? "other" : "one"}`;
  return el("section", { "aria-labelledby": id }, el("h3", { id, textContent: feed.profile }),
    rows.length ? el("ol", { className: "ranking" }, rows) : el("p", { textContent: `No posts. ${feed.whyEmpty ?? ""}` }));
}

// Where a post is in the other list; how far it moved is told in the second alone.
function mark(was, number, tellsMoves) {
  const text = was < 0 ? "only here" : !tellsMoves || was === number ? "in both" : `in both, ${moves(was, number)}`;
  return el("span", { className: was < 0 ? "moved" : "moved both", textContent: text });
}
