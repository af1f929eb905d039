/** Signs a PDF the way the server does (CMS, P-256), with a key that is drawn for the test. */

import { encodeBytes } from "../src/net/base64";
import { FIRST, INTEGER, made, OCTETS, SEQUENCE, SET } from "../src/verify/der";
import { joined, type Octets, sha256, utf8 } from "../src/verify/octets";

const bytes = (hex: string): Octets => new Uint8Array(Buffer.from(hex, "hex"));
const VERSION = bytes("020101");
const SHA256 = bytes("300d06096086480165030402010500");
const ECDSA = bytes("300a06082a8648ce3d040302");
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const GAP_DIGITS = 2600;

export interface Signer {
  publicKey: string;
  sign: (bare: Octets) => Promise<Octets>;
}

function integer(raw: Octets): Octets {
  const first = raw.findIndex((byte) => byte !== 0);
  const digits = raw.slice(first);
  return made(INTEGER, (digits[0] ?? 0) >= 0x80 ? joined(new Uint8Array(1), digits) : digits);
}

function attribute(oid: string, value: Octets): Octets {
  return made(SEQUENCE, bytes(oid), made(SET, value));
}

/** As much of a certificate as is looked at: version, serial, issuer, key in their places. */
function certificate(issuer: Octets, spki: Octets): Octets {
  const empty = made(SEQUENCE);
  const tbs = made(
    SEQUENCE,
    made(FIRST, bytes("020102")),
    bytes("020107"),
    ECDSA,
    issuer,
    empty,
    issuer,
    spki,
  );
  return made(SEQUENCE, tbs, ECDSA, bytes("03020000"));
}

export async function makeSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const issuer = made(SEQUENCE, made(SET, utf8("")));
  const own = certificate(issuer, spki);

  const cms = async (digest: Octets): Promise<Octets> => {
    const attributes = joined(
      attribute("06092a864886f70d010904", made(OCTETS, digest)),
      attribute("060b2a864886f70d010910022f", made(OCTETS, await sha256(own))),
    );
    const signed = await crypto.subtle.sign(ALGORITHM, pair.privateKey, made(SET, attributes));
    const raw = new Uint8Array(signed);
    const signature = made(SEQUENCE, integer(raw.slice(0, 32)), integer(raw.slice(32)));
    const info = made(
      SEQUENCE,
      VERSION,
      made(SEQUENCE, issuer, bytes("020107")),
      SHA256,
      made(FIRST, attributes),
      ECDSA,
      made(OCTETS, signature),
    );
    const data = bytes("300b06092a864886f70d010701");
    const inner = [VERSION, made(SET, SHA256), data, made(FIRST, own), made(SET, info)];
    return made(SEQUENCE, bytes("06092a864886f70d010702"), made(FIRST, made(SEQUENCE, ...inner)));
  };

  const sign = async (bare: Octets): Promise<Octets> => {
    const range = (numbers: number[]) =>
      numbers.map((each) => String(each).padStart(8, "0")).join(" ");
    const head = (numbers: number[]) =>
      `\n1 0 obj\n<</Type/Sig/ByteRange [0 ${range(numbers)}]/Contents `;
    const tail = utf8(">>\nendobj\n%%EOF\n");
    const start = bare.length + head([0, 0, 0]).length;
    const end = start + GAP_DIGITS + 2;
    const before = joined(bare, utf8(head([start, end, tail.length])));
    const hex = Buffer.from(await cms(await sha256(joined(before, tail)))).toString("hex");
    const gap = utf8(`<${hex.toUpperCase().padEnd(GAP_DIGITS, "0")}>`);
    return joined(before, gap, tail);
  };
  return { publicKey: encodeBytes(spki), sign };
}
