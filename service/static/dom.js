// Makes elements. Texts go in as text, never as markup.

// el("p", { className: "facts" }, "12 likes"): properties, attributes (with a dash in the name), listeners (on…), children.
export function el(name, given = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (typeof value === "function") node.addEventListener(key.replace(/^on/, ""), value);
    else if (key.includes("-") || key === "role" || key === "for") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const button = (text, onclick, given = {}) => el("button", { type: "button", textContent: text, onclick, ...given });
export const link = (text, href, given = {}) => el("a", { textContent: text, href, ...given });

export const select = (label, options) => el("select", { "aria-label": label }, options.map((text) => el("option", { textContent: text })));

// A name as it stands in lists and sentences: cut with an ellipsis if it is long, but not within what is seen as one sign.
const SHORT = 60, signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });
export function short(name) {
  const text = String(name);
  if (text.length <= SHORT) return text;
  let end = 0;
  for (const { index, segment } of signs.segment(text.slice(0, 2 * SHORT))) {
    if (index + segment.length >= SHORT) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end || SHORT - 1)}…`;
}

// What a person is called, with `user` or `person` as their id.
export const nameOf = ({ username, fullName, user, person }) => short(username ?? fullName ?? `user ${user ?? person}`);

// How far posts come, as a bar of shares, for who sees it: the same stands beside it in words or numbers.
export function distances({ followees, twoSteps, farther }, names = []) {
  const all = followees + twoSteps + farther || 1;
  return el("div", { className: "distances", "aria-hidden": "true" }, [followees, twoSteps, farther].map((part, number) => {
    const piece = el("span", { textContent: part / all > 0.15 ? names[number] : "" });
    piece.style.flexGrow = part / all;
    return piece;
  }));
}

// How far something moved up or down in a list.
export const moves = (was, is) => (was > is ? `▲ ${was - is}` : `▼ ${is - was}`);

// The address of a view within the page.
export const to = (view, id) => `#/${view}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;
export const personLink = (id, name) => link(short(name || `user ${id}`), to("person", id));
export const hashtagLink = (name, display) => link(`#${short(display)}`, to("hashtag", name));

// Pictures of other hosts may be forbidden: what the policy does not allow is not asked for, so nobody learns of it.
const SHOWN = document.documentElement.dataset.pictures === "own" ? /^\/(?![\/\\])/ : /^(https:|\/(?![\/\\]))/;

// A picture, or its post's name where it has none, is gone or is not one that the policy allows.
export function picture(post, alt) {
  const frame = el("div", { className: "picture" });
  const nameless = () => frame.replaceChildren(`post ${post.post}`);
  if (!post.imageUrl || !SHOWN.test(post.imageUrl)) nameless();
  else frame.append(el("img", { src: post.imageUrl, alt, loading: "lazy", referrerPolicy: "no-referrer", onerror: nameless }));
  return frame;
}

// A sentence in which each name of `links` is a link, at its first place that is left.
const VIEWS = { User: "person", Post: "post", Hashtag: "hashtag" };
export function sentence(text, links = []) {
  let pieces = [text];
  for (const each of links) {
    const place = pieces.findIndex((piece) => typeof piece === "string" && piece.includes(each.text));
    if (place < 0) continue;
    const piece = pieces[place], at = piece.indexOf(each.text);
    const found = link(each.text, to(VIEWS[each.label], each.id));
    pieces.splice(place, 1, piece.slice(0, at), found, piece.slice(at + each.text.length));
  }
  return pieces.filter((piece) => piece !== "");
}

export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString()} ${number === 1 ? noun : plural}`;
}

export function day(time) {
  return time ? new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "no date";
}

// Pieces side by side; a line breaks between them alone.
export function line(...pieces) {
  return pieces.map((piece) => piece.replaceAll(" ", "\u00a0")).join("\u00a0· ");
}

// Copies a text; false where browsers forbid it, as on plain http from another machine.
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
export const NO_COPY = "This browser does not let the page copy. Open it by https, or on the machine of the service.";
