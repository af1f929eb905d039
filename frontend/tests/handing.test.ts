import { describe, expect, it } from "vitest";
import { handIn } from "../src/exam/handing";
import { RefusedError } from "../src/net/api";

function refused(code: string): RefusedError {
  return new RefusedError({ status: 409, title: "", detail: code, code }, null);
}

function around(failures: Error[], asked: boolean[] = []) {
  const told: string[] = [];
  let pauses = 0;
  return {
    told,
    pauses: () => pauses,
    submit: async () => {
      const failure = failures.shift();
      if (failure) {
        throw failure;
      }
    },
    isAsked: () => asked.shift() ?? false,
    tell: (sentence: string) => told.push(sentence),
    pause: async () => {
      pauses += 1;
    },
  };
}

describe("handing in", () => {
  it("waits for what is being judged, and goes on by itself", async () => {
    const paper = around([refused("judging"), refused("judging")]);
    expect(await handIn(paper)).toBe(true);
    expect(paper.pauses()).toBe(2);
    expect(paper.told[0]).toContain("自动交卷");
  });

  it("stops where a check is asked again", async () => {
    expect(await handIn(around([refused("judging")], [true]))).toBe(false);
  });

  it("tells every other refusal at once", async () => {
    const paper = around([refused("other_device")]);
    await expect(handIn(paper)).rejects.toThrow("other_device");
    expect(paper.pauses()).toBe(0);
  });
});
