import { describe, expect, it } from "vitest";
import { nextAddress, ownPath, targetOf } from "../src/forms/form";

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

describe("where a form is sent", () => {
  const element = (api?: string) => ({ dataset: api ? { api } : {} }) as unknown as HTMLElement;

  it("goes where the form says, unless the button that was tapped says otherwise", () => {
    const form = element("POST /api/v1/me/identity");
    expect(targetOf(form, null)).toEqual(["POST", "/api/v1/me/identity"]);
    expect(targetOf(form, element())).toEqual(["POST", "/api/v1/me/identity"]);
    expect(targetOf(form, element("POST /api/v1/me/identity/dispute"))).toEqual([
      "POST",
      "/api/v1/me/identity/dispute",
    ]);
  });
});
