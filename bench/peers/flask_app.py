"""`GET /hardware` in Flask: mysqlclient (a C driver), one connection a thread, kept open."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime

import MySQLdb
from flask import Flask, Response, jsonify, request

import rule

app = Flask(__name__)
local = threading.local()


def connection() -> MySQLdb.Connection:
    if not hasattr(local, "connection"):
        local.connection = MySQLdb.connect(
            host=os.environ["MYSQL_HOST"],
            port=int(os.environ["MYSQL_PORT"]),
            user=os.environ["MYSQL_USER"],
            password=os.environ["MYSQL_PASSWORD"],
            database=os.environ["MYSQL_DATABASE"],
            charset="utf8mb4",
            autocommit=True,
            ssl_mode="REQUIRED",
        )
    return local.connection


def asked(name: str) -> int | None:
    text = request.args.get(name)
    return int(datetime.fromisoformat(text).timestamp()) if text else None


def rfc3339(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@app.get("/hardware")
def list_hardware() -> Response:
    now = int(time.time())
    start = asked("from") or now
    window = rule.Window(start, asked("to") or start + rule.HOUR_S)
    limit = request.args.get("limit", 100, type=int)
    with connection().cursor() as cursor:
        cursor.execute(rule.ROWS, (limit + 1,))
        rows = cursor.fetchall()[:limit]
        cursor.execute(rule.claims_statement(len(rows)), rule.claims_parameters(rows, window, now))
        by_hardware = rule.grouped(cursor.fetchall(), now)
        unfit = rule.unfit(rows, by_hardware, window)
        if unfit:
            wanted = rule.later_parameters(unfit, rows, window, now)
            cursor.execute(rule.later_statement(len(unfit)), wanted)
            rule.add_later(by_hardware, cursor.fetchall())
    listed = rule.items(rows, by_hardware, window, now)
    for item in listed:
        item["next_free_at"] = rfc3339(item["next_free_at"])
    response = jsonify(listed)
    response.headers["X-Total-Count"] = str(rows[0][-1] if rows else 0)
    return response


@app.get("/readyz")
def readyz() -> Response:
    with connection().cursor() as cursor:
        cursor.execute("SELECT 1")
    return jsonify({"status": "ok"})
