"""api: notes over HTTP, kept in PostgreSQL."""

import logging
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Response
from pydantic import BaseModel, StringConstraints

from . import database


@asynccontextmanager
async def lifespan(_: FastAPI):
    async with database.opened():
        yield


app = FastAPI(title="<<name>>", lifespan=lifespan)


class NewNote(BaseModel):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Note(NewNote):
    id: int
    written: datetime


class QuietProbes(logging.Filter):
    """Probes arrive every few seconds; their lines would hide the others."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not any(path in record.getMessage() for path in ("GET /live", "GET /ready"))


logging.getLogger("uvicorn.access").addFilter(QuietProbes())


@app.get("/live", include_in_schema=False)
async def live() -> Response:
    return Response("live\n", media_type="text/plain")


@app.get("/ready", include_in_schema=False)
async def ready() -> Response:
    try:
        await database.ping()
        return Response("ready\n", media_type="text/plain")
    except Exception:
        logging.getLogger("uvicorn.error").exception("not ready")
        return Response("not ready\n", status_code=503, media_type="text/plain")


@app.get("/")
async def newest() -> list[Note]:
    return [Note(**row) for row in await database.newest(20)]


@app.post("/", status_code=201)
async def write(note: NewNote) -> Note:
    return Note(**await database.add(note.text))
