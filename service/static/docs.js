// Shows the OpenAPI document of this service: each route with its parameters, its body and its answers.
const template = document.querySelector("#route");
const response = await fetch("/openapi.json");
const api = await response.json();
document.querySelector("#about").textContent = api.info.description;

const tags = new Map();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const tag = operation.tags?.[0] ?? "other";
    if (!tags.has(tag)) tags.set(tag, []);
    tags.get(tag).push(route(method, path, operation));
  }
}
for (const [tag, routes] of tags) document.querySelector("#routes").append(element("h2", tag), ...routes);

function route(method, path, operation) {
  const node = template.content.cloneNode(true);
  const find = (name) => node.querySelector(`.${name}`);
  find("method").textContent = method.toUpperCase();
  find("path").textContent = path;
  find("text").textContent = operation.description ?? operation.summary ?? "";
  const parameters = operation.parameters ?? [];
  if (parameters.length) find("parameters").append(...parameters.map(parameter));
  else find("parameters").remove();
  const body = operation.requestBody?.content ?? {};
  if (Object.keys(body).length) find("body").append(...Object.values(body).map((one) => schema(one.schema)));
  else find("body").remove();
  find("answers").append(...Object.entries(operation.responses).map(answer));
  return node;
}

function parameter(one) {
  const row = document.createElement("tr");
  for (const text of [one.name + (one.required ? " *" : ""), one.in, type(one.schema), one.description ?? ""]) {
    row.insertCell().textContent = text;
  }
  return row;
}

function answer([status, one]) {
  const node = document.createElement("details");
  node.append(element("summary", `${status} ${one.description}`));
  for (const [kind, { schema: shape }] of Object.entries(one.content ?? {})) {
    node.append(element("p", kind, "soft"));
    if (shape) node.append(schema(shape));
  }
  return node;
}

// The shape of a body with its examples, and those that it refers to, each once.
function schema(shape) {
  const node = document.createElement("div");
  const names = new Set();
  const collect = (value) => {
    if (value === null || typeof value !== "object") return;
    const name = value.$ref?.split("/").at(-1);
    if (name && !names.has(name)) {
      names.add(name);
      collect(api.components.schemas[name]);
    }
    Object.values(value).forEach(collect);
  };
  collect(shape);
  if (!names.size) node.append(element("pre", type(shape)));
  for (const name of names) {
    const { examples = [], properties = {}, required = [], description = "" } = api.components.schemas[name];
    const lines = Object.entries(properties).map(([key, value]) =>
      `  ${key}${required.includes(key) ? "" : "?"}: ${type(value)}${value.description ? `  // ${value.description.replaceAll("\n", " ")}` : ""}`);
    node.append(element("p", description, "soft"), element("pre", `${name} {\n${lines.join("\n")}\n}`));
    for (const example of examples) node.append(element("pre", `for example ${JSON.stringify(example)}`));
  }
  return node;
}

function type(shape = {}) {
  if (shape.$ref) return shape.$ref.split("/").at(-1);
  const some = shape.anyOf ?? shape.oneOf;
  if (some) return some.map(type).join(" | ");
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.type === "array") return `[${type(shape.items)}]`;
  return [shape.type ?? "any", shape.format].filter(Boolean).join(" ");
}

function element(name, text, kind = "") {
  const node = document.createElement(name);
  node.textContent = text;
  if (kind) node.className = kind;
  return node;
}
