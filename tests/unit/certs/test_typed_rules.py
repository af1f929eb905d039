"""What is typed at 证书查询 and cannot be meant: whose address it is, and a name with a mask."""

import pytest

from app.certs.rules.typed import slip_of

HOSTS = frozenset({"shixue.example", "old.example:8443"})
PAGE = "/v/tHPGSLIzXQbl3Ar7"


@pytest.mark.parametrize(
    "address",
    [
        f"https://shixue.example{PAGE}", f" HTTPS://Shixue.Example:443{PAGE} ",
        f"http://old.example:8443{PAGE}#12", f"shixue.example{PAGE}", "https://shixue.example",
        f"https://shixue.example?to=https://evil.example{PAGE}",
    ],
)  # fmt: skip
def test_an_address_of_ours_is_led_on_to(address: str) -> None:
    slip = slip_of(address, "李", hosts=HOSTS)
    assert slip is not None
    assert (slip.code, slip.message) == ("an_address", "这是网址，不是证书编号。")
    assert "粘贴到浏览器的地址栏" in slip.remedy


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"http://evil.example{PAGE}", "这不是本平台的网址"),
        (f"evil.example{PAGE}", "这不是本平台的网址"),
        (f"evil.example/https://shixue.example{PAGE}", "看不出是本平台的"),
        (f"ｈｔｔｐ：／／evil.example{PAGE}", "这不是本平台的网址"),
        (f"https://shixue.example.evil.example{PAGE}", "这不是本平台的网址"),
        (f"https://old.example{PAGE}", "这不是本平台的网址"),
        (f"https://shixue.example@evil.example{PAGE}", "看不出是本平台的"),
        (f"https://shixue.example／@evil.example{PAGE}", "看不出是本平台的"),
        (f"https://shixue.example\\@evil.example{PAGE}", "看不出是本平台的"),
        (f"网址：https://shixue.example{PAGE}", "看不出是本平台的"),
        (PAGE, "看不出是本平台的"),
        ("https:", "看不出是本平台的"),
    ],
)
def test_no_other_address_is_led_on_to(address: str, words: str) -> None:
    slip = slip_of(address, "李", hosts=HOSTS)
    assert slip is not None
    assert slip.code == "foreign_address"
    assert words in slip.message
    assert "请不要打开它" in slip.remedy
    assert "扫纸上的方块码" in slip.remedy
    assert "地址栏" not in slip.sentence


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("李*梅", "*"), ("李＊梅", "*"), ("李✱梅", "✱"), ("李∗", "∗"), ("张x", "x"), ("张X丰", "X"),
        ("张 ｘ 丰", "x"), ("欧阳xx", "xx"),
    ],
)  # fmt: skip
def test_a_masked_name_is_told_by_its_mask(name: str, mask: str) -> None:
    slip = slip_of("ZZ51", name, hosts=HOSTS)
    assert slip is not None
    assert (slip.field, slip.code) == ("name", "masked_name")
    assert f"姓名里有“{mask}”" in slip.message


@pytest.mark.parametrize(
    "name",
    [
        "Max",
        "MAX MUSTERMANN",
        "x",
        "Xi Yang",
        "李Max",
        "李 Xaver",
        "Alix 王",
        "张三丰",
        "阿依古丽·买买提",
    ],
)
def test_a_name_with_an_x_of_its_own_is_a_name(name: str) -> None:
    assert slip_of("ZZ51", name, hosts=HOSTS) is None
