"""A client of graphfeed in a page: python examples/client.py [http://127.0.0.1:8000 [API_KEY]]"""

import sys
from uuid import uuid4

import httpx

url, key, *_ = [*sys.argv[1:], *["http://127.0.0.1:8000", ""][len(sys.argv) - 1 :]]
api = httpx.Client(base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=30)


def ask(method: str, path: str, **more):
    answer = api.request(method, path, **more)
    if answer.is_error:
        problem = answer.json()
        sys.exit(f"{problem['detail']} {problem['remedy']}")
    return answer.json()


# Tell of people and posts as they come to be
for user in ("client-ana", "client-ben"):
    ask("PUT", f"/users/{user}", json={"username": user})
post = {"author": "client-ben", "takenAt": "2024-05-01T18:30:00Z", "caption": "Evening", "hashtags": ["sunset"]}
ask("PUT", "/posts/client-1", json=post)

# Tell of what people do: each event has an id of its own, so that sending it again does no harm
follow = {"kind": "follow", "user": "client-ana", "person": "client-ben", "at": "2024-05-01T09:00:00Z"}
print(ask("POST", "/events", json={"id": uuid4().hex, **follow})["results"])

# Ask for feeds, page by page
page = ask("GET", "/users/client-ana/feed", params={"limit": 5, "as_of": "2024-05-02"})
while True:
    for item in page["items"]:
        print(item["post"], round(item["score"], 2), item["reason"]["text"])
    if page["cursor"] is None:
        break
    page = ask("GET", "/users/client-ana/feed", params={"cursor": page["cursor"]})
