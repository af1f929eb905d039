import { describe, expect, it } from "vitest";
import { nextAddress, ownPath, placeToMend, targetOf } from "../src/forms/form";

describe("where a form leads", () => {
  it("follows the answer", () => {
    expect(nextAddress("answer", { next: "/inbox" })).toBe("/inbox");
    expect(nextAddress("/exam/{id}", { id: "a/b" })).toBe("/exam/a%2Fb");
  });

  it.each([
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "\t//elsewhere.example",
    "/\t\\elsewhere.example",
    "/.//elsewhere.example",
    "/a/..//elsewhere.example",
    "javascript:alert(1)",
  ])("never leaves for %s", (wanted) => {
    expect(ownPath(wanted)).toBe("/home");
  });

  it.each(["/inbox", "/hours/2026-11-27?a=1&b=//c#d", "/learn/01/02"])("goes to %s", (wanted) => {
    expect(ownPath(wanted)).toBe(wanted);
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

describe("an answer that asks for another try", () => {
  const stays = "mismatch:name rate_limited";

  it("is said at its field, or on top", () => {
    expect(placeToMend(stays, "mismatch")).toBe("name");
    expect(placeToMend(stays, "rate_limited")).toBe("");
  });

  it.each([
    [stays, "match"],
    [stays, "name"],
    [stays, undefined],
    [undefined, "mismatch"],
    ["", ""],
  ])("%s: %s has done its work", (said, outcome) => {
    expect(placeToMend(said, outcome)).toBeNull();
  });
});
