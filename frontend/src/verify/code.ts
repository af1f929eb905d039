/** A certificate's code as it is printed: digits behind an address, and what of them is signed. */

import { bytesOf, hex, joined, type Octets, utf8 } from "./octets";

/** What was ever printed: 1 is JSON, 2 is CBOR. */
const SIGNED_AS: Record<number, string> = { 1: "shixue-qr-1\n", 2: "shixue-qr-2\n" };
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

export interface Seal {
  form: number;
  keyId: string;
  signature: Octets;
  message: Octets;
}

export interface Scanned {
  /** As a browser names it: small letters, and a port where it is not the usual one. Signed by nobody. */
  host: string;
  publicId: string;
  digits: string;
  /** Whether there is a #, with or without anything behind it. */
  isCoded: boolean;
}

/**
 * As it comes on the way here too: messengers put a query behind an address, keyboards write a # in full
 * width, browsers and programs write either of them with %, some write the scheme in capitals. Nothing of
 * that is signed, or says anything.
 */
const ADDRESS =
  /^([Hh][Tt]{2}[Pp][Ss]?):\/\/([^/\s]+)\/v\/([\w-]{10,40})(?:\?[^#＃\s]*?)?(?:([#＃]|%23|%[Ee][Ff]%[Bb][Cc]%83)(\d{0,4000}))?$/;

/** An address like ours, with or without the digits behind its #. */
export function readAddress(text: string): Scanned | null {
  const found = ADDRESS.exec(text.trim());
  if (found === null) {
    return null;
  }
  const [, scheme = "", place = "", publicId = "", mark, digits = ""] = found;
  const usual = scheme.toLowerCase() === "https" ? /:443$/ : /:80$/;
  const host = place.toLowerCase().replace(usual, "");
  return { host, publicId, digits, isCoded: mark !== undefined };
}

export function readDigits(digits: string): Seal | null {
  if (!/^\d+$/.test(digits)) {
    return null;
  }
  const bytes = bytesOf(BigInt(digits));
  const head = 1 + KEY_ID_BYTES;
  const form = bytes[0] ?? 0;
  if (!(form in SIGNED_AS) || bytes.length <= head + SIGNATURE_BYTES) {
    return null;
  }
  return {
    form,
    keyId: hex(bytes.slice(1, head)),
    signature: bytes.slice(head, head + SIGNATURE_BYTES),
    message: bytes.slice(head + SIGNATURE_BYTES),
  };
}

/** The bytes under the signature. */
export function signedBytes(seal: Seal): Octets {
  return joined(utf8(SIGNED_AS[seal.form] ?? ""), seal.message);
}
