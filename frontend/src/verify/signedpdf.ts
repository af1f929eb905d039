/**
 * Whether one signature of ours covers a PDF to its last byte (step 1 of docs/certificates.md).
 *
 * PAdES baseline as the server makes it: CMS (RFC 5652), ECDSA P-256 with SHA-256, by a key that the
 * device has pinned. Looked at over plain bytes; nothing is read as a PDF before it fits. What no
 * signature covers is made in one way only: it is made again here, and compared. Certificates of an
 * authority and a time stamp travel along without being looked at: nothing here rests on them.
 */

import { decodeBytes } from "../net/base64";
import {
  at,
  FIRST,
  fixed,
  INTEGER,
  inside,
  made,
  NoDerError,
  OCTETS,
  type Part,
  part,
  SEQUENCE,
  SET,
} from "./der";
import { fromHex, hex, isSame, joined, type Octets, sha256, utf8 } from "./octets";

/** `cut`: its end is missing; `damaged`: unreadable where the signature stands, or another's. */
export type PdfFinding =
  | "good"
  | "altered"
  | "appended_to"
  | "unknown_key"
  | "unsigned"
  | "cut"
  | "damaged";

const MOST_BYTES = 4 * 1024 * 1024;
/** More than ours can have: a chain, a time stamp and a kilobyte; the server's bound too. */
const MOST_CMS = 24 * 1024;
const RANGE =
  /\/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,8})\s{1,9}(\d{1,8})\s{1,9}(\d{1,8})\s{0,9}\]/g;
const HALF = 32;
const END = "%%EOF";
const END_WITHIN = 1024;
/** Whose signature it is, as each of our documents' certificates says (the server's `document_keys.NAME`). */
const NAME = utf8("实学证书签章");

const VERSION = fromHex("020101");
const SIGNED_DATA = fromHex("06092a864886f70d010702");
const DATA = fromHex("300b06092a864886f70d010701");
const SHA256 = fromHex("300d06096086480165030402010500");
const ECDSA = fromHex("300a06082a8648ce3d040302");
const MESSAGE_DIGEST = fromHex("2a864886f70d010904");

/** From 0 to `gapStart` and from `gapEnd` to `end` is what a signature covers. */
interface Range {
  gapStart: number;
  gapEnd: number;
  end: number;
}

/** What a CMS of our kind says: the signer's certificate, what is signed, and the signature. */
interface Signed {
  own: Octets;
  publicKey: Octets;
  attributes: Part;
  signature: Octets;
}

function rangesOf(text: string): Range[] {
  return [...text.matchAll(RANGE)].map(([, start, end, length]) => ({
    gapStart: Number(start),
    gapEnd: Number(end),
    end: Number(end) + Number(length),
  }));
}

/** The CMS in the gap, and whether it is spelled as we write it, with zeros alone behind it. */
function derIn(text: string, { gapStart, gapEnd }: Range): [der: Octets, isAsWritten: boolean] {
  const [, hex] = /^<((?:[0-9A-Fa-f]{2})+)>$/.exec(text.slice(gapStart, gapEnd)) ?? [];
  if (hex === undefined) {
    throw new NoDerError("no signature where it should stand");
  }
  const padded = fromHex(hex);
  const { whole } = part(padded);
  if (whole.length > MOST_CMS) {
    throw new NoDerError("longer than ours can be");
  }
  const isFilled = padded.subarray(whole.length).every((byte) => byte === 0);
  return [whole, isFilled && hex === hex.toUpperCase()];
}

/** Issuer and serial number of a certificate, and its key (RFC 5280, 4.1). */
function certificateOf(whole: Octets): { issuer: Octets; serial: Octets; key: Octets } {
  const fields = inside(at(inside(part(whole).content), 0, SEQUENCE).content);
  // Version 3 stands in front: older certificates have no key usage, and are none of ours.
  at(fields, 0, FIRST);
  return {
    serial: at(fields, 1, INTEGER).whole,
    issuer: at(fields, 3, SEQUENCE).whole,
    key: at(fields, 6, SEQUENCE).whole,
  };
}

/** Take a CMS apart. Raises NoDerError for one that is not made as ours are. */
function readSigned(der: Octets): Signed {
  const data = inside(at(inside(at(inside(part(der).content), 1, FIRST).content), 0).content);
  const chain = at(data, 3, FIRST);
  const [signer, ...others] = inside(at(data, -1, SET).content);
  const pieces = signer === undefined ? [] : inside(signer.content);
  const sid = at(pieces, 1, SEQUENCE);
  const attributes = at(pieces, 3, FIRST);
  const signature = at(pieces, 5, OCTETS);
  const [issuer, serial] = [at(inside(sid.content), 0), at(inside(sid.content), 1, INTEGER)];
  const rest = pieces.slice(5).map(({ whole }) => whole);
  const named = made(SEQUENCE, issuer.whole, serial.whole);
  const info = made(SEQUENCE, VERSION, named, SHA256, attributes.whole, ECDSA, ...rest);
  const inner = [VERSION, made(SET, SHA256), DATA, chain.whole, made(SET, info)];
  const again = made(SEQUENCE, SIGNED_DATA, made(FIRST, made(SEQUENCE, ...inner)));
  if (others.length > 0 || pieces.length > 7 || !isSame(again, der)) {
    throw new NoDerError("not made as ours are");
  }
  for (const { whole } of inside(chain.content)) {
    const found = certificateOf(whole);
    if (isSame(found.issuer, issuer.whole) && isSame(found.serial, serial.whole)) {
      return { own: whole, publicKey: found.key, attributes, signature: signature.content };
    }
  }
  throw new NoDerError("the signer's certificate is not in it");
}

/** The digest that was signed; empty where none was. */
function digestIn(attributes: Part): Octets {
  for (const attribute of inside(attributes.content)) {
    const [kind, values] = inside(attribute.content);
    if (kind && values && isSame(kind.content, MESSAGE_DIGEST)) {
      return at(inside(values.content), 0, OCTETS).content;
    }
  }
  return new Uint8Array();
}

function holds(whole: Octets, wanted: Octets): boolean {
  for (let place = 0; place + wanted.length <= whole.length; place += 1) {
    if (isSame(whole.subarray(place, place + wanted.length), wanted)) {
      return true;
    }
  }
  return false;
}

/** As WebCrypto wants it (IEEE P1363); null where it is no such pair of numbers. */
function plainSignature(der: Octets): Octets | null {
  try {
    const whole = part(der);
    const [r, s, ...more] = inside(whole.content);
    const isPair = whole.tag === SEQUENCE && whole.whole.length === der.length && more.length === 0;
    return r && s && isPair ? joined(fixed(r, HALF), fixed(s, HALF)) : null;
  } catch {
    return null;
  }
}

async function isFitting(signed: Signed, digest: Octets): Promise<boolean> {
  const { own, publicKey, attributes } = signed;
  const signature = plainSignature(signed.signature);
  if (
    signature === null ||
    !isSame(digestIn(attributes), digest) ||
    !holds(attributes.content, await sha256(own))
  ) {
    return false;
  }
  // Signed as the SET that the attributes are, not under the tag that they are sent with.
  const message = joined(new Uint8Array([SET]), attributes.whole.slice(1));
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", publicKey, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, message);
}

function isPinned(publicKey: Octets, keys: string[]): boolean {
  return keys.some((each) => isSame(decodeBytes(each), publicKey));
}

async function judge(
  pdf: Octets,
  text: string,
  [covered, second]: [Range, Range | undefined],
  keys: string[],
): Promise<PdfFinding> {
  if (covered.end > pdf.length) {
    return "damaged";
  }
  const [der, isAsWritten] = derIn(text, covered);
  const signed = readSigned(der);
  const { gapStart, gapEnd, end } = covered;
  const digest = await sha256(joined(pdf.subarray(0, gapStart), pdf.subarray(gapEnd, end)));
  const isGood = await isFitting(signed, digest).catch(() => false);
  if (!isPinned(signed.publicKey, keys)) {
    // A key that is not known may be new; but whose own signature does not fit was changed.
    return isGood || !holds(signed.own, NAME) ? "unknown_key" : "altered";
  }
  if (!isGood) {
    return "altered";
  }
  if (end < pdf.length) {
    return "appended_to";
  }
  return second === undefined && isAsWritten ? "good" : "altered";
}

/**
 * Whether a whole file bears our name where no signature of ours can be read. Whoever edits a page saves
 * it anew with a tool: that keeps the signature's bytes, in another place, and fits none.
 */
function isSavedAnew(text: string): boolean {
  // Browsers read "latin1" as Windows-1252: both sides by the same reading.
  const plain = new TextDecoder("latin1").decode(NAME);
  return text.includes(plain) || holdsOurSignature(text);
}

/**
 * Whether a signature under our name lies in a file (read as latin1), whatever became of what leads to it:
 * in the hexadecimal letters of a PDF's signature, as a text that merely names us has none.
 */
export function holdsOurSignature(text: string): boolean {
  return text.toLowerCase().includes(hex(NAME));
}

/** Whether a file ends as a PDF does. What was added to one begins with the number of an object. */
function hasEnd(text: string): boolean {
  const tail = text.slice(-END_WITHIN);
  const place = tail.lastIndexOf(END);
  return place >= 0 && !/^\s*\d/.test(tail.slice(place + END.length));
}

async function look(pdf: Octets, text: string, keys: string[]): Promise<PdfFinding> {
  const [covered, second] = rangesOf(text);
  if (covered === undefined) {
    return text.includes("/ByteRange") || holdsOurSignature(text) ? "damaged" : "unsigned";
  }
  try {
    return await judge(pdf, text, [covered, second], keys);
  } catch {
    return "damaged";
  }
}

/** `keys` are the pinned ones: DER SubjectPublicKeyInfo in base64url. Never raises. */
export async function checkSignature(pdf: Octets, keys: string[]): Promise<PdfFinding> {
  if (pdf.length > MOST_BYTES) {
    return "damaged";
  }
  const text = new TextDecoder("latin1").decode(pdf);
  const found = await look(pdf, text, keys);
  if (found !== "damaged" && found !== "unsigned") {
    return found;
  }
  if (!hasEnd(text)) {
    return "cut";
  }
  if (found === "unsigned" || !isSavedAnew(text)) {
    return found;
  }
  // The end of the last line is all that is missing: some mail takes it off.
  const whole = await look(joined(pdf, utf8("\n")), `${text}\n`, keys);
  return whole === "good" || whole === "unknown_key" ? "cut" : "altered";
}
