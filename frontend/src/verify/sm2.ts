/** SM2 国密 signatures (GB/T 32918.2), by a library that is fetched only where a record has one. */

import { hex, type Octets } from "./octets";

const POINT_BYTES = 65;
const SIGNATURE_BYTES = 64;

/** By the key 04 ‖ x ‖ y; the signature is r ‖ s, the signer's id the usual one (GM/T 0009). */
export async function isSignedSm2(
  point: Octets,
  signature: Octets,
  message: Octets,
): Promise<boolean> {
  if (point.length !== POINT_BYTES || signature.length !== SIGNATURE_BYTES) {
    return false;
  }
  const { sm2 } = await import("sm-crypto-v2");
  try {
    return sm2.doVerifySignature(message, hex(signature), hex(point), {
      hash: true,
      der: false,
      userId: "1234567812345678",
    });
  } catch {
    return false; // a point on no curve, a number out of range
  }
}
