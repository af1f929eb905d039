/** Whether a verdict's page may be read before the server was asked about the code it was opened by. */

import { decodeBytes } from "../net/base64";
import { readDigits, signedBytes } from "./code";
import { isSignedNatively } from "./ed25519";
import { isSame, sha256, utf8 } from "./octets";

/** Places on the page to which somebody jumps: the one of the skip link (templates/base.html). */
const PLACES = ["", "#main"];
const CUT_OFF = "#";

/** What stands behind the # of the page's address, with it; a # alone is one that lost its code. */
export function behindPath(place: Pick<Location, "hash" | "href"> = location): string {
  // Of "…#" the hash is empty, as it is of an address without any.
  return place.hash === "" && place.href.endsWith(CUT_OFF) ? CUT_OFF : place.hash;
}

/** Whether what stands behind the # (which comes along) may be meant for a code. */
export function isCode(hash: string): boolean {
  return !PLACES.includes(hash);
}

/** What the page says of itself: the keys, and the SHA-256 of the one code of its certificate. */
export interface Own {
  keys: Record<string, string>;
  code: string;
}

/**
 * `hash` with its #. True where it is the very code that the server names as this certificate's, and
 * its signature is good. Raises where this browser cannot tell.
 */
export async function isOwnCode(hash: string, own: Own): Promise<boolean> {
  const digits = hash.slice(1);
  if (own.code === "" || !isSame(await sha256(utf8(digits)), decodeBytes(own.code))) {
    return false;
  }
  const seal = readDigits(digits);
  const key = seal === null ? undefined : own.keys[seal.keyId];
  if (seal === null || key === undefined) {
    return false;
  }
  return isSignedNatively(decodeBytes(key), seal.signature, signedBytes(seal));
}

/** A page that a browser kept, or goes back to, says what was so when it came. */
export function isJustFetched(): boolean {
  const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return visit !== undefined && visit.type !== "back_forward" && visit.transferSize > 0;
}
