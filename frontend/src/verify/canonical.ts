/** JSON that means the same to everybody, and the one text of it that is signed (RFC 8785). */

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export const MOST_BYTES = 512 * 1024;
const BRACE = 0x7b;
/** Marks of an encoding, the empty halves of its letters, and blanks. */
const PASSED_OVER = [0xff, 0xfe, 0x00, 0x20, 0x09, 0x0d, 0x0a];
const NUMBER = /-?\d[\d.eE+-]*/g;
const NAME_OR_TEXT = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function countNames(value: Json): number {
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, inner) => sum + countNames(inner), 0);
  }
  if (!isObject(value)) {
    return 0;
  }
  return Object.values(value).reduce<number>((sum, inner) => sum + 1 + countNames(inner), 0);
}

/** Whether each number stands in its one spelling (RFC 8785): 7.0 and 70e-1 are not as 7 was signed. */
function hasPlainNumbers(text: string): boolean {
  const written = text.replaceAll(NAME_OR_TEXT, " ").match(NUMBER) ?? [];
  return written.every((number) => JSON.stringify(Number(number)) === number);
}

/**
 * Read one object. Null where it is no JSON, too long, a number is not as we write it, or a name stands
 * twice in an object: readers differ over which of the two counts.
 */
export function readObject(bytes: Uint8Array): JsonObject | null {
  if (bytes.length > MOST_BYTES) {
    return null;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const found = JSON.parse(text) as Json;
    const written = [...text.matchAll(NAME_OR_TEXT)].filter(([, colon]) => colon).length;
    const isPlain = isObject(found) && countNames(found) === written && hasPlainNumbers(text);
    return isPlain ? found : null;
  } catch {
    return null;
  }
}

/**
 * Whether a text that begins like an object is in another encoding than UTF-8: as UTF-16 or as GB18030,
 * another program saved it. One that was cut within a letter is not.
 */
export function isOtherwiseEncoded(bytes: Uint8Array): boolean {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const plain = isMarked ? bytes.subarray(3) : bytes;
  const first = [...plain.subarray(0, 16)].find((byte) => !PASSED_OVER.includes(byte));
  if (first !== BRACE) {
    return false;
  }
  if (plain.subarray(0, 8).includes(0)) {
    return true;
  }
  try {
    // What is missing at the end is waited for, and no error.
    new TextDecoder("utf-8", { fatal: true }).decode(plain, { stream: true });
    return false;
  } catch {
    return true;
  }
}

/** Keys in order of their UTF-16 units, no blanks; plain values as ECMAScript writes them. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (!isObject(value)) {
    return JSON.stringify(value);
  }
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`);
  return `{${members.join(",")}}`;
}
