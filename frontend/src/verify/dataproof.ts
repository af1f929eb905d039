/**
 * The proof over a credential's canonical text: cryptosuite eddsa-jcs-2022 of W3C Data Integrity.
 *
 * The server wants the other proof too (eddsa-rdfc-2022, over the statements). It needs a library of
 * a hundred kilobytes; what is read here is the text itself, and this proof covers all of it.
 */

import { decodeBytes } from "../net/base64";
import { canonical, isObject, type JsonObject } from "./canonical";
import { isSigned } from "./ed25519";
import { bytesOf, joined, type Octets, sha256, utf8 } from "./octets";

/**
 * `proof_missing`: one of the two that we sign with stands alone, as software of others is given it;
 * `proof_twice`: one of them stands twice; `other_proofs`: there is one that we do not sign with;
 * `no_moment`: what stands for the moment of a proof is none.
 */
export type Finding =
  | "good"
  | "altered"
  | "unknown_key"
  | "unreadable"
  | "proof_missing"
  | "proof_twice"
  | "other_proofs"
  | "no_moment";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const SUITE = "eddsa-jcs-2022";
/** As we sign: both. They are a set (Data Integrity 1.0, 2.1), in any order. */
const SUITES = ["eddsa-rdfc-2022", SUITE];
const SIGNATURE_BYTES = 64;

/** Base58 with the bitcoin alphabet, for a value of just so many bytes; null for all else. */
export function fromBase58(text: string, length: number): Octets | null {
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(text) || text.length > 2 * length) {
    return null;
  }
  let number = 0n;
  for (const char of text) {
    number = number * 58n + BigInt(ALPHABET.indexOf(char));
  }
  const zeros = /^1*/.exec(text)?.[0].length ?? 0;
  const bytes = bytesOf(number);
  return zeros + bytes.length === length ? joined(new Uint8Array(zeros), bytes) : null;
}

/** Whether it is a moment as the server writes one; the other proof's is looked at nowhere else here. */
function isMoment(created: unknown): boolean {
  const moment = new Date(typeof created === "string" ? created : Number.NaN);
  return (
    !Number.isNaN(moment.getTime()) && moment.toISOString() === `${created}`.replace("Z", ".000Z")
  );
}

/** The proof over the text, where it stands beside the other one; else what is wrong. */
function textProof(document: JsonObject): JsonObject | Exclude<Finding, "good"> {
  const proofs = (Array.isArray(document.proof) ? document.proof : [document.proof]).filter(
    (proof) => proof !== undefined,
  );
  if (!proofs.every(isObject)) {
    return "unreadable";
  }
  const suites = proofs.map(({ cryptosuite }) => cryptosuite);
  if (!suites.every((suite) => typeof suite === "string" && SUITES.includes(suite))) {
    return "other_proofs";
  }
  if (new Set(suites).size < suites.length) {
    return "proof_twice";
  }
  if (suites.length < SUITES.length) {
    return "proof_missing";
  }
  if (!proofs.every(({ created }) => isMoment(created))) {
    return "no_moment";
  }
  return proofs.find(({ cryptosuite }) => cryptosuite === SUITE) ?? "unreadable";
}

/** The id of our key that a proof names: what stands behind the issuer's own did and a #. */
function keyId(document: JsonObject, proof: JsonObject): string | null {
  const { issuer } = document;
  const did = isObject(issuer) ? issuer.id : issuer;
  const method = proof.verificationMethod;
  const isOwn =
    typeof did === "string" && typeof method === "string" && method.startsWith(`${did}#`);
  return isOwn ? method.slice(did.length + 1) : null;
}

function isMeant(document: JsonObject, proof: JsonObject): boolean {
  return (
    proof.type === "DataIntegrityProof" &&
    proof.proofPurpose === "assertionMethod" &&
    canonical(proof["@context"] ?? null) === canonical(document["@context"] ?? null)
  );
}

/** Section 3.3 of the cryptosuites: the hash of the proof's options, then that of the document. */
async function hashData(document: JsonObject, proof: JsonObject): Promise<Octets> {
  const { proofValue: _value, ...options } = proof;
  const { proof: _proofs, ...unsigned } = document;
  return joined(await sha256(utf8(canonical(options))), await sha256(utf8(canonical(unsigned))));
}

/** Check who signed a document and that it is as it was signed; `keys` are ours by id. */
export async function checkProof(
  document: JsonObject,
  keys: Record<string, string>,
): Promise<Finding> {
  const proof = textProof(document);
  if (typeof proof === "string") {
    return proof;
  }
  if (!isMeant(document, proof)) {
    return "unreadable";
  }
  const named = keyId(document, proof);
  const key = named === null ? undefined : keys[named];
  if (key === undefined) {
    return "unknown_key";
  }
  const value = typeof proof.proofValue === "string" ? proof.proofValue : "";
  const signature = value.startsWith("z") ? fromBase58(value.slice(1), SIGNATURE_BYTES) : null;
  if (signature === null) {
    return "altered";
  }
  const message = await hashData(document, proof);
  return (await isSigned(decodeBytes(key), signature, message)) ? "good" : "altered";
}
