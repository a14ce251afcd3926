// Asks the service as an operator. The key is in a variable of this page alone: it is stored nowhere, and gone at a reload.
import { button, el } from "./dom.js";
import { Problem, STATEMENTS, answer, bearer, fetched, withQuery } from "./api.js";

let key = null, dialog = null;

// A page that the browser keeps to go back to keeps no key.
addEventListener("pagehide", () => { key = null; });

export const hasKey = () => key !== null;

// Nobody gave a key that the service wants.
export class NoKey extends Problem {}

// The answer to a GET. Asks for a key where the service wants one, until it is right; raises NoKey if none is given.
export async function ask(path, query = {}, headers = {}) {
  for (;;) {
    const used = key;
    const response = await fetched(withQuery(path, query), { headers: { ...headers, ...bearer(used) } });
    if (![401, 403].includes(response.status)) return answer(response);
    if (used !== key) continue; // given meanwhile, to another request
    const wrong = used === null ? "" : response.status === 401 ? "The service does not know this key." : "This key is not an admin's.";
    if (!(await askForKey(wrong))) throw new NoKey("The figures are for admins: give a key.");
  }
}

// The statements that the service runs for a read, in place of what it finds.
export const statements = (path, query) => ask(path, query, STATEMENTS);

// Several requests may need one at the same time; the operator is asked once.
function askForKey(wrong) {
  key = null;
  dialog ??= new Promise((done) => {
    const input = el("input", { type: "password", name: "key", autocomplete: "off", required: true, pattern: "\\s*[!-~]+\\s*", "aria-describedby": "key-kept" });
    const node = el("dialog", {
      "aria-label": "Admin key",
      onclose() {
        if (node.returnValue === "use") key = input.value.trim();
        node.remove();
        dialog = null;
        done(key !== null);
      },
    }, el("form", { method: "dialog" },
      el("label", {}, "An admin's key of this service", input),
      el("p", { id: "key-kept", textContent: "It is kept in this page only, until you leave or reload it." }),
      el("p", { className: "wrong", role: "alert", textContent: wrong }),
      el("p", { className: "row" }, el("button", { textContent: "Use it", value: "use" }), button("Cancel", () => node.close()))));
    document.body.append(node);
    node.showModal();
  });
  return dialog;
}
