"""Detects clients that disconnect before their response is complete, so that their statements can be stopped."""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import threads


async def run(app: ASGIApp, scope: Scope, receive: Receive, send: Send, on_disconnect: Callable[[], None]) -> None:
    """Runs an application; calls `on_disconnect`, once, in a thread, if the client leaves before the response is whole.

    An application that works in a thread does not check for a disconnect, so this reads ahead of it: by one message,
    so that bodies do not pile up in memory.
    """
    ahead: asyncio.Queue[Message] = asyncio.Queue(1)
    is_complete = False

    async def read() -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect" and not is_complete:
                await threads.run_ending(on_disconnect)
            await ahead.put(message)
            if message["type"] == "http.disconnect":
                return

    async def watch(message: Message) -> None:
        nonlocal is_complete
        is_complete = message["type"] == "http.response.body" and not message.get("more_body", False)
        await send(message)

    reader = asyncio.create_task(read())
    try:
        await app(scope, ahead.get, watch)
    finally:
        reader.cancel()
