import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkBehind, judgeScanned, type ServersWord, type Shown } from "../src/verify/scanned";

const vector = JSON.parse(readFileSync("../tests/golden/certificate-4.json", "utf-8"));
const [, digits] = vector.text.split("#") as [string, string];
const names = [
  "证书编号",
  "持证人",
  "证件号码",
  "证书名称",
  "课程",
  "培训机构",
  "认定学时",
  "完成日期",
  "有效期至",
];
const rows = Object.fromEntries(names.map((name, index) => [name, vector.values[index] || "长期"]));
const page: Shown = {
  verdict: "valid",
  rows: { ...rows, 认定学时: "4 学时（每学时 45 分钟）" },
  isSeen: false,
};
const said = (verdict: string): ServersWord => ({ verdict, sentence: `服务器：${verdict}` });

/** The verdict of a text behind the #, on a page that shows a good certificate. */
async function verdictOf(
  text: string,
  server: ServersWord | null,
  shown = page,
  keys: Record<string, string> = vector.keys,
): Promise<string> {
  return judgeScanned(await checkBehind(`#${text}`, keys), server, shown).verdict;
}

/** One digit of every place altered, and the text cut at every length. */
function* forgeries(): Generator<string> {
  for (let place = 0; place < digits.length; place += 1) {
    const other = String((Number(digits[place]) + 1) % 10);
    yield digits.slice(0, place) + other + digits.slice(place + 1);
    if (place > 0) {
      yield digits.slice(0, place);
    }
  }
}

describe("what stands behind the #", () => {
  it("is good as it was printed, and nowhere else is a page green", async () => {
    expect(await verdictOf(digits, said("valid"))).toBe("valid");
    expect(await verdictOf(digits, null)).toBe("unasked");
  });

  it("is never green where it was altered or cut, whatever the server says or does not", async () => {
    for (const text of forgeries()) {
      const found = await checkBehind(`#${text}`, vector.keys);
      for (const server of [null, said("valid"), said("superseded"), said("expired")]) {
        const { verdict } = judgeScanned(found, server, page);
        expect([text, ["altered", "incomplete", "no_code", "unsure"].includes(verdict)]).toEqual([
          text,
          true,
        ]);
      }
    }
  });

  it.each([
    ["a letter", `${digits.slice(0, 9)}x${digits.slice(10)}`],
    ["a blank", `${digits.slice(0, 9)} ${digits.slice(10)}`],
    ["a blank as an address writes it", `${digits.slice(0, 9)}%20${digits.slice(10)}`],
    ["a full-width digit", `${digits.slice(0, 9)}１${digits.slice(10)}`],
    ["the same, as an address writes it", `${digits.slice(0, 9)}%EF%BC%91${digits.slice(10)}`],
    ["a zero in front", `0${digits}`],
    ["a word behind it", `${digits}&from=chat`],
    ["more digits than any code has", "1".repeat(4001)],
    ["no digit at all", "top"],
  ])("is no code of ours with %s", async (_name, text) => {
    for (const server of [null, said("valid"), said("unknown")]) {
      expect(await verdictOf(text, server)).toBe("no_code");
    }
  });

  it("is told as the server tells it, where the server knows more", async () => {
    expect(await verdictOf(digits.slice(0, 50), said("incomplete"))).toBe("incomplete");
    expect(await verdictOf(digits.slice(0, 50), said("altered"))).toBe("altered");
    expect(await verdictOf(digits, said("revoked"))).toBe("revoked");
    expect(await verdictOf(digits, said("altered"))).toBe("altered");
  });

  it("is not believed by a key that nobody published", async () => {
    expect(await verdictOf(digits, null, page, {})).toBe("unsure");
    expect(await verdictOf(digits, said("valid"), page, {})).toBe("unsure");
  });

  it("has to be what the page shows: a good code of another certificate is altered", async () => {
    for (const name of ["证书编号", "持证人", "课程", "有效期至"]) {
      const other = { ...page, rows: { ...page.rows, [name]: "别的" } };
      expect([name, await verdictOf(digits, null, other)]).toEqual([name, "altered"]);
    }
    const gone = { ...page.rows, 持证人: "持证人已注销", 证件号码: "—" };
    expect(await verdictOf(digits, null, { ...page, rows: gone })).toBe("unasked");
  });

  it("leaves a page that was seen as it stands, with a word about what was not asked", async () => {
    const seen = { ...page, isSeen: true };
    const judged = judgeScanned(await checkBehind(`#${digits}`, vector.keys), null, seen);
    expect(judged.verdict).toBe("valid");
    expect(judged.note).toContain("没有问到平台");
    expect(await verdictOf(digits, said("revoked"), seen)).toBe("revoked");
  });

  it("does not make better what the page knows to be bad", async () => {
    for (const verdict of ["revoked", "suspended", "superseded", "expired", "unknown", "altered"]) {
      expect(await verdictOf(digits, null, { ...page, verdict })).toBe(verdict);
    }
  });
});

describe("a code that its key did not sign in its time", () => {
  const [keyId] = Object.keys(vector.keys) as [string];
  const behind = (until: string): ReturnType<typeof checkBehind> =>
    checkBehind(`#${digits}`, vector.keys, { [keyId]: { from: null, until } });

  it("is found by what this device knows of the key, and is never green", async () => {
    const late = await behind("2020-01-01T00:00:00Z");
    expect(late.finding).toBe("key_period");
    for (const server of [null, said("valid"), said("superseded")]) {
      const judged = judgeScanned(late, server, { ...page, isSeen: true });
      expect(judged.verdict).toBe("key_period");
      expect(judged.sentence).toContain("使用期");
      expect(judged.rows).toEqual([]);
    }
    expect(judgeScanned(late, said("altered"), page).verdict).toBe("altered");
  });

  it("is good within that time, and where nothing is known of it", async () => {
    expect((await behind("2099-01-01T00:00:00Z")).finding).toBe("good");
    expect((await checkBehind(`#${digits}`, vector.keys, {})).finding).toBe("good");
  });
});
