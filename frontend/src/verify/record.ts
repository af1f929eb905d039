/** The signed record: its facts by our signature, and that the public log holds them. */

import { decodeBytes } from "../net/base64";
import { canonical, isObject, type Json, type JsonObject } from "./canonical";
import { isSigned } from "./ed25519";
import { isIncluded, leafHash, readCheckpoint } from "./logproof";
import { fromBase64, hex, isSame, joined, sha256, utf8 } from "./octets";

const SIGNED_AS = "shixue-certificate-1\n";
const HELD_AS = "shixue-holder-1\n";
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
const BESIDE = ["holder_name", "holder_number", "holder_salt"];

export type Facts = Record<string, string | number>;

export type RecordFinding = "good" | "altered" | "unknown_key" | "unreadable";

/** The facts of version 1 or 2; null where a field is missing, too many, or of another kind. */
export function readFacts(given: Json | undefined): Facts | null {
  if (!isObject(given) || (given.version !== 1 && given.version !== 2)) {
    return null;
  }
  const texts = given.version === 1 ? TEXTS : [...TEXTS, ...SINCE_DIGEST];
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

export async function checkRecord(
  record: JsonObject,
  keys: Record<string, string>,
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
  return isGood ? "good" : "altered";
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
