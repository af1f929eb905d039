import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeBytes, encodeBytes } from "../src/net/base64";
import {
  answerText,
  canonical,
  deviceKey,
  payloadHash,
  registrationText,
  signAnswer,
} from "../src/study/device";
import type { Challenge } from "../src/study/wire";

const vector = JSON.parse(readFileSync("../tests/vectors/device.json", "utf-8"));
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

async function isSigned(spki: string, signature: string, text: string): Promise<boolean> {
  const key = await crypto.subtle.importKey("spki", decodeBytes(spki), CURVE, true, ["verify"]);
  const bytes = new TextEncoder().encode(text);
  return crypto.subtle.verify(SIGNING, key, decodeBytes(signature), bytes);
}

const challenge = (kind: "presence" | "identity"): Challenge => ({
  id: vector.challenge_id,
  kind,
  methods: [],
  tries_left: 3,
  prompt_number: vector.prompt_number,
  expires_in_ms: 1000,
  prompt: {},
});

describe("what a device signs", () => {
  it("is, byte for byte, what the server reads", async () => {
    const { head, challenge_id, prompt_number, public_key } = vector;
    for (const each of vector.answers) {
      expect(canonical(each.answer)).toBe(each.canonical);
      expect(await payloadHash(decodeBytes(vector.salt), each.answer)).toBe(each.payload);
      const text = answerText(head, challenge_id, prompt_number, each.payload);
      expect(text).toBe(each.text);
      expect(await isSigned(public_key, each.signature, text)).toBe(true);
    }
    const text = registrationText(challenge_id, head, public_key);
    expect(text).toBe(vector.registration.text);
    expect(await isSigned(public_key, vector.registration.signature, text)).toBe(true);
  });
});

describe("the device's key", () => {
  it("is made once, and cannot be carried away", async () => {
    const first = await deviceKey();
    const again = await deviceKey();
    expect(first?.privateKey.extractable).toBe(false);
    const [one, two] = await Promise.all(
      [first, again].map(async (pair) => {
        const raw = await crypto.subtle.exportKey("spki", (pair as CryptoKeyPair).publicKey);
        return encodeBytes(new Uint8Array(raw));
      }),
    );
    expect(one).toBe(two);
  });

  it("signs every answer, and is offered with an identity check only", async () => {
    const pair = await deviceKey();
    const answer = { code: "123456", answer: "红星小学" };
    const body = await signAnswer(pair, challenge("identity"), vector.head, answer);
    const publicKey = body.device_key?.public_key ?? "";
    const salt = decodeBytes(body.signed?.salt ?? "");
    expect(salt.length).toBe(16);
    const text = answerText(
      vector.head,
      vector.challenge_id,
      vector.prompt_number,
      await payloadHash(salt, answer),
    );
    expect(await isSigned(publicKey, body.signed?.signature ?? "", text)).toBe(true);
    const joins = registrationText(vector.challenge_id, vector.head, publicKey);
    expect(await isSigned(publicKey, body.device_key?.signature ?? "", joins)).toBe(true);
    const presence = await signAnswer(pair, challenge("presence"), vector.head, { digits: "1" });
    expect(presence.device_key).toBeUndefined();
    expect(presence.signed).toBeDefined();
  });

  it("is missed where there is none: the answer goes without", async () => {
    const body = await signAnswer(null, challenge("identity"), vector.head, { digits: "1" });
    expect(body).toEqual({ head: vector.head, answer: { digits: "1" } });
  });
});
