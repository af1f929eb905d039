import { describe, expect, it } from "vitest";
import { sizeOf, sizeTrouble } from "../src/forms/sizes";

const MB = 1024 * 1024;

describe("the size of a chosen file", () => {
  it("is told in the unit of the page", () => {
    expect(sizeOf(16 * MB)).toBe("16 MB");
    expect(sizeOf(3 * MB)).toBe("3 MB");
    expect(sizeOf(3 * MB + 1)).toBe("3.1 MB");
    expect(sizeOf(300)).toBe("1 KB");
  });

  it("is refused before it is sent, with both sizes", () => {
    const trouble = sizeTrouble({ size: 50 * MB }, String(16 * MB));
    expect(trouble).toContain("50 MB");
    expect(trouble).toContain("16 MB");
    expect(sizeTrouble({ size: 16 * MB }, String(16 * MB))).toBe("");
  });

  it("without a bound is refused only where there is nothing in it", () => {
    expect(sizeTrouble({ size: 50 * MB }, undefined)).toBe("");
    expect(sizeTrouble({ size: 0 }, undefined)).toContain("空的");
  });
});
