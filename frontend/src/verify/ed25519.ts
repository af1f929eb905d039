/** Ed25519 in any browser: WebCrypto where it knows it, else a small library. */

import { verifyAsync } from "@noble/ed25519";
import type { Octets } from "./octets";

/** By WebCrypto alone; raises where the browser's does not know this kind of key. */
export async function isSignedNatively(
  publicKey: Octets,
  signature: Octets,
  message: Octets,
): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

export async function isSigned(
  publicKey: Octets,
  signature: Octets,
  message: Octets,
): Promise<boolean> {
  try {
    return await isSignedNatively(publicKey, signature, message);
  } catch {
    return verifyAsync(signature, message, publicKey).catch(() => false);
  }
}
