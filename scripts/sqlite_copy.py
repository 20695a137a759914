"""Copies of a SQLite file that may be in use.

  sqlite_copy.py backup FROM TO     a consistent copy, also from under a running service; TO must not exist
  sqlite_copy.py check FILE         exit status 1 and a line unless it is a sound SQLite database
  sqlite_copy.py in-use FILE        exit status 0 if some process has it open, as far as this user may see
"""

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def opened(path: str, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode={mode}", uri=True, timeout=30)


def backup(source: str, target: str) -> None:
    part = f"{target}.part"
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.close(handle)
    try:
        with closing(opened(source, "ro")) as old, closing(opened(part, "rw")) as new:
            old.backup(new)
            # One file, which needs no -wal beside it.
            new.execute("PRAGMA journal_mode = DELETE")
        check(part)
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)


def check(path: str) -> None:
    with closing(opened(path, "ro")) as database:
        found = database.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)


def in_use(path: str) -> bool:
    wanted = {os.path.realpath(path) + suffix for suffix in ("", "-wal", "-shm")}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in wanted:
                return True
        except OSError:
            continue
    return False


def main(command: str = "", *arguments: str) -> int:
    try:
        if command == "backup" and len(arguments) == 2:
            backup(*arguments)
        elif command == "check" and len(arguments) == 1:
            check(*arguments)
        elif command == "in-use" and len(arguments) == 1:
            return 0 if in_use(*arguments) else 1
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except (sqlite3.Error, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
