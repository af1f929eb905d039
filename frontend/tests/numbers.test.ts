import { describe, expect, it } from "vitest";
import { wholeNumber } from "../src/forms/numbers";

describe("a whole number as it is typed", () => {
  it.each([
    ["0", 0],
    ["12", 12],
    [" 12 ", 12],
    ["-3", -3],
    ["012", 12],
    ["１２", 12],
    ["1,200", 1200],
    ["1，200", 1200],
    ["12,345,678", 12_345_678],
  ])("%s is read", (typed, number) => {
    expect(wholeNumber(typed)).toBe(number);
  });

  it.each(["5万", "300人", "12.9", "1,20", "1,2000", "2周", "1e3", "0x10", "十二", "1 200", "--1"])(
    "%s stays as it is, and is refused at its field",
    (typed) => {
      expect(wholeNumber(typed)).toBe(typed);
    },
  );

  it("is nothing where nothing was typed", () => {
    expect(wholeNumber("  ")).toBe("");
  });
});
