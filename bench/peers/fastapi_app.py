"""`GET /hardware` in FastAPI: asyncmy (an asynchronous driver in Cython) with a pool, and a typed response model."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Literal

import asyncmy
from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel

import rule


class Item(BaseModel):
    id: int
    provider: str
    name: str
    availability: Literal["NONE", "LOW", "MEDIUM", "HIGH"]
    capacity: int
    free: int
    free_now: int
    fits: bool
    next_free_at: datetime | None
    overcommitted: int
    buffer_s: int
    tz: str | None
    category: str | None
    location: str | None
    description: str | None
    tags: list[str]
    version: int


def encrypted() -> ssl.SSLContext:
    """As hardware's PREFERRED: encrypted, and the throw-away server's certificate is not checked."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncmy.create_pool(
        host=os.environ["MYSQL_HOST"],
        port=int(os.environ["MYSQL_PORT"]),
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        db=os.environ["MYSQL_DATABASE"],
        charset="utf8mb4",
        autocommit=True,
        ssl=encrypted(),
        minsize=1,
        maxsize=10,
    )
    yield
    app.state.pool.close()
    await app.state.pool.wait_closed()


app = FastAPI(lifespan=lifespan)


def time_of(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)


@app.get("/hardware")
async def list_hardware(
    request: Request,
    response: Response,
    from_: Annotated[datetime | None, Query(alias="from")] = None,
    to: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[Item]:
    now = int(time.time())
    start = int(from_.timestamp()) if from_ else now
    window = rule.Window(start, int(to.timestamp()) if to else start + rule.HOUR_S)
    async with request.app.state.pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(rule.ROWS, (limit + 1,))
        rows = (await cursor.fetchall())[:limit]
        await cursor.execute(rule.claims_statement(len(rows)), rule.claims_parameters(rows, window, now))
        by_hardware = rule.grouped(await cursor.fetchall(), now)
        unfit = rule.unfit(rows, by_hardware, window)
        if unfit:
            wanted = rule.later_parameters(unfit, rows, window, now)
            await cursor.execute(rule.later_statement(len(unfit)), wanted)
            rule.add_later(by_hardware, await cursor.fetchall())
    response.headers["X-Total-Count"] = str(rows[0][-1] if rows else 0)
    listed = rule.items(rows, by_hardware, window, now)
    return [Item(**item | {"next_free_at": time_of(item["next_free_at"])}) for item in listed]


@app.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    async with request.app.state.pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute("SELECT 1")
    return {"status": "ok"}
