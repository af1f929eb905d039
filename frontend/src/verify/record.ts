/** The signed record: its facts by our signature, and that the public log holds them. */

import { decodeBytes } from "../net/base64";
import { canonical, isObject, type Json, type JsonObject } from "./canonical";
import { isSigned } from "./ed25519";
import { isIncluded, leafHash, readCheckpoint } from "./logproof";
import { fromBase64, hex, isSame, joined, type Octets, sha256, utf8 } from "./octets";
import { isSignedSm2 } from "./sm2";

const SIGNED_AS = "shixue-certificate-1\n";
const HELD_AS = "shixue-holder-1\n";
const SHOWN_AS = "shixue-portrait-1\n";
const HOLDER_GONE = "持证人已注销";
const WHOLE = ["version", "study_ms", "hour_s", "score"];
const TEXTS = [
  "public_id",
  "number",
  "type",
  "holder_name",
  "holder_number",
  "commitment",
  "programme",
  "course",
  "cluster",
  "institution",
  "hours",
  "started_on",
  "completed_on",
  "issued_at",
  "expires_on",
  "policy",
  "basis",
  "evidence",
];
const SINCE_DIGEST = ["holder", "holder_salt"];
const SINCE_SECOND = ["sm2"];
const SINCE_PORTRAIT = ["portrait"];
const VERSIONS: Record<number, string[]> = {
  1: TEXTS,
  2: [...TEXTS, ...SINCE_DIGEST],
  3: [...TEXTS, ...SINCE_DIGEST, ...SINCE_SECOND],
  4: [...TEXTS, ...SINCE_DIGEST, ...SINCE_SECOND, ...SINCE_PORTRAIT],
};
const BESIDE = ["holder_name", "holder_number", "holder_salt"];

export type Facts = Record<string, string | number>;

/** What is wrong with a second signature, by SM2; the server's words (rules/second_seal.py). */
export type SecondFlaw =
  | "sm2_missing"
  | "sm2_not_stated"
  | "sm2_other_key"
  | "sm2_unknown_key"
  | "sm2_altered";

export type RecordFinding = "good" | "altered" | "unknown_key" | "unreadable" | SecondFlaw;

/** Public keys by id, in base64url: those of signatures, and those of second ones. */
export interface RecordKeys {
  keys: Record<string, string>;
  sm2Keys: Record<string, string>;
}

/** The facts of a version that is known; null where a field is missing, too many, or of another kind. */
export function readFacts(given: Json | undefined): Facts | null {
  const texts = isObject(given) ? VERSIONS[Number(given.version)] : undefined;
  if (!isObject(given) || texts === undefined) {
    return null;
  }
  const isRight =
    Object.keys(given).length === texts.length + WHOLE.length &&
    texts.every((name) => typeof given[name] === "string") &&
    WHOLE.every((name) => Number.isSafeInteger(given[name]));
  return isRight ? (given as Facts) : null;
}

function signedFacts(facts: Facts): JsonObject {
  const isFirst = facts.version === 1;
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => isFirst || !BESIDE.includes(name)),
  );
}

/** Whether the holder beside the digest is the one that was signed, or nobody any more. */
async function isHolderTrue(facts: Facts): Promise<boolean> {
  const { version, holder, holder_salt: salt, holder_name: name, holder_number: number } = facts;
  if (version === 1) {
    return true;
  }
  if (salt === "") {
    return name === HOLDER_GONE && number === "";
  }
  const text = JSON.stringify([salt, name, number]);
  return hex(await sha256(utf8(HELD_AS + text))) === holder;
}

/** Step 7: whether the pictures on a page are what the facts name; null for a kind we never put in. */
export async function isPortraitTrue(facts: Facts, pictures: Octets[] | null): Promise<boolean> {
  const named = facts.portrait ?? "";
  if (pictures === null || pictures.length !== (named === "" ? 0 : 1)) {
    return false;
  }
  const [picture] = pictures;
  if (picture === undefined) {
    return true;
  }
  const salted = joined(utf8(`${SHOWN_AS}${facts.holder_salt}\n`), picture);
  return hex(await sha256(salted)) === named;
}

/** Steps 2 and 3 of the second signature: there where the facts name its key, and else not. */
async function secondFlaw(
  facts: Facts,
  second: Json | undefined,
  sm2Keys: Record<string, string>,
  message: Uint8Array<ArrayBuffer>,
): Promise<SecondFlaw | null> {
  const named = facts.sm2 ?? "";
  if (second === undefined || second === null) {
    return named === "" ? null : "sm2_missing";
  }
  if (named === "") {
    return "sm2_not_stated";
  }
  const { key_id: keyId, signature } = isObject(second) ? second : ({} as JsonObject);
  if (keyId !== named) {
    return "sm2_other_key";
  }
  const key = sm2Keys[String(keyId)];
  if (key === undefined) {
    return "sm2_unknown_key";
  }
  const isWhole = typeof signature === "string" && /^[\w-]{86}$/.test(signature);
  const isGood = isWhole && (await isSignedSm2(decodeBytes(key), decodeBytes(signature), message));
  return isGood ? null : "sm2_altered";
}

export async function checkRecord(
  record: JsonObject,
  { keys, sm2Keys }: RecordKeys,
): Promise<RecordFinding> {
  const facts = readFacts(record.facts);
  const { key_id: keyId, signature } = record;
  if (facts === null || typeof keyId !== "string" || typeof signature !== "string") {
    return "unreadable";
  }
  const key = keys[keyId];
  if (key === undefined) {
    return "unknown_key";
  }
  if (!/^[\w-]{86}$/.test(signature) || !(await isHolderTrue(facts))) {
    return "altered";
  }
  const message = utf8(SIGNED_AS + canonical(signedFacts(facts)));
  const isGood = await isSigned(decodeBytes(key), decodeBytes(signature), message);
  return isGood ? ((await secondFlaw(facts, record.sm2, sm2Keys, message)) ?? "good") : "altered";
}

/**
 * Whether the record's own proof leads to a checkpoint that one of the log's keys signed (RFC 6962,
 * C2SP tlog-checkpoint). False too where it has no proof: that is no fault of its holder.
 */
export async function isLogged(record: JsonObject, verifierKeys: string[]): Promise<boolean> {
  const { log, key_id, signature } = record;
  const facts = readFacts(record.facts);
  if (!isObject(log) || facts === null || key_id === undefined || signature === undefined) {
    return false;
  }
  const { kind, salt, commitment, path, position, size, checkpoint } = log;
  const steps = Array.isArray(path) ? path.map((step) => fromBase64(String(step))) : [];
  const [salted, committed] = [fromBase64(String(salt)), fromBase64(String(commitment))];
  if (kind !== "certificate" || !salted || !committed || steps.includes(null)) {
    return false;
  }
  const bytes = utf8(`certificate\n${canonical({ facts: signedFacts(facts), key_id, signature })}`);
  if (!isSame(await sha256(joined(salted, bytes)), committed)) {
    return false;
  }
  const signed = await readCheckpoint(String(checkpoint), verifierKeys);
  return (
    signed !== null &&
    signed.size === size &&
    (await isIncluded(
      await leafHash(committed),
      Number(position),
      signed.size,
      steps.filter((step) => step !== null),
      signed.root,
    ))
  );
}
