import { describe, expect, it } from "vitest";
import { type Told, verdictOf } from "../src/verify/handed";

function said(verdict: string, finding: string): Told {
  return {
    verdict,
    finding,
    sentence: "文件不完整或已损坏，无法查验。",
    checked_at: "2026-11-28T09:00:00Z",
    facts: null,
    stated_holder: null,
    successor_number: null,
    proof: null,
    archive: null,
  };
}

describe("a file that the server looked at", () => {
  it("is incomplete on line as off line where its end is missing", () => {
    expect(verdictOf(said("unknown", "damaged"))).toBe("damaged");
  });

  it("is not yet judged where nothing is known against it", () => {
    for (const finding of ["unsigned", "other_platform", "encoding", "unreadable"]) {
      expect(verdictOf(said("unknown", finding))).toBe("unsure");
    }
  });

  it("is altered where it claims a page of ours", () => {
    expect(verdictOf(said("altered", "unknown_key"))).toBe("altered");
    expect(verdictOf(said("altered", "differs"))).toBe("altered");
  });
});
