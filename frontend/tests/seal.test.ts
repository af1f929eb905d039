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
