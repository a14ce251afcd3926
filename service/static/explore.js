// Beside the feed: whom to follow, what trends, and the pages of a hashtag, a post and a person.
import { button, count, day, el, hashtagLink, nameOf, personLink, picture, select, short, to } from "./dom.js";
import { Problem, get, ofUser, session } from "./api.js";
import { SPANS, act, until } from "./acts.js";
import { cards } from "./card.js";
import { openInNeo4j } from "./neo4j.js";
import { options } from "./options.js";
import { whatif } from "./why.js";

const forMe = (more) => ({ user: session.user, ...options.time(), ...more });

export async function exploreView(place) {
  const parts = [
    part("Whom to follow", [ofUser("suggestions"), { as_of: options.time().as_of, limit: 9 }], suggestions),
    part("Trending", ["/v1/trending", forMe({ limit: 8 })], trending),
    part("The newest of your network", [ofUser("feed"), { profile: "newest", ...options.time(), record: false, limit: 8 }], newest),
    part("Your interests", [ofUser("interests"), { ...options.time(), limit: 30 }], interests),
  ];
  place.append(el("h2", { textContent: "Explore", tabIndex: -1 }), ...parts.map((each) => each.node));
  await Promise.all(parts.map((each) => each.filled));
}

// A section that fills itself from what it reads; what goes wrong in it is said in it.
function part(title, read, fill) {
  const body = el("div", {}, el("p", { textContent: "Looking …" }));
  const node = el("section", { className: "part" }, el("h3", { textContent: title }), body);
  const filled = get(...read).then(fill).then((found) => body.replaceChildren(...found, openInNeo4j(() => [read], title)), (problem) => body.replaceChildren(el("p", { textContent: problem.message })));
  return { node, filled };
}

const grid = async (items, empty) => (items.length ? [el("ol", { className: "grid small" }, await cards(items))] : [el("p", { textContent: empty })]);

function suggestions({ items, whyEmpty }) {
  if (!items.length) return [el("p", { textContent: whyEmpty })];
  return [el("ul", { className: "people" }, items.map((item) => {
    const name = nameOf(item);
    const row = el("li", {}, el("p", { className: "by" }, personLink(item.person, name), " ", el("small", { textContent: item.username ? short(item.fullName ?? "") : "" })),
      el("ul", { className: "facts" }, item.reasons.map((reason) => el("li", { textContent: reason.text }))));
    if (session.readsOnly) return row;
    const back = { done: () => { row.hidden = true; }, undone: () => { row.hidden = false; } };
    row.append(el("p", { className: "acts" },
      button("Follow", () => act({ kind: "follow", person: item.person }, `You follow ${name}.`, back), { "aria-label": `Follow ${name}` }),
      button("Not them", () => act({ kind: "dismiss", person: item.person }, `${name} is not suggested to you.`, back), { "aria-label": `Not them: ${name}` })));
    return row;
  }))];
}

async function trending(found) {
  return [el("p", { className: "facts", textContent: found.text.replace(/\S+T\S+Z/, day) }), ...await grid(found.items, "")];
}

const newest = ({ items, whyEmpty }) => grid(items, whyEmpty);

function interests({ hashtags, topics }) {
  if (!hashtags.length) return [el("p", { textContent: "None yet: like some posts, or pick a hashtag." })];
  return [el("ul", { className: "plain" }, topics.slice(0, 8).map((row) => el("li", {}, short(row.name), " ", el("span", { className: "facts", textContent: `${count(row.liked, "post")} liked` })))),
    el("p", { className: "tags" }, hashtags.flatMap((row) => [hashtagLink(row.hashtag, row.display), " "]))];
}

export async function hashtagView(place, { id, say }) {
  const path = `/v1/hashtags/${encodeURIComponent(id)}`;
  const reads = [[`${path}/top`, forMe({ limit: 12, window_days: "none" })], [`${path}/similar`, forMe({ limit: 10 })]];
  const [top, near, kept] = await Promise.all([...reads, [ofUser("filters"), { limit: 1000 }]].map((read) => get(...read)));
  const muted = kept.muted.find((row) => row.hashtag === top.hashtag);
  const event = { hashtag: top.hashtag }, name = `#${short(top.display)}`;
  place.append(el("h2", { textContent: name, title: `#${top.display}`, tabIndex: -1 }), session.readsOnly ? "" : el("p", { className: "acts" },
    button("Pick as interest", () => act({ kind: "pick", ...event }, `You picked ${name}.`)),
    button("More of it", () => act({ kind: "more", ...event }, `You want more of ${name}.`)),
    button("Less of it", () => act({ kind: "less", ...event }, `You want less of ${name}.`)),
    mute(event, name, Boolean(muted), muted?.until)),
  el("h3", { textContent: "Similar hashtags" }),
  near.items.length ? el("ul", { className: "plain" }, near.items.map((item) => el("li", {}, hashtagLink(item.hashtag, item.display), " ", el("span", { className: "facts", textContent: item.why })))) :
    el("p", { textContent: near.missing.length ? "Nothing has been built yet: run graphfeed refresh." : "None is used by the same people." }),
  el("h3", { textContent: "Its most liked posts" }), ...await grid(top.items, muted ? "None: you muted it." : "None that you may be shown."), openInNeo4j(() => reads));
  say("");
}

export async function postView(place, { id, say }) {
  const { items } = await get("/v1/posts", forMe({ post: id }));
  if (!items.length) throw new Problem(`There is no post ${id} to show.`);
  const [shown] = await cards(items);
  const read = [ofUser(`posts/${encodeURIComponent(id)}/why`), options.time()];
  const why = await get(...read).catch((problem) => ({ text: problem.message, keptOut: [] }));
  const changes = el("div", { role: "status" }, el("p", { textContent: "Looking what would change it …" }));
  place.append(el("h2", { textContent: "Post", tabIndex: -1 }),
    el("div", { className: "split" }, el("ol", { className: "grid one" }, shown), el("section", {},
      el("h3", { textContent: "In your feed" }), el("p", { textContent: why.text }),
      el("ul", {}, why.keptOut.filter((text) => text !== why.text).map((text) => el("li", { textContent: text }))),
      el("h3", { textContent: "What would change that" }), changes, openInNeo4j(() => [read], "why"))));
  whatif(id, changes);
  const near = `/v1/posts/${encodeURIComponent(id)}/similar`;
  const alike = part("Looks like it", [near, forMe({ by: "picture" })], strip);
  const similar = part("Similar posts", [near, forMe({ limit: 8 })], ({ items }) => grid(items, "None yet: too few people liked it, or nothing has been built."));
  place.append(alike.node, similar.node);
  say("");
  await Promise.all([alike.filled, similar.filled]);
}

// Pictures in a row, each with how much it looks alike.
function strip({ items }) {
  if (!items.length) return [el("p", { textContent: "No picture is known to: graphfeed images tells what pictures show." })];
  return [el("ul", { className: "strip" }, items.map((item) => el("li", {},
    el("a", { href: to("post", item.post), "aria-label": `Post ${item.post}` }, picture(item, "")), el("p", { className: "facts", textContent: item.why }))))];
}

export async function personView(place, { id, say }) {
  const read = [`/v1/people/${encodeURIComponent(id)}`, forMe({ limit: 12 })];
  const found = await get(...read);
  const name = nameOf(found), event = { person: found.person };
  place.append(el("h2", { textContent: name, title: found.username ?? found.fullName ?? "", tabIndex: -1 }),
    el("p", { className: "facts", textContent: [found.username && found.fullName && short(found.fullName), count(found.followers, "follower"), `follows ${found.follows.toLocaleString()}`,
      count(found.posts, "post"), found.followsMe && "follows you", found.followed && "you follow them"].filter(Boolean).join(" · ") }));
  if (!session.readsOnly && found.person !== session.user) {
    const follows = turn("follow", "unfollow", "Follow", "Unfollow", event, name, found.followed);
    const blocks = turn("block", "unblock", "Block", "Unblock", event, name, found.blocked);
    place.append(el("p", { className: "acts" }, follows, mute(event, name, found.muted), blocks));
  }
  place.append(el("h3", { textContent: "Newest posts" }), ...await grid(found.newest.map((post) => ({ post, likeCount: 0, commentCount: 0 })),
    found.muted || found.blocked ? `None: you ${found.blocked ? "blocked" : "muted"} them.` : found.person === session.user ? "Your own posts are not shown to you." : "None that you may be shown."), openInNeo4j(() => [read]));
  say("");
}

function turn(kind, back, text, backText, event, name, isOn) {
  const shown = button(isOn ? backText : text, () => {
    const set = (is) => { isOn = is; shown.textContent = is ? backText : text; };
    act({ kind: isOn ? back : kind, ...event }, isOn ? `You ${kind} ${name} no more.` : `You ${kind} ${name}.`, { done: () => set(!isOn), undone: () => set(!isOn) });
  });
  return shown;
}

function mute(event, name, isOn = false, ends = undefined) {
  const span = select("How long", SPANS);
  const shown = button("", () => {
    const back = { done: () => set(!isOn), undone: () => set(!isOn) };
    if (isOn) act({ kind: "unmute", ...event }, `You mute ${name} no more.`, { ...back, was: { kind: "mute", until: ends } });
    else act({ kind: "mute", ...event, until: until(span.value) }, `You muted ${name} ${span.value}.`, back);
  });
  const set = (is) => { isOn = is; shown.textContent = is ? "Unmute" : "Mute"; span.hidden = is; };
  set(isOn);
  return el("span", { className: "row" }, shown, span);
}
