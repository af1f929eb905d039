import { describe, expect, it } from "vitest";
import { dayIn } from "../src/verify/moment";

describe("the day of a signed moment", () => {
  it("is Shanghai's, whatever the offset it is written with", () => {
    expect(dayIn("2026-11-24T15:59:59+00:00")).toBe("2026-11-24");
    expect(dayIn("2026-11-24T16:00:00+00:00")).toBe("2026-11-25");
    expect(dayIn("2026-11-25T00:30:00+08:00")).toBe("2026-11-25");
  });

  it("stays as it is written where it is none", () => {
    expect(dayIn("someday")).toBe("someday");
  });
});
