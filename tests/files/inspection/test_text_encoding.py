"""A text is accepted by its content, whatever its extension; a refusal names the real cause."""

import pytest

from tests.files.upload_forms import ask, fetch, picture
from wiki.files.errors import FileRefused
from wiki.files.inspection.text_encoding import decode_text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Prénom;Âge\r\nHélène;32\r\n", "cp1252"),
        ("Größe;Maß\nStraße;12\n", "cp1252"),
        ("price: 5 € – “quoted”", "cp1252"),
        ("«Bonjour», dit-il: 25 °C, 3 × 4, ½ l. ¿Qué?", "cp1252"),
        ("a,b\n1,2\n", "utf-16"),
        ("Имя,Возраст\n", "utf-16"),
        ("a,b\n1,2\n", "utf-16-le"),
        ("a,b\n1,2\n", "utf-16-be"),
        ("a,b\n1,2\n", "utf-32"),
        ("Привет, мир\nэто файл с данными\n", "cp1251"),
        ("Όνομα;Ηλικία\nΆννα;5\n", "cp1253"),
        ("الاسم;العمر\nسلام;5\n", "cp1256"),
        ("Imię;Wiek\nŁukasz;5\nŻółć\n", "cp1250"),
        ("名前,年齢\n花子,5\nデータ\n", "shift_jis"),
        ("Привет мир\n", "utf-16-le"),
        ("这是一个文件\n第二行\n", "utf-16-be"),
        ("a,b\n1,2\n", "utf-32-le"),
        ("имя;возраст\nИван;25\n", "koi8_r"),
        ("Отчёт за год\n", "cp866"),
        ("Ad;Şehir\nAyşe Yılmaz;İstanbul\n", "cp1254"),
        ("姓名,年龄\n张三,25\n李四,31\n", "gb18030"),
        ("姓名,年齡\n王小明,25\n", "big5"),
        ("これは日本語です\n", "euc_jp"),
        ("서울\n부산\n", "euc_kr"),
        ("שלום עולם, זהו קובץ טקסט\n", "cp1255"),
        ("Zażółć gęślą jaźń\n", "iso8859_2"),
        ("สวัสดีชาวโลก นี่คือไฟล์ภาษาไทย\n", "cp874"),
        ("ሰላም", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_was_written_in(text, encoding):
    assert decode_text(text.encode(encoding)) == text


def test_of_what_nobody_can_tell_the_cause_is_named():
    with pytest.raises(FileRefused, match="encoding"):
        decode_text("Müller straße café\n".encode("mac_roman"))


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00",
        b"\x7fELF\x02\x01\x01\x00",
        bytes(range(256)),
        b"\x00" * 64,
        b"text\x01\x02text",
        b"a\x00b\n",
        b"one.txt\x00two.txt\x00",
        b"\xff\xfe\xff\xff",
    ],
)
def test_what_is_no_text_is_none(content):
    with pytest.raises(FileRefused, match="not-text"):
        decode_text(content)


def test_any_ending_of_a_text_is_taken_and_kept(client_of):
    cases = [
        *(".env.example", "run.bat", "page.mdx", "cert.pem", "nexus.service", "notes.tmp"),
        *("Cargo.lock", "script.awk", "data.1", "config.d", "LICENSE.txt"),
    ]
    for name in cases:
        answer = ask(client_of("selam"), (name, b"a = 1\n"))
        (file,) = answer.json["files"]
        assert file["name"] == name, name
        shown = fetch(client_of("selam"), file["url"])
        assert (shown.data, shown.mimetype) == (b"a = 1\n", "text/plain"), name


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_table_of_a_spreadsheet_is_shown_in_its_letters(client_of, encoding):
    answer = ask(client_of("selam"), ("people.csv", "Prénom;Âge\r\n".encode(encoding)))
    shown = fetch(client_of("selam"), answer.json["files"][0]["url"])
    assert shown.data.decode("utf-8-sig") == "Prénom;Âge\r\n"
    assert shown.content_type == "text/plain; charset=utf-8"


def test_a_refusal_names_the_cause(client_of):
    cases = [
        ("plan.txt", b"\x00\x01\x02\x03", "its content isn"),
        ("plan.exe", b"MZ\x90\x00\x03\x00\x00\x00", "This type of file isn"),
        ("plan.pdf", b"a text", "ends in .pdf, but its content is of the kind .txt"),
        ("plan.pdf", picture(), "ends in .pdf, but its content is of the kind .png"),
        ("plan.txt", picture(), "ends in .txt, but its content is of the kind .png"),
    ]
    for name, content, words in cases:
        answer = ask(client_of("selam"), (name, content))
        assert answer.status_code == 415, name
        assert words in str(answer.json), name
