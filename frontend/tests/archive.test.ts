import { describe, expect, it } from "vitest";
import { crc32, zipped } from "../src/verify/archive";
import { utf8 } from "../src/verify/octets";

describe("an archive of files as they are", () => {
  it("has the checksum that everybody has", () => {
    expect(crc32(utf8("123456789"))).toBe(0xcbf43926);
    expect(crc32(utf8(""))).toBe(0);
  });

  it("holds each file under its name, and a directory at its end", () => {
    const made = Buffer.from(
      zipped([
        { name: "李.pdf", content: utf8("one") },
        { name: "b.pdf", content: utf8("second") },
      ]),
    );
    const end = made.length - 22;
    expect(made.readUInt32LE(end)).toBe(0x06054b50);
    expect(made.readUInt16LE(end + 10)).toBe(2);
    const directory = made.readUInt32LE(end + 16);
    expect(made.readUInt32LE(directory)).toBe(0x02014b50);
    expect(made.readUInt32LE(end + 12)).toBe(end - directory);
    const length = made.readUInt16LE(directory + 28);
    expect(made.toString("utf-8", directory + 46, directory + 46 + length)).toBe("李.pdf");
    const second = directory + 46 + length;
    const at = made.readUInt32LE(second + 42);
    expect(made.readUInt32LE(at)).toBe(0x04034b50);
    const content = at + 30 + made.readUInt16LE(at + 26);
    expect(made.toString("utf-8", content, content + 6)).toBe("second");
  });
});
