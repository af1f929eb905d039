import { describe, expect, it } from "vitest";
import { stateOfAll } from "../src/page/ticks";

describe("the box that ticks all", () => {
  it.each([
    [[true, true], true, false],
    [[true, false], false, true],
    [[false, false], false, false],
    [[], false, false],
  ])("shows %j as checked %s, dashed %s", (ticked, checked, indeterminate) => {
    expect(stateOfAll(ticked)).toEqual({ checked, indeterminate });
  });
});
