"""SM2 signatures: checked by the standard's own steps, on every machine (GB/T 32918.2, 7.1).

Nothing here touches a secret: signing is left to a library (sm2_keys.py), checking works on public
numbers alone and needs no constant time.
"""

import functools
from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
"""The curve and its generator (GB/T 32918.5)."""
SIGNER: Final = b"1234567812345678"
"""The signer's distinguishing id where none was agreed (GM/T 0009)."""
SIGNATURE_BYTES: Final = 64
_POINT_BYTES: Final = 65
_UNCOMPRESSED: Final = 4
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""What stands before a point in a SubjectPublicKeyInfo: id-ecPublicKey on the curve of SM2."""

_Point = tuple[int, int, int]
"""X, Y, Z: the point (X/Z², Y/Z³); Z = 0 is the point at infinity."""
_NOWHERE: Final = (1, 1, 0)


def is_signed(point: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether r ‖ s is a good signature by the key `04 ‖ x ‖ y`.

    Keys that lie on no curve, and signatures of another length or range, are not good.
    """
    key = _read_point(point)
    if key is None or len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    total = (r + s) % N
    if not (0 < r < N and 0 < s < N) or total == 0:
        return False
    x = _x_of(_sum_of(s, total, key))
    return x is not None and (_digest(point, message) + x) % N == r


def spki_of(point: bytes) -> bytes:
    """The key as DER SubjectPublicKeyInfo, which OpenSSL and others read."""
    return _SPKI + point


def point_of(scalar: int) -> bytes:
    """The public key of a private one, as `04 ‖ x ‖ y`; once a key, where nobody can time it."""
    made = _sum_of(scalar, 0, (*G, 1))
    inverse = pow(made[2], -1, P)
    x, y = made[0] * inverse**2 % P, made[1] * inverse**3 % P
    return bytes([_UNCOMPRESSED]) + x.to_bytes(32) + y.to_bytes(32)


def _read_point(point: bytes) -> _Point | None:
    if len(point) != _POINT_BYTES or point[0] != _UNCOMPRESSED:
        return None
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    is_there = x < P and y < P and (y * y - x * x * x - A * x - B) % P == 0
    return (x, y, 1) if is_there else None


@functools.lru_cache(maxsize=64)
def _of_signer(point: bytes) -> bytes:
    """Z: what binds a signature to curve, id and key (GB/T 32918.2, 5.5)."""
    length = (len(SIGNER) * 8).to_bytes(2)
    curve = b"".join(number.to_bytes(32) for number in (A, B, *G))
    return _sm3(length + SIGNER + curve + point[1:])


def _digest(point: bytes, message: bytes) -> int:
    return int.from_bytes(_sm3(_of_signer(point) + message))


def _sm3(content: bytes) -> bytes:
    running = Hash(SM3())
    running.update(content)
    return running.finalize()


def _sum_of(by_g: int, by_key: int, key: _Point) -> _Point:
    """by_g · G + by_key · key, both walked at once."""
    generator: _Point = (*G, 1)
    table = (_NOWHERE, generator, key, _add(generator, key))
    found: _Point = _NOWHERE
    for bit in range(255, -1, -1):
        found = _double(found)
        step = by_g >> bit & 1 | (by_key >> bit & 1) << 1
        if step:
            found = _add(found, table[step])
    return found


def _x_of(point: _Point) -> int | None:
    x, _, z = point
    return None if z == 0 else x * pow(z, -2, P) % P


def _double(point: _Point) -> _Point:
    """dbl-2001-b, for curves with a = -3 (Explicit-Formulas Database)."""
    x, y, z = point
    delta, gamma = z * z % P, y * y % P
    beta = x * gamma % P
    alpha = 3 * (x - delta) * (x + delta) % P
    out_x = (alpha * alpha - 8 * beta) % P
    out_z = ((y + z) ** 2 - gamma - delta) % P
    return out_x, (alpha * (4 * beta - out_x) - 8 * gamma * gamma) % P, out_z


def _add(one: _Point, other: _Point) -> _Point:
    """add-2007-bl, and the cases that it leaves out."""
    if one[2] == 0 or other[2] == 0:
        return other if one[2] == 0 else one
    (x1, y1, z1), (x2, y2, z2) = one, other
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _double(one) if s1 == s2 else _NOWHERE
    h, r = u2 - u1, s2 - s1
    hh = h * h % P
    hhh, v = h * hh % P, u1 * hh % P
    x = (r * r - hhh - 2 * v) % P
    return x, (r * (v - x) - s1 * hhh) % P, z1 * z2 * h % P
