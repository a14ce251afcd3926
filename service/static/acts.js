// What a person does: sends it as an event, says what it changed of the next posts, and offers to undo it.
import { button, el } from "./dom.js";
import { post, session } from "./api.js";

const UNDONE_BY = {
  like: "unlike", unlike: "like", save: "unsave", unsave: "save", follow: "unfollow", unfollow: "follow",
  mute: "unmute", unmute: "mute", block: "unblock", unblock: "block", hide: "unhide", report: "unhide", pick: "unpick", unpick: "pick",
  more: "neither", less: "neither", dismiss: "neither", reset: "unreset", unlearn: "learn", learn: "unlearn",
};
const SECONDS_SHOWN = 12;
let leaving;

const sending = new Set();

// Sends { kind, post | person | hashtag, … }. `done` is called when it is stored, and `undone` when it was undone. `was`
// is what it takes the place of, { kind, until }, where undoing it is more than its opposite.
export async function act(event, said, { done, undone, was } = {}) {
  const mine = { ...event, user: session.user }; // another person may be chosen before it is undone
  const back = was?.kind ?? UNDONE_BY[event.kind], undo = () => send({ ...mine, reason: undefined, until: was?.until, kind: back }, "Undone.", undone);
  await send(mine, said, done, back && undo);
}

async function send(event, said, stored, undo) {
  const key = JSON.stringify(event);
  if (sending.has(key)) return; // a double click
  sending.add(key);
  try {
    const { effect } = await post("/v1/events?effect=true", { id: crypto.randomUUID(), ...event });
    document.dispatchEvent(new CustomEvent("acted", { detail: event }));
    stored?.();
    tell(effect ? `${said} ${effect.text}` : said, undo);
  } catch (problem) {
    tell(problem.message);
  } finally {
    sending.delete(key);
  }
}

document.addEventListener("person", () => document.querySelector("#said").replaceChildren());

// Says something below, and for a while offers to undo it.
export function tell(text, undoing) {
  const place = document.querySelector("#said");
  clearTimeout(leaving);
  place.replaceChildren(el("span", { textContent: text }));
  if (undoing) place.append(button("Undo", undoing));
  place.append(button("×", () => place.replaceChildren(), { "aria-label": "Close", className: "close" }));
  if (!document.activeElement?.checkVisibility() || document.activeElement === document.body) place.querySelector("button").focus({ preventScroll: true }); // what was left is gone
  leave(place);
}

// It goes after a while, but not from under a pointer or the focus
function leave(place) {
  leaving = setTimeout(() => (place.matches(":hover, :focus-within") ? leave(place) : place.replaceChildren()), SECONDS_SHOWN * 1000);
}

const DAYS = { "for good": null, "for a day": 1, "for a week": 7 };
export const SPANS = Object.keys(DAYS);

// The time at which a mute, or a wish, of such a span ends.
export function until(span) {
  return DAYS[span] ? new Date(Date.now() + DAYS[span] * 86_400_000).toISOString() : undefined;
}
