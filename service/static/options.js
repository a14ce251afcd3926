// How the feed is asked for: source, order, the dial, time. Kept for this tab, so that each view sees the same.
import { el } from "./dom.js";

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
  // The query of a feed. Chronological is a profile of its own, which has no dial and no sources
  asked() {
    const { source, as_of, window_days, seed, closer } = kept;
    const time = { as_of: as_of && `${as_of}T23:59:59Z`, window_days }; // a day that is chosen counts as a whole
    if (kept.newest) return { profile: "newest", ...time };
    return { ...time, source: source === "mixed" ? undefined : source, seed, closer: Number(closer) || undefined };
  },
};

// The form above the feed. `changed` is called when anything of it is.
export function toolbar(changed) {
  const sources = el("select", { name: "source" }, Object.entries(SOURCES).map(([value, text]) => el("option", { value, textContent: text })));
  const form = el("form", { className: "toolbar", onsubmit: (event) => { event.preventDefault(); changed(); } },
    el("label", {}, "Source", sources),
    el("label", {}, "From people farther away, or closer", dial()),
    el("label", { className: "check" }, el("input", { type: "checkbox", name: "newest", checked: Boolean(kept.newest) }), "Newest first, unranked"),
    el("details", {}, el("summary", { textContent: "Time and mix" }),
      el("label", {}, "As of", el("input", { type: "date", name: "as_of" })),
      el("label", {}, "Days back", el("input", { type: "number", name: "window_days", min: 1, max: 3650, placeholder: "30" })),
      el("label", {}, "Seed of the mix", el("input", { type: "number", name: "seed", min: 0, placeholder: "0" }))),
    el("button", { textContent: "Show" }));
  for (const field of form.elements) {
    if (field.name && field.type !== "checkbox" && kept[field.name] !== undefined) field.value = kept[field.name];
  }
  form.addEventListener("change", ({ target }) => {
    if (!target.reportValidity()) return;
    options.set(target.name, target.type === "checkbox" ? target.checked : target.value);
    changed();
  });
  return form;
}

export function dial() {
  return el("input", { type: "range", name: "closer", min: -1, max: 1, step: 0.25, value: kept.closer ?? 0 });
}
