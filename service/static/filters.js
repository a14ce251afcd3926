// What a person keeps out of their feed: whom and what they muted, whom they blocked, what they hid, each with its way back.
import { button, day, el, hashtagLink, nameOf, personLink, link, short, to } from "./dom.js";
import { get, ofUser, session } from "./api.js";
import { act } from "./acts.js";

export async function filters(say) {
  let found = { muted: [], blocked: [], hidden: [] };
  try {
    found = await get(ofUser("filters"));
  } catch (problem) {
    say(problem.message);
  }
  const parts = [
    part("Muted", found.muted.map(muted)),
    part("Blocked", found.blocked.map((row) => kept(personLink(row.person, nameOf(row)), nameOf(row), since(row), "Unblock", { kind: "unblock", person: row.person }))),
    part("Hidden", found.hidden.map((row) => kept(link(`Post ${row.post}`, to("post", row.post)), `post ${row.post}`, since(row), "Show again", { kind: "unhide", post: row.post }))),
  ].flat().filter(Boolean);
  return el("details", { className: "panel filters" }, el("summary", { textContent: "Muted, blocked and hidden" }),
    parts.length ? parts : el("p", { textContent: "Nothing: the menu of a post mutes its author or a hashtag, and hides it." }));
}

const part = (title, rows) => (rows.length ? [el("h3", { textContent: title }), el("ul", {}, rows)] : null);
const since = ({ at, reason }) => [at && `since ${day(at)}`, reason === "report" && "reported"].filter(Boolean).join(", ");

function muted(row) {
  const was = { kind: "mute", until: row.until }, ends = row.until ? `until ${day(row.until)}` : "for good";
  if (row.person) return kept(personLink(row.person, nameOf(row)), nameOf(row), ends, "Unmute", { kind: "unmute", person: row.person }, was);
  if (row.hashtag) return kept(hashtagLink(row.hashtag, row.display), `#${short(row.display)}`, ends, "Unmute", { kind: "unmute", hashtag: row.hashtag }, was);
  return kept(`the word ${row.word}`, `the word ${row.word}`, ends, "Unmute", { kind: "unmute", word: row.word }, was);
}

const SAID = { unmute: "You mute %s no more.", unblock: "You block %s no more.", unhide: "You may see %s again." };

function kept(shown, name, facts, text, event, was) {
  return el("li", {}, shown, " ", el("span", { className: "facts", textContent: facts }), " ", session.readsOnly ? null :
    el("span", { className: "acts" }, button(text, () => act(event, SAID[event.kind].replace("%s", () => name), { was }), { "aria-label": `${text} ${name}` })));
}
