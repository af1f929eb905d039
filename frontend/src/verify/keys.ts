/** The public keys, fetched when there is a network and kept for when there is none. */

import { call } from "../net/api";

const PLACE = "shixue-certificate-keys";

interface Key {
  key_id: string;
  public_key: string;
}

export async function refreshKeys(): Promise<void> {
  const keys = await call<Key[]>("GET", "/api/v1/verification/keys");
  const known = Object.fromEntries(keys.map((key) => [key.key_id, key.public_key]));
  localStorage.setItem(PLACE, JSON.stringify(known));
}

export function knownKeys(): Record<string, string> {
  return JSON.parse(localStorage.getItem(PLACE) ?? "{}") as Record<string, string>;
}
