"""The reference content says what the founding document says."""

import re
import shutil
from pathlib import Path

import pytest

from app.cli.fields import ContentError
from app.cli.reference import read_reference

ROOT = Path(__file__).parents[3]
REFERENCE = read_reference(ROOT / "reference")


def test_seven_clusters_with_the_targets_of_the_document() -> None:
    assert [(c.name, c.target) for c in REFERENCE.clusters] == [
        ("电子信息产业集群", 10_000),
        ("高端装备产业集群", 10_000),
        ("食品饮料产业集群", 5_000),
        ("先进材料产业集群", 5_000),
        ("绿色化工产业集群", 10_000),
        ("未来产业集群", 10_000),
        ("新能源、智能电网集控等作业产业群", 10_000),
    ]
    assert sum(cluster.target for cluster in REFERENCE.clusters) == 60_000
    assert [c.code for c in REFERENCE.clusters if "safety" in c.needs] == ["energy"]


def test_twenty_one_prefectures_and_five_levels() -> None:
    assert len(REFERENCE.prefectures) == 21
    assert sum(name.endswith("自治州") for name in REFERENCE.prefectures.values()) == 3
    names = [level.name for level in REFERENCE.levels]
    assert names == ["初级工", "中级工", "高级工", "技师", "高级技师"]


def test_certificates_of_others_are_not_issued_here() -> None:
    types = REFERENCE.certificate_types.kinds
    assert {kind.name for kind in types if not kind.issued_here} == {
        "职业资格证书", "职业技能等级证书", "专项职业能力证书", "特种作业操作证书",
    }  # fmt: skip
    assert {kind.name for kind in types if kind.issued_here} == {
        "在线培训证书", "培训合格证书", "行业安全技能培训合格证书", "安全生产培训合格证书",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        ("clusters.toml", "target = 5000", "target = 5001", "source.sum"),
        ("clusters.toml", 'code = "food"', 'code = "future"', "clusters[5].code"),
        ("clusters.toml", 'needs = ["skill", "safety"]', 'needs = ["fun"]', "clusters[6].needs"),
        ("prefectures.toml", 'code = "510300"', 'code = "520300"', "prefectures[1].code"),
        ("levels.toml", "code = 5", "code = 6", "levels[0].code"),
        ("levels.toml", "code = 5", 'code = "5"', "levels[0].code"),
        ("certificate_types.toml", "issued_here = true", "issued_here = 1", "issued_here"),
        ("certificate_types.toml", "[[certificate_types]]", "[[kinds", "(syntax)"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_field(
    tmp_path: Path, file: str, old: str, new: str, field: str
) -> None:
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    path = tmp_path / "reference" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as raised:
        read_reference(tmp_path / "reference")
    assert raised.value.path == path
    assert field in raised.value.field


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"clusters\.toml: \(file\)"):
        read_reference(tmp_path)


def test_the_programme_on_certificates_names_no_period_that_is_over() -> None:
    assert re.search(r"\d{4}", REFERENCE.programme) is None
