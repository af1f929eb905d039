/** The signed minimum in a certificate's code, read and checked without any server. */

import { decode } from "cborg";
import { decodeBytes } from "../net/base64";
import { type Seal, signedBytes } from "./code";
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

/** One of a good seal's fields, by its name. */
export function statedIn(values: string[], name: (typeof FIELDS)[number]): string {
  return values[FIELDS.indexOf(name)] ?? "";
}

function valuesOf(seal: Seal): unknown {
  return seal.form === 1
    ? JSON.parse(new TextDecoder().decode(seal.message))
    : decode(seal.message);
}

function fieldsOf(seal: Seal): string[] | null {
  const values = valuesOf(seal);
  return Array.isArray(values) && values.length === 1 + FIELDS.length
    ? values.slice(1).map(String)
    : null;
}

/**
 * Whether a seal's message has a code's fields, whoever signed it. Where digits are missing every byte
 * is another, the key's id too: such a code was not read whole, and is by no key that is not known.
 */
export function isWholeMessage(seal: Seal): boolean {
  try {
    return fieldsOf(seal) !== null;
  } catch {
    return false;
  }
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
  const isGood = await isSigned(decodeBytes(key), seal.signature, signedBytes(seal));
  return isGood ? fieldsOf(seal) : null;
}
