// Shows a person's feed: asks the API, fills a card for each post. Texts go in as text, never as markup.
const form = document.querySelector("#ask");
const list = document.querySelector("#feed");
const message = document.querySelector("#message");
const template = document.querySelector("#item");
const more = document.querySelector("#more");
let latest = 0;

takeTokenFromAddress();

form.addEventListener("submit", (event) => { event.preventDefault(); show(question()); });
form.elements.source.addEventListener("change", () => form.requestSubmit());
show(question());

function question() {
  const asked = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (asked.as_of) asked.as_of += "T23:59:59Z"; // a day that is chosen counts as a whole
  return asked;
}

// Shows a first page in place of what is there, or, with a cursor, the next page below it.
async function show(asked) {
  const mine = ++latest;
  message.textContent = "Looking …";
  more.hidden = true;
  const { items, cursor, words } = await ask(asked);
  if (mine !== latest) return; // another question was asked meanwhile
  if (!asked.cursor) list.replaceChildren();
  list.append(...items.map(card));
  message.textContent = words;
  more.hidden = !cursor;
  more.onclick = () => show({ user: asked.user, cursor });
}

// The posts, and what there is to say about them: why there are none, or what is wrong.
async function ask({ user, ...query }) {
  try {
    const response = await get(`/v1/users/${encodeURIComponent(user)}/feed?${new URLSearchParams(query)}`);
    const { items, cursor, whyEmpty, missing, detail, remedy } = await response.json();
    if (response.ok) return { items, cursor, words: whyEmpty ? `No posts. ${whyEmpty}` : news(missing ?? []) };
    if (typeof detail === "string") return { items: [], words: [detail, remedy].filter(Boolean).join(" ") };
  } catch { /* no answer, or none of the service's own */ }
  return { items: [], words: "The service gave no answer. Try again in a while." };
}

function news(missing) {
  return missing.includes("news") ? "Nothing is new, so the feed starts again with what was shown longest ago." : "";
}

// Asks with the token of this tab, if there is one; where one is needed and none is known, asks the person for it.
async function get(path) {
  const token = sessionStorage.getItem("token");
  const response = await fetch(path, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  if (response.status !== 401) return response;
  sessionStorage.removeItem("token");
  const given = prompt("A token for this person (POST /v1/tokens makes one)")?.trim();
  if (given && keep(given)) form.requestSubmit(); // asks again, now for the token's person
  return response;
}

// A link to this page may bring a token: /#token=…, which browsers send to nobody. It does not stay in the address.
function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) history.replaceState(null, "", location.pathname);
  const token = given ?? sessionStorage.getItem("token");
  if (token) keep(token);
}

// Keeps a token for this tab, and fills in its person. Anything else, such as an API key, is not kept.
function keep(token) {
  try {
    const claims = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(claims, (sign) => sign.charCodeAt(0)));
    form.elements.user.value = JSON.parse(text).sub;
  } catch {
    alert("This is not a token. The page takes no API keys.");
    return false;
  }
  sessionStorage.setItem("token", token);
  return true;
}

function card(item) {
  const node = template.content.cloneNode(true);
  fill(node.querySelector(".picture"), item);
  node.querySelector(".reason").textContent = item.reason.text;
  const taken = item.takenAt ? new Date(item.takenAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : "no date";
  node.querySelector(".facts").textContent = line(taken, count(item.likeCount, "like"), count(item.commentCount, "comment"));
  node.querySelector("summary").textContent = line(label(item.source), `score ${item.score.toPrecision(3)}`);
  node.querySelector("table").append(...Object.entries(item.parts).map(part));
  return node;
}

function fill(picture, item) {
  const name = () => { picture.textContent = `post ${item.post}`; };
  const image = picture.firstElementChild;
  image.addEventListener("error", name);
  if (item.imageUrl && /^(https:|\/(?![\/\\]))/.test(item.imageUrl)) image.src = item.imageUrl; // as the policy allows
  else name();
}

// A source's name as the form says it.
function label(source) {
  return [...form.elements.source.options].find((option) => option.value === source)?.text ?? source.replaceAll("_", " ");
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

// Pieces side by side; a line breaks between them alone.
function line(...pieces) {
  return pieces.map((piece) => piece.replaceAll(" ", "\u00a0")).join("\u00a0· ");
}

function part([name, value]) {
  const row = document.createElement("tr");
  for (const text of [name, Number(value).toPrecision(4)]) row.insertCell().textContent = text;
  return row;
}
