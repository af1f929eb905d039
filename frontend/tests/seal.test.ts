import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAddress, readDigits } from "../src/verify/code";
import { openSeal } from "../src/verify/seal";

describe.each([1, 2, 3, 4])("the seal in the code, version %i", (version) => {
  const vector = JSON.parse(readFileSync(`../tests/golden/certificate-${version}.json`, "utf-8"));

  it("opens with the right key, as the server's own rules say", async () => {
    const scanned = readAddress(vector.text);
    expect(scanned?.publicId).toBe(vector.public_id);
    expect(await openSeal(readDigits(scanned?.digits ?? ""), vector.keys)).toEqual(vector.values);
  });

  it("stays shut for every altered digit and for unknown keys", async () => {
    const digits = readAddress(vector.text)?.digits ?? "";
    for (let place = 0; place < digits.length; place += 37) {
      const other = String((Number(digits[place]) + 1) % 10);
      const altered = digits.slice(0, place) + other + digits.slice(place + 1);
      expect(await openSeal(readDigits(altered), vector.keys)).toBeNull();
    }
    expect(await openSeal(readDigits(digits), {})).toBeNull();
  });

  it.each(["", "0", "12", "9".repeat(100)])("is not in %s", (digits) => {
    expect(readDigits(digits)).toBeNull();
  });

  it("is found behind what is put into an address on the way", () => {
    const address = "://shixue.example/v/AbCdEfGhIjKl";
    const plain = readAddress(`https${address}#12`);
    for (const text of [
      `HTTPS${address}#12`,
      `Https://SHIXUE.example/v/AbCdEfGhIjKl#12`,
      `https${address}?from=wechat#12`,
      `https${address}?from=wechat&x=/v/AbCdEfGhIjKm#12`,
      `https${address}＃12`,
      `HTTPS://shixue.example:443/v/AbCdEfGhIjKl?a＃12`,
      `https${address}%2312`,
      `https${address}%ef%BC%8312`,
      `https${address}?from=wechat%2312`,
    ]) {
      expect([text, readAddress(text)]).toEqual([text, plain]);
    }
    expect(readAddress(`https${address}?a#`)).toEqual({ ...plain, digits: "" });
    expect(readAddress(`https${address}`)).toEqual({ ...plain, digits: "", isCoded: false });
    for (const text of [`https${address}#12#12`, `https${address}#1２`, `https${address}?a b#12`]) {
      expect([text, readAddress(text)]).toEqual([text, null]);
    }
  });

  it.each([
    ["https://Shixue.Example:443", "shixue.example"],
    ["http://shixue.example:80", "shixue.example"],
    ["https://shixue.example:80", "shixue.example:80"],
    ["https://ours.example@evil.example", "ours.example@evil.example"],
  ])("has the host of its address: %s", (address, host) => {
    expect(readAddress(`${address}/v/AbCdEfGhIjKl`)?.host).toBe(host);
  });

  it.each(["hello", "https://x.example/w/AbCdEfGhIjKl", "javascript:alert(1)"])(
    "is not looked for in %s",
    (text) => {
      expect(readAddress(text)).toBeNull();
    },
  );
});
