"""Columns of whole numbers, and what is kept whole beside them: the alphabet of sealed evidence.

A number takes seven bits a byte, its sign in the lowest; small ones take one byte.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

_SEVEN_BITS, _MORE = 0x7F, 0x80


class Out:
    """Columns of whole numbers, written one figure after the other."""

    def __init__(self) -> None:
        self.columns: dict[str, bytearray] = {}
        self.lessons: list[str] = []
        self.parts: list[bytes] = []

    def put(self, column: str, number: int) -> None:
        rest = number << 1 if number >= 0 else -number << 1 | 1
        out = self.columns.setdefault(column, bytearray())
        while rest > _SEVEN_BITS:
            out.append(rest & _SEVEN_BITS | _MORE)
            rest >>= 7
        out.append(rest)

    def put_lesson(self, lesson_id: str) -> None:
        if lesson_id not in self.lessons:
            self.lessons.append(lesson_id)
        self.put("lesson", self.lessons.index(lesson_id))

    def put_bytes(self, column: str, value: bytes, expected: bytes) -> None:
        self.put(column, value != expected)
        if value != expected:
            self.parts.append(value)


class In:
    """The same columns, read back. Raises ValueError where one ends too early."""

    def __init__(
        self, columns: Mapping[str, bytes], lessons: Sequence[str], parts: Iterable[bytes]
    ) -> None:
        self._columns = {name: _numbers(column) for name, column in columns.items()}
        self._lessons, self._parts = lessons, iter(parts)

    def take(self, column: str) -> int:
        number = next(self._columns.get(column, iter(())), None)
        if number is None:
            message = f"the column {column} is too short"
            raise ValueError(message)
        return number

    def take_lesson(self) -> str:
        return self._lessons[self.take("lesson")]

    def take_bytes(self, column: str, expected: bytes) -> bytes:
        return self.take_part() if self.take(column) else expected

    def take_part(self) -> bytes:
        part = next(self._parts, None)
        if part is None:
            message = "a part that is kept whole is missing"
            raise ValueError(message)
        return part


def _numbers(column: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in column:
        number |= (byte & _SEVEN_BITS) << shift
        shift += 7
        if not byte & _MORE:
            yield -(number >> 1) if number & 1 else number >> 1
            number = shift = 0
