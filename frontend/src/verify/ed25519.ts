/** Ed25519 in any browser: WebCrypto where it knows it, else a small library, fetched only then. */

export async function isSigned(
  publicKey: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    const { verifyAsync } = await import("@noble/ed25519");
    return verifyAsync(signature, message, publicKey).catch(() => false);
  }
}
