"""What a port-forward would lead to: hardware and portal as far as the synthetic check asks them. They greet as the stored ConfigMap
says, and STAND_IN/greeting, where it is, says otherwise."""

import html
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

folder = Path(sys.argv[1])
namespace = sys.argv[sys.argv.index("--namespace") + 1]
target = next(a for a in sys.argv if a.startswith("service/")).removeprefix("service/")
port = next((int(a.split(":")[0] or 0) for a in sys.argv if a.endswith(":http")), 0)


def configured() -> dict:
    for item in json.loads((folder / "objects.json").read_text()):
        if item["kind"] == "ConfigMap" and item["metadata"]["name"] == "customer" and item["metadata"]["namespace"] == namespace:
            return item["data"]
    return {}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        other = folder / "greeting"
        greeting = other.read_text() if other.exists() else configured().get("CUSTOMER_GREETING", "")
        pages = {"/readyz": '{"status":"ready"}', "/openapi.json": json.dumps({"info": {"version": (folder / "version").read_text().strip()}}),
                 "/": json.dumps({"response": greeting}) if target == "hardware" else f"<p>{html.escape(greeting)}</p>"}
        body = pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = HTTPServer(("127.0.0.1", port), Handler)
print(f"Forwarding from 127.0.0.1:{server.server_address[1]} -> 5001", flush=True)
server.serve_forever()
