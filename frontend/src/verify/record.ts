/** The signed record: its facts by our signature, and that the public log holds them. */

import { decodeBytes } from "../net/base64";
import { canonical, isObject, type Json, type JsonObject } from "./canonical";
import { isSigned } from "./ed25519";
import {
  type Checkpoint,
  isIncluded,
  isInTheNameOf,
  isNote,
  leafHash,
  readCheckpoint,
} from "./logproof";
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
const PROOF_MEMBERS = "checkpoint,commitment,kind,path,position,record_id,salt,size";
const MEMBERS = ["facts", "key_id", "signature", "sm2", "log"];
// 64 bytes in the one spelling that has them: the last sign has four bits to spare, and they are 0.
const SIGNATURE = /^[\w-]{85}[AQgw]$/;
const BESIDE = ["holder_name", "holder_number", "holder_salt"];

export type Facts = Record<string, string | number>;

/** What is wrong with a second signature, by SM2; the server's words (rules/second_seal.py). */
export type SecondFlaw =
  | "sm2_missing"
  | "sm2_not_stated"
  | "sm2_other_key"
  | "sm2_unknown_key"
  | "sm2_altered";

/** `added`: something beside what a record holds, which no signature covers. */
export type RecordFinding =
  | "good"
  | "altered"
  | "added"
  | "unknown_key"
  | "unreadable"
  | SecondFlaw;

/**
 * What the record's own proof shows of the public log. `missing`: none, or by a log that this device
 * does not know; `contradicted`: not as a proof is written, or this record does not stand under it;
 * `forked`: the log signed another root of that size than it had told this device; `unchecked`: the
 * device knows no log; `not_of_its_version`: the first version had none.
 */
export type LogFinding =
  | "listed"
  | "missing"
  | "contradicted"
  | "forked"
  | "unchecked"
  | "not_of_its_version";

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

/** Whether facts hold nothing of a person. From the second version on anybody can make them so. */
export function namesNobody(facts: Facts): boolean {
  const { holder_name: name, holder_number: number, holder_salt: salt = "" } = facts;
  return name === HOLDER_GONE && number === "" && salt === "";
}

/** Whether the facts were signed after they were issued: in the first version, of who left. */
export function isSignedAnew(facts: Facts): boolean {
  return facts.version === 1 && namesNobody(facts);
}

/** Whether the holder beside the digest is the one that was signed, or nobody any more. */
async function isHolderTrue(facts: Facts): Promise<boolean> {
  const { version, holder, holder_salt: salt, holder_name: name, holder_number: number } = facts;
  if (version === 1) {
    return true;
  }
  if (salt === "") {
    return namesNobody(facts);
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
  message: Octets,
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
  const isWhole = typeof signature === "string" && SIGNATURE.test(signature);
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
  if (Object.keys(record).some((name) => !MEMBERS.includes(name))) {
    return "added";
  }
  if (!SIGNATURE.test(signature) || !(await isHolderTrue(facts))) {
    return "altered";
  }
  const message = utf8(SIGNED_AS + canonical(signedFacts(facts)));
  const isGood = await isSigned(decodeBytes(key), decodeBytes(signature), message);
  return isGood ? ((await secondFlaw(facts, record.sm2, sm2Keys, message)) ?? "good") : "altered";
}

/**
 * Whether the log signed two roots of one size: this one, and one that it told the device. Of checkpoints
 * of two sizes nothing is known here, as a proof of growth is at hand nowhere but on line.
 */
async function isForked(
  { origin, size, root }: Checkpoint,
  verifierKeys: string[],
  checkpoints: string[],
): Promise<boolean> {
  const known = await Promise.all(checkpoints.map((note) => readCheckpoint(note, verifierKeys)));
  return known.some(
    (each) => each?.origin === origin && each.size === size && !isSame(each.root, root),
  );
}

/**
 * Step 6: what the record's proof shows (RFC 6962, C2SP tlog-checkpoint). `checkpoints` are notes that the
 * device had from the log itself.
 */
export async function logFinding(
  record: JsonObject,
  verifierKeys: string[],
  checkpoints: string[] = [],
): Promise<LogFinding> {
  const { log, key_id, signature } = record;
  const facts = readFacts(record.facts);
  if (facts === null || log === null || log === undefined) {
    return facts?.version === 1 ? "not_of_its_version" : "missing";
  }
  if (verifierKeys.length === 0) {
    return "unchecked";
  }
  if (!isObject(log) || Object.keys(log).sort().join() !== PROOF_MEMBERS) {
    return "contradicted";
  }
  const note = String(log.checkpoint);
  const signed = await readCheckpoint(note, verifierKeys);
  if (signed === null) {
    return (await isInTheNameOf(note, verifierKeys)) || !isNote(note) ? "contradicted" : "missing";
  }
  if (await isForked(signed, verifierKeys, checkpoints)) {
    return "forked";
  }
  const stated: JsonObject = {
    facts: signedFacts(facts),
    key_id: key_id ?? "",
    signature: signature ?? "",
  };
  const bytes = utf8(`certificate\n${canonical(stated)}`);
  return (await isUnder(log, bytes, signed)) ? "listed" : "contradicted";
}

async function isUnder(log: JsonObject, bytes: Octets, signed: Checkpoint): Promise<boolean> {
  const { kind, salt, commitment, path, position, size } = log;
  const steps = Array.isArray(path) ? path.map((step) => fromBase64(String(step))) : [];
  const [salted, committed] = [fromBase64(String(salt)), fromBase64(String(commitment))];
  if (kind !== "certificate" || !salted || !committed || steps.includes(null)) {
    return false;
  }
  const whole = steps.filter((step) => step !== null);
  const leaf = await leafHash(committed);
  return (
    isSame(await sha256(joined(salted, bytes)), committed) &&
    signed.size === size &&
    typeof position === "number" &&
    (await isIncluded(leaf, position, signed.size, whole, signed.root))
  );
}
