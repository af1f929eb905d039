import { beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint } from "../src/verify/logproof";
import { hex, joined, sha256, utf8 } from "../src/verify/octets";

const NAME = "shixue.example/log";
const ROOT = Buffer.alloc(32, 7).toString("base64");
const TEXT = `${NAME}\n9\n${ROOT}\n`;

interface Key {
  text: string;
  lineUnder: (text: string) => Promise<string>;
}

/** A key of the log's own name: its hash tells it from the others. */
async function makeKey(): Promise<Key> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const material = joined(new Uint8Array([1]), raw);
  const hash = (await sha256(joined(utf8(`${NAME}\n`), material))).slice(0, 4);
  const lineUnder = async (text: string): Promise<string> => {
    const signature = await crypto.subtle.sign("Ed25519", privateKey, utf8(text));
    const told = Buffer.concat([hash, Buffer.from(signature)]).toString("base64");
    return `— ${NAME} ${told}\n`;
  };
  return { text: `${NAME}+${hex(hash)}+${Buffer.from(material).toString("base64")}`, lineUnder };
}

describe("keys of one name", () => {
  let old: Key;
  let next: Key;

  beforeAll(async () => {
    [old, next] = await Promise.all([makeKey(), makeKey()]);
  });

  const size = async (lines: string[], keys: Key[]): Promise<number | undefined> => {
    const found = await readCheckpoint(
      `${TEXT}\n${lines.join("")}`,
      keys.map((key) => key.text),
    );
    return found?.size;
  };

  it("stand side by side, in whatever order lines and keys come", async () => {
    const lines = [await old.lineUnder(TEXT), await next.lineUnder(TEXT)];
    for (const shown of [lines, [...lines].reverse(), lines.slice(0, 1), lines.slice(1)]) {
      for (const keys of [
        [old, next],
        [next, old],
      ]) {
        expect(await size(shown, keys)).toBe(9);
      }
    }
  });

  it("do not speak for one another", async () => {
    expect(await size([await next.lineUnder(TEXT)], [old])).toBeUndefined();
    expect(await size([await old.lineUnder(TEXT)], [next])).toBeUndefined();
    const wrong = await old.lineUnder(`${TEXT}x\n`);
    expect(await size([wrong], [old, next])).toBeUndefined();
    expect(await size([wrong, await next.lineUnder(TEXT)], [old, next])).toBe(9);
  });
});
