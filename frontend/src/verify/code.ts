/** A certificate's code as it is printed: digits behind an address, and what of them is signed. */

/** What was ever printed: 1 is JSON, 2 is CBOR. */
const SIGNED_AS: Record<number, string> = { 1: "shixue-qr-1\n", 2: "shixue-qr-2\n" };
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;

export interface Seal {
  form: number;
  keyId: string;
  signature: Uint8Array<ArrayBuffer>;
  message: Uint8Array<ArrayBuffer>;
}

export interface Scanned {
  publicId: string;
  digits: string;
}

/** An address like ours, with or without the digits behind its #. */
export function readAddress(text: string): Scanned | null {
  const found = /^https?:\/\/[^/\s]+\/v\/([\w-]{10,40})(?:#(\d{1,4000}))?$/.exec(text.trim());
  return found ? { publicId: found[1] ?? "", digits: found[2] ?? "" } : null;
}

export function readDigits(digits: string): Seal | null {
  if (!/^\d+$/.test(digits)) {
    return null;
  }
  const hex = BigInt(digits).toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = new Uint8Array(even.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(even.slice(index * 2, index * 2 + 2), 16);
  }
  const head = 1 + KEY_ID_BYTES;
  const form = bytes[0] ?? 0;
  if (!(form in SIGNED_AS) || bytes.length <= head + SIGNATURE_BYTES) {
    return null;
  }
  const keyId = [...bytes.slice(1, head)].map((byte) => byte.toString(16).padStart(2, "0"));
  return {
    form,
    keyId: keyId.join(""),
    signature: bytes.slice(head, head + SIGNATURE_BYTES),
    message: bytes.slice(head + SIGNATURE_BYTES),
  };
}

/** The bytes under the signature. */
export function signedBytes(seal: Seal): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(SIGNED_AS[seal.form]);
  const signed = new Uint8Array(head.length + seal.message.length);
  signed.set(head);
  signed.set(seal.message, head.length);
  return signed;
}
