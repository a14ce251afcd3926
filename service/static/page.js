// The page: which view the address names, for which person. Each view is a function that fills the main part.
import { el, to } from "./dom.js";
import { Problem, takeTokenFromAddress } from "./api.js";
import { picker } from "./picker.js";
import { feedView } from "./feed.js";
import { steeringView } from "./steering.js";
import { networkView } from "./network.js";
import { exploreView, hashtagView, personView, postView } from "./explore.js";

const VIEWS = { feed: feedView, steering: steeringView, network: networkView, explore: exploreView, hashtag: hashtagView, post: postView, person: personView };
const main = document.querySelector("main");
const message = document.querySelector("#message");
let leave = new AbortController();

takeTokenFromAddress();
picker(document.querySelector("#who"));
addEventListener("hashchange", () => show(true));
document.addEventListener("person", () => show(false));
show(false);

// Fills the main part. Whoever came by a link or a key is taken to its heading.
async function show(isMoved) {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const [, name = "feed", id] = location.hash.match(/^#\/([a-z]+)(?:\/(.*))?$/) ?? [];
  const view = VIEWS[name] ? name : "feed";
  for (const each of document.querySelectorAll("nav a")) {
    if (each.hash === to(view)) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  const place = el("div");
  const say = (text) => { if (!signal.aborted) message.textContent = text; };
  main.replaceChildren(place);
  say("Looking …");
  try {
    await VIEWS[view](place, { id: id === undefined ? undefined : decodeURIComponent(id), say, signal });
    if (message.textContent === "Looking …") say("");
  } catch (problem) {
    say(problem.message);
    if (!(problem instanceof Problem)) throw problem;
  }
  if (isMoved && !signal.aborted) {
    scrollTo(0, 0);
    (place.querySelector("h1, h2") ?? main).focus();
  }
}
