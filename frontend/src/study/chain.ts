/** The MAC chain over a session's batches; the same vector passes here and on the server. */

import { decodeBytes, encodeBytes } from "../net/base64";

export async function importKey(text: string): Promise<CryptoKey> {
  const parameters = { name: "HMAC", hash: "SHA-256" };
  // Not extractable: a script that gets into the page later cannot carry the key away.
  return crypto.subtle.importKey("raw", decodeBytes(text), parameters, false, ["sign"]);
}

async function mac(key: CryptoKey, message: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeBytes(new Uint8Array(await crypto.subtle.sign("HMAC", key, message)));
}

export async function nextHead(key: CryptoKey, head: string, body: string): Promise<string> {
  const previous = decodeBytes(head);
  const text = new TextEncoder().encode(body);
  const joined = new Uint8Array(previous.length + text.length);
  joined.set(previous);
  joined.set(text, previous.length);
  return mac(key, joined);
}
