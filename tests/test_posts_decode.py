"""Any encoding that is declared or can be recognised is read; what is no text is reported."""

import pytest

from tests.reading import error_of, post_of

KOREAN = "아파치 웹서버는 설정 파일을 읽을 때 도메인 이름을 찾아야 하므로 시작이 늦어질 수 있다. " * 4
GERMAN = "Die Größe der Straße überrascht häufig: süß, schön und äußerst französisch. " * 4
PAGE = "<html><head>{}<title>T</title></head><body><main>{}</main></body></html>"
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'
PROLOG = '<?xml version="1.0" encoding="{}"?>'


def check(data: bytes, path: str, expected: str) -> None:
    assert post_of(data, path).text == expected.strip()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "euc-kr", "cp949"],
)
def test_markdown_in_korean_needs_no_declaration(encoding):
    check(KOREAN.encode(encoding), "post.md", KOREAN)


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Программа читает настройки и запускает сервер на порту. ", ["cp1251", "koi8-r"]),
        ("これは日本語の文章です。設定ファイルを読みます。カタカナも。", ["euc-jp", "shift-jis"]),
        ("这是一个中文文章，用于测试编码。服务器读取配置文件。", ["gb18030"]),
        ("這是一個中文文章，用於測試編碼。伺服器讀取設定檔。", ["big5"]),
    ],
)
def test_other_alphabets_need_no_declaration_either(text, encodings):
    for encoding in encodings:
        check((text * 4).encode(encoding), "post.md", text * 4)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "iso8859-15"])
def test_markdown_in_german_needs_no_declaration(encoding):
    check(GERMAN.encode(encoding), "post.md", GERMAN)


@pytest.mark.parametrize("declaration", [META, PROLOG, '<meta charset="{}">', "<meta charset={}>"])
@pytest.mark.parametrize(
    ("encoding", "text"),
    [("euc-kr", "짧다"), ("iso-8859-1", "süß"), ("iso-8859-2", "žluťoučký"), ("shift_jis", "短い"), ("utf-8", "süß")],
)
def test_a_declared_encoding_is_used_even_for_few_letters(declaration, encoding, text):
    check(PAGE.format(declaration.format(encoding), text).encode(encoding), "a.html", text)


@pytest.mark.parametrize("declared", ["utf-8", "klingon", "utf-16", "base64", "undefined", "ascii"])
def test_a_wrong_declaration_is_seen_through(declared):
    check(PAGE.format(META.format(declared), GERMAN).encode("cp1252"), "a.html", GERMAN)


def test_windows_line_ends_are_line_ends_and_control_characters_go():
    check(b"one\r\ntwo\r\n\r\nthree\x07\x0c\x7f", "post.md", "one two\nthree")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"text\0text", "is not text: it holds NUL bytes"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not text: it holds NUL bytes"),
        (b"\xef\xbb\xbfab\xff", "is not valid UTF-8 at byte 2"),
        (b"\xff\xfea\0\0\0b\0", "is not text: it holds NUL characters"),
        (b"\xff\xfea\0b", "is not valid UTF-16-LE at byte 2"),
    ],
)
def test_what_is_no_text_is_reported_with_what_to_do(data, reason):
    assert error_of(data).startswith(f"post.md: {reason}")
    assert ";" in error_of(data)


def test_a_file_that_is_too_large_is_not_read():
    assert error_of("a" * 1_001, max_post_bytes=1_000) == (
        "post.md: is larger than 1,000 bytes; split it, or raise max_post_bytes"
    )
    assert post_of("a" * 1_000, max_post_bytes=1_000).text == "a" * 1_000
