// "Open in Neo4j Browser": the statements that the service ran for a view, each with the values that it ran with.
import { NO_COPY, button, copied, el, link } from "./dom.js";
import { session, statements } from "./api.js";

// A button. `reads` returns what the view asked for, as lists of a path, a query and, of a POST, a body; `asked` asks for
// the statements of such a read.
export function openInNeo4j(reads, of = "", asked = statements) {
  return button("Open in Neo4j Browser", () => show(reads(), asked), { className: "neo4j", "aria-label": of ? `Open in Neo4j Browser: ${of}` : undefined });
}

async function show(reads, asked) {
  const list = el("ol", { className: "statements" }), said = el("p", { role: "status", textContent: "Looking …" });
  const dialog = el("dialog", { "aria-label": "Neo4j Browser", onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && dialog.close() },
    el("h2", { textContent: "In Neo4j Browser" }), said, list, button("Close", () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
  try {
    const answers = await Promise.all(reads.map((read) => asked(...read)));
    // A slate, and the ranking that it is of, both end with a page: the slate's, which comes first, is what is shown
    const ran = new Map(answers.flatMap((answer) => answer.statements).reverse().map((each) => [each.statement, each]));
    list.replaceChildren(...[...ran.values()].reverse().map((each) => row(each, said)));
    const what = session.claims ? "What was run for this view, with its values, but for the ranking of posts, which names people near to you." : "What was run for this view, with its values.";
    said.textContent = !ran.size ? "This asks Neo4j nothing." : answers[0].browser
      ? `${what} Open one, and run it with Ctrl+Enter.`
      : `${what} Copy one into Neo4j Browser; this service knows no address of it.`;
  } catch (problem) {
    said.textContent = problem.message;
  }
}

function row({ statement, title, needs, cypher, parameters, filled, link: address }, said) {
  const copy = (text, what, name) => button(text, async () => {
    said.textContent = await copied(what) ? `${name} copied.` : NO_COPY;
  }, { "aria-label": `${text} of ${statement}` });
  return el("li", {}, el("b", { textContent: statement }), el("p", { className: "facts", textContent: `${title}.` }),
    needs.length ? el("p", { className: "facts", textContent: `Run first: ${needs.join(", ")}.` }) : null,
    el("p", { className: "acts" },
      address ? link("Open", address, { target: "_blank", rel: "noopener noreferrer", "aria-label": `Open ${statement}` }) : null,
      copy("Copy", filled, "The statement with its values is"),
      copy("Parameters", parameters, "The lines that set the parameters are"),
      copy("Statement", cypher, "The statement with parameters is")));
}
