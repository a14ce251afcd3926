// Asks the service, with the token of this tab if there is one, and keeps who it is for.
import { el, button } from "./dom.js";

// What is wrong, in a sentence, with the next step in another.
export class Problem extends Error {}

export const session = {
  get user() { return sessionStorage.getItem("user") ?? "42"; },
  set user(id) { sessionStorage.setItem("user", id); },
  get name() { return sessionStorage.getItem("name") ?? `user ${this.user}`; },
  set name(name) { sessionStorage.setItem("name", name); },
  get hasName() { return sessionStorage.getItem("name") !== null; },
  get claims() { return claimsOf(sessionStorage.getItem("token")); },
  // A token that may only read: nothing can be done with posts
  get readsOnly() { return this.claims?.can === "read"; },
};

// `query` may have a list for a name that is repeated.
export async function get(path, query = {}, more = {}) {
  return answer(await send(withQuery(path, query), more));
}

export function withQuery(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const asked = new URLSearchParams(pairs.flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  return `${path}${pairs.length ? `?${asked}` : ""}`;
}

export async function post(path, body, more = {}) {
  return answer(await send(path, { method: "POST", body: JSON.stringify(body), ...more }));
}

export const STATEMENTS = { "Graphfeed-Statements": "yes" };

// The statements that the service runs for a read, in place of what it finds. With a body, the read is a POST.
export function statements(path, query, body) {
  return body ? post(withQuery(path, query), body, { headers: STATEMENTS }) : get(path, query, { headers: STATEMENTS });
}

export const ofUser = (path) => `/v1/users/${encodeURIComponent(session.user)}/${path}`;

async function send(path, more = {}, isAgain = false) {
  const token = sessionStorage.getItem("token");
  const headers = { ...more.headers, ...bearer(token), ...(more.body && { "Content-Type": "application/json" }) };
  const response = await fetched(path, { ...more, headers });
  if (response.status !== 401 || isAgain) return response;
  sessionStorage.removeItem("token");
  return (await askForToken()) ? send(path, more, true) : response;
}

export const bearer = (given) => (given ? { Authorization: `Bearer ${given}` } : {});

export async function fetched(path, more) {
  try {
    return await fetch(path, more);
  } catch {
    throw new Problem("The service gave no answer. Try again in a while.");
  }
}

export async function answer(response) {
  let body;
  try {
    body = response.status === 204 ? {} : await response.json();
  } catch {
    throw new Problem("The service gave no answer. Try again in a while.");
  }
  if (response.ok) return body;
  if (typeof body.detail !== "string") throw new Problem("The service gave no answer. Try again in a while.");
  throw new Problem([body.detail, body.remedy].filter(Boolean).join(" "));
}

// A link to this page may bring a token: /#token=…, which browsers send to nobody. It does not stay in the address.
// True if it is kept, false if it cannot be read, undefined if there is none.
export function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return undefined;
  history.replaceState(null, "", location.pathname);
  return keep(given);
}

// Keeps a token for this tab, and its person. Anything else, such as an API key, is not kept.
function keep(token) {
  const claims = claimsOf(token);
  if (!claims) return false;
  session.user = claims.sub;
  sessionStorage.removeItem("name"); // it is asked for with the token
  sessionStorage.setItem("token", token);
  return true;
}

function claimsOf(token) {
  try {
    const claims = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    const found = JSON.parse(new TextDecoder().decode(Uint8Array.from(claims, (sign) => sign.charCodeAt(0))));
    return typeof found.sub === "string" ? found : null;
  } catch {
    return null;
  }
}

// Several requests may need one at the same time; the person is asked once.
let asking = null;
function askForToken() {
  asking ??= new Promise((done) => {
    const input = el("input", { name: "token", autocomplete: "off", required: true });
    const wrong = el("p", { className: "wrong", role: "alert" });
    const form = el("form", {
      method: "dialog",
      onsubmit(event) {
        if (keep(input.value.trim())) return;
        event.preventDefault();
        wrong.textContent = "This is not a token. The page takes no API keys.";
      },
    }, el("label", {}, "A token for this person (POST /v1/tokens makes one)", input), wrong,
    el("p", { className: "row" }, el("button", { textContent: "Use it" }), button("Cancel", () => dialog.close("cancel"))));
    const dialog = el("dialog", {
      "aria-label": "Token", className: "token",
      onclose() {
        dialog.remove();
        asking = null;
        const isGiven = dialog.returnValue !== "cancel" && sessionStorage.getItem("token") !== null;
        if (isGiven) document.dispatchEvent(new Event("person"));
        done(isGiven);
      },
    }, form);
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}
