import { describe, expect, it } from "vitest";
import { base64Of, fitted } from "../src/page/licence";

describe("a licence's picture", () => {
  it("is made smaller and keeps its shape", () => {
    expect(fitted(4400, 2200)).toEqual([2200, 1100]);
    expect(fitted(3000, 4000, 2000)).toEqual([1500, 2000]);
  });

  it("is never made larger, and never nothing", () => {
    expect(fitted(640, 480)).toEqual([640, 480]);
    expect(fitted(1, 100_000)).toEqual([1, 2200]);
  });

  it("is sent without what a data address says before it", () => {
    expect(base64Of("data:image/jpeg;base64,/9j/4AAQ")).toBe("/9j/4AAQ");
  });
});
