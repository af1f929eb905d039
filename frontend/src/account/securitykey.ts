/** Security keys: what the server wants of them, and what the browser brings back. */

import { call } from "../net/api";
import { decodeBytes, encodeBytes } from "../net/base64";

interface KeyWanted {
  challenge: string;
  host: string;
  account_id: string;
  account: string;
  credential_ids: string[];
  user_verification: UserVerificationRequirement;
}

/** The key did not answer: it is not there, not known, or its holder turned back. */
export class NoKeyError extends Error {}

// COSE: EdDSA, ECDSA with P-256, RSA with SHA-256.
const ALGORITHMS = [-8, -7, -257];

function bytesOf(buffer: ArrayBuffer): string {
  return encodeBytes(new Uint8Array(buffer));
}

function meant(wanted: KeyWanted): PublicKeyCredentialDescriptor[] {
  return wanted.credential_ids.map((id) => ({ type: "public-key", id: decodeBytes(id) }));
}

async function ask(asked: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!("PublicKeyCredential" in window)) {
    throw new NoKeyError("这个浏览器不支持安全密钥，请换一个浏览器，或用验证应用。");
  }
  try {
    return (await asked()) as PublicKeyCredential;
  } catch {
    throw new NoKeyError("安全密钥没有响应，请检查是否插好、是否登记过，再试一次。");
  }
}

/** Make a new key and hand it in; returns the server's answer. */
export async function addKey<T>(label: string): Promise<T> {
  const wanted = await call<KeyWanted>("POST", "/api/v1/me/second-factors/key-options");
  const made = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: decodeBytes(wanted.challenge),
        rp: { id: wanted.host, name: "实学" },
        user: {
          id: new TextEncoder().encode(wanted.account_id),
          name: wanted.account,
          displayName: wanted.account,
        },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: meant(wanted),
        authenticatorSelection: { userVerification: wanted.user_verification },
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  return call<T>("POST", "/api/v1/me/second-factors/keys", {
    label,
    id: bytesOf(made.rawId),
    client_data: bytesOf(response.clientDataJSON),
    attestation: bytesOf(response.attestationObject),
  });
}

/** Answer with one of the keys that are known; returns the server's answer. */
export async function answerWithKey<T>(): Promise<T> {
  const wanted = await call<KeyWanted>("POST", "/api/v1/auth/second-factor/key-options");
  const given = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: decodeBytes(wanted.challenge),
        rpId: wanted.host,
        allowCredentials: meant(wanted),
        userVerification: wanted.user_verification,
      },
    }),
  );
  const response = given.response as AuthenticatorAssertionResponse;
  return call<T>("POST", "/api/v1/auth/second-factor/key", {
    id: bytesOf(given.rawId),
    client_data: bytesOf(response.clientDataJSON),
    authenticator_data: bytesOf(response.authenticatorData),
    signature: bytesOf(response.signature),
  });
}
