// Reads a signed PDF with PKI.js alone: byte ranges, CMS, certificate, key. Exits 1 with the reason.
// node signed-pdf.mjs FILE HEX-OF-THE-PUBLIC-KEY (SubjectPublicKeyInfo)
import { readFileSync } from "node:fs";
import { fromBER } from "asn1js";
import { ContentInfo, SignedData } from "pkijs";

const [path, expected] = process.argv.slice(2);
const refuse = (why) => {
  console.error(why);
  process.exit(1);
};
const hex = (bytes) => Buffer.from(bytes).toString("hex");

const file = readFileSync(path);
const found = file.toString("latin1").match(/\/ByteRange \[0 (\d+) (\d+) (\d+)\]/);
const [gapStart, gapEnd, rest] = found.slice(1).map(Number);
if (gapEnd + rest !== file.length) refuse("the signature does not cover the whole file");

const padded = Buffer.from(file.toString("latin1", gapStart + 1, gapEnd - 1), "hex");
const read = fromBER(new Uint8Array(padded));
if (read.offset < 0) refuse("the CMS cannot be read");
if (padded.subarray(read.offset).some(Boolean)) refuse("something stands behind the CMS");

const signed = new SignedData({ schema: new ContentInfo({ schema: read.result }).content });
const covered = new Uint8Array(
  Buffer.concat([file.subarray(0, gapStart), file.subarray(gapEnd)]),
);
const signer = signed.certificates[0];
if (hex(signer.subjectPublicKeyInfo.toSchema().toBER()) !== expected) refuse("another key");
const usage = signer.extensions.find((each) => each.extnID === "2.5.29.15");
if (!usage?.critical) refuse("a certificate without a key usage");
const attributes = signed.signerInfos[0].signedAttrs.attributes.map((each) => each.type);
if (!attributes.includes("1.2.840.113549.1.9.16.2.47")) refuse("no signing-certificate-v2");
if (attributes.includes("1.2.840.113549.1.9.5")) refuse("PAdES has no signing time in the CMS");

const outcome = await signed
  .verify({ signer: 0, data: covered.buffer, extendedMode: true, checkChain: false })
  .catch((error) => error);
if (outcome.signatureVerified !== true) refuse(`the signature does not fit: ${outcome.message}`);
console.log("verified");
