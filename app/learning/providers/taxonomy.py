"""The words that courses are described by, as the reference folder has them now."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from app.core.errors import UnavailableError
from app.learning.rules.drafts import GeneralModule

FILE, LEVELS, CLUSTERS = "training.toml", "levels.toml", "clusters.toml"
_Code = Annotated[str, Meta(min_length=1, max_length=20)]
_Name = Annotated[str, Meta(min_length=1, max_length=60)]


class Term(Struct, frozen=True):
    code: _Code
    name: _Name


class _Level(Struct, frozen=True):
    code: Annotated[int, Meta(ge=1, le=5)]
    name: _Name
    also: _Name


class _Module(Struct, frozen=True):
    code: _Code
    name: _Name
    least_percent: Annotated[int, Meta(ge=0, le=100)]


class _Training(Struct, frozen=True):
    training_kinds: tuple[Term, ...]
    objectives: tuple[Term, ...]
    technologies: tuple[Term, ...]
    occupations: tuple[Term, ...]
    general_modules: tuple[_Module, ...]


class _Levels(Struct, frozen=True):
    levels: tuple[_Level, ...]


class _Source(Struct, frozen=True):
    programme: _Name


class _Clusters(Struct, frozen=True):
    source: _Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """All lists in the order of the files; `levels` from the lowest."""

    programme: str
    training_kinds: tuple[Term, ...]
    objectives: tuple[Term, ...]
    technologies: tuple[Term, ...]
    occupations: tuple[Term, ...]
    levels: tuple[Term, ...]
    modules: tuple[GeneralModule, ...]


def read_taxonomy(folder: Path) -> Taxonomy:
    """Read the lists. Raises UnavailableError where a file cannot be read or stand."""
    try:
        training = msgspec.convert(_toml(folder / FILE), _Training)
        levels = msgspec.convert(_toml(folder / LEVELS), _Levels).levels
        source = msgspec.convert(_toml(folder / CLUSTERS), _Clusters).source
    except (OSError, ValueError) as error:
        raise UnavailableError(
            "课程的分类表读不出来。", code="reference", remedy="请联系平台，由平台修好分类表后再试"
        ) from error
    return Taxonomy(
        programme=source.programme, training_kinds=training.training_kinds,
        objectives=training.objectives, technologies=training.technologies,
        occupations=training.occupations,
        levels=tuple(Term(str(each.code), f"{each.name}（{each.also}）") for each in levels),
        modules=tuple(
            GeneralModule(code=each.code, name=each.name, least_percent=each.least_percent)
            for each in training.general_modules
        ),
    )  # fmt: skip


def _toml(path: Path) -> object:
    return tomllib.loads(path.read_text("utf-8"))
