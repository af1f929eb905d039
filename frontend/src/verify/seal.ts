/** The signed minimum in a certificate's code, read and checked without any server. */

import { decode } from "cborg";
import { decodeBytes } from "../net/base64";
import { isSigned } from "./ed25519";

export const FIELDS = [
  "证书编号",
  "持证人",
  "证件号码",
  "证书名称",
  "课程",
  "培训机构",
  "认定学时",
  "完成日期",
  "有效期至",
] as const;

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

function valuesOf(seal: Seal): unknown {
  return seal.form === 1
    ? JSON.parse(new TextDecoder().decode(seal.message))
    : decode(seal.message);
}

/** The fields of a good seal in order; null where the signature or the key is not right. */
export async function openSeal(
  seal: Seal | null,
  keys: Record<string, string>,
): Promise<string[] | null> {
  const key = seal ? keys[seal.keyId] : undefined;
  if (!seal || key === undefined) {
    return null;
  }
  const head = new TextEncoder().encode(SIGNED_AS[seal.form]);
  const signed = new Uint8Array(head.length + seal.message.length);
  signed.set(head);
  signed.set(seal.message, head.length);
  if (!(await isSigned(decodeBytes(key), seal.signature, signed))) {
    return null;
  }
  const values = valuesOf(seal);
  return Array.isArray(values) && values.length === 1 + FIELDS.length
    ? values.slice(1).map(String)
    : null;
}
