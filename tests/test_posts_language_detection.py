"""A post without a language gets that of its text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.model import Code
from backmatter.index.posts.language_detection import COMMON_WORDS, detect
from tests.reading import post_of


def of(text: str) -> str:
    return detect("", text, ())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A worker that is asked to stop should finish the job that it has, and take no other one."),
        (
            "de",
            "Ein Prozess, der beendet werden soll, macht die Arbeit fertig, die er hat, und nimmt keine neue mehr an.",
        ),
        (
            "fr",
            "Un processus que l'on arrête termine la tâche qui est en cours et n'en prend pas une autre dans la file.",
        ),
        ("es", "Un proceso que se detiene termina la tarea que tiene y no toma otra de la cola para el resto del día."),
        ("pt", "Um processo que vai parar termina a tarefa que tem e não toma mais uma da fila, como se pode ver."),
        ("it", "Un processo che si ferma finisce il lavoro che ha e non ne prende un altro dalla coda, come si vede."),
        ("nl", "Een proces dat moet stoppen maakt het werk af dat het heeft en neemt geen nieuw werk aan van de rij."),
        (
            "sv",
            "En process som ska stanna gör klart det arbete som den har och tar inte ett nytt från kön, om det går.",
        ),
        ("fi", "Prosessi, joka pysäytetään, tekee työn loppuun ja ei ota uutta, koska se on hidas ja jono ei tyhjene."),
        ("tr", "Durdurulan bir süreç elindeki işi bitirir ve yeni bir iş almaz, çünkü bu çok daha güvenli bir yoldur."),
        ("pl", "Proces, który się kończy, robi to, co ma do zrobienia, i nie bierze nowej pracy, bo tak jest lepiej."),
        (
            "vi",
            "Một tiến trình được dừng sẽ làm xong việc của nó và không nhận việc mới từ hàng đợi, như bạn có thể thấy.",
        ),
        ("ja", "停止するプロセスは、いまの仕事を終えてから Kubernetes の Pod とともに終了します。"),
        ("zh", "停止的进程会先完成手上的工作，然后不再从 Redis 队列里取新的任务。"),
        ("ko", "중지되는 프로세스는 하던 일을 마치고 대기열에서 새 작업을 가져오지 않습니다."),
        ("ru", "Процесс, который останавливают, заканчивает свою работу и не берёт новую."),
        ("uk", "Процес, який зупиняють, закінчує свою роботу і не бере нової з черги."),
        ("bg", "Процесът, който спира, завършва работата си и не взима нова от опашката."),
        ("el", "Η διεργασία που σταματά τελειώνει πρώτα τη δουλειά της."),
        ("ar", "العملية التي تتوقف تنهي عملها الحالي ولا تأخذ عملا جديدا من قائمة الانتظار."),
        ("fa", "فرایندی که متوقف می‌شود کار خود را تمام می‌کند و کار دیگری نمی‌گیرد."),
        ("he", "תהליך שנעצר מסיים את העבודה שלו ואינו לוקח עבודה חדשה."),
        ("th", "กระบวนการที่ถูกหยุดจะทำงานของมันให้เสร็จก่อน"),
    ],
)
def test_a_language_is_told_by_its_script_or_its_common_words(language, text):
    assert of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Redis",
        "2013.06.04, Version 0.10.10 (Stable) uv: Upgrade to 0.10.10 v8 v v v s s z z npm: Upgrade to 1.2.25",
        "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda My Ny Xi Omikron Pi Rho Sigma",
        "der der der der der der der der der der der der der der der der",
        "設定",
        "de la que los se el una, the of and to in is that",
    ],
)
def test_what_is_short_or_unclear_has_no_language(text):
    assert of(text) == ""


def test_words_of_another_script_do_not_make_an_english_text_another_one():
    assert (
        of("The word for life cycle is 生命周期, and for memory it is 内存, as you will see in the code of this page.")
        == "en"
    )


def test_code_does_not_count():
    german = "# und das ist die Zeile, die nicht zu dem Text von diesem Post mit dem Code auf der Seite ist\n"
    english = "This is the text of the post, and it is as short as that which you can see in it."
    assert detect("", german + english, (Code(0, len(german), "sh"),)) == "en"


def test_no_common_word_of_another_language_is_a_common_word_of_english():
    english = set(COMMON_WORDS["en"].split())
    assert {code: english & set(words.split()) for code, words in COMMON_WORDS.items()} == {
        code: english if code == "en" else set() for code in COMMON_WORDS
    }


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("", "post.md", "de"),
        ("", "post.fr.md", "fr"),
        ("lang: es\n", "post.md", "es"),
        ("", "post.en.md", "en"),
    ],
)
def test_what_the_author_says_comes_before_what_the_text_looks_like(front, path, expected):
    text = "Ein Prozess, der beendet werden soll, macht die Arbeit fertig, die er hat, und nimmt keine neue mehr an."
    assert post_of(f"---\ntitle: Ende\n{front}---\n{text}", path).language == expected


def test_a_text_that_is_unclear_is_in_the_language_of_the_site():
    assert post_of("Redis, Valkey, Dragonfly", language="pt_BR").language == "pt-BR"


@pytest.mark.parametrize(
    ("site", "expected"), [("de-AT", "de-AT"), ("de_at", "de-AT"), ("de", "de"), ("en-US", "de"), ("", "de")]
)
def test_a_text_in_the_language_of_the_site_is_in_its_variant_of_it(site, expected):
    text = "Ein Prozess, der beendet werden soll, macht die Arbeit fertig, die er hat, und nimmt keine neue mehr an."
    assert post_of(text, language=site).language == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_one_language_or_none(head, text):
    assert len(detect(head, text, ())) in (0, 2)
