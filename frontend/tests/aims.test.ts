import { describe, expect, it } from "vitest";
import { belongs } from "../src/org/aims";

describe("what belongs to an aim", () => {
  it.each([
    ["unit tag", "tag", true],
    ["unit tag", "ta", false],
    [undefined, "tag", false],
  ])("%s has %s: %s", (aims, aim, expected) => {
    expect(belongs(aims, aim)).toBe(expected);
  });
});
