import { describe, expect, it } from "vitest";
import { checkOffLine, type Kept } from "../src/verify/offline";

describe("a signed file that this device has no keys for", () => {
  it.each(["shixue-proof-2", "shixue-class-1"])("is not called unreadable: %s", async (format) => {
    const file = { statement: { format }, key_id: "0a0b0c0d", signature: "AA" };
    const content = new TextEncoder().encode(JSON.stringify(file));
    const answer = await checkOffLine(content, {} as Kept);
    expect(answer.verdict).toBe("unsure");
    expect(answer.sentence).toContain("学时证明和班级档案要联网核对");
  });
});
