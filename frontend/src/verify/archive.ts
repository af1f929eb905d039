/** Puts several files into one zip archive as they are: PDFs are packed already. */

import { joined, type Octets, utf8 } from "./octets";

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  }
  return rest;
});

export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest = (TABLE[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8);
  }
  return (rest ^ 0xffffffff) >>> 0;
}

export interface Entry {
  name: string;
  content: Octets;
}

/** Numbers of two or four bytes each, little end first. */
function packed(...numbers: [number, 2 | 4][]): Octets {
  const bytes = new Uint8Array(numbers.reduce((sum, [, size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [number, size] of numbers) {
    if (size === 2) {
      view.setUint16(at, number, true);
    } else {
      view.setUint32(at, number, true);
    }
    at += size;
  }
  return bytes;
}

/** APPNOTE.TXT 4.3: local headers with their files, the directory, its end. Names are UTF-8. */
export function zipped(entries: Entry[]): Octets {
  const files: Octets[] = [];
  const directory: Octets[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const written = utf8(name);
    const size = content.length;
    const common = packed(
      [20, 2],
      [0x800, 2],
      [0, 2],
      [0, 2],
      [0x21, 2],
      [crc32(content), 4],
      [size, 4],
      [size, 4],
      [written.length, 2],
      [0, 2],
    );
    const file = joined(packed([0x04034b50, 4]), common, written, content);
    const rest = packed([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
    directory.push(joined(packed([0x02014b50, 4], [20, 2]), common, rest, written));
    files.push(file);
    at += file.length;
  }
  const listed = joined(...directory);
  const count = entries.length;
  const end = packed(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [listed.length, 4],
    [at, 4],
    [0, 2],
  );
  return joined(...files, listed, end);
}
