/** Bytes: put together, compared, hashed, unpacked no further than a limit. */

export type Octets = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Octets => new TextEncoder().encode(text);

export function joined(...parts: Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Two hexadecimal digits a byte; what is no such pair is left out. */
export function fromHex(text: string): Octets {
  const pairs = text.match(/[0-9A-Fa-f]{2}/g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** A whole number as bytes, the highest first; none for 0. */
export function bytesOf(number: bigint): Octets {
  const digits = number === 0n ? "" : number.toString(16);
  return fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
}

export async function sha256(bytes: Octets): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Standard base64 in its one canonical spelling; null for any other. */
export function fromBase64(text: string): Octets | null {
  try {
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (char) => char.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

/** Unpack `packed`; null where it is broken, unfolds beyond `most` bytes, or nobody here can. */
export async function unpacked(
  packed: Octets,
  form: "gzip" | "deflate",
  most: number,
): Promise<Octets | null> {
  if (!("DecompressionStream" in globalThis)) {
    return null;
  }
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream(form)).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(step.value);
      size += step.value.length;
      if (size > most) {
        await reader.cancel();
        return null;
      }
    }
  } catch {
    return null;
  }
  return joined(...parts);
}
