import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { behindPath, isCode, isOwnCode, type Own } from "../src/verify/stands";

const vector = JSON.parse(readFileSync("../tests/golden/certificate-4.json", "utf-8"));
const [, digits] = vector.text.split("#") as [string, string];

async function ownOf(text: string, keys: Record<string, string> = vector.keys): Promise<Own> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return { keys, code: Buffer.from(digest).toString("base64url") };
}

function altered(text: string, place: number): string {
  return `${text.slice(0, place)}${(Number(text[place]) + 1) % 10}${text.slice(place + 1)}`;
}

describe("what stands behind a page's address", () => {
  it.each([
    ["", "", false],
    ["#", "#", true],
    ["#main", "#main", false],
    ["#12", "#12", true],
    ["#12#", "#12#", true],
  ])("%j is %j", (end, behind, isOne) => {
    const told = behindPath(new URL(`https://shixue.example/v/AbCdEfGhIjKl${end}`));
    expect([told, isCode(told)]).toEqual([behind, isOne]);
  });
});

describe("a page that is read before the server was asked about its code", () => {
  it("is that of the code which is its own", async () => {
    expect(await isOwnCode(`#${digits}`, await ownOf(digits))).toBe(true);
  });

  it("is none of another code, however little it differs", async () => {
    const own = await ownOf(digits);
    for (let place = 0; place < digits.length; place += 1) {
      expect(await isOwnCode(`#${altered(digits, place)}`, own)).toBe(false);
      expect(await isOwnCode(`#${digits.slice(0, place)}`, own)).toBe(false);
    }
    for (const text of ["", "#", "#main", `#0${digits}`, `#${digits} `]) {
      expect(await isOwnCode(text, own)).toBe(false);
    }
  });

  it("is none where the signature is not good, though the server calls the code its own", async () => {
    for (let place = digits.length - 400; place < digits.length; place += 7) {
      const forged = altered(digits, place);
      expect(await isOwnCode(`#${forged}`, await ownOf(forged))).toBe(false);
    }
  });

  it("is none by a key that is not known, nor where the record has forgotten its code", async () => {
    expect(await isOwnCode(`#${digits}`, await ownOf(digits, {}))).toBe(false);
    expect(await isOwnCode(`#${digits}`, { keys: vector.keys, code: "" })).toBe(false);
  });
});
