/** The public log's arithmetic: signed checkpoints (C2SP) and proofs of inclusion (RFC 6962). */

import { isSigned } from "./ed25519";
import { fromBase64, hex, isSame, joined, type Octets, sha256, utf8 } from "./octets";

const CHECKPOINT = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/;
const HASH_BYTES = 4;
const ED25519 = 1;

export interface Checkpoint {
  origin: string;
  size: number;
  root: Octets;
}

interface VerifierKey {
  name: string;
  keyHash: Octets;
  publicKey: Octets;
}

export const leafHash = (entry: Octets): Promise<Octets> =>
  sha256(joined(new Uint8Array([0]), entry));

const nodeHash = (left: Octets, right: Octets): Promise<Octets> =>
  sha256(joined(new Uint8Array([1]), left, right));

/** A key written `name+hash+base64(kind ‖ key)`; null for another kind or a hash not its own. */
async function readKey(text: string): Promise<VerifierKey | null> {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const material = fromBase64(found?.[3] ?? "");
  if (!found?.[1] || material === null || material.length !== 33 || material[0] !== ED25519) {
    return null;
  }
  const keyHash = (await sha256(joined(utf8(`${found[1]}\n`), material))).slice(0, HASH_BYTES);
  return hex(keyHash) === found[2]
    ? { name: found[1], keyHash, publicKey: material.slice(1) }
    : null;
}

/** What stands in the first line in the name of a key, under its very hash; null where none does. */
function lineOf(lines: string[], { name, keyHash }: VerifierKey): Octets | null {
  const told = lines
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => fromBase64(line.slice(name.length + 3)))
    .find((raw) => raw !== null && isSame(raw.slice(0, HASH_BYTES), keyHash));
  return told?.slice(HASH_BYTES) ?? null;
}

async function isSignedBy(text: string, lines: string[], key: VerifierKey): Promise<boolean> {
  const signature = lineOf(lines, key);
  return signature !== null && isSigned(key.publicKey, signature, utf8(text));
}

/** A checkpoint that one of the keys signed under its own origin; null for every other text. */
export async function readCheckpoint(
  note: string,
  verifierKeys: string[],
): Promise<Checkpoint | null> {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  const found = CHECKPOINT.exec(text);
  const root = fromBase64(found?.[3] ?? "");
  if (end < 0 || note.length > 64 * 1024 || !found?.[1] || root === null || lines.pop() !== "") {
    return null;
  }
  for (const each of verifierKeys) {
    const key = await readKey(each);
    // As it is named today, and with the key's id, as it always was.
    const isOfThisLog = key?.name === found[1] || key?.name.startsWith(`${found[1]}/`);
    if (key !== null && isOfThisLog && (await isSignedBy(text, lines, key))) {
      return { origin: found[1], size: Number(found[2]), root };
    }
  }
  return null;
}

/** Whether a text has the form of a checkpoint, whoever signed it. */
export function isNote(text: string): boolean {
  return CHECKPOINT.test(text.slice(0, text.lastIndexOf("\n\n") + 1));
}

/**
 * Whether a note has a line in the name of one of the keys, under its very hash: it means to be of that
 * log, whoever wrote it. One by a key that is not known may be honest, and newer than this device.
 */
export async function isInTheNameOf(note: string, verifierKeys: string[]): Promise<boolean> {
  const keys = (await Promise.all(verifierKeys.map(readKey))).filter((key) => key !== null);
  const lines = note.split("\n");
  return keys.some((key) => lineOf(lines, key) !== null);
}

/** Whether the path leads from the leaf's hash to the root (RFC 9162, 2.1.3.2). */
export async function isIncluded(
  leaf: Octets,
  index: number,
  size: number,
  path: Octets[],
  root: Octets,
): Promise<boolean> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    return false;
  }
  let [place, last, found] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const step of path) {
    if (last === 0n) {
      return false;
    }
    if ((place & 1n) === 1n || place === last) {
      found = await nodeHash(step, found);
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      found = await nodeHash(found, step);
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isSame(found, root);
}
