import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  knownDocumentKeys,
  knownKeys,
  knownList,
  knownPeriods,
  knownSm2Keys,
  refreshAll,
} from "../src/verify/keys";
import { checkOffLine } from "../src/verify/offline";

const vector = JSON.parse(readFileSync("../tests/vectors/off_line.json", "utf-8"));
const LIST = vector.list_without_it;
const HOST = "shixue.example:8443";

/** What the server has, by its address; nothing else is there. */
function serve(pages: Record<string, unknown>, links: Record<string, string> = {}): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return path in pages
      ? new Response(JSON.stringify(pages[path]), {
          headers: { etag: '"1"', ...(links[path] ? { link: links[path] } : {}) },
        })
      : new Response("{}", { status: 404 });
  });
  return asked;
}

const KEYS = Object.entries(vector.keys).map(([key_id, public_key]) => ({ key_id, public_key }));
const COMMON = {
  "/api/v1/verification/keys": KEYS,
  "/api/v1/verification/documents/keys": [
    { key_id: "0e0f1011", public_key: vector.document_keys[0] },
  ],
  "/api/v1/log": { verifier_keys: vector.log_keys },
};

describe("what a device pins", () => {
  const kept = new Map<string, string>();

  beforeEach(() => {
    kept.clear();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => kept.set(name, text),
      removeItem: (name: string) => kept.delete(name),
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it("has the keys of documents, and keeps one that it had under its name", async () => {
    serve(COMMON);
    await refreshAll();
    expect(knownDocumentKeys()).toEqual(vector.document_keys);
    const other = [{ key_id: "0e0f1011", public_key: "AAAA" }];
    serve({ ...COMMON, "/api/v1/verification/documents/keys": other });
    await refreshAll();
    expect(knownDocumentKeys()).toEqual(vector.document_keys);
  });

  it("has the lists that certificates name from before the address was another", async () => {
    const document = { id: "did:web:new.example", alsoKnownAs: ["did:web:shixue.example%3A8443"] };
    serve({
      ...COMMON,
      "/.well-known/did.json": document,
      [`/status/1?host=${encodeURIComponent(HOST)}`]: LIST,
    });
    await refreshAll();
    expect(await knownList(`https://${HOST}/status/1`)).toEqual(LIST);
    expect(await knownList("https://new.example/status/1")).toBeNull();
    // What was issued there is checked on the device, and known not to be revoked.
    const told = await checkOffLine(new Uint8Array(readFileSync("../tests/vectors/off_line.pdf")), {
      keys: knownKeys(),
      sm2Keys: knownSm2Keys(),
      logKeys: [],
      documentKeys: knownDocumentKeys(),
      periods: knownPeriods(),
      heardAt: null,
      list: knownList,
      now: new Date("2026-11-24T03:00:00Z"),
    });
    expect(told.verdict).toBe("offline_current");
  });

  it("asks for no list that the one before does not name", async () => {
    const asked = serve({ ...COMMON, "/status/1": LIST });
    await refreshAll();
    expect(asked.filter((path) => path.startsWith("/status/"))).toEqual(["/status/1"]);
    const next = { "/status/1": '</status/2>; rel="next"' };
    const more = serve({ ...COMMON, "/status/1": LIST, "/status/2": LIST }, next);
    await refreshAll();
    expect(more.filter((path) => path.startsWith("/status/"))).toEqual(["/status/1", "/status/2"]);
  });

  it("has none whose signature is not ours", async () => {
    serve({ ...COMMON, "/status/1": { ...LIST, validFrom: "2027-01-01T00:00:00Z" } });
    await refreshAll();
    expect(await knownList(LIST.id)).toBeNull();
  });
});
