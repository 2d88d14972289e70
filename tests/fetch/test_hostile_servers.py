"""A server that is broken, or that answers for another: one message, and nothing touched."""

from __future__ import annotations

import gzip
import hashlib
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import panels
import pytest
from hub_server import git_blob
from measured import run

from parstudy.fetch import _download, _hub

SHA = "c" * 40
OUTSIDE = ("../../../outside.csv", "/tmp/parstudy-outside.csv", "..\\..\\outside.csv")
NAMES = (
    *OUTSIDE, "C:\\outside.csv", "con.csv", "aux.x.csv", "data/../../../../x.csv", "~/.x.csv",
    ".csv", "..csv", "name\x1b[2J\x07.csv", "\u202egnp.csv", "a\nb.csv", "a\x00b.csv", "a:b.csv",
    "%2e%2e%2fx.csv", "x" * 400 + ".csv", "con ", " .csv", "a?b=1#c.csv", "\ud800.csv",
)  # fmt: skip
PLACES = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "//", "http://u:p@127.0.0.1/x", "javascript:1",
    "/api/datasets/again", "http://[", "data:,{}", "\x1b[2J",
)  # fmt: skip
Answer = Iterator[bytes]


def ok(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    told = {
        "Content-Length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    lines = "".join(f"{k}: {v}\r\n" for k, v in told.items() if v)
    yield f"HTTP/1.1 {status}\r\n{lines}Connection: close\r\n\r\n".encode()
    yield body


def listing(content: bytes, name: str = "panel.csv", **changed: Any) -> bytes:
    one: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": git_blob(content)}
    one |= changed.pop("file", {})
    told = {"id": "letrinhan/vn-par-master", "sha": SHA, "siblings": [one]}
    told["lastModified"] = "2026-10-05T08:30:00.000Z"
    return json.dumps(told | changed).encode()


def for_ever(head: bytes, part: bytes) -> Answer:
    yield head
    while True:
        yield part


def drip(text: bytes, seconds: float = 0.2) -> Answer:
    for n in range(len(text)):
        yield text[n : n + 1]
        time.sleep(seconds)


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
ASKS = {"WWW_Authenticate": 'Basic realm="x"'}


def bomb(size: int) -> bytes:
    return gzip.compress(b"0" * size)


def of_listing(content: bytes) -> Iterator[tuple[str, Callable[[], Answer]]]:
    """What may come in place of a listing."""
    good = listing(content)
    yield "endless", lambda: for_ever(HEAD + b"\r\n", b" " * 65536)
    yield (
        "endless_in_chunks",
        lambda: for_ever(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"
        ),
    )
    yield (
        "endless_chunk_size",
        lambda: for_ever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1" * 65536),
    )
    yield "endless_headers", lambda: for_ever(HEAD, b"X-A: 1\r\n")
    yield "endless_header", lambda: for_ever(HEAD + b"X-A: ", b"a" * 65536)
    yield "endless_status", lambda: for_ever(b"HTTP/1.1 200 ", b"a" * 65536)
    yield "endless_continue", lambda: for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n")
    yield "drip_of_headers", lambda: drip(HEAD + b"X-A: " + b"a" * 500)
    yield "drip_of_body", lambda: drip_after(good)
    yield "silence", lambda: drip(b"HTTP", 30)
    yield "long", lambda: ok(good + b" " * 30_000_000)
    for name, text in {
        "nested": b"[" * 1_000_000,
        "nested_objects": b'{"a":' * 500_000,
        "nan": listing(content, file={"size": float("nan")}),
        "infinite": listing(content, file={"size": float("inf")}),
        "digits": good.replace(b'"size": ', b'"size": ' + b"9" * 5_000),
        "many_digits": b"9" * 5_000_000,
        "html": b"<html><body>Welcome to Hotel WiFi</body></html>",
        "nothing": b"",
        "binary": bytes(range(256)) * 99,
        "number": b"7",
        "null": b"null",
        "text": b'"a"',
        "list": b"[1, 2]",
    }.items():
        yield name, lambda t=text: ok(t)
    for name, changed in {
        "revision_path": {"sha": "../../../../outside"},
        "revision_short": {"sha": "abc"},
        "revision_capital": {"sha": "C" * 40},
        "revision_line": {"sha": SHA + "\n"},
        "revision_list": {"sha": [SHA]},
        "revision_none": {"sha": None},
        "repository_path": {"id": "../../outside"},
        "repository_steers": {"id": "a/\x1b[2J"},
        "repository_number": {"id": 7},
        "files_none": {"siblings": None},
        "files_object": {"siblings": {"a": 1}},
        "files_texts": {"siblings": ["a.csv"]},
        "files_many": {"siblings": [{"rfilename": f"{n}.txt"} for n in range(200_000)]},
        "files_of_csv": {"siblings": [{"rfilename": f"{n}.csv"} for n in range(5_000)]},
        "name_number": {"file": {"rfilename": 7}},
        "name_empty": {"file": {"rfilename": ""}},
        "name_long": {"file": {"rfilename": "a" * 100_000 + ".csv"}},
        "size_below": {"file": {"size": -1}},
        "size_fraction": {"file": {"size": 1e308}},
        "size_truth": {"file": {"size": True}},
        "blob_path": {"file": {"blobId": "../../outside"}},
        "checksum_path": {"file": {"lfs": {"sha256": "../../../outside"}}},
        "checksum_none": {"file": {"lfs": {"size": 7}}},
        "day": {"lastModified": "\x1b[2J"},
    }.items():
        yield name, lambda c=changed: ok(listing(content, **c))
    yield "packed", lambda: ok(gzip.compress(good), Content_Encoding="gzip")
    yield "packed_bomb", lambda: ok(bomb(300_000_000), Content_Encoding="gzip")
    yield "packed_often", lambda: ok(gzip.compress(bomb(10**8)), Content_Encoding="gzip, gzip")
    for place in PLACES:
        yield f"redirect_{place[:9]}", lambda p=place: ok(b"", "302 Found", Location=p)
    for status in ("401 No", "407 Proxy", "403 No"):
        yield f"asks_{status[:3]}", lambda s=status: ok(b"{}", s, **ASKS)
    yield "negotiate", lambda: ok(b"{}", "401 No", WWW_Authenticate="Negotiate")
    yield "later", lambda: ok(b"{}", "429 Busy", Retry_After="9" * 50)
    yield "broken", lambda: ok(b"{}", "500 No")
    yield "no_answer", lambda: iter(())
    yield "no_http", lambda: iter((b"SSH-2.0-OpenSSH_9.6\r\n",))
    yield "status_words", lambda: iter((b"HTTP/1.1 many OK\r\n\r\n",))
    yield "length_below", lambda: ok(good, Content_Length="-7")
    yield "length_words", lambda: ok(good, Content_Length="many")
    yield "length_more", lambda: ok(good, Content_Length="99999999")
    yield "length_less", lambda: ok(good, Content_Length="20")
    yield "cookie", lambda: ok(good, Set_Cookie="a=b; Path=/")
    for status in ("101 Switching Protocols", "204 Nothing", "304 As before", "999 No"):
        yield f"status_{status[:3]}", lambda s=status: ok(good, s)
    for charset in ("zlib_codec", "undefined", "utf-7", "a" * 9_000):
        said = f"application/json; charset={charset}"
        yield f"charset_{charset[:9]}", lambda t=said: ok(good, Content_Type=t)
    for packing in ("br", "zstd", "deflate", "compress", "identity, gzip"):
        yield f"packing_{packing[:8]}", lambda p=packing: ok(b"\x1b" * 999, Content_Encoding=p)
    for size in (b"-1", b"f" * 40, b"7;" + b"a" * 99_999):
        chunk = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + good
        yield f"chunk_{size[:4].decode()}", lambda c=chunk: iter((c,))
    yield "old_http", lambda: iter((good,))
    yield "mark_before", lambda: ok(b"\xef\xbb\xbf" + good)
    yield "utf_16", lambda: ok(good.decode().encode("utf-16"))
    twice = json.loads(good)["siblings"] * 2
    yield "file_twice", lambda: ok(listing(content, siblings=twice))
    growing = "/api/datasets/" + "a" * 60_000
    yield "redirect_long", lambda: ok(b"", "302 Found", Location=growing)


def drip_after(body: bytes) -> Answer:
    yield HEAD + b"\r\n"
    yield from drip(body)


def of_file(content: bytes) -> Iterator[tuple[str, Callable[[], Answer]]]:
    """What may come in place of the file that a listing names."""
    yield "endless", lambda: for_ever(HEAD + b"\r\n", b"1,2\n" * 9999)
    yield "drip", lambda: drip_after(content)
    yield "longer", lambda: ok(content + b"1,2\n")
    yield "shorter", lambda: ok(content[:-9])
    yield "cut", lambda: ok(content[:-9], Content_Length=str(len(content)))
    yield "other", lambda: ok(b"0" * len(content))
    yield "html", lambda: ok(b"<html>Sign in</html>")
    yield "nothing", lambda: ok(b"")
    yield "packed_bomb", lambda: ok(bomb(300_000_000), Content_Encoding="gzip")
    yield "packed", lambda: ok(gzip.compress(content), Content_Encoding="gzip")
    yield "etag_path", lambda: ok(content, ETag='"../../../../outside"')
    yield "linked_etag_path", lambda: ok(content, X_Linked_Etag='"../../outside"')
    yield "commit_path", lambda: ok(content, X_Repo_Commit="../../outside")
    said = "attachment; filename=../../../outside.csv"
    yield "named", lambda: ok(content, Content_Disposition=said)
    yield "part", lambda: ok(content, "206 Partial Content", Content_Range="bytes 0-9/999999999")
    yield "range", lambda: ok(b"", "416 Range")
    yield "redirect_to_file", lambda: ok(b"", "302 Found", Location="file:///etc/passwd")
    yield "redirect_loop", lambda: ok(b"", "302 Found", Location="/datasets/again/resolve/")
    yield "asks", lambda: ok(b"", "401 No", **ASKS)
    yield "gone", lambda: ok(b"", "404 No", X_Error_Code="\x1b[2J")


class Server:
    """Answers with what it is told to, and keeps what it was asked."""

    def __init__(self, first: Callable[[], Answer], then: Callable[[], Answer]) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                head = b""
                while (line := self.rfile.readline(9999)) not in (b"\r\n", b""):
                    head += line
                outer.asked.append(head.decode("latin-1"))
                answer = then if b"/resolve/" in head.split(b"\r\n")[0] else first
                try:
                    for part in answer():
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:
                    return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def content(root: Path) -> bytes:
    rows = [r for r in panels.par(root) if r["year"] == "2022"]
    return panels.as_csv(rows, panels.PAR)


@pytest.fixture
def tried(
    tmp_path: Path, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], Answer], Callable[[], Answer]], tuple[int, str]]:
    """Fetch from such a server; nothing is touched outside, nothing secret is sent."""
    home = tmp_path / "home"
    home.mkdir()
    for name in (".netrc", "_netrc"):
        (home / name).write_text("default login me password secret\n")
        (home / name).chmod(0o600)
    (home / "thesis.docx").write_bytes(b"all my work")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setattr(_download, "_OVERHEAD", 1.5)
    monkeypatch.setattr(_download, "_SLOWEST", 20_000_000)
    monkeypatch.setattr(_download, "_SILENCE", 1.0)
    monkeypatch.setattr(_download, "_LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(_hub, "_PAUSES", (0.0, 0.0))

    def files() -> dict[str, bytes]:
        known = (tmp_path / "cache", empty.root)
        return {
            str(p): p.read_bytes()
            for p in tmp_path.rglob("*")
            if p.is_file() and not any(p.is_relative_to(k) for k in known)
        }

    def fetched(first: Callable[[], Answer], then: Callable[[], Answer]) -> tuple[int, str]:
        server = Server(first, then)
        before, inside = files(), set(empty.root.rglob("*"))
        try:
            command = ["--project", str(empty.root), "fetch", "par", "--endpoint", server.address]
            taken = run(command)
        finally:
            server.stop()
        assert taken.problems == []
        assert files() == before
        assert not Path(OUTSIDE[1]).exists()
        assert not any("authorization" in a.lower() or "secret" in a for a in server.asked)
        assert not any("cookie" in a.lower() for a in server.asked)
        if taken.code:
            lines = [x for x in taken.text.splitlines() if x.startswith("parstudy: ")]
            assert len(lines) <= 1
            assert set(empty.root.rglob("*")) == inside
            assert not list((tmp_path / "cache").rglob(".part-*"))
        return taken.code, taken.text

    return fetched


LISTINGS = [name for name, _ in of_listing(b"")]
HARMLESS = (
    "cookie", "day", "length_below", "length_words", "charset_zlib_code", "charset_undefined",
    "charset_utf-7", "charset_aaaaaaaaa", "utf_16", "mark_before", "file_twice",
)  # fmt: skip


@pytest.mark.parametrize("name", LISTINGS)
def test_no_listing_gets_further_than_a_message(name: str, tried: Any, content: bytes) -> None:
    answers = dict(of_listing(content))
    code, text = tried(answers[name], lambda: ok(content))
    assert code == (0 if name in HARMLESS else 2), text


@pytest.mark.parametrize("name", [name for name, _ in of_file(b"")])
def test_no_file_gets_further_than_a_message(name: str, tried: Any, content: bytes) -> None:
    answers = dict(of_file(content))
    code, text = tried(lambda: ok(listing(content)), answers[name])
    harmless = ("etag_path", "linked_etag_path", "commit_path", "named", "part")
    assert code == (0 if name in harmless else 2), text


def of_content(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What a file may hold whose checksum is right."""
    lines = content.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b",Ha Noi," in line)
    names, cells = lines[0].strip().split(b","), lines[at].strip().split(b",")
    odd = (b"9" * 5_000, b"nan", b"inf", b"-7", b"1e999", b"=1+1", b"\x1b[2J", b"\x00", b"\xff")
    for name in (b"year", b"unit_code", b"unit_name", b"par_index", b"par_rank"):
        for n, text in enumerate(odd):
            changed = [*cells]
            changed[names.index(name)] = text
            line = b",".join(changed) + b"\n"
            yield f"{name.decode()}_{n}", b"".join([*lines[:at], line, *lines[at + 1 :]])
    head = lines[0]
    yield "head_only", head
    yield "head_twice", head.rstrip() + b"," + content
    yield "columns", b"c," * 50_000 + content
    yield "quote", head + b'"' + content * 20
    yield "rows_alike", head + lines[at] * 30_000
    yield "zeros", b"\0" * 3_000_000
    yield "utf_16", content.decode().encode("utf-16")


@pytest.mark.parametrize(
    "name",
    [n for n, _ in of_content(b"year,unit_code,unit_name,par_index,par_rank\n1,1,Ha Noi,1,1\n")],
)
def test_odd_content_is_refused_and_a_missing_figure_is_missing(
    name: str, tried: Any, content: bytes
) -> None:
    evil = dict(of_content(content))[name]
    code, said = tried(lambda: ok(listing(evil)), lambda: ok(evil))
    # "nan" is how a panel says that a figure is missing
    assert code == (0 if name in ("par_index_1", "par_rank_1", "utf_16") else 2), said


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name[:20]))
def test_a_name_is_no_path(name: str, tried: Any, content: bytes) -> None:
    # an address with .. leads to another file of the server, and that is refused
    tried(lambda: ok(listing(content, name)), lambda: ok(content))


def test_a_checksum_of_a_large_file_is_compared(tried: Any, content: bytes) -> None:
    right = hashlib.sha256(content).hexdigest()
    listed = listing(content, file={"lfs": {"sha256": right}, "blobId": "0" * 40})
    assert tried(lambda: ok(listed), lambda: ok(content))[0] == 0
    wrong = listing(content, file={"lfs": {"sha256": "0" * 64}, "blobId": git_blob(content)})
    assert tried(lambda: ok(wrong.replace(SHA.encode(), b"d" * 40)), lambda: ok(content))[0] == 2
