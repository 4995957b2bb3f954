"""As much of an API server as Helm needs to install, upgrade, roll back and uninstall: it keeps what it is given, and runs nothing."""

import base64
import http.server
import json
import re
import threading
import urllib.parse

RESOURCES = {
    "v1": (("configmaps", "ConfigMap"), ("secrets", "Secret"), ("services", "Service")),
    "networking.k8s.io/v1": (("networkpolicies", "NetworkPolicy"),),
}
OBJECTS = re.compile(r"/(?:api|apis)/(?P<group>v1|[\w.]+/v1)/namespaces/(?P<space>[^/]+)/(?P<kind>[a-z]+)(?:/(?P<name>[^/]+))?$")


def varint(text, at):
    value = shift = 0
    while True:
        value |= (text[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if text[at - 1] < 0x80:
            return value, at


def fields(text):
    """The fields of a protobuf message that have a length: number → their bytes."""
    found, at = {}, 0
    while at < len(text):
        tag, at = varint(text, at)
        value, at = varint(text, at)
        if tag & 7 == 2:
            found.setdefault(tag >> 3, []).append(text[at:at + value])
            at += value
    return found


def body_of(text):
    """The object of a request. Helm writes its releases, which are Secrets, as protobuf, and all else as JSON."""
    if not text.startswith(b"k8s\0"):
        return json.loads(text) if text else {}

    def pairs(entries):
        return [(one[1][0].decode(), one[2][0]) for one in map(fields, entries)]
    secret = fields(fields(text[4:])[2][0])
    about = fields(secret[1][0])
    return {"apiVersion": "v1", "kind": "Secret", "type": secret[3][0].decode(),
            "metadata": {"name": about[1][0].decode(), "labels": {key: value.decode() for key, value in pairs(about[11])}},
            "data": {key: base64.b64encode(value).decode() for key, value in pairs(secret[2])}}


def merged(old, patch):
    """RFC 7396; a strategic patch is the same where no list changes."""
    if not isinstance(patch, dict):
        return patch
    new = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = merged(new.get(key), value)
    return new


def described(path):
    """What the server says of itself, or None."""
    if path == "/version":
        return {"major": "1", "minor": "33", "gitVersion": "v1.33.0"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        version = {"groupVersion": "networking.k8s.io/v1", "version": "v1"}
        return {"kind": "APIGroupList", "groups": [{"name": "networking.k8s.io", "versions": [version], "preferredVersion": version}]}
    if path == "/openapi/v3":
        return {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}}
    if path == "/openapi/v3/api/v1":  # that it checks fields itself, so that Helm asks for no schema
        patches = {f"/api/v1/{name}": {"patch": {"parameters": [{"name": "fieldValidation", "in": "query"}],
                                                 "x-kubernetes-group-version-kind": {"group": "", "version": "v1", "kind": kind}}}
                   for name, kind in RESOURCES["v1"]}
        return {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": patches}
    group = path.removeprefix("/apis/").removeprefix("/api/")
    if group not in RESOURCES:
        return None
    verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
    return {"kind": "APIResourceList", "groupVersion": group,
            "resources": [{"name": name, "singularName": "", "namespaced": True, "kind": kind, "verbs": verbs}
                          for name, kind in RESOURCES[group]]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, body):
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def fail(self, code, reason):
        self.answer(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": reason, "code": code})

    def serve(self):
        url = urllib.parse.urlparse(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        about = described(url.path)
        if about is not None:
            return self.answer(200, about)
        match = OBJECTS.match(url.path)
        if match is None:
            return self.fail(404, "NotFound")
        with self.server.lock:
            return self.on_objects(match, urllib.parse.parse_qs(url.query), {} if self.command == "DELETE" else body_of(text))

    def on_objects(self, match, query, body):
        kept = self.server.kept
        where = (match["space"], match["kind"])
        if match["name"] is None and self.command == "GET":
            wanted = [pair.split("=") for pair in query.get("labelSelector", [""])[0].split(",") if pair]
            items = [item for (*at, _), item in kept.items() if tuple(at) == where
                     and all(item["metadata"].get("labels", {}).get(key) == value for key, value in wanted)]
            kind = dict(RESOURCES[match["group"]])[match["kind"]]
            return self.answer(200, {"kind": kind + "List", "apiVersion": match["group"], "metadata": {"resourceVersion": "1"}, "items": items})
        key = (*where, match["name"] or body["metadata"]["name"])
        if self.command != "GET" and body.get("metadata", {}).get("labels", {}).get("refuse"):
            return self.fail(422, "Invalid")
        if self.command == "POST":
            if key in kept:
                return self.fail(409, "AlreadyExists")
            kept[key] = body
            return self.answer(201, body)
        if self.command == "GET" and key in self.server.hidden:
            self.server.hidden.remove(key)
            return self.fail(404, "NotFound")
        if key not in kept:
            return self.fail(404, "NotFound")
        if self.command == "DELETE":
            del kept[key]
            return self.answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})
        if self.command == "PATCH":
            kept[key] = merged(kept[key], body)
        elif self.command == "PUT":
            kept[key] = body
        return self.answer(200, kept[key])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


class Server:
    """Runs while in its `with`; `kept` has the objects by (namespace, resource, name), `config` is for KUBECONFIG. What is in `hidden`
    is not found at the next look; objects with a label `refuse` are not taken."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.lock = threading.Lock()
        self.server.kept = self.kept = {}
        self.server.hidden = self.hidden = set()
        self.config = json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.server.server_port}"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}], "users": [{"name": "u", "user": {}}]})
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
