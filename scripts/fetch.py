"""Prints what a URL gives, up to 4 MiB: `fetch.py URL`. One line where it gives nothing."""

import sys
import urllib.request

LIMIT = 4 * 1024 * 1024

try:
    with urllib.request.urlopen(sys.argv[1], timeout=30) as answer:
        body = answer.read(LIMIT + 1)
except (OSError, ValueError) as error:
    sys.exit(f"error: {sys.argv[1]} cannot be fetched: {getattr(error, 'reason', error)}")
if len(body) > LIMIT:
    sys.exit(f"error: {sys.argv[1]} gives more than {LIMIT} bytes")
sys.stdout.buffer.write(body)
