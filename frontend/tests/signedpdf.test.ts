import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { fixed, inside, made, part, SEQUENCE } from "../src/verify/der";
import { joined, type Octets, utf8 } from "../src/verify/octets";
import { checkSignature } from "../src/verify/signedpdf";
import { makeSigner, type Signer } from "./signing";

const vector = JSON.parse(readFileSync("../tests/vectors/off_line.json", "utf-8"));
const read = (path: string): Octets => new Uint8Array(readFileSync(path));
const issued = read("../tests/vectors/off_line.pdf");
const KEYS: string[] = vector.document_keys;

function gapOf(pdf: Octets): [number, number] {
  const text = Buffer.from(pdf).toString("latin1");
  const start = text.indexOf("/Contents <") + "/Contents ".length;
  return [start, text.indexOf(">", start) + 1];
}

function flipped(pdf: Octets, place: number, bit: number): Octets {
  const changed = pdf.slice();
  changed[place] = (changed[place] ?? 0) ^ (1 << bit);
  return changed;
}

/** Numbers that are the same each time: `count` of them, from `begin` up to `end`. */
function places(count: number, begin: number, end: number): number[] {
  let state = 11;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return begin + (state % (end - begin));
  });
}

describe("DER", () => {
  const bytes = (...each: number[]): Octets => new Uint8Array(each);

  it("is read in its one spelling", () => {
    expect(part(bytes(4, 1, 7)).content).toEqual(bytes(7));
    const long = made(4, new Uint8Array(300));
    expect([...long.slice(0, 4)]).toEqual([4, 0x82, 1, 44]);
    expect(part(long).content.length).toBe(300);
    for (const wrong of [
      bytes(4),
      bytes(4, 2, 7),
      bytes(4, 0x81, 1, 7),
      bytes(4, 0x82, 0, 200, ...new Uint8Array(200)),
      bytes(4, 0x80, 7, 0, 0),
      bytes(0x1f, 1, 7),
    ]) {
      expect(() => part(wrong)).toThrow();
    }
    expect(() => inside(bytes(4, 1, 7, 4))).toThrow();
  });

  it("has one spelling of a positive integer", () => {
    expect(fixed(part(bytes(2, 2, 0, 0x80)), 4)).toEqual(bytes(0, 0, 0, 0x80));
    for (const wrong of [[0x80], [0, 1], [0], [], [1, 1, 1, 1, 1]]) {
      expect(() => fixed(part(made(2, bytes(...wrong))), 4)).toThrow();
    }
    expect(() => fixed(part(made(SEQUENCE, bytes(1))), 4)).toThrow();
  });
});

describe("a document of ours", () => {
  it.each([
    ["as it is issued", issued, KEYS],
    ["as it was once", read("../tests/golden/document-1.pdf"), [vector.golden_document_key]],
    [
      "with a time stamp",
      read("../tests/golden/document-1-stamped.pdf"),
      ["AAAA", vector.golden_document_key],
    ],
  ])("is whole: %s", async (_name, pdf, keys) => {
    expect(await checkSignature(pdf, keys)).toBe("good");
  });

  it("is whole to its last bit: before the signature any other is a change", async () => {
    const [start] = gapOf(issued);
    for (const [bit, place] of places(150, 20, start - "/Contents ".length).entries()) {
      expect([place, await checkSignature(flipped(issued, place, bit % 8), KEYS)]).toEqual([
        place,
        "altered",
      ]);
    }
  });

  it("is whole to its last bit: no bit of the signature, or behind it, is another", async () => {
    const [start] = gapOf(issued);
    for (const [bit, place] of places(400, start, issued.length).entries()) {
      const found = await checkSignature(flipped(issued, place, bit % 8), KEYS);
      expect([place, found]).not.toEqual([place, "good"]);
    }
  });

  it("is nothing with something behind it, or cut short", async () => {
    for (const more of ["\n", "% and more\n%%EOF\n", "/ByteRange [0 1 2 3]"]) {
      expect(await checkSignature(joined(issued, utf8(more)), KEYS)).toBe("appended_to");
    }
    expect(await checkSignature(joined(issued, issued), KEYS)).toBe("appended_to");
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const cut = issued.slice(0, Math.floor(issued.length * share));
      expect([share, await checkSignature(cut, KEYS)]).toEqual([share, "cut"]);
    }
  });

  it("is a change where its first line, or the word for the signature's place, is another", async () => {
    const word = Buffer.from(issued).lastIndexOf("/ByteRange");
    for (const place of [0, 1, 2, 3, 4, ...Array.from({ length: 13 }, (_, at) => word + at)]) {
      for (const keys of [KEYS, []]) {
        const found = await checkSignature(flipped(issued, place, 0), keys);
        expect([place, found]).toEqual([place, "altered"]);
      }
    }
  });

  it("was cut where the end of its last line alone is missing", async () => {
    expect(await checkSignature(issued.slice(0, -1), KEYS)).toBe("cut");
    expect(await checkSignature(issued.slice(0, -1), [])).toBe("cut");
    const changed = flipped(issued, 3000, 1).slice(0, -1);
    expect(await checkSignature(changed, KEYS)).toBe("altered");
  });

  it("hides nothing behind its signature, and spells it in one way", async () => {
    const [start, end] = gapOf(issued);
    const text = Buffer.from(issued).toString("latin1");
    const small = text.slice(0, start) + text.slice(start, end).toLowerCase() + text.slice(end);
    const filled = `${text.slice(0, end - 3)}AB${text.slice(end - 1)}`;
    for (const [changed, finding] of [
      [small, "altered"],
      [filled, "altered"],
      [`${text.slice(0, end - 3)}%x${text.slice(end - 1)}`, "altered"],
    ] as const) {
      expect(await checkSignature(new Uint8Array(Buffer.from(changed, "latin1")), KEYS)).toBe(
        finding,
      );
    }
  });
});

describe("a document of somebody else", () => {
  let ours: Signer;
  let theirs: Signer;
  const bare = utf8("%PDF-1.7\n% something\n");

  beforeAll(async () => {
    [ours, theirs] = [await makeSigner(), await makeSigner()];
  });

  it("is not ours, however well it is signed", async () => {
    const signed = await theirs.sign(bare);
    expect(await checkSignature(signed, [theirs.publicKey])).toBe("good");
    expect(await checkSignature(signed, [ours.publicKey])).toBe("unknown_key");
    expect(await checkSignature(signed, [])).toBe("unknown_key");
  });

  it("was changed where it bears our certificate, whose own signature does not fit", async () => {
    // A device without today's key still knows that: no key fits another's bytes.
    const [start] = gapOf(issued);
    expect(await checkSignature(issued, [])).toBe("unknown_key");
    for (const place of places(20, 20, start - "/Contents ".length)) {
      expect(await checkSignature(flipped(issued, place, 1), [])).toBe("altered");
    }
    for (const place of places(60, start + 1, start + 1500)) {
      expect([place, await checkSignature(flipped(issued, place, 0), KEYS)]).toEqual([
        place,
        "altered",
      ]);
    }
  });

  it("is read in no time, however many pieces its signature is made of", async () => {
    const many = "0500".repeat(256 * 1024);
    const der = `3083${(many.length / 2).toString(16).padStart(6, "0")}${many}`.toUpperCase();
    const head = (range: string): string => `%PDF-1.7\n/ByteRange [0 ${range}]/Contents `;
    const start = head("00000000 00000000 00000000").length;
    const gap = `<${der}>`;
    const [from, tail] = [start + gap.length, "\n%%EOF\n"];
    const digits = [start, from, tail.length].map((each) => String(each).padStart(8, "0"));
    const pdf = utf8(head(digits.join(" ")) + gap + tail);
    const before = performance.now();
    expect(await checkSignature(pdf, KEYS)).toBe("damaged");
    const content = new Uint8Array(Buffer.from(many, "hex"));
    expect(inside(content).length).toBe(256 * 1024);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  it("does not become ours with our signature in it", async () => {
    const [signed, other] = [
      await ours.sign(bare),
      await ours.sign(utf8("%PDF-1.7\n% elsething\n")),
    ];
    const [start, end] = gapOf(signed);
    const mixed = signed.slice();
    mixed.set(other.slice(start, end), start);
    expect(await checkSignature(other, [ours.publicKey])).toBe("good");
    expect(await checkSignature(mixed, [ours.publicKey])).toBe("altered");
  });

  it("may have no signature at all", async () => {
    const end = "\n%%EOF\n";
    expect(await checkSignature(utf8(`%PDF-1.7${end}`), [ours.publicKey])).toBe("unsigned");
    expect(await checkSignature(bare, [ours.publicKey])).toBe("cut");
    for (const range of ["[1 2]", "[0 3 4 99]", "[0 3 4 1]"]) {
      const theirs = `%PDF-1.7 /ByteRange ${range}`;
      expect(await checkSignature(utf8(theirs + end), [])).toBe("damaged");
      expect(await checkSignature(utf8(theirs), [])).toBe("cut");
      expect(await checkSignature(utf8(`${theirs} 实学证书签章${end}`), [])).toBe("altered");
    }
    expect(await checkSignature(new Uint8Array(5 * 1024 * 1024), [])).toBe("damaged");
  });
});
