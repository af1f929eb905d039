"""SM2 signatures 国密, by the steps of GB/T 32918.2 (7.1) on the curve of GB/T 32918.5.

Plain and slow (some 20 ms a signature): public numbers alone, so nothing here has to be quick or
take the same time.
"""

from cryptography.hazmat.primitives.hashes import SM3, Hash

_P = 2**256 - 2**224 - 2**96 + 2**64 - 1
_A = _P - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_SIGNER = b"1234567812345678"
_Point = tuple[int, int] | None
"""None is the point at infinity."""


def is_signed_sm2(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether r ‖ s is good by the key 04 ‖ x ‖ y, the signer named as usual (GM/T 0009)."""
    if len(key) != 65 or key[0] != 4 or len(signature) != 64:
        return False
    point = (int.from_bytes(key[1:33]), int.from_bytes(key[33:]))
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not _is_on_curve(*point) or not (1 <= r < _N and 1 <= s < _N):
        return False
    t = (r + s) % _N
    if t == 0:
        return False
    there = _plus(_times(s, _G), _times(t, point))
    return there is not None and (_digest(key, message) + there[0]) % _N == r


def _digest(key: bytes, message: bytes) -> int:
    named = (len(_SIGNER) * 8).to_bytes(2) + _SIGNER
    named += b"".join(number.to_bytes(32) for number in (_A, _B, *_G)) + key[1:]
    return int.from_bytes(_sm3(_sm3(named) + message))


def _sm3(content: bytes) -> bytes:
    running = Hash(SM3())
    running.update(content)
    return running.finalize()


def _is_on_curve(x: int, y: int) -> bool:
    return x < _P and y < _P and (y**2 - x**3 - _A * x - _B) % _P == 0


def _times(count: int, point: _Point) -> _Point:
    found: _Point = None
    while count:
        if count & 1:
            found = _plus(found, point)
        point = _plus(point, point)
        count >>= 1
    return found


def _plus(one: _Point, other: _Point) -> _Point:
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % _P == 0:
        return None
    slope = (
        (3 * x1 * x1 + _A) * pow(2 * y1, -1, _P) if one == other
        else (y2 - y1) * pow(x2 - x1, -1, _P)
    )  # fmt: skip
    x = (slope * slope - x1 - x2) % _P
    return x, (slope * (x1 - x) - y1) % _P
