"""Learning packages as they are read: parts in order, start pages, and all that is refused."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.providers import package_zip
from app.learning.providers.package_zip import Unpacked, unpack
from app.learning.rules.package_files import (
    MOST_FILES,
    PackageFlawError,
    clean_name,
    file_asked,
    type_of,
)
from app.learning.rules.package_manifests import MOST_PARTS, Part, read_manifest
from tests import packages

FILES = {"a/index.html", "sco1/index.html", "sco2/index.html", "课 件/开始.html"}


def opened(content: bytes, folder: Path) -> Unpacked:
    archive = folder / "package.zip"
    archive.write_bytes(content)
    target = folder / "files"
    target.mkdir(exist_ok=True)
    return unpack(archive, target, lambda _done, _of: None)


@pytest.mark.parametrize(
    ("made", "standard", "files"),
    [
        (packages.scorm_12(["", "", ""]), "scorm_12", "sco{}/index.html"),
        (packages.scorm_2004(["", "", ""]), "scorm_2004", "sco{}/index.html"),
        (packages.cmi5(["", "", ""]), "cmi5", "au{}/index.html"),
    ],
    ids=["scorm_12", "scorm_2004", "cmi5"],  # an archive's bytes hold the moment
)
def test_parts_stand_in_their_order(made: bytes, standard: str, files: str, tmp_path: Path) -> None:
    found = opened(made, tmp_path).manifest
    assert found.standard == standard
    assert found.title == "用电安全"
    assert [part.title for part in found.parts] == ["第 1 部分", "第 2 部分", "第 3 部分"]
    assert [part.file for part in found.parts] == [files.format(n) for n in (1, 2, 3)]
    assert {float(part.mastery) for part in found.parts} <= {80.0, 0.8}
    assert all(Part.from_mapping(part.to_mapping()) == part for part in found.parts)


def _manifest(items: str, resources: str, base: str = "") -> bytes:
    return (
        f'<manifest {packages.SCORM_12_SPACES} xml:base="{base}"><organizations default="O">'
        f'<organization identifier="N"><title>n</title></organization>'
        f'<organization identifier="O"><title>o</title>{items}</organization></organizations>'
        f"<resources>{resources}</resources></manifest>"
    ).encode()


def test_nested_items_bases_parameters_and_coded_names() -> None:
    items = (
        '<item identifier="F"><title>章</title><item identifier="A" identifierref="R" '
        'parameters="?go=2"><title>一  节</title><adlcp:datafromlms>x=1</adlcp:datafromlms></item>'
        '</item><item identifier="H" isvisible="false" identifierref="R"><title>h</title></item>'
        '<item identifier="B" identifierref="S"><title>二</title></item>'
    )
    resources = (
        '<resource identifier="R" xml:base="a/" href="index.html?lang=zh#top"/>'
        '<resource identifier="S" href="%E8%AF%BE%20%E4%BB%B6/./x/../开始.html"/>'
    )
    found = read_manifest("imsmanifest.xml", _manifest(items, resources), FILES)
    first, second = found.parts
    assert (first.file, first.query) == ("a/index.html", "?lang=zh#top&go=2")
    assert (first.title, first.launch_data) == ("一 节", "x=1")
    assert (second.file, second.query) == ("课 件/开始.html", "")


@pytest.mark.parametrize(
    "href",
    ["https://evil.example/x.html", "//evil.example/x.html", "javascript:alert(1)", "../../x.html",
     "missing.html", "", "data:text/html,x"],
)  # fmt: skip
def test_a_start_page_is_a_page_in_the_package(href: str) -> None:
    items = '<item identifier="A" identifierref="R"><title>a</title></item>'
    resources = f'<resource identifier="R" adlcp:scormtype="sco" href="{href}"/>'
    with pytest.raises(PackageFlawError):
        read_manifest("imsmanifest.xml", _manifest(items, resources), FILES)


XXE = (
    '<?xml version="1.0"?><!DOCTYPE manifest [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<manifest><title>&x;</title></manifest>"
)
LAUGHS = (
    '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><manifest>&b;</manifest>'
)


@pytest.mark.parametrize("text", [XXE, LAUGHS, "<a>" * 100, "<manifest/>", "not xml", "<other/>"])
@pytest.mark.parametrize("name", ["imsmanifest.xml", "cmi5.xml"])
def test_manifests_bring_no_entities_and_no_depth(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(PackageFlawError):
        opened(packages.zipped({name: text, "sco1/index.html": "x"}), tmp_path)


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageFlawError, match="个部分"):
        opened(packages.scorm_12([""] * (MOST_PARTS + 1)), tmp_path)


def test_no_manifest_outside_says_what_to_do(tmp_path: Path) -> None:
    nested = packages.zipped({"folder/imsmanifest.xml": packages.manifest_12(["a"])})
    with pytest.raises(PackageFlawError, match="不要再套一层文件夹"):
        opened(nested, tmp_path)


def _with(name: str, content: bytes = b"x", **set_on: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", packages.manifest_12(["a"]))
        archive.writestr("sco1/index.html", "x")
        info = zipfile.ZipInfo(name)
        for attribute, value in set_on.items():
            setattr(info, attribute, value)
        archive.writestr(info, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../out.js", "a/../../out.js", "/etc/x.js", "C:/x.js", "a//b.js", "~/run.js", "~x/run.js",
     "run.exe", "run.php", "a/" * 200 + "x.js", "a\tb.js", "x.html.sh", "a?.js"],
)  # fmt: skip
def test_names_that_lead_out_or_are_no_web_files(name: str, tmp_path: Path) -> None:
    with pytest.raises(PackageFlawError):
        opened(_with(name), tmp_path)


def test_links_doubles_and_other_packings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageFlawError, match="链接"):
        opened(_with("link.html", b"/etc/passwd", external_attr=0o120777 << 16), tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"), pytest.raises(PackageFlawError):
        opened(_with("sco1/index.html"), tmp_path)
    with pytest.raises(PackageFlawError, match="压缩方式"):
        opened(_with("x.js", b"x", compress_type=zipfile.ZIP_BZIP2), tmp_path)


def test_what_systems_add_is_left_out(tmp_path: Path) -> None:
    made = packages.scorm_12(more={"__MACOSX/sco1/._index.html": "x", "sco1/.DS_Store": "x"})
    assert {file.name for file in opened(made, tmp_path).files} == {
        "imsmanifest.xml", "sco1/index.html"
    }  # fmt: skip


def test_names_as_chinese_windows_writes_them(tmp_path: Path) -> None:
    made = bytearray(_with("sco1/kkkk.html"))
    coded = "课件".encode("gb18030")
    changed = bytes(made).replace(b"sco1/kkkk.html", b"sco1/" + coded + b".html")
    assert "sco1/课件.html" in {file.name for file in opened(changed, tmp_path).files}


def test_names_in_utf_8_that_do_not_say_so(tmp_path: Path) -> None:
    made = _with("sco1/kkkkkk.html")
    changed = made.replace(b"sco1/kkkkkk.html", b"sco1/" + "课件".encode() + b".html")
    assert "sco1/课件.html" in {file.name for file in opened(changed, tmp_path).files}


@pytest.mark.parametrize("name", ["LICENSE", "v1.2/CHANGELOG"])
def test_a_name_without_an_ending_is_data(name: str, tmp_path: Path) -> None:
    [file] = [each for each in opened(_with(name), tmp_path).files if each.name == name]
    assert file.content_type == "application/octet-stream"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030", "UTF-8"])
def test_a_manifest_in_a_chinese_encoding(declared: str, tmp_path: Path) -> None:
    text = packages.manifest_12(["用电"]).replace("UTF-8", declared)
    coding = "utf-8" if declared == "UTF-8" else "gb18030"
    made = packages.zipped({"imsmanifest.xml": text.encode(coding), "sco1/index.html": "x"})
    assert opened(made, tmp_path).manifest.title == "用电安全"


@pytest.mark.parametrize("declared", ["GB2312", "EUC-JP"])
def test_an_encoding_that_is_not_read_is_named_with_its_remedy(
    declared: str, tmp_path: Path
) -> None:
    text = packages.manifest_12(["a"]).replace("UTF-8", declared).encode("utf-16-be")[2:]
    broken = f'<?xml version="1.0" encoding="{declared}"?>'.encode() + b"\xff\xff" + text
    made = packages.zipped({"imsmanifest.xml": broken, "sco1/index.html": "x"})
    with pytest.raises(PackageFlawError, match=f"{declared} .*另存为 UTF-8"):
        opened(made, tmp_path)


def test_a_large_manifest_is_read_and_one_that_is_too_large_is_not_said_to_be_missing(
    tmp_path: Path,
) -> None:
    note = "<!--" + "x" * 1_500_000 + "-->"
    for times, name in ((1, "read"), (3, "refused")):
        text = packages.manifest_12(["a"]).replace("<metadata>", note * times + "<metadata>")
        made = packages.zipped({"imsmanifest.xml": text, "sco1/index.html": "x"})
        folder = tmp_path / name
        folder.mkdir()
        if name == "read":
            assert opened(made, folder).manifest.title == "用电安全"
            continue
        with pytest.raises(PackageFlawError, match=r"imsmanifest.xml 有 4.3 MB，最多 4 MB"):
            opened(made, folder)


def test_a_bomb_is_counted_while_it_unfolds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_zip, "MOST_UNPACKED", 3 * 2**20)
    bomb = packages.scorm_12(more={"a.bin": bytes(2 * 2**20), "b.bin": bytes(2 * 2**20)})
    assert len(bomb) < 20_000
    with pytest.raises(PackageFlawError, match="解开以后太大"):
        opened(bomb, tmp_path)
    written = sum(file.stat().st_size for file in (tmp_path / "files").iterdir())
    assert written <= 3 * 2**20


def test_a_lying_size_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_zip, "MOST_UNPACKED", 2**20)
    made = packages.scorm_12(more={"a.bin": bytes(4 * 2**20)})
    lying = made.replace(struct.pack("<L", 4 * 2**20), struct.pack("<L", 100))
    with pytest.raises(PackageFlawError):
        opened(lying, tmp_path)


def test_a_page_is_bounded_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_zip, "MOST_PAGE", 1000)
    with pytest.raises(PackageFlawError, match="一个网页"):
        opened(packages.scorm_12(["x" * 1001]), tmp_path)


def test_too_many_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(MOST_FILES + 1):
            archive.writestr(f"{number}.js", b"")
    with pytest.raises(PackageFlawError, match="超过"):
        opened(target.getvalue(), tmp_path)
    far = bytearray(packages.scorm_12())
    far[-10:-6] = struct.pack("<L", 64 * 2**20)  # how large the table of contents says it is
    with pytest.raises(PackageFlawError, match="超过"):
        opened(bytes(far), tmp_path)


@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_flaw_and_never_another_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(PackageFlawError):
        opened(content, tmp_path_factory.mktemp("any"))


@given(data=st.data())
def test_a_package_with_a_broken_byte_opens_or_is_refused_in_words(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = bytearray(packages.scorm_12(["", ""]))
    for _ in range(data.draw(st.integers(1, 4))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = opened(bytes(made), tmp_path_factory.mktemp("any"))
    except PackageFlawError:
        return
    names = {file.name for file in found.files}
    assert all(part.file in names for part in found.manifest.parts)


@given(st.text(max_size=60))
def test_a_name_that_is_taken_stays_inside(name: str) -> None:
    try:
        clean = clean_name(name)
        if clean is not None:
            type_of(clean)
    except PackageFlawError:
        return
    if clean is not None:
        steps = clean.split("/")
        assert not set(steps) & {"", ".", ".."}
        assert not clean.startswith(("/", "~"))
        assert "\\" not in clean
        assert ":" not in clean


@given(st.text(alphabet="ab/.%2e~?#", max_size=30))
def test_an_address_means_a_file_of_the_package_or_none(address: str) -> None:
    files = {"a", "b", "a/b", "b/a.b"}
    assert file_asked(address, files) in files | {None}
