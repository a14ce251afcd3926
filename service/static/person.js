// A person of the network, beside the drawing: what they bring into the feed, follow and mute.
import { button, count, el, personLink, select, short } from "./dom.js";
import { get, ofUser, session } from "./api.js";
import { SPANS, act, until } from "./acts.js";
import { options } from "./options.js";

const NEXT = 50;
const DEGREES = ["whose network it is", "you follow them", "followed by people you follow"];

export function personPanel({ changed, closed }) {
  const node = el("section", { className: "panel", hidden: true, "aria-label": "Person" });
  let opener, next;
  const forget = () => { next = undefined; };
  document.addEventListener("acted", forget);
  return { node, open, close, leave: () => document.removeEventListener("acted", forget) };

  function close() {
    if (node.hidden) return;
    node.hidden = true;
    closed();
    (opener?.isConnected ? opener : document.querySelector("input[name=find]"))?.focus();
  }

  function open(person, from) {
    opener = from;
    const title = el("h3", { tabIndex: -1 }, personLink(person.person, person.name)), brings = el("p", { role: "status", textContent: "Looking at your next posts …" });
    const facts = [DEGREES[person.degree], count(person.followers, "follower"), person.followsMe && "follows you", person.around && `community around ${short(person.around)}`].filter(Boolean).join(" · ");
    node.replaceChildren(title, el("p", { className: "facts", textContent: facts }), brings, person.degree === 0 || session.readsOnly ? "" : acts(person, brings), button("Close", close));
    node.hidden = false;
    title.focus({ preventScroll: !from });
    tell(person, brings);
  }

  async function tell(person, brings) {
    try {
      next ??= get(ofUser("feed"), { ...options.time(), record: false, limit: NEXT });
      brings.textContent = contribution((await next).items, person.person);
    } catch (problem) {
      forget();
      brings.textContent = problem.message;
    }
  }

  function acts(person, brings) {
    const event = { person: person.person }, name = short(person.name), was = person.degree === 1 ? 2 : person.degree;
    const set = (degree) => { person.degree = degree; follow.textContent = degree === 1 ? "Unfollow" : "Follow"; changed(); tell(person, brings); };
    const follow = button(person.degree === 1 ? "Unfollow" : "Follow", () => {
      const isOn = person.degree === 1;
      act({ kind: isOn ? "unfollow" : "follow", ...event }, isOn ? `You follow ${name} no more.` : `You follow ${name}.`, { done: () => set(isOn ? was : 1), undone: () => set(isOn ? 1 : was) });
    });
    const span = select("How long", SPANS), gone = (is) => { person.isGone = is; if (is) close(); changed(); };
    return el("p", { className: "acts" }, follow, button("Mute", () => act({ kind: "mute", ...event, until: until(span.value) }, `You muted ${name} ${span.value}.`,
      { done: () => gone(true), undone: () => gone(false) })), span);
  }
}

// How many of the next posts are by a person, and of how many they are in the reason.
export function contribution(items, person) {
  const theirs = items.filter((item) => item.author === person).length;
  const because = items.filter((item) => item.author !== person && item.reason.links.some((link) => link.label === "User" && link.id === person)).length;
  const of = `of your next ${count(items.length, "post")}`;
  if (!items.length) return "Your feed has no next posts.";
  if (!theirs && !because) return `None ${of} are theirs or there because of them.`;
  const first = theirs ? `${theirs.toLocaleString()} ${of} ${theirs === 1 ? "is" : "are"} theirs` : "";
  const second = because ? `${because.toLocaleString()} ${first ? "more" : of} ${because === 1 ? "is" : "are"} there because of them` : "";
  return `${[first, second].filter(Boolean).join(", ")}.`;
}
