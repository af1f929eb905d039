import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../src/verify/canonical";
import { knownPeriods, refreshAll } from "../src/verify/keys";
import { type Octets, utf8 } from "../src/verify/octets";
import { checkDigits, checkOffLine, type Kept } from "../src/verify/offline";
import { isCodeWithin, isWithin, type Periods } from "../src/verify/periods";

const vector = JSON.parse(readFileSync("../tests/vectors/off_line.json", "utf-8"));
const code = JSON.parse(readFileSync("../tests/golden/certificate-2.json", "utf-8"));
const pdf = new Uint8Array(readFileSync("../tests/vectors/off_line.pdf")) as Octets;
// Everything in the vectors is by this key, and of 2026-11-24 02:00 UTC.
const KEY = "0a0b0c0d";
const BEFORE = "2026-11-24T01:59:59Z";
const AT = "2026-11-24T02:00:00Z";
const AFTER = "2026-11-24T02:00:01Z";
const NONE = { certificates: {}, sm2: {}, documents: {} };

function file(value: unknown): Octets {
  return utf8(JSON.stringify(value));
}

function kept(certificates: Periods, change: Partial<Kept> = {}): Kept {
  return {
    keys: vector.keys,
    sm2Keys: {},
    logKeys: vector.log_keys,
    checkpoints: [],
    hosts: { ours: ["shixue.example:8443"], isAll: true },
    documentKeys: vector.document_keys,
    periods: { ...NONE, certificates },
    heardAt: new Date(AT),
    lists: async () => [vector.list_without_it],
    now: new Date("2026-11-24T03:00:00Z"),
    ...change,
  };
}

const ended = (until: string): Periods => ({ [KEY]: { from: null, until } });
const begun = (from: string): Periods => ({ [KEY]: { from, until: null } });

describe("what a key signed outside its time", () => {
  it.each([
    ["a record", file(vector.record)],
    ["a credential", file(vector.credential)],
    ["a document", pdf],
  ])("is told from what it signed within: %s", async (_name, content) => {
    for (const periods of [ended(BEFORE), begun(AFTER)]) {
      const answer = await checkOffLine(content, kept(periods));
      expect(answer.verdict).toBe("key_period");
      expect(answer.sentence).toContain("使用期");
      expect(answer.rows).toEqual([]);
    }
    for (const periods of [ended(AT), begun(AT), {}]) {
      const answer = await checkOffLine(content, kept(periods));
      expect(["offline", "offline_current"]).toContain(answer.verdict);
    }
  });

  it("is no record of the first version that was signed anew when its holder left", async () => {
    const left = file(vector.first_record_without_holder);
    expect((await checkOffLine(left, kept(begun(AFTER)))).verdict).toBe("nobody");
    expect((await checkOffLine(left, kept(ended(BEFORE)))).verdict).toBe("key_period");
    const held = await checkOffLine(file(vector.first_record), kept(begun(AFTER)));
    expect(held.verdict).toBe("key_period");
  });

  it("is told of a code by the day of completion and the year in its number", async () => {
    const digits = code.text.split("#")[1];
    const told = async (periods: Periods): Promise<string> =>
      (await checkDigits(digits, kept(periods, { keys: code.keys }))).verdict;
    expect(await told(ended("2026-11-23T15:59:59Z"))).toBe("key_period");
    expect(await told(begun("2026-12-31T16:00:00Z"))).toBe("key_period");
    expect(await told(begun("2026-12-31T15:59:59Z"))).toBe("offline");
    expect(await told(ended("2026-11-23T16:00:00Z"))).toBe("offline");
  });

  it("may be dated back: of a key that is out of use it is said, where no log shows it", async () => {
    const periods = ended("2026-12-01T00:00:00Z");
    const digits = code.text.split("#")[1];
    for (const answer of [
      await checkDigits(digits, kept(periods, { keys: code.keys })),
      await checkOffLine(file(vector.credential), kept(periods)),
      await checkOffLine(file(vector.first_record), kept(periods)),
    ]) {
      expect(answer.sentence).toContain("2026-12-01 08:00 已经停用");
    }
    const listed = await checkOffLine(file(vector.record), kept(periods));
    expect(listed.sentence).not.toContain("停用");
    expect(listed.sentence).toContain("它已列入公开日志");
  });

  it("is a page around a record that was issued when the page's key was out of use", async () => {
    const documents = { [vector.document_keys[0]]: { from: null, until: BEFORE } };
    const answer = await checkOffLine(pdf, kept({}, { periods: { ...NONE, documents } }));
    expect(answer.verdict).toBe("key_period");
    const open = { [vector.document_keys[0]]: { from: null, until: AT } };
    const good = await checkOffLine(pdf, kept({}, { periods: { ...NONE, documents: open } }));
    expect(good.verdict).toBe("offline_current");
  });
});

describe("a list of the revoked", () => {
  const credential = file(vector.credential);

  it("speaks no longer than its key was in use", async () => {
    const periods = ended("2026-11-24T02:30:00Z");
    const answer = await checkOffLine(credential, kept(periods));
    expect(answer.verdict).toBe("offline");
    expect(answer.sentence).toContain("作废名单只管到 2026-11-24 10:30");
  });

  it("still tells of what is revoked", async () => {
    const periods = ended("2026-11-24T02:30:00Z");
    const lists = async (): Promise<JsonObject[]> => [vector.list_with_it];
    expect((await checkOffLine(credential, kept(periods, { lists }))).verdict).toBe(
      "offline_ended",
    );
  });
});

describe("a moment", () => {
  it.each(["2026-11-24T02:00:00", "2026-11-24", "", null, 7])(
    "without a zone is within no bound: %s",
    (stated) => {
      expect(isWithin(ended(AFTER), KEY, stated)).toBe(false);
      expect(isWithin(begun(BEFORE), KEY, stated)).toBe(false);
      expect(isWithin({}, KEY, stated)).toBe(true);
    },
  );

  it("of a code that is no day is within no bound", () => {
    expect(isCodeWithin(ended(AFTER), KEY, "ZZ51", "x")).toBe(false);
    expect(isCodeWithin({}, KEY, "ZZ51", "x")).toBe(true);
  });
});

describe("what a device pins of periods", () => {
  const shelf = new Map<string, string>();

  function serve(until: string | null): void {
    const keys = [{ key_id: KEY, public_key: vector.keys[KEY], used_until: until }];
    vi.stubGlobal("fetch", async (path: string) =>
      path === "/api/v1/verification/keys"
        ? new Response(JSON.stringify(keys))
        : new Response("{}", { status: 404 }),
    );
  }

  beforeEach(() => {
    shelf.clear();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => shelf.get(name) ?? null,
      setItem: (name: string, text: string) => shelf.set(name, text),
      removeItem: (name: string) => shelf.delete(name),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("takes the end of one that was open, and never opens it again", async () => {
    serve(null);
    await refreshAll();
    expect(knownPeriods().certificates[KEY]).toEqual({ from: null, until: null });
    serve(AT);
    await refreshAll();
    serve(null);
    await refreshAll();
    expect(knownPeriods().certificates[KEY]).toEqual({ from: null, until: AT });
  });

  it("knows none on a device that kept its keys before there were any", () => {
    shelf.set("shixue-pinned-1", JSON.stringify({ keys: vector.keys }));
    expect(knownPeriods()).toEqual(NONE);
  });
});
