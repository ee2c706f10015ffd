"""The proxy given what no honest client or upstream sends: it refuses in a sentence, and holds nothing open."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from rehearsal.edge import wire
from rehearsal.edge.proxy import Proxy
from rehearsal.edge.upstream import Upstream
from tests.rehearsal.edge.exchange import Exchange, forwarded, head_and_error, nobody


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    return Exchange(tmp_path)


def test_name_in_an_answer_starts_no_header_of_its_own(exchange: Exchange) -> None:
    answer = exchange.answer(b"GET /resolve?name=a%0d%0aX-Injected:%20yes&port=443 HTTP/1.1\r\n\r\n")

    lines, _ = head_and_error(answer)
    assert lines[0].startswith("HTTP/1.1 404 ")
    assert [line.partition(":")[0] for line in lines[1:]] == ["Content-Type", "Content-Length", "Connection"]


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"GET http://a.example/\nX-Injected:1 HTTP/1.1\r\n", "request line"),
        (b"GET http://a.example/ HTTP/3\r\n", "request line"),
        (b"GET http://a.example/\r\n", "request line"),
        (b"G\x00T http://a.example/ HTTP/1.1\r\n", "request line"),
        (b"GET http://a.example/ HTTP/1.1\r\nA: b\nX-Injected: 1\r\n", "header field"),
        (b"GET http://a.example/ HTTP/1.1\r\nA: b\rX-Injected: 1\r\n", "header field"),
        (b"GET http://a.example/ HTTP/1.1\r\nContent-Length : 3\r\n", "header field"),
        (b"GET http://a.example/ HTTP/1.1\r\nProxy-Authorization: Basic\r\n folded\r\n", "header field"),
        (b"GET http://a.example/ HTTP/1.1\r\nno colon\r\n", "header field"),
    ],
)
def test_head_that_another_server_may_read_otherwise_is_refused(
    exchange: Exchange, head: bytes, told: str
) -> None:
    lines, error = head_and_error(exchange.answer(head + b"\r\n"))

    assert lines[0].startswith("HTTP/1.1 400 ")
    assert error.startswith(told)


def test_head_without_an_end_is_not_read_for_ever(exchange: Exchange) -> None:
    lines, error = head_and_error(exchange.answer(b"GET http://a.example/ HTTP/1.1\r\nA: " + b"x" * 70_000))

    assert lines[0].startswith("HTTP/1.1 400 ")
    assert error.endswith("is longer than 65536 bytes")


@pytest.mark.parametrize("port", ["%C2%B2", "70000", "9" * 5000, "-1", ""])
def test_port_that_is_none_is_refused(exchange: Exchange, port: str) -> None:
    lines, error = head_and_error(
        exchange.answer(f"GET /resolve?name=a.example&port={port} HTTP/1.1\r\n\r\n".encode())
    )

    assert lines[0].startswith("HTTP/1.1 400 ")
    assert "use GET /resolve" in error


@pytest.mark.parametrize("target", ["http://[::1/", "http://[x]/", "//[", "/resolve?name=a&port=1#["])
def test_target_that_is_no_url_is_refused(exchange: Exchange, target: str) -> None:
    lines, _ = head_and_error(exchange.answer(f"GET {target} HTTP/1.1\r\n\r\n".encode()))

    assert lines[0].startswith("HTTP/1.1 400 ")


def test_host_of_the_target_counts_and_not_the_header(exchange: Exchange) -> None:
    """As RFC 9112 has it (3.2.2): two servers on the way must not see two hosts."""
    fields = "Host: other.example\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"

    seen = forwarded(exchange, f"GET http://{{}}/x HTTP/1.1\r\n{fields}\r\n")

    assert seen == "GET /x HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("after_host", "path"), [("", "/"), ("?a=b", "/?a=b"), ("//a//b?", "//a//b?"), ("/a;b?c=/d", "/a;b?c=/d")]
)
def test_path_arrives_as_it_was_sent(exchange: Exchange, after_host: str, path: str) -> None:
    seen = forwarded(exchange, f"GET HTTP://me:you@{{}}{after_host} HTTP/1.1\r\n\r\n")

    assert seen.startswith(f"GET {path} HTTP/1.1\r\nHost: {{}}\r\n")


def test_fault_of_the_rehearsal_is_told(tmp_path: Path) -> None:
    async def broken(_name: str, _port: int) -> None:
        raise RuntimeError

    lines, error = head_and_error(
        Exchange(tmp_path, broken).answer(b"CONNECT a.example:443 HTTP/1.1\r\n\r\n")
    )

    assert lines[0].startswith("HTTP/1.1 500 ")
    assert error == "the rehearsal's proxy failed: see its log"


def test_client_that_does_not_finish_its_head_is_let_go(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2, raising=False)

    lines, error = head_and_error(exchange.answer(b"GET http://a.example/ HTTP/1.1\r\nA: "))

    assert lines[0].startswith("HTTP/1.1 408 ")
    assert "0.2 s" in error


@pytest.mark.parametrize(
    ("said", "told"), [(b"H" * 200_000, "longer than"), (b"HTTP/1.1 200 OK\r\n", "hung up")]
)
def test_upstream_that_answers_a_tunnel_with_nonsense_is_told_and_let_go(
    tmp_path: Path, said: bytes, told: str
) -> None:
    async def dialogue(port: int) -> tuple[bytes, bool]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"CONNECT packages.example:443 HTTP/1.1\r\n\r\n")
        answer = await reader.read()
        writer.close()
        await asyncio.wait_for(let_go.wait(), 5)
        return answer, let_go.is_set()

    let_go = asyncio.Event()

    async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        if told == "hung up":
            writer.write_eof()
        with suppress(ConnectionError):
            await reader.read()  # until the proxy hangs up
        let_go.set()
        writer.close()

    async def both() -> tuple[bytes, bool]:
        server = await asyncio.start_server(upstream, "127.0.0.1", 0)
        proxy = Proxy(
            nobody,
            Upstream({"https_proxy": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}, tmp_path),
        )
        port = await proxy.start()
        try:
            return await dialogue(port)
        finally:
            await proxy.stop()
            server.close()

    answer, released = asyncio.run(both())

    lines, error = head_and_error(answer)
    assert (lines[0][:13], released) == ("HTTP/1.1 502 ", True)
    assert told in error


@pytest.mark.parametrize("url", ["socks5://me:hidden@a:1", "http://me:hidden@a:99999", "http://me:hidden@"])
def test_unusable_upstream_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"https_proxy.*use the URL of an HTTP proxy") as refused:
        Upstream({"https_proxy": url}, tmp_path)

    assert "hidden" not in str(refused.value)
