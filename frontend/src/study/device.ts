/** The device's own key: made here, never to be carried away, signs what is answered here (R22). */

import { type DBSchema, openDB } from "idb";
import { encodeBytes } from "../net/base64";
import type { Challenge } from "./wire";

interface DeviceDatabase extends DBSchema {
  keys: { key: string; value: CryptoKeyPair };
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const OWN = "own";

/** The body of an answer: with a signature where the browser can make one. */
export interface AnswerBody {
  head: string;
  answer: Record<string, unknown>;
  signed?: { salt: string; signature: string };
  device_key?: { public_key: string; signature: string };
}

/** RFC 8785 for what answers hold: objects with ASCII names, lists, text and whole numbers. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(canonical).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

function joined(salt: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const both = new Uint8Array(salt.length + bytes.length);
  both.set(salt);
  both.set(bytes, salt.length);
  return both;
}

/** A commitment to the answer: the salt goes along with it once, and is not kept anywhere. */
export async function payloadHash(salt: Uint8Array, answer: unknown): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", joined(salt, canonical(answer)));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function answerText(
  head: string,
  challengeId: string,
  promptNumber: number,
  payload: string,
): string {
  return ["shixue-answer-1", head, challengeId, promptNumber, payload].join("\n");
}

export function registrationText(challengeId: string, head: string, publicKey: string): string {
  return ["shixue-device-key-1", challengeId, head, publicKey].join("\n");
}

async function sign(pair: CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return encodeBytes(new Uint8Array(await crypto.subtle.sign(SIGNING, pair.privateKey, bytes)));
}

async function ownKey(): Promise<CryptoKeyPair> {
  const database = await openDB<DeviceDatabase>("shixue-device", 1, {
    upgrade(fresh) {
      fresh.createObjectStore("keys");
    },
  });
  try {
    const kept = await database.get("keys", OWN);
    if (kept) {
      return kept;
    }
    const made = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
    // Two pages may come here at once: what was put first stays.
    await database.add("keys", made, OWN).catch(() => undefined);
    return (await database.get("keys", OWN)) ?? made;
  } finally {
    database.close();
  }
}

/** The key that this browser keeps; null where it can make or keep none: that counts too. */
export async function deviceKey(): Promise<CryptoKeyPair | null> {
  try {
    return await ownKey();
  } catch {
    return null;
  }
}

/** Sign an answer; with an identity check goes the public key, to be registered if it is new. */
export async function signAnswer(
  pair: CryptoKeyPair | null,
  challenge: Challenge,
  head: string,
  answer: Record<string, unknown>,
): Promise<AnswerBody> {
  if (pair === null) {
    return { head, answer };
  }
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const payload = await payloadHash(salt, answer);
  const text = answerText(head, challenge.id, challenge.prompt_number, payload);
  const signed = { salt: encodeBytes(salt), signature: await sign(pair, text) };
  if (challenge.kind !== "identity") {
    return { head, answer, signed };
  }
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  const publicKey = encodeBytes(new Uint8Array(spki));
  const signature = await sign(pair, registrationText(challenge.id, head, publicKey));
  return { head, answer, signed, device_key: { public_key: publicKey, signature } };
}
