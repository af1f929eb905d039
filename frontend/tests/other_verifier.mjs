// What others' software says of our credentials: Digital Bazaar's, and RFC 8785 with Node's own Ed25519.
// Reads {credentials, documents, statements, now} on standard input; `documents` are all that may be
// loaded, by address. Nothing is fetched.
import { createPublicKey, createHash, verify } from "node:crypto";
import { text } from "node:stream/consumers";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import { decode } from "base58-universal";
import canonicalize from "canonicalize";
import jsonld from "jsonld";

const given = JSON.parse(await text(process.stdin));

async function documentLoader(url) {
  const found = given.documents[url];
  if (!found) throw new Error(`not at hand: ${url}`);
  return { contextUrl: null, documentUrl: url, document: found, tag: "static" };
}

const suite = () => new DataIntegrityProof({ cryptosuite });

async function byStatements(credential) {
  const statuses = [];
  const result = await verifyCredential({
    credential,
    suite: suite(),
    documentLoader,
    now: given.now,
    checkStatus: async (options) => {
      const status = await checkStatus({ ...options, suite: suite() });
      statuses.push(status);
      return status;
    },
  });
  const checked = statuses.flatMap((status) => status.results ?? []);
  return {
    verified: result.verified,
    revoked: checked.some((one) => one.status),
    checked: checked.length,
    why: String(result.error?.errors?.[0]?.message ?? result.error ?? statuses[0]?.error ?? ""),
  };
}

function byText(credential) {
  const { proof, ...document } = credential;
  const { proofValue, ...options } = proof.find((one) => one.cryptosuite === "eddsa-jcs-2022") ?? {};
  if (!proofValue) return false;
  const sha256 = (value) => createHash("sha256").update(canonicalize(value)).digest();
  const multikey = decode(given.documents[options.verificationMethod]?.publicKeyMultibase.slice(1));
  const x = Buffer.from(multikey.slice(2)).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.concat([sha256(options), sha256(document)]);
  return verify(null, signed, key, decode(proofValue.slice(1)));
}

const credentials = [];
for (const credential of given.credentials ?? []) {
  credentials.push({ ...(await byStatements(credential)), text: byText(credential) });
}
const statements = [];
for (const document of given.statements ?? []) {
  statements.push(
    await jsonld.canonize(document, {
      algorithm: "RDFC-1.0",
      format: "application/n-quads",
      base: null,
      safe: true,
      documentLoader,
    }),
  );
}
console.log(JSON.stringify({ credentials, statements }));
