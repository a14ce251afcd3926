// The page: which view the address names, for which person. Each view is a function that fills the main part.
import { el, to } from "./dom.js";
import { Problem, takeTokenFromAddress } from "./api.js";
import { tell } from "./acts.js";
import { picker } from "./picker.js";
import { feedView } from "./feed.js";
import { steeringView } from "./steering.js";
import { networkView } from "./network.js";
import { exploreView, hashtagView, personView, postView } from "./explore.js";

const VIEWS = { feed: feedView, steering: steeringView, network: networkView, explore: exploreView, hashtag: hashtagView, post: postView, person: personView };
const main = document.querySelector("main");
const message = document.querySelector("#message");
let leave = new AbortController();
const NEEDS_ID = ["hashtag", "post", "person"];
const visits = new Map(); // what views keep for who comes back, by their entry in the history

document.addEventListener("person", () => show(false));
addEventListener("hashchange", () => {
  for (const dialog of document.querySelectorAll("dialog[open]:not(.token)")) dialog.close();
  if (takeToken()) document.dispatchEvent(new Event("person"));
  else show(true);
});
takeToken();
picker(document.querySelector("#who"));
show(false);

// True if the address had a token, which is the tab's now. One that cannot be read is said.
function takeToken() {
  const isTaken = takeTokenFromAddress();
  if (isTaken === false) tell("The token in the address cannot be read. Ask for another link.");
  return isTaken;
}

// The view that an address names, and the id in it; undefined if there is none of that name, or the id lacks.
function viewOf(hash) {
  const [, name, id] = hash.match(/^#\/([a-z]+)(?:\/(.+))?$/) ?? [];
  try {
    if (!hash.replace(/^#\/?/, "")) return { view: "feed" };
    if (Object.hasOwn(VIEWS, name ?? "") && (id || !NEEDS_ID.includes(name))) return { view: name, id: id && decodeURIComponent(id) };
  } catch {
    // a % that begins no character
  }
  return undefined;
}

// Fills the main part. Whoever came by a link or a key is taken to its heading; who came back, to where they were.
async function show(isMoved) {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave, found = viewOf(location.hash), { view, id } = found ?? { view: "feed" };
  for (const each of document.querySelectorAll("nav a")) {
    if (found && each.hash === to(view)) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  const visit = history.state?.visit ?? crypto.randomUUID(), isBack = visits.has(visit);
  history.replaceState({ visit }, "");
  if (!isBack) visits.set(visit, {});
  const place = el("div");
  const say = (...parts) => { if (!signal.aborted) message.replaceChildren(...parts); };
  main.replaceChildren(place);
  document.title = `graphfeed: ${view}`;
  say("Looking …");
  try {
    if (!found) throw new Problem("There is no such view. The links above lead to those that there are.");
    await VIEWS[view](place, { id, say, signal, kept: visits.get(visit) });
    if (message.textContent === "Looking …") say("");
  } catch (problem) {
    if (signal.aborted) return;
    say(problem.message);
    if (!(problem instanceof Problem)) throw problem;
  }
  if (signal.aborted) return;
  document.title = `${place.querySelector("h2")?.textContent || "Feed"} · graphfeed`;
  if (!isMoved || (isBack && view === "feed")) return;
  scrollTo(0, 0);
  (place.querySelector("h1, h2") ?? main).focus({ preventScroll: true }); // the feed has no heading, and all of it would not fit
}
