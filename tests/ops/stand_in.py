"""A stand-in for the Kubernetes API, enough for the real kubectl to deploy to: discovery, server-side apply, merge and JSON patches,
lists, watches, logs; and of the controllers as much as makes a rollout end. It records in their order the requests that change something.

  stand_in.py FOLDER    prints the port it listens on; FOLDER/requests gets the record, FOLDER/fail holds names of Jobs and
                        Deployments that are to fail, one a line; FOLDER/objects.json is what is stored, anew after each change
"""

import copy
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from stand_in_store import RESOURCES, Store, merge

VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store: Store

    def log_message(self, *_):
        pass

    def answer(self, body, status=200):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(body, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, code, reason, message):
        self.answer({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code}, code)

    def discovery(self, path: str):
        groups = sorted({api for api in RESOURCES if "/" in api})
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
                {"name": api.split("/")[0], "versions": [{"groupVersion": api, "version": api.split("/")[1]}],
                 "preferredVersion": {"groupVersion": api, "version": api.split("/")[1]}} for api in groups]}
        if path == "/openapi/v3":
            return {"paths": {self.root(api)[1:]: {"serverRelativeURL": "/openapi/v3" + self.root(api)} for api in RESOURCES}}
        for api, resources in RESOURCES.items():
            group, _, version = api.rpartition("/")
            if path == self.root(api):
                found = [{"name": plural, "singularName": "", "namespaced": namespaced, "kind": kind, "verbs": VERBS}
                         for plural, kind, namespaced in resources]
                found += [{"name": f"{plural}/scale", "namespaced": True, "group": "autoscaling", "version": "v1", "kind": "Scale", "verbs": VERBS}
                          for plural in ("deployments", "statefulsets") if api == "apps/v1"]
                return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api, "resources": found}
            if path == "/openapi/v3" + self.root(api):
                paths = {f"{self.root(api)}/{plural}/{{name}}": {"patch": {"x-kubernetes-group-version-kind": {"group": group, "version": version, "kind": kind},
                         "parameters": [{"name": "fieldValidation", "in": "query"}], "responses": {}}} for plural, kind, _ in resources}
                return {"openapi": "3.0.0", "info": {"title": "stand-in", "version": "1"}, "paths": paths}
        return None

    @staticmethod
    def root(api: str) -> str:
        return f"/apis/{api}" if "/" in api else f"/api/{api}"

    def place(self, path: str):
        """(api, plural, namespace, name, subresource) of a path, or None."""
        for api in RESOURCES:
            if path.startswith(self.root(api) + "/"):
                rest = path.removeprefix(self.root(api) + "/").split("/")
                namespace = None
                if rest[0] == "namespaces" and len(rest) > 2:
                    namespace, rest = rest[1], rest[2:]
                if rest[0] in {plural for plural, _, _ in RESOURCES[api]}:
                    return api, rest[0], namespace, rest[1] if len(rest) > 1 else "", "/".join(rest[2:])
        return None

    def handle_request(self, method: str):
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path in ("/readyz", "/healthz", "/livez"):
            return self.answer("ok")
        if url.path == "/version":
            return self.answer({"major": "1", "minor": "34", "gitVersion": "v1.34.0"})
        found = self.discovery(url.path)
        if found is not None:
            return self.answer(found)
        place = self.place(url.path)
        if place is None:
            return self.refuse(404, "NotFound", f"the server could not find {url.path}")
        with self.store.lock:
            if method == "GET":
                return self.look(place, query)
            return self.change(method, place, query, body)

    def look(self, place, query):
        api, plural, namespace, name, sub = place
        kind = next(k for p, k, _ in RESOURCES[api] if p == plural)
        if query.get("watch") in ("1", "true"):
            return self.watch(place, query)
        if not name:
            items = self.store.list(api, plural, namespace, query.get("labelSelector", ""), query.get("fieldSelector", ""))
            return self.answer({"kind": kind + "List", "apiVersion": api, "metadata": {"resourceVersion": str(self.store.version)}, "items": items})
        item = self.store.objects.get((api, plural, namespace, name))
        if item is None:
            return self.refuse(404, "NotFound", f'{plural} "{name}" not found')
        if sub == "log":
            return self.answer(f"log of {name}: args {json.dumps(item['spec']['containers'][0].get('args'))}\n")
        if sub == "scale":
            return self.answer(self.scale(item))
        return self.answer(item)

    @staticmethod
    def scale(item):
        replicas = {"replicas": item["spec"]["replicas"]}
        metadata = {key: item["metadata"][key] for key in ("name", "namespace")}
        return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": replicas, "status": replicas}

    def watch(self, place, query):
        """Nothing changes by itself here, so a watch is silent until its caller has enough."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.store.lock.release()
        try:
            time.sleep(min(float(query.get("timeoutSeconds", 3)), 3))
        finally:
            self.store.lock.acquire()

    def change(self, method, place, query, body):
        api, plural, namespace, name, sub = place
        kind = next(k for p, k, _ in RESOURCES[api] if p == plural)
        given = json.loads(body) if body else {}
        name = name or given["metadata"]["name"]
        key = (api, plural, namespace, name)
        old = self.store.objects.get(key)
        if namespace and ("v1", "namespaces", None, namespace) not in self.store.objects:
            return self.refuse(404, "NotFound", f'namespaces "{namespace}" not found')
        if query.get("dryRun"):
            return self.answer(given)
        if method == "DELETE":
            if old is None:
                return self.refuse(404, "NotFound", f'{plural} "{name}" not found')
            self.store.note(f"DELETE {plural}/{name} {namespace or ''}".rstrip())
            del self.store.objects[key]
            return self.answer({"kind": "Status", "apiVersion": "v1", "status": "Success", "details": {"name": name, "kind": plural, "uid": old["metadata"]["uid"]}})
        content = self.headers.get("Content-Type", "").split(";")[0]
        applied = content == "application/apply-patch+yaml"
        what = f"{plural}/{name}/{sub}".rstrip("/")
        self.store.note(" ".join(filter(None, ["APPLY" if applied else method, what, namespace, query.get("fieldManager") if applied else ""])))
        if sub == "scale":
            given = {"spec": {"replicas": given["spec"]["replicas"]}}
        if applied or method == "POST":
            if method == "POST" and old is not None:
                return self.refuse(409, "AlreadyExists", f'{plural} "{name}" already exists')
            item = given
            if old:
                item["metadata"] = merge(old["metadata"], given["metadata"])
                item["status"] = old.get("status", {})
        elif old is None:
            return self.refuse(404, "NotFound", f'{plural} "{name}" not found')
        elif content == "application/json-patch+json":
            item = copy.deepcopy(old)
            for step in given:
                target, parts = item, [part.replace("~1", "/") for part in step["path"].split("/")[1:]]
                for part in parts[:-1]:
                    target = target[part]
                target[parts[-1]] = step["value"]
        else:
            item = merge(copy.deepcopy(old), given)
        if kind == "Job" and old and old["spec"]["template"] != item["spec"]["template"]:
            return self.refuse(422, "Invalid", f'Job.batch "{name}" is invalid: spec.template: Invalid value: field is immutable')
        item["metadata"].setdefault("name", name)
        if namespace:
            item["metadata"]["namespace"] = namespace
        item["kind"], item["apiVersion"] = kind, api
        self.store.settle(key, old, item)
        self.store.keep(key, item)
        return self.answer(self.scale(item) if sub == "scale" else item, 201 if old is None else 200)

    def do_GET(self):
        self.handle_request("GET")

    def do_PATCH(self):
        self.handle_request("PATCH")

    def do_POST(self):
        self.handle_request("POST")

    def do_PUT(self):
        self.handle_request("PUT")

    def do_DELETE(self):
        self.handle_request("DELETE")


def main():
    Handler.store = Store(Path(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
