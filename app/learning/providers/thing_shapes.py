"""How the things of `rules/things.py` look: shapes on a board of 100 by 100, never twice alike."""

from collections.abc import Callable

from app.learning.providers.canvas import Colour, Stencil

_WOOD: Colour = (190, 140, 86)
_STEEL: Colour = (176, 184, 192)
_DARK: Colour = (70, 72, 80)
_WHITE: Colour = (250, 250, 246)
_RED: Colour = (206, 52, 44)

Draw = Callable[[Stencil], None]


def _helmet(on: Stencil) -> None:
    on.round(on.hue, 50, 62, 36, 42, begin=180, end=360)
    on.shape(on.hue, (8, 60), (92, 60), (96, 70), (4, 70))
    on.round(on.hue, 50, 40, 7, 22, begin=180, end=360)
    on.line(4, (24, 72), (36, 92), (64, 92), (76, 72))


def _glove(on: Stencil) -> None:
    for x, top in ((28, 20), (42, 10), (56, 12), (70, 24)):
        on.shape(on.hue, (x - 6, 56), (x - 6, top), (x, top - 5), (x + 6, top), (x + 6, 56))
    on.shape(on.hue, (22, 48), (76, 48), (74, 78), (28, 78))
    on.shape(on.hue, (72, 62), (90, 40), (96, 48), (78, 78))
    on.shape(_WHITE, (26, 78), (76, 78), (78, 96), (24, 96))


def _goggles(on: Stencil) -> None:
    on.line(7, (4, 44), (18, 46))
    on.line(7, (82, 46), (96, 44))
    on.shape(on.hue, (14, 32), (86, 32), (90, 64), (60, 70), (50, 56), (40, 70), (10, 64))
    on.round((206, 230, 240), 30, 49, 14, 12)
    on.round((206, 230, 240), 70, 49, 14, 12)


def _boot(on: Stencil) -> None:
    on.shape(on.hue, (28, 8), (60, 8), (60, 56), (88, 66), (94, 84), (28, 84))
    on.shape(_DARK, (26, 84), (95, 84), (94, 94), (26, 94))
    on.line(4, (28, 22), (60, 22))


def _mask(on: Stencil) -> None:
    on.line(4, (22, 40), (4, 30), (2, 60), (24, 68))
    on.line(4, (78, 40), (96, 30), (98, 60), (76, 68))
    on.shape(_WHITE, (22, 34), (50, 26), (78, 34), (76, 70), (50, 84), (24, 70))
    for y in (46, 56, 66):
        on.line(3, (30, y), (50, y + 4), (70, y))


def _extinguisher(on: Stencil) -> None:
    on.round(_RED, 52, 36, 18, 14, begin=180, end=360)
    on.shape(_RED, (34, 36), (70, 36), (70, 94), (34, 94))
    on.shape(_WHITE, (40, 52), (64, 52), (64, 72), (40, 72))
    on.shape(_DARK, (46, 14), (58, 14), (58, 23), (46, 23))
    on.line(6, (44, 12), (78, 4))
    on.line(6, (50, 16), (22, 20), (16, 52), ink=_DARK)
    on.shape(_DARK, (10, 50), (22, 50), (26, 68), (8, 68))


def _cone(on: Stencil) -> None:
    on.shape((238, 112, 40), (44, 8), (56, 8), (78, 84), (22, 84))
    on.shape(_WHITE, (38, 30), (62, 30), (66, 46), (34, 46))
    on.shape(_WHITE, (30, 60), (70, 60), (74, 72), (26, 72))
    on.shape((238, 112, 40), (10, 84), (90, 84), (92, 94), (8, 94))


def _ladder(on: Stencil) -> None:
    for y in (20, 36, 52, 68, 84):
        on.line(6, (30, y), (70, y), ink=_WOOD)
    on.shape(_WOOD, (24, 4), (32, 4), (32, 98), (24, 98))
    on.shape(_WOOD, (68, 4), (76, 4), (76, 98), (68, 98))


def _hammer(on: Stencil) -> None:
    on.shape(_WOOD, (45, 30), (57, 30), (59, 98), (43, 98))
    on.shape(_DARK, (22, 10), (74, 10), (92, 26), (74, 34), (22, 34))


def _wrench(on: Stencil) -> None:
    on.shape(_STEEL, (44, 34), (56, 34), (57, 82), (43, 82))
    on.shape(
        _STEEL,
        (28, 6),
        (42, 6),
        (42, 22),
        (58, 22),
        (58, 6),
        (72, 6),
        (76, 28),
        (60, 42),
        (40, 42),
        (24, 28),
    )
    on.round(_STEEL, 50, 86, 14, 12)
    on.round(_WHITE, 50, 86, 6, 5)


def _torch(on: Stencil) -> None:
    on.shape((250, 232, 140), (66, 34), (98, 14), (98, 86), (66, 66))
    on.shape(on.hue, (6, 40), (48, 40), (48, 60), (6, 60))
    on.shape(_DARK, (48, 38), (66, 28), (66, 72), (48, 62))
    on.shape(_RED, (24, 33), (36, 33), (36, 40), (24, 40))


def _kit(on: Stencil) -> None:
    on.line(7, (36, 26), (36, 12), (64, 12), (64, 26))
    on.shape(_WHITE, (8, 26), (92, 26), (92, 88), (8, 88))
    on.shape(
        _RED,
        (43, 36),
        (57, 36),
        (57, 50),
        (71, 50),
        (71, 64),
        (57, 64),
        (57, 78),
        (43, 78),
        (43, 64),
        (29, 64),
        (29, 50),
        (43, 50),
    )


def _phone(on: Stencil) -> None:
    on.shape(on.hue, (22, 46), (78, 46), (94, 92), (6, 92))
    on.round(_WHITE, 50, 70, 17, 15)
    for x, y in ((50, 61), (41, 68), (59, 68), (44, 78), (56, 78)):
        on.round(_DARK, x, y, 2.5, 2.5)
    on.shape(
        _DARK,
        (4, 30),
        (14, 12),
        (86, 12),
        (96, 30),
        (90, 44),
        (72, 42),
        (70, 30),
        (30, 30),
        (28, 42),
        (10, 44),
    )


def _lock(on: Stencil) -> None:
    on.line(11, (30, 50), (30, 28), (38, 12), (50, 8), (62, 12), (70, 28), (70, 50), ink=_STEEL)
    on.shape(on.hue, (18, 46), (82, 46), (82, 94), (18, 94))
    on.round(_DARK, 50, 64, 7, 7)
    on.shape(_DARK, (46, 66), (54, 66), (56, 84), (44, 84))


def _scissors(on: Stencil) -> None:
    on.shape(_STEEL, (47, 60), (24, 6), (34, 4), (56, 56))
    on.shape(_STEEL, (53, 60), (76, 6), (66, 4), (44, 56))
    for x in (32, 68):
        on.round(on.hue, x, 80, 15, 15)
        on.round(_WHITE, x, 80, 8, 8)
    on.line(8, (42, 70), (50, 58), (58, 70))


def _shovel(on: Stencil) -> None:
    on.line(7, (36, 6), (64, 6))
    on.shape(_WOOD, (46, 6), (54, 6), (54, 56), (46, 56))
    on.shape(_STEEL, (28, 54), (72, 54), (72, 78), (50, 98), (28, 78))


def _key(on: Stencil) -> None:
    on.shape(
        on.hue,
        (44, 44),
        (96, 44),
        (96, 70),
        (88, 70),
        (88, 56),
        (78, 56),
        (78, 66),
        (70, 66),
        (70, 55),
        (44, 55),
    )
    on.round(on.hue, 26, 50, 22, 22)
    on.round(_WHITE, 22, 50, 9, 9)


def _umbrella(on: Stencil) -> None:
    on.line(5, (50, 50), (50, 88), (44, 96), (36, 94), (34, 86))
    on.round(on.hue, 50, 52, 44, 42, begin=180, end=360)
    on.line(3, (50, 10), (36, 52))
    on.line(3, (50, 10), (64, 52))
    on.line(5, (50, 2), (50, 12))


def _bucket(on: Stencil) -> None:
    on.line(4, (16, 36), (24, 10), (50, 2), (76, 10), (84, 36))
    on.shape(on.hue, (14, 36), (86, 36), (74, 94), (26, 94))
    on.round((150, 200, 226), 50, 37, 36, 8)


def _saw(on: Stencil) -> None:
    teeth = [
        (x, 62 - (5 if i % 2 else 0) - (x - 34) * 0.12) for i, x in enumerate(range(96, 32, -4))
    ]
    on.shape(_STEEL, (34, 36), (98, 44), *teeth)
    on.shape(_WOOD, (4, 30), (36, 32), (36, 66), (22, 74), (4, 64))
    on.shape(_WHITE, (12, 42), (26, 42), (26, 56), (14, 56))


def _forbidden(on: Stencil) -> None:
    on.round(_RED, 50, 50, 44, 44)
    on.round(_WHITE, 50, 50, 32, 32)
    on.shape(_DARK, (30, 44), (62, 44), (62, 56), (30, 56))
    on.line(3, (64, 44), (70, 36), (66, 28), ink=_DARK)
    on.line(12, (27, 27), (73, 73), ink=_RED)


def _warning(on: Stencil) -> None:
    on.shape((246, 206, 50), (50, 6), (96, 90), (4, 90))
    on.shape(_DARK, (44, 34), (56, 34), (53, 64), (47, 64))
    on.round(_DARK, 50, 76, 6, 6)


SHAPES: dict[str, Draw] = {
    "helmet": _helmet, "glove": _glove, "goggles": _goggles, "boot": _boot, "mask": _mask,
    "extinguisher": _extinguisher, "cone": _cone, "ladder": _ladder, "hammer": _hammer,
    "wrench": _wrench, "torch": _torch, "kit": _kit, "phone": _phone, "lock": _lock,
    "scissors": _scissors, "shovel": _shovel, "key": _key, "umbrella": _umbrella,
    "bucket": _bucket, "saw": _saw, "forbidden": _forbidden, "warning": _warning,
}  # fmt: skip
