/** Which credentials are revoked: a signed list of bits (W3C Bitstring Status List 1.0). */

import { decodeBytes } from "../net/base64";
import { isObject, type Json, type JsonObject } from "./canonical";
import { type Octets, unpacked } from "./octets";

const MOST_BYTES = 1024 * 1024;
const LEAST_BYTES = 131_072 / 8;

export interface Standing {
  isRevoked: boolean;
  /** When the list was signed, by its own word: what it says is of that moment. */
  asOf: Date;
  /** Until when it is good, by its own word; the moment of its signing where it has none. */
  until: Date;
}

/** The address of the list in which a credential stands; null where it names none of this kind. */
export function listAddress(entry: Json | undefined): string | null {
  const isOne =
    isObject(entry) &&
    entry.type === "BitstringStatusListEntry" &&
    entry.statusPurpose === "revocation" &&
    typeof entry.statusListCredential === "string";
  return isOne ? String(entry.statusListCredential) : null;
}

function places(list: JsonObject): string | null {
  const subject = list.credentialSubject;
  const kinds = Array.isArray(list.type) ? list.type : [];
  const isOne =
    kinds.includes("BitstringStatusListCredential") &&
    isObject(subject) &&
    subject.type === "BitstringStatusList" &&
    subject.statusPurpose === "revocation" &&
    typeof subject.encodedList === "string";
  return isOne ? String(subject.encodedList) : null;
}

/** The places of a list, the first in the highest bit; null where they cannot be read. */
async function bitsOf(list: JsonObject): Promise<Octets | null> {
  const encoded = places(list);
  if (encoded === null || !/^u[\w-]+$/.test(encoded)) {
    return null;
  }
  const bits = await unpacked(decodeBytes(encoded.slice(1)), "gzip", MOST_BYTES);
  return bits === null || bits.length < LEAST_BYTES ? null : bits;
}

function momentOf(list: JsonObject): number {
  return typeof list.validFrom === "string" ? Date.parse(list.validFrom) : Number.NaN;
}

/** Whether a list was signed later than another, by the signed word of both. */
export function isNewer(list: JsonObject, other: JsonObject): boolean {
  return momentOf(list) > momentOf(other);
}

/** Whether a list sets a place that none of the others sets. */
export async function tellsMore(list: JsonObject, ...others: JsonObject[]): Promise<boolean> {
  const bits = await bitsOf(list);
  const known = (await Promise.all(others.map(bitsOf))).filter((each) => each !== null);
  return (
    bits?.some((byte, place) => {
      const set = known.reduce((all, each) => all | (each[place] ?? 0), 0);
      return (byte & ~set) !== 0;
    }) ?? false
  );
}

/**
 * What a list says of a credential's `credentialStatus`; its proof was checked before. Null where it
 * does not speak of it: another list, another purpose, a place outside, bits that cannot be read.
 */
export async function standing(
  entry: Json | undefined,
  list: JsonObject,
): Promise<Standing | null> {
  if (!isObject(entry) || places(list) === null || listAddress(entry) !== list.id) {
    return null;
  }
  const asOf = new Date(momentOf(list));
  const index = /^(?:0|[1-9]\d{0,9})$/.test(String(entry.statusListIndex))
    ? Number(entry.statusListIndex)
    : -1;
  const bits = Number.isNaN(asOf.getTime()) || index < 0 ? null : await bitsOf(list);
  if (bits === null || index >= bits.length * 8) {
    return null;
  }
  const byte = bits[index >> 3] ?? 0;
  const until = new Date(typeof list.validUntil === "string" ? list.validUntil : asOf);
  return { isRevoked: (byte & (0x80 >> (index & 7))) !== 0, asOf, until };
}
