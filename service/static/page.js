// Shows a person's feed: asks the API, fills a card for each post. Texts go in as text, never as markup.
const form = document.querySelector("#ask");
const list = document.querySelector("#feed");
const message = document.querySelector("#message");
const template = document.querySelector("#item");

form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
show();

async function show() {
  const asked = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  const { user, ...query } = asked;
  message.textContent = "Looking …";
  try {
    const response = await fetch(`/v1/users/${encodeURIComponent(user)}/feed?${new URLSearchParams(query)}`);
    const answer = await response.json();
    if (!response.ok) throw new Error([answer.detail, answer.remedy].filter((part) => typeof part === "string").join(" "));
    list.replaceChildren(...answer.items.map(card));
    message.textContent = answer.items.length ? "" : "No posts here. Try an earlier day under “As of”, or more days.";
  } catch (error) {
    list.replaceChildren();
    message.textContent = error.message || "The service did not answer.";
  }
}

function card(item) {
  const node = template.content.cloneNode(true);
  const picture = node.querySelector(".picture");
  if (item.imageUrl && /^(https?:|\/)/.test(item.imageUrl)) picture.firstElementChild.src = item.imageUrl;
  else picture.textContent = `post ${item.post}`;
  node.querySelector(".reason").textContent = item.reason.text;
  const taken = item.takenAt ? new Date(item.takenAt).toLocaleString() : "no date";
  node.querySelector(".facts").textContent = `${taken} · ${item.likeCount} likes · ${item.commentCount} comments`;
  node.querySelector("summary").textContent = `${item.source.replaceAll("_", " ")} · score ${item.score.toPrecision(3)}`;
  node.querySelector("table").append(...Object.entries(item.parts).map(part));
  return node;
}

function part([name, value]) {
  const row = document.createElement("tr");
  for (const text of [name, Number(value).toPrecision(4)]) row.insertCell().textContent = text;
  return row;
}
