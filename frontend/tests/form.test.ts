import { describe, expect, it } from "vitest";
import { nextAddress, ownPath } from "../src/forms/form";

describe("where a form leads", () => {
  it("follows the answer", () => {
    expect(nextAddress("answer", { next: "/inbox" })).toBe("/inbox");
    expect(nextAddress("/exam/{id}", { id: "a/b" })).toBe("/exam/a%2Fb");
  });

  it.each([
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere",
    "javascript:alert(1)",
  ])("never leaves for %s", (wanted) => {
    expect(ownPath(wanted)).toBe("/home");
  });
});
