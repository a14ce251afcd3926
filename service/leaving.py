"""A client that leaves before its answer is there: what Neo4j still does for it is ended."""

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send


async def run(app: ASGIApp, scope: Scope, receive: Receive, send: Send, left: Callable[[], None]) -> None:
    """Run an application; if its client leaves before the answer is whole, call `left`, once, in a thread.

    An application that works in a thread does not ask whether its client is there, so this reads ahead of it: by one
    message, so that no body gathers in memory.
    """
    ahead: asyncio.Queue[Message] = asyncio.Queue(1)
    is_answered = False

    async def read() -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect" and not is_answered:
                await run_in_threadpool(left)
            await ahead.put(message)
            if message["type"] == "http.disconnect":
                return

    async def sent(message: Message) -> None:
        nonlocal is_answered
        is_answered = message["type"] == "http.response.body" and not message.get("more_body", False)
        await send(message)

    reader = asyncio.create_task(read())
    try:
        await app(scope, ahead.get, sent)
    finally:
        reader.cancel()
