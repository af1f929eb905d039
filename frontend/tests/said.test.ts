import { describe, expect, it } from "vitest";
import { Pulse, underWay } from "../src/authoring/film";
import { fullWords } from "../src/study/words";

describe("a reader who has read enough of a page", () => {
  it("is sent on, but not past the last page", () => {
    expect(fullWords("page")).toContain("请翻到下一页");
    expect(fullWords("last")).not.toContain("下一页");
    expect(fullWords(null)).toContain("学满");
  });
});

describe("a film that is coded", () => {
  it("is said to stand still once nothing was heard for half a minute", () => {
    const pulse = new Pulse();
    expect(pulse.isSilent("a", 1000)).toBe(false);
    expect(pulse.isSilent("a", 30_999)).toBe(false);
    expect(pulse.isSilent("a", 31_000)).toBe(true);
    expect(pulse.isSilent("b", 32_000)).toBe(false);
  });

  it("says when it goes on again by itself", () => {
    expect(underWay("转码", "running", 30, false)).toBe(
      "正在转码，已完成 30%。可以关闭本页，完成后再来。",
    );
    expect(underWay("转码", "running", 30, true)).toContain("最多五分钟后会自动从头再做");
    expect(underWay("转码", "waiting", 0, true)).toContain("正在排队");
  });
});
