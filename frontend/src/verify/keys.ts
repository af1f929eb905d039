/**
 * What is needed to check a certificate without a network, kept from when there was one: the public
 * keys of certificates, of their documents and of the log, and the signed lists of who is revoked.
 */

import { call } from "../net/api";
import { isObject, type JsonObject, readObject } from "./canonical";
import { checkProof } from "./dataproof";
import type { Kept, KeptPeriods } from "./judging";
import type { Periods } from "./periods";
import { isNewer, tellsMore } from "./statuslist";

const PLACE = "shixue-pinned-1";
const EARLIER_PLACE = "shixue-certificate-keys";
const MOST_LISTS = 32;
const MOST_OTHERS = 8;
const MOST_CHECKPOINTS = 32;
const PATIENCE_MS = 8_000;

interface KeptList {
  etag: string;
  /** The newest by its own signed word, whatever came last: who has an older one may send it again. */
  credential: JsonObject;
  /** Others of that address that set a place which it does not: a set place ends it, however old. */
  others?: JsonObject[];
}

interface Pinned {
  /** When the server was last heard, by this device's clock; null where it never was. */
  at: string | null;
  keys: Record<string, string>;
  sm2Keys: Record<string, string>;
  logKeys: string[];
  /** The newest ones of the log, as they were heard. */
  checkpoints: string[];
  /** Of our addresses, today's first; null where the server never named them. */
  hosts: string[] | null;
  documentKeys: Record<string, string>;
  periods: KeptPeriods;
  lists: Record<string, KeptList>;
}

interface Key {
  key_id: string;
  public_key: string;
  used_from?: string | null;
  used_until?: string | null;
}

const NOTHING: Pinned = {
  at: null,
  keys: {},
  sm2Keys: {},
  logKeys: [],
  checkpoints: [],
  hosts: null,
  documentKeys: {},
  periods: { certificates: {}, sm2: {}, documents: {} },
  lists: {},
};

function pinned(): Pinned {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "null") as Pinned | null;
    return { ...NOTHING, ...kept };
  } catch {
    return NOTHING;
  }
}

function keep(change: Partial<Pinned>): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ ...pinned(), ...change }));
    localStorage.removeItem(EARLIER_PLACE);
  } catch {
    // A full or forbidden store: then there is nothing to check with off line, and it says so.
  }
}

function keysAt(path: string): Promise<Key[]> {
  const options = { timeoutMs: PATIENCE_MS };
  return call<Key[]>("GET", `/api/v1/verification/${path}`, undefined, options);
}

function byId(found: Key[]): Record<string, string> {
  return Object.fromEntries(found.map((key) => [key.key_id, key.public_key]));
}

/** A period that has ended stays as it ended; one that was open may have ended since. */
function keepPeriods(kind: keyof KeptPeriods, found: Key[], name: (key: Key) => string): void {
  const { periods } = pinned();
  const fresh: Periods = Object.fromEntries(
    found.map((key) => [name(key), { from: key.used_from ?? null, until: key.used_until ?? null }]),
  );
  const ended = Object.entries(periods[kind]).filter(([, period]) => period.until !== null);
  keep({ periods: { ...periods, [kind]: { ...fresh, ...Object.fromEntries(ended) } } });
}

/** Raises where nothing was heard from the server. */
export async function refreshKeys(): Promise<void> {
  const fresh = await keysAt("keys");
  // A key never changes under its name: what was pinned first stays.
  keep({ at: new Date().toISOString(), keys: { ...byId(fresh), ...pinned().keys } });
  keepPeriods("certificates", fresh, (key) => key.key_id);
}

/** Keys, those of documents and of the log, and the lists; a list whose signature is not ours is not kept. */
export async function refreshAll(): Promise<void> {
  await refreshKeys();
  const documents = await keysAt("documents/keys").catch(() => []);
  keep({ documentKeys: { ...byId(documents), ...pinned().documentKeys } });
  keepPeriods("documents", documents, (key) => key.public_key);
  const second = await keysAt("sm2/keys").catch(() => []);
  keep({ sm2Keys: { ...byId(second), ...pinned().sm2Keys } });
  keepPeriods("sm2", second, (key) => key.key_id);
  await refreshLog();
  const hosts = await namedHosts();
  if (hosts !== null) {
    keep({ hosts });
  }
  const former = (hosts ?? []).slice(1).map((host) => `?host=${encodeURIComponent(host)}`);
  for (const query of ["", ...former]) {
    for (let number = 1; number <= MOST_LISTS; number += 1) {
      // One after the other: there is one as a rule, and each says whether another follows.
      if (!(await refreshList(`/status/${number}${query}`))) {
        break;
      }
    }
  }
}

async function refreshLog(): Promise<void> {
  const log = await call<{ verifier_keys: string[]; checkpoint?: string }>(
    "GET",
    "/api/v1/log",
  ).catch(() => null);
  if (log !== null) {
    const { logKeys, checkpoints } = pinned();
    const heard = log.checkpoint ? [...checkpoints, log.checkpoint] : checkpoints;
    keep({
      logKeys: [...new Set([...logKeys, ...log.verifier_keys])],
      checkpoints: [...new Set(heard)].slice(-MOST_CHECKPOINTS),
    });
  }
}

/**
 * Where we are and were, by the signer's own document: what was issued at an address from before names
 * lists of there, and its code leads there. Null where it was not heard.
 */
async function namedHosts(): Promise<string[] | null> {
  const path = "/.well-known/did.json";
  const told = await call<{ id: string; alsoKnownAs?: string[] }>("GET", path).catch(() => null);
  const names = told === null ? [] : [told.id, ...(told.alsoKnownAs ?? [])];
  const hosts = names.map((did) => decodeURIComponent(did.split(":")[2] ?? "").toLowerCase());
  return told === null ? null : hosts;
}

/** Whether the list is kept and names one that follows it (RFC 8288). */
async function refreshList(path: string): Promise<boolean> {
  const kept = pinned().lists[path];
  const headers = kept ? { "if-none-match": kept.etag } : {};
  const answer = await fetch(path, { headers, credentials: "omit" });
  const isFollowed = answer.headers.get("link")?.includes('rel="next"') ?? false;
  if (answer.status === 304) {
    return isFollowed;
  }
  // Read even where it is none: a body that nobody takes keeps its connection.
  const body = new Uint8Array(await answer.arrayBuffer());
  const credential = answer.ok ? readObject(body) : null;
  if (credential === null || (await checkProof(credential, knownKeys())) !== "good") {
    return false;
  }
  const etag = answer.headers.get("etag") ?? "";
  keep({ lists: { ...pinned().lists, [path]: await withList(kept, etag, credential) } });
  return isFollowed;
}

/** What is kept once another list of the address was heard: the newest, and what only others tell. */
async function withList(
  kept: KeptList | undefined,
  etag: string,
  heard: JsonObject,
): Promise<KeptList> {
  if (kept === undefined || kept.credential.id !== heard.id) {
    return { etag, credential: heard };
  }
  const isFresh = !isNewer(kept.credential, heard);
  const [credential, other] = isFresh ? [heard, kept.credential] : [kept.credential, heard];
  const others: JsonObject[] = [];
  for (const each of [...(kept.others ?? []), other]) {
    if (await tellsMore(each, credential, ...others)) {
      others.push(each);
    }
  }
  const told = { etag: isFresh ? etag : kept.etag, credential };
  return others.length === 0 ? told : { ...told, others: others.slice(-MOST_OTHERS) };
}

/** By id; with no inherited names, as a file may name any key. */
export function knownKeys(): Record<string, string> {
  return Object.assign(Object.create(null), pinned().keys);
}

/** Those of second signatures, by SM2. */
export function knownSm2Keys(): Record<string, string> {
  return Object.assign(Object.create(null), pinned().sm2Keys);
}

export function knownLogKeys(): string[] {
  return pinned().logKeys;
}

/** `here` is ours too: the page came from there. */
export function knownHosts(here: string): Kept["hosts"] {
  const { hosts } = pinned();
  return { ours: [here, ...(hosts ?? [])], isAll: hosts !== null };
}

export function knownCheckpoints(): string[] {
  return pinned().checkpoints;
}

export function knownDocumentKeys(): string[] {
  return Object.values(pinned().documentKeys);
}

export function knownPeriods(): KeptPeriods {
  return pinned().periods;
}

export function lastHeard(): Date | null {
  const { at } = pinned();
  return at === null ? null : new Date(at);
}

/** Since when the oldest kept list stands, by its own signed word; null where none is kept. */
export function listsSince(): Date | null {
  const days = Object.values(pinned().lists).map(({ credential }) =>
    new Date(String(credential.validFrom)).getTime(),
  );
  return days.length === 0 ? null : new Date(Math.min(...days));
}

/** The kept lists of this address whose signature is good today too, the newest first. */
export async function knownLists(address: string): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const { credential, others = [] } of Object.values(pinned().lists)) {
    for (const each of [credential, ...others]) {
      const isMeant = isObject(each) && each.id === address;
      if (isMeant && (await checkProof(each, knownKeys())) === "good") {
        found.push(each);
      }
    }
  }
  return found.sort((one, other) => Number(isNewer(other, one)) - Number(isNewer(one, other)));
}
