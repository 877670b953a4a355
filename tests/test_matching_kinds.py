"""Every kind of word is found as people type it: ten words and more of each kind, in a post that has them."""

from typing import NamedTuple

import pytest

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.query.synonyms import builtin_synonyms
from backmatter.index.query.tree import Filter
from backmatter.index.search.curation import Editorial
from backmatter.index.search.search import search
from tests.build import apply, post


class Row(NamedTuple):
    """A text with queries, one between two bars, that find it, and others that do not."""

    text: str
    found: str
    not_found: str = ""
    language: str = "en"


KINDS = {
    "elided in French": [
        Row(
            "Qu'est-ce que l'OAuth ? Lorsqu'il faut, presqu'île, quelqu’un d'API. L'ÉTÉ s'achève, l‘hôte, l´objet.",
            "oauth | l'OAuth | lorsqu'il | ile | presqu'île | quelqu'un | api | d'API | été | ete | achève | hote",
            "stoauth",
            "fr",
        )
    ],
    "elided in Italian": [
        Row(
            "Dell'algoritmo, c'è un'applicazione sull'argomento nell'elenco, com'era quell'errore; dall'host, gl'inizi",
            "algoritmo | l'algoritmo | applicazione | argomento | elenco | dell'elenco | era | errore | host | inizi",
            "lalgo",
            "it",
        )
    ],
    "elided in Catalan, Irish, Portuguese": [
        Row("L'índex d'entrades s'escriu a l'arxiu.", "índex | index | entrades | escriu | arxiu | d'arxiu", "", "ca"),
        Row("D'fhéach sé ar m'athair, b'fhéidir; caixa d'água.", "fhéach | athair | fhéidir | água | agua", "", "ga"),
    ],
    "with other apostrophes": [
        Row(
            "James's class, users' data, Hawaiʻi, oʻzbek, L'Oréal, don´t, o'clock, cont'd, M'Bappé, N'Djamena.",
            "james | users | hawaii | hawai'i | ozbek | oreal | don't | dont | oclock | cont'd | mbappe | djamena",
            "don | clock'd",
        ),
        Row(
            "Linux'ta, Django'nun, PHP'nin, Redis'ten, Kafka'ya, Docker'ı, Nginx'le, Java'da, Go'nun, Rust'ın.",
            "linux | django | php | redis | kafka | docker | nginx | java | go | rust | Kafka'dan",
            "",
            "tr",
        ),
    ],
    "strings with a prefix": [
        Row(
            "x = rb'kiwi one'; y = Rb'lemon'; z = B'mango'; t'nectar'; c'olive'; E'papaya'; X'quince'; q'[raisin]'",
            "kiwi | lemon | mango | nectar | olive | papaya | quince | raisin",
            "bkiwi | fig",
        ),
        Row("$'sultana'; br'tomato'; u8'vanilla'; ~s'yam'; s'zucchini'", "sultana | tomato | vanilla | yam | zucchini"),
    ],
    "languages with signs": [
        Row("C/C++ and C++/CLI, C#/.NET.", "C++ | C | C/C++ | cli | C++/CLI | C# | .NET", "F#"),
        Row("C++0x, C++23, C++-style and C#13.", "C++ | cpp | C++0x | C++23 | cpp23 | C# | C#13 | csharp", "C | cpp20"),
        Row("On .NET 9, a fast\u200bruntime.", "dotnet | .net 9 | fast | fastruntime | fast runtime", "dot"),
        Row("Notepad++ and g++, clang++; count++ first.", "notepad++ | Notepad | g++ | clang++ | count | ++", "C++"),
    ],
    "versions and names": [
        Row("TLSv1.3 alone; SSLv3 is off.", "TLS 1.3 | TLSv1.3 | tls1.3 | tls | 1.3 | SSLv3 | ssl", "TLS 1.2 | SSLv2"),
        Row("Since TLS 1.3, Java 17, RFC 2119.", "TLSv1.3 | TLS1.3 | Java17 | RFC2119 | rfc-2119", "TLSv1.2 | Java18"),
        Row(
            "Go1.22, Python3.12.1 and PHP8.3, Java17, RFC2616.",
            "1.22 | go 1.22 | python3 | python 3.12 | 3.12 | 3.12.1 | php 8.3 | java 17 | rfc 2616",
            "1.23 | 1.2 | 3.1 | java 18 | go 1",
        ),
        Row(
            "HTTP/1.1, HTTP/2; v2.0.0-rc.1, rust-1.70.0, ubuntu-22.04.",
            "HTTP/1.1 | http 1.1 | http2 | HTTP/2 | 2.0.0 | 2.0.0-rc.1 | rust 1.70 | 1.70.0 | ubuntu 22.04",
            "HTTP/3 | 1.71",
        ),
    ],
    "quantities and numbers": [
        Row(
            "1.5 GB, 2.4 GHz, 10 Gbps, 512 MiB, 300 dpi, 30 min, 250 us, 8 KB.",
            "1.5GB | 2.4GHz | 10Gbps | 512MiB | 300dpi | 30min | 250µs | 8kb",
            "1.5MB | 200dpi",
        ),
        Row(
            "1.5GB, 2.4GHz, 10Gbps, 512MiB, 300dpi, 30min, 250µs; 12,345 and 1_000_000.",
            "1.5 GB | 2.4 GHz | 10 Gbps | 512 MiB | 300 dpi | 30 min | 250 us | 12345 | 1000000 | 1,000,000",
            "1.5 MB | 12346",
        ),
        Row("From 12:30pm and 9:00 AM; open 9–5.", "12:30 | 12:30pm | 9:00am | 9 am | pm", "12:31 | 30am"),
        Row(
            "ISO-8859-1, UTF-8, SHA-256, H.264, X.509.",
            "iso8859 | utf8 | sha256 | h264 | x509 | X.509",
            "sha512 | h265",
        ),
    ],
    "names written several ways": [
        Row(
            "Vue.js, Three.js, ASP.NET, Socket.IO, Objective-C, PL/SQL, TCP/IP, Wi-Fi, Q&A, A/B.",
            "vuejs | vue | threejs | aspnet | socketio | objectivec | plsql | pl sql | tcpip | tcp | wifi | qa | A/B",
            "socketjs",
        ),
        Row("vuejs aspnet socketio plsql tcpip wifi", "Vue.js | ASP.NET | Socket.IO | PL/SQL | TCP/IP | Wi-Fi"),
        Row("HOME=$PWD; JAVA_OPTS=-Xmx2g; node_modules/@types/node", "$PWD | -Xmx2g | @types | home | node", "$PATH"),
    ],
    "parts of identifiers": [
        Row(
            "K8sCluster, S3Bucket, EC2Instance, HTTP2Server, Base64Encode, SHA256Hash, X509Certificate, I18nProvider.",
            "k8s | s3 | bucket | ec2 | http2 | base64 | sha256 | x509 | i18n | provider",
            "sha512",
        ),
        Row(
            "VSCodeExtension, iOSDevice, eBPFProgram, gRPCServer, mTLSConfig, OpenSSLContext, WebAssemblyModule.",
            "vscode | ios | ebpf | grpc | mtls | openssl | ssl | webassembly | WebAssembly",
            "assemblyweb",
        ),
        Row(
            "elementByIdOrName, XMLHttpRequestUpload, readFileSync, StringBuilderFactoryImpl, isHTTPSEnabled, UUIDv4.",
            "elementById | XMLHttpRequest | HttpRequest | fileSync | BuilderFactory | BuilderFactoryImpl | uuid",
            "FactoryBuilder",
        ),
    ],
    "operators": [
        Row(
            "a === b, c !== d, x?.y, x ?: y, [...z], a <=> b, f |> g, m >>= n, p && q, 2 ** 3, A ⇒ B, ∀n, x ∈ S",
            "=== | !== | ?. | ?: | ... | <=> | |> | >>= | && | ** | ⇒ | ∀ | ∈",
            "== | != | ?? | → | ∃",
        )
    ],
    "without spaces": [
        Row("東京都の人口。", "東京 | 東京都 | 人口 | 口 | 都", "京東", "ja"),
        Row("机器学习与深度学习", "机器学习 | 深度学习 | 习 | 机", "器机", "zh"),
        Row("Go言語で2024年のAPIを設計", "Go言語 | 2024年 | 年 | API | 計", "設言", "ja"),
        Row("ก็ไม่ได้ติดตั้ง โปรแกรม ๒๕๖๗", "ติดตั้ง | โปรแกรม | 2567", "", "th"),
        Row("한글 형태소 분석기를 만들었다.", "분석기 | 형태소 | 기", "분기", "ko"),
    ],
    "letters and marks": [
        Row("Ёжик, Київ, об'єкт, здоров’я", "ежик | київ | обєкт | здоров'я", "", "ru"),
        Row("Nguyễn, Đặng, Română, ţară, Señor, naïveté", "nguyen | dang | romana | tara | senor | naivete"),
        Row("ΑΘΉΝΑ, Ὀδυσσεύς; मुक़दमा; كِتَاب; ｆｕｌｌ oﬃce", "αθηνα | οδυσσευς | मुक़दमा | كتاب | full | office"),
        Row("Søger hobż, Müller, Ðe ŉ, fiancée, ŒUVRE", "soger | hobz | muller | de | fiancee | oeuvre | œuvre"),
    ],
    "with what Arabic joins to them": [
        Row(
            "الخوارزميات والبيانات هي أساس البرمجة. كتب عن الشبكات وللمبرمجين في الصفحة، والوثيقة باللغة.",
            "خوارزميات | خوارزمية | بيانات | البيانات | شبكات | شبكة | برمجة | مبرمج | المبرمجين | صفحات | وثيقة | لغة",
            "برنامج | كتاب",
            "ar",
        )
    ],
    "in spellings of Hindi": [
        Row(
            "हिन्दी, सम्पादक, सङ्गणक, चाँद, क़लम, जन्म, संबंध",
            "हिंदी | हिन्दी | संपादक | सम्पादक | संगणक | चांद | कलम | जन्म | सम्बन्ध | संबन्ध",
            "जंम",
            "hi",
        )
    ],
    "abbreviations": [
        Row(
            "The U.S.A., U.K., F.A.Q., I.B.M. and J.R.R. Tolkien",
            "usa | U.S.A. | USA | uk | U.K. | faq | ibm | jrr",
            "us",
        ),
        Row("A USA FAQ", "U.S.A. | F.A.Q."),
    ],
    "plurals": [
        Row(
            "Several indices, matrices, appendices, radii, corpora, data, oxen, knives, crises, phenomena, uses.",
            "index | matrix | appendix | radius | corpus | datum | ox | knife | crisis | phenomenon | use",
            "us",
        ),
        Row(
            "One leaf, life, datum, codex, thesis, mouse, person, stimulus, hiatus, bias, proxy.",
            "leaves | lives | data | codices | theses | mice | people | stimuli | hiatuses | biases | proxies",
        ),
        Row("It leaves, lives and uses; dice.", "leave | live | use | leaf | life", "douse"),
    ],
}

ROWS = [row for rows in KINDS.values() for row in rows]
PATHS = {row.text: f"{number}.md" for number, row in enumerate(ROWS)}


def queries(text: str) -> list[str]:
    """Return the queries of a list."""
    return text.split(" | ") if text else []


CASES = [(row.text, query, True) for row in ROWS for query in queries(row.found)] + [
    (row.text, query, False) for row in ROWS for query in queries(row.not_found)
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("kinds"))
    apply(engine, [post(PATHS[row.text], row.text, title="Untitled", language=row.language) for row in ROWS])
    return engine.snapshot()


@pytest.mark.parametrize(("text", "query", "is_found"), CASES, ids=[f"{query} | {text}" for text, query, _ in CASES])
def test_a_word_is_found_as_it_is_typed(snapshot: Snapshot, text: str, query: str, is_found: bool) -> None:
    query_here = analyse(query, exact=True, filters=(Filter("path", PATHS[text]),))
    results = search(snapshot, query_here, editorial=Editorial(builtin_synonyms()))
    assert bool(results.complete) is is_found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_ten_words(kind: str) -> None:
    assert sum(len(queries(row.found)) for row in KINDS[kind]) >= 10
