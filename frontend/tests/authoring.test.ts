import { describe, expect, it } from "vitest";
import {
  hashOf,
  type Line,
  missing,
  pauseAfter,
  sendMissing,
  type Upload,
} from "../src/authoring/pieces";
import { choicesOf, momentOf } from "../src/authoring/questions";

const upload: Upload = {
  upload_id: "u",
  piece_size: 4,
  pieces: 3,
  received: [1],
  name: "a.mp4",
  size: 10,
};

class Lost extends Error {}

function lineThat(fails: (sent: number) => unknown): Line & { sent: string[]; waited: number[] } {
  const sent: string[] = [];
  const waited: number[] = [];
  let tries = 0;
  return {
    sent,
    waited,
    async put(_upload, number, piece, hash) {
      const error = fails(tries++);
      if (error) {
        throw error;
      }
      sent.push(`${number}:${await piece.text()}:${hash.length}`);
    },
    isLost: (error) => error instanceof Lost,
    async wait(ms) {
      waited.push(ms);
    },
  };
}

const quiet = { progress: () => undefined, lost: () => undefined };

describe("a film in pieces", () => {
  const file = new Blob(["0123456789"]);

  it("sends what is missing and nothing else", async () => {
    const line = lineThat(() => null);
    expect(await sendMissing(file, upload, line, quiet, () => false)).toBe(true);
    expect(missing(upload)).toEqual([0, 2]);
    expect(line.sent).toEqual(["0:0123:64", "2:89:64"]);
  });

  it("goes on after the line broke, with longer and longer pauses", async () => {
    const line = lineThat((tries) => (tries > 0 && tries < 4 ? new Lost() : null));
    expect(await sendMissing(file, upload, line, quiet, () => false)).toBe(true);
    expect(line.waited).toEqual([1000, 2000, 4000]);
    expect(line.sent.length).toBe(2);
    expect(pauseAfter(20)).toBe(30_000);
  });

  it("stops at a refusal, and where somebody pauses it", async () => {
    const refusal = new Error("no film");
    const line = lineThat(() => refusal);
    await expect(sendMissing(file, upload, line, quiet, () => false)).rejects.toBe(refusal);
    const other = lineThat(() => null);
    expect(await sendMissing(file, upload, other, quiet, () => true)).toBe(false);
    expect(other.sent).toEqual([]);
  });

  it("names a piece by its SHA-256", async () => {
    expect(await hashOf(new Blob([""]))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
});

describe("a question", () => {
  it("has moments as people write them", () => {
    expect(["1:20", "0：05", "1:00:01", "80", "x", "", "1:2:3:4"].map(momentOf)).toEqual([
      80_000,
      5_000,
      3_601_000,
      80_000,
      null,
      null,
      null,
    ]);
  });

  it("leaves empty choices out and keeps the right ones right", () => {
    const rows = [
      { text: "甲", isRight: false },
      { text: " ", isRight: true },
      { text: "乙 ", isRight: true },
    ];
    expect(choicesOf(rows)).toEqual({ choices: ["甲", "乙"], answer: [1] });
  });
});
