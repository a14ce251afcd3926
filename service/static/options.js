// How the feed is asked for: source, order, the dial, time. Kept for this tab, so that each view sees the same.
import { button, el } from "./dom.js";

const MOST_DAYS = 3650;

export const SOURCES = {
  mixed: "mixed",
  followees: "people I follow",
  missed: "in case you missed it",
  similar_posts: "like what I liked",
  looks_alike: "looks like what I liked",
  liked_by_followees: "liked by people I follow",
  liked_authors: "people whose posts I like",
  friends_of_friends: "friends of friends",
  interests: "my interests",
  new_posts: "new, with my hashtags",
  trending: "trending",
  popular: "popular",
};

const kept = read();

function read() {
  try {
    return JSON.parse(sessionStorage.getItem("options")) ?? {};
  } catch {
    return {}; // somebody wrote it by hand
  }
}

export const options = {
  get: (name) => kept[name],
  set(name, value) {
    kept[name] = value;
    sessionStorage.setItem("options", JSON.stringify(kept));
  },
  // The time that all views are of, for what takes one; none for now. A day that is chosen counts as a whole
  time() {
    const { as_of, window_days } = kept;
    return { as_of: as_of && `${as_of}T23:59:59Z`, window_days };
  },
  // The query of a feed. Chronological is a profile of its own, which has no dial and no sources
  asked() {
    const { source, seed, closer } = kept;
    if (kept.newest) return { profile: "newest", ...this.time() };
    return { ...this.time(), source: source === "mixed" ? undefined : source, seed, closer: Number(closer) || undefined };
  },
};

// Why a feed is empty, and its advice as a button: the text names an option of the command, which the page has, too.
export function advised(text, follow) {
  const [, why, option, value] = text.match(/^(.*?): try --(as-of|window-days) (\S*?)\.?$/) ?? [null, text];
  if (option === "as-of") {
    const day = value.slice(0, 10);
    return [`${why}. `, button(`Show it as of ${day}`, () => { options.set("as_of", day); follow(); })];
  }
  if (option === "window-days") return [`${why}. `, button("Show older posts, too", () => { options.set("window_days", value === "none" ? MOST_DAYS : value); follow(); })];
  return [text.replace("another --source", "another source")];
}

// The form above the feed. `changed` is called when anything of it is.
export function toolbar(changed) {
  const sources = el("select", { name: "source" }, Object.entries(SOURCES).map(([value, text]) => el("option", { value, textContent: text })));
  const form = el("form", { className: "toolbar", onsubmit: (event) => { event.preventDefault(); changed(); } },
    el("label", {}, "Source", sources),
    el("label", {}, "From people farther away, or closer", dial()),
    el("label", { className: "check" }, el("input", { type: "checkbox", name: "newest", checked: Boolean(kept.newest) }), "Newest first, unranked"),
    el("details", {}, el("summary", { textContent: "Time and mix" }),
      el("label", {}, "As of", el("input", { type: "date", name: "as_of" })),
      el("label", {}, "Days back", el("input", { type: "number", name: "window_days", min: 1, max: MOST_DAYS, placeholder: "30" })),
      el("label", {}, "Seed of the mix", el("input", { type: "number", name: "seed", min: 0, placeholder: "0" }))),
    el("button", { textContent: "Show" }));
  form.refill = () => {
    for (const field of form.elements) {
      if (field.name && field.type !== "checkbox" && kept[field.name] !== undefined) field.value = kept[field.name];
    }
    if (kept.as_of || kept.window_days) form.querySelector("details").open = true; // else nobody sees why the posts are old
  };
  form.refill();
  // What is not ranked has no mix to steer
  const steers = () => { for (const name of ["source", "closer", "seed"]) form.elements[name].disabled = Boolean(kept.newest); };
  steers();
  form.addEventListener("change", ({ target }) => {
    if (!target.reportValidity()) return;
    options.set(target.name, target.type === "checkbox" ? target.checked : target.value);
    steers();
    changed();
  });
  return form;
}

export function dial() {
  return el("input", { type: "range", name: "closer", min: -1, max: 1, step: 0.25, value: kept.closer ?? 0 });
}
