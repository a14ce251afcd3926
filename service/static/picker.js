// Whose feed it is: found by name, as somebody types. A combobox as of the ARIA Authoring Practices.
import { el, nameOf, short } from "./dom.js";
import { Problem, get, session } from "./api.js";

const PAUSE_MS = 150;

export function picker(form) {
  const input = form.elements.who, list = form.querySelector("[role=listbox]");
  let found = [], at = -1, waiting, asked = 0;
  fill();
  document.addEventListener("person", fill);

  input.addEventListener("input", () => {
    found = []; // those of the text before
    clearTimeout(waiting);
    waiting = setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => { close(); input.value = session.name; });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      clearTimeout(waiting);
      asked += 1; // what is asked for comes to nothing
      close();
      input.value = session.name;
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !found.length) return;
    event.preventDefault();
    mark((at + step + found.length) % found.length);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    if (!found.length) await search();
    if (found.length) choose(found[Math.max(at, 0)]);
  });

  // Whom the search finds, and last whoever has the text as an id.
  async function search() {
    const mine = ++asked, text = input.value.trim();
    if (!text) return close();
    let people = [];
    try {
      ({ people } = await get("/v1/search", { q: `@${text}`, limit: 8 }));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem; // a text without words, as one that is typed half
    }
    if (mine === asked && document.activeElement === input) open([...people, { user: text, isId: true }]);
  }

  function open(people) {
    found = people;
    list.replaceChildren(...people.map((person, place) => el("li", {
      role: "option", id: `who-${place}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); choose(person); }, // before the field loses the focus
    }, ...(person.isId ? [`The person with the id ${person.user}`] : [nameOf(person), " ", el("small", { textContent: person.username ? short(person.fullName ?? "") : "" })]))));
    list.hidden = !people.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  }

  function mark(place) {
    at = place;
    for (const [number, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(number === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `who-${at}`);
  }

  function close() {
    found = [];
    open([]);
  }

  function choose(person) {
    asked += 1;
    close();
    session.user = person.user;
    session.name = nameOf(person);
    document.dispatchEvent(new Event("person"));
  }

  async function fill() {
    input.value = session.name;
    input.readOnly = Boolean(session.claims); // a token is for one person
    if (session.claims) input.title = "Your token is for this person";
    if (session.hasName) return;
    const { user } = session;
    const found = await get(`/v1/people/${encodeURIComponent(user)}`, { user }).catch(() => null);
    if (!found || user !== session.user || document.activeElement === input) return;
    session.name = nameOf({ ...found, user });
    input.value = session.name;
  }
}
