/** DER (X.690), as much as a signature needs: pieces in their one spelling, nothing else. */

import { joined, type Octets } from "./octets";

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const OCTETS = 0x04;
/** `[0]`, constructed. */
export const FIRST = 0xa0;

/** A piece: its tag, what it holds, and all of it. */
export interface Part {
  tag: number;
  content: Octets;
  whole: Octets;
}

/** The bytes are no DER, or not what they should be. */
export class NoDerError extends Error {}

function lengthAt(der: Octets): [length: number, head: number] {
  const first = der[1];
  if (first === undefined || first === 0x80 || first > 0x83) {
    throw new NoDerError("no length");
  }
  if (first < 0x80) {
    return [first, 2];
  }
  const size = first & 0x7f;
  const length = der.subarray(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
  // One spelling: the short form where it is enough, and no zeros in front.
  if (length < 0x80 || der[2] === 0) {
    throw new NoDerError("a length in another spelling");
  }
  return [length, 2 + size];
}

/** The piece that begins here, as a view of `der`; what stands behind it is not looked at. */
export function part(der: Octets): Part {
  const [length, head] = lengthAt(der);
  const tag = der[0];
  if (tag === undefined || (tag & 0x1f) === 0x1f || head + length > der.length) {
    throw new NoDerError("cut short");
  }
  return { tag, content: der.subarray(head, head + length), whole: der.subarray(0, head + length) };
}

/** The pieces that a piece holds, to its last byte. */
export function inside(content: Octets): Part[] {
  const found: Part[] = [];
  let rest = content;
  while (rest.length > 0) {
    const next = part(rest);
    found.push(next);
    rest = rest.subarray(next.whole.length);
  }
  return found;
}

/** One of the pieces; a number below 0 counts from the end. */
export function at(parts: Part[], place: number, tag?: number): Part {
  const found = parts.at(place);
  if (found === undefined || (tag !== undefined && found.tag !== tag)) {
    throw new NoDerError(`another piece at ${place}`);
  }
  return found;
}

export function made(tag: number, ...contents: Octets[]): Octets {
  const content = joined(...contents);
  const size = content.length;
  if (size < 0x80) {
    return joined(new Uint8Array([tag, size]), content);
  }
  const digits: number[] = [];
  for (let left = size; left > 0; left = Math.floor(left / 256)) {
    digits.unshift(left % 256);
  }
  return joined(new Uint8Array([tag, 0x80 | digits.length, ...digits]), content);
}

/** A positive integer as `size` bytes with zeros in front. */
export function fixed(integer: Part, size: number): Octets {
  const [first = 0, second = 0] = integer.content;
  const hasZero = first === 0 && second >= 0x80;
  if (integer.tag !== INTEGER || first >= 0x80 || (first === 0 && !hasZero)) {
    throw new NoDerError("no positive integer in its one spelling");
  }
  const digits = integer.content.slice(hasZero ? 1 : 0);
  if (digits.length > size) {
    throw new NoDerError("too large");
  }
  return joined(new Uint8Array(size - digits.length), digits);
}
