import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canonical, type JsonObject } from "../src/verify/canonical";
import {
  knownCheckpoints,
  knownDocumentKeys,
  knownHosts,
  knownKeys,
  knownLists,
  knownPeriods,
  knownSm2Keys,
  refreshAll,
} from "../src/verify/keys";
import { joined, sha256, utf8 } from "../src/verify/octets";
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

/** Signs lists of one address by a key that is drawn here: `set` are the places of who is revoked. */
async function makeLists() {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const key = { key_id: "aa", public_key: Buffer.from(raw).toString("base64url") };
  const list = async (validFrom: string, ...set: number[]): Promise<JsonObject> => {
    const bits = new Uint8Array(131_072 / 8);
    for (const place of set) {
      bits[place >> 3] = (bits[place >> 3] ?? 0) | (0x80 >> (place & 7));
    }
    const encodedList = `u${gzipSync(bits).toString("base64url")}`;
    const { proof, ...unsigned } = LIST;
    const document = {
      ...unsigned,
      validFrom,
      credentialSubject: { ...LIST.credentialSubject, encodedList },
    };
    const { proofValue: _value, ...options } = proof[1];
    options.verificationMethod = `${LIST.issuer.id ?? LIST.issuer}#aa`;
    const hashed = joined(
      await sha256(utf8(canonical(options))),
      await sha256(utf8(canonical(document))),
    );
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, hashed));
    return { ...document, proof: [proof[0], { ...options, proofValue: base58(signature) }] };
  };
  return { key, list };
}

function base58(bytes: Uint8Array): string {
  const signs = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  let [number, text] = [BigInt(`0x${Buffer.from(bytes).toString("hex")}`), ""];
  for (; number > 0n; number /= 58n) {
    text = signs[Number(number % 58n)] + text;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return `z${"1".repeat(zeros)}${text}`;
}

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
    expect(await knownLists(`https://${HOST}/status/1`)).toEqual([LIST]);
    expect(await knownLists("https://new.example/status/1")).toEqual([]);
    // What was issued there is checked on the device, and known not to be revoked.
    const told = await checkOffLine(new Uint8Array(readFileSync("../tests/vectors/off_line.pdf")), {
      keys: knownKeys(),
      sm2Keys: knownSm2Keys(),
      logKeys: [],
      checkpoints: [],
      hosts: { ours: ["shixue.example:8443"], isAll: true },
      documentKeys: knownDocumentKeys(),
      periods: knownPeriods(),
      heardAt: null,
      lists: knownLists,
      now: new Date("2026-11-24T03:00:00Z"),
    });
    expect(told.verdict).toBe("offline_current");
  });

  it("knows what our addresses are, once the server named them", async () => {
    expect(knownHosts("new.example")).toEqual({ ours: ["new.example"], isAll: false });
    const document = { id: "did:web:new.example", alsoKnownAs: ["did:web:shixue.example%3A8443"] };
    serve({ ...COMMON, "/.well-known/did.json": document });
    await refreshAll();
    const known = { ours: ["new.example", "new.example", HOST], isAll: true };
    expect(knownHosts("new.example")).toEqual(known);
    serve(COMMON);
    await refreshAll();
    expect(knownHosts("new.example")).toEqual(known);
  });

  it("keeps what the log told it, each once", async () => {
    for (const checkpoint of ["a", "b", "b", undefined]) {
      serve({ ...COMMON, "/api/v1/log": { verifier_keys: vector.log_keys, checkpoint } });
      await refreshAll();
    }
    expect(knownCheckpoints()).toEqual(["a", "b"]);
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

  it("is not told by an older list that somebody stands who was revoked", async () => {
    const { key, list } = await makeLists();
    const [first, second, third] = [
      await list("2026-11-24T02:00:00Z"),
      await list("2026-11-25T02:00:00Z", 7),
      await list("2026-11-26T02:00:00Z", 7, 9),
    ];
    const hear = async (heard: JsonObject): Promise<unknown[]> => {
      serve({ ...COMMON, "/api/v1/verification/keys": [...KEYS, key], "/status/1": heard });
      await refreshAll();
      return knownLists(String(first.id));
    };
    expect(await hear(second)).toEqual([second]);
    expect(await hear(first)).toEqual([second]);
    expect(await hear(third)).toEqual([third]);
    expect(await hear(first)).toEqual([third]);
    expect(await hear(second)).toEqual([third]);
    // A place that was set once is set: a list that forgot it, however new, hides nothing.
    const forgot = await list("2026-11-27T02:00:00Z", 9);
    expect(await hear(forgot)).toEqual([forgot, third]);
    const again = await list("2026-11-28T02:00:00Z", 7, 9, 11);
    expect(await hear(again)).toEqual([again]);
    const older = await list("2026-11-23T02:00:00Z", 13);
    expect(await hear(older)).toEqual([again, older]);
  });

  it("has none whose signature is not ours", async () => {
    serve({ ...COMMON, "/status/1": { ...LIST, validFrom: "2027-01-01T00:00:00Z" } });
    await refreshAll();
    expect(await knownLists(LIST.id)).toEqual([]);
  });
});
