import { afterEach, describe, expect, it, vi } from "vitest";
import { handOver } from "../src/page/sharing";

const place = { textContent: " https://shixue.example/s/abc " } as unknown as HTMLElement;
const ADDRESS = "https://shixue.example/s/abc";

function device(parts: { share?: unknown; writeText?: unknown }): void {
  vi.stubGlobal("navigator", { share: parts.share, clipboard: { writeText: parts.writeText } });
}

describe("handing a link to somebody", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("goes by the device's own list where there is one", async () => {
    const share = vi.fn().mockResolvedValue(undefined);
    const writeText = vi.fn();
    device({ share, writeText });
    expect(await handOver(place, "安全生产入门")).toBe("shared");
    expect(share).toHaveBeenCalledWith({ title: "安全生产入门", url: ADDRESS });
    expect(writeText).not.toHaveBeenCalled();
  });

  it("copies nothing for whoever closed that list", async () => {
    const writeText = vi.fn();
    device({ share: vi.fn().mockRejectedValue(new DOMException("", "AbortError")), writeText });
    expect(await handOver(place, "")).toBe("stopped");
    expect(writeText).not.toHaveBeenCalled();
  });

  it("copies where there is no list, or it does not work", async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    device({ writeText });
    expect(await handOver(place, "")).toBe("copied");
    device({
      share: vi.fn().mockRejectedValue(new DOMException("", "NotAllowedError")),
      writeText,
    });
    expect(await handOver(place, "")).toBe("copied");
    expect(writeText).toHaveBeenLastCalledWith(ADDRESS);
  });

  it("selects where a page may not copy", async () => {
    const selectAllChildren = vi.fn();
    vi.stubGlobal("getSelection", () => ({ selectAllChildren }));
    device({ writeText: vi.fn().mockRejectedValue(new DOMException("", "NotAllowedError")) });
    expect(await handOver(place, "")).toBe("selected");
    expect(selectAllChildren).toHaveBeenCalledWith(place);
  });
});
