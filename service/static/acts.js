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

// Sends { kind, post | person | hashtag, … }. `done` is called when it is stored, and `undone` when it was undone.
export async function act(event, said, { done, undone } = {}) {
  try {
    const { effect } = await send(event);
    done?.();
    const back = UNDONE_BY[event.kind];
    tell(effect ? `${said} ${effect.text}` : said, back && (() => undo({ ...event, kind: back, until: undefined, reason: undefined }, undone)));
    document.dispatchEvent(new CustomEvent("acted", { detail: event }));
  } catch (problem) {
    tell(problem.message);
  }
}

async function undo(event, undone) {
  try {
    const { effect } = await send(event);
    undone?.();
    tell(effect ? `Undone. ${effect.text}` : "Undone.");
    document.dispatchEvent(new CustomEvent("acted", { detail: event }));
  } catch (problem) {
    tell(problem.message);
  }
}

function send(event) {
  return post("/v1/events?effect=true", { id: crypto.randomUUID(), user: session.user, ...event });
}

// Says something below, and for a while offers to undo it.
export function tell(text, undoing) {
  const place = document.querySelector("#said");
  clearTimeout(leaving);
  place.replaceChildren(el("span", { textContent: text }));
  if (undoing) place.append(button("Undo", undoing));
  place.append(button("×", () => place.replaceChildren(), { "aria-label": "Close", className: "close" }));
  leaving = setTimeout(() => place.matches(":hover, :focus-within") || place.replaceChildren(), SECONDS_SHOWN * 1000);
}

const DAYS = { "for good": null, "for a day": 1, "for a week": 7 };
export const SPANS = Object.keys(DAYS);

// The time at which a mute, or a wish, of such a span ends.
export function until(span) {
  return DAYS[span] ? new Date(Date.now() + DAYS[span] * 86_400_000).toISOString() : undefined;
}
