"""A local server that speaks the Hugging Face Hub's protocol as ``huggingface_hub`` uses it.

Listing of a dataset repository (``/api/datasets/<id>``, with ``blobs``), files at a revision
(``/datasets/<id>/resolve/<commit>/<path>``: HEAD and GET, ETag, X-Repo-Commit, X-Linked-Size,
X-Linked-Etag, X-Error-Code, ranges), redirects of moved repositories (relative and absolute) and of
large files to another host. ``raw`` serves pinned files by plain GET.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Repository:
    """One dataset repository at its newest revision."""

    files: dict[str, bytes]
    sha: str
    last_modified: str = "2026-10-05T08:30:00.000Z"
    large: frozenset[str] = frozenset()  # served from another host, as LFS files are
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def push(self, sha: str, files: dict[str, bytes], last_modified: str) -> None:
        self.commits[self.sha] = self.files
        self.files, self.sha, self.last_modified = files, sha, last_modified

    def at(self, sha: str) -> dict[str, bytes] | None:
        return self.files if sha == self.sha else self.commits.get(sha)


class Hub:
    """The server, its repositories, its faults and a record of what was asked."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.moved: dict[str, str] = {}  # old id: Location
        self.raw: dict[str, bytes] = {}
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}  # part of a path: status, headers
        self.cut: dict[str, int] = {}  # part of a path: so many bytes, then the line goes dead
        self.cuts = 10**6  # how many times the line goes dead
        self.page: bytes | None = None  # what a sign-in page answers to everything
        self.ranges = True
        self.asked: list[tuple[str, str]] = []
        self.authorised: list[str] = []
        self.agents: set[str] = set()
        hub = self

        class Handler(_Handler):
            server_hub = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def elsewhere(self) -> str:
        """The same server under another name: a host of its own to a client."""
        return f"http://localhost:{self._server.server_port}"

    def downloads(self) -> list[str]:
        return [p for m, p in self.asked if m == "GET" and ("/resolve/" in p or "/lfs/" in p)]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return None

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        hub = self.server_hub
        url = urlsplit(self.path)
        path = unquote(url.path)
        hub.asked.append((self.command, path))
        hub.agents.add(self.headers.get("user-agent", ""))
        if self.headers.get("authorization"):
            hub.authorised.append(path)
        if hub.page is not None:
            return self._send(200, hub.page, {"Content-Type": "text/html"})
        for part, (status, headers) in hub.answers.items():
            if part in path:
                return self._send(status, b'{"error":"no"}', headers)
        if path.lstrip("/") in hub.raw:
            return self._send(200, hub.raw[path.lstrip("/")], {}, path)
        if path.startswith("/api/datasets/"):
            return self._listing(path.removeprefix("/api/datasets/"))
        if path.startswith("/datasets/") and "/resolve/" in path:
            return self._resolve(path.removeprefix("/datasets/"))
        if path.startswith("/lfs/"):
            for repository in hub.repositories.values():
                for content in repository.files.values():
                    if hashlib.sha256(content).hexdigest() == path.removeprefix("/lfs/"):
                        return self._send(200, content, {"ETag": '"other"'}, path)
        return self._send(404, b"", {})

    def _listing(self, name: str) -> None:
        hub = self.server_hub
        if name in hub.moved:
            return self._send(307, b"", {"Location": hub.moved[name]})
        repository = hub.repositories.get(name)
        if repository is None:
            # the real one answers so to strangers, whether a repository is private or absent
            return self._send(401, b'{"error":"Repository not found"}', _NOT_FOUND)
        siblings = []
        for file, content in repository.files.items():
            one: dict[str, object] = {
                "rfilename": file,
                "size": len(content),
                "blobId": git_blob(content),
            }
            if file in repository.large:
                digest = hashlib.sha256(content).hexdigest()
                one["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
            siblings.append(one)
        document = {
            "_id": "1",
            "id": name,
            "sha": repository.sha,
            "lastModified": repository.last_modified,
            "private": False,
            "gated": False,
            "disabled": False,
            "tags": ["license:other"],
            "siblings": siblings,
        }
        return self._send(200, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def _resolve(self, rest: str) -> None:
        name, _, tail = rest.partition("/resolve/")
        revision, _, file = tail.partition("/")
        repository = self.server_hub.repositories.get(name)
        files = repository.at(revision) if repository else None
        if repository is None:
            return self._send(401, b"", _NOT_FOUND)
        if files is None:
            return self._send(404, b"", {"X-Error-Code": "RevisionNotFound"})
        if file not in files:
            headers = {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": revision}
            return self._send(404, b"", headers)
        content = files[file]
        if file in repository.large:
            digest = hashlib.sha256(content).hexdigest()
            headers = {
                "X-Repo-Commit": revision,
                "X-Linked-Size": str(len(content)),
                "X-Linked-Etag": f'"{digest}"',
                "Location": f"{self.server_hub.elsewhere}/lfs/{digest}",
            }
            return self._send(302, b"", headers)
        headers = {"X-Repo-Commit": revision, "ETag": f'"{git_blob(content)}"'}
        return self._send(200, content, headers, self.path)

    def _send(self, status: int, content: bytes, headers: dict[str, str], path: str = "") -> None:
        start = 0
        asked = self.headers.get("Range", "")
        if status == 200 and path and asked.startswith("bytes=") and self.server_hub.ranges:
            start = int(asked.removeprefix("bytes=").split("-")[0])
            status = 206
        body = content[start:]
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        cuts = [n for part, n in self.server_hub.cut.items() if path and part in path]
        if self.command == "GET" and cuts and self.server_hub.cuts > 0:
            self.server_hub.cuts -= 1
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: cuts[0]])
            self.close_connection = True
            return
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


_NOT_FOUND = {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}


def git_blob(content: bytes) -> str:
    """Git's name of a file's content."""
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
