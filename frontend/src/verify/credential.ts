/** A credential without a network: its proof over the text, and its place in the kept lists. */

import { isObject, type JsonObject } from "./canonical";
import { checkProof } from "./dataproof";
import { maybeDatedBack, NOT_OURS, notGood, notInTime } from "./findings";
import { type Answer, judged, type Kept, type Row, told } from "./judging";
import { dayIn, moment } from "./moment";
import { endOf, isDocumentWithin } from "./periods";
import { listAddress, type Standing, standing } from "./statuslist";

const ONE_PROOF = "凭证里的另一种签名（JSON-LD）这台设备不核对，联网查验时才核对。";
/** The server's words. */
const OTHER_ISSUER = "这张凭证写明的签发方不是本平台，请向它写明的签发方核验。";
const A_LIST = "这是作废名单，不是证书。请选证书的 PDF 原件或电子凭证。";

/** Name, number and course as the credential states them; it names its holder in full. */
function credentialRows(document: JsonObject): Row[] {
  const subject = isObject(document.credentialSubject) ? document.credentialSubject : {};
  const achievement = isObject(subject.achievement) ? subject.achievement : {};
  const creator = isObject(achievement.creator) ? achievement.creator : {};
  const identities = Array.isArray(subject.identifier) ? subject.identifier.filter(isObject) : [];
  const name = identities.find((each) => each.identityType === "name");
  const day = (value: unknown): string => String(value ?? "").slice(0, 10);
  return [
    ["证书编号", String(subject.licenseNumber ?? "")],
    ["持证人", String(name?.identityHash ?? "")],
    ["证书", String(document.name ?? "")],
    ["课程", String(achievement.name ?? "")],
    ["培训机构", String(creator.name ?? "")],
    ["认定学时", `${subject.creditsEarned} 学时`],
    ["学习时间", `${day(subject.activityStartDate)} 至 ${day(subject.activityEndDate)}`],
    ["发证日期", dayIn(String(document.validFrom ?? ""))],
    ["有效期至", lastDay(document) || "长期"],
  ];
}

function lastDay(document: JsonObject): string {
  const until = new Date(
    typeof document.validUntil === "string" ? document.validUntil : Number.NaN,
  );
  return Number.isNaN(until.getTime()) ? "" : moment(until).slice(0, 10);
}

async function standingIn(
  list: JsonObject,
  document: JsonObject,
  { periods: { certificates } }: Kept,
): Promise<Standing | null> {
  if (!isDocumentWithin(certificates, list)) {
    return null;
  }
  const found = await standing(document.credentialStatus, list);
  // A list speaks no longer than its key was in use: after that the newer one signs.
  const end = endOf(certificates, list);
  return found && end !== null && end < found.until ? { ...found, until: end } : found;
}

/** Step 8: a place that any of the lists sets ends it, else the newest speaks. */
export async function statusOf(document: JsonObject, kept: Kept): Promise<Standing | null> {
  const address = listAddress(document.credentialStatus);
  const lists = address === null ? [] : await kept.lists(address);
  const told = await Promise.all(lists.map((list) => standingIn(list, document, kept)));
  const found = told.filter((each) => each !== null);
  return found.find(({ isRevoked }) => isRevoked) ?? found[0] ?? null;
}

/** What our key signed need not be a certificate: the lists of the revoked are signed by the same. */
function isOfKind(document: JsonObject, kind: string): boolean {
  return Array.isArray(document.type) && document.type.includes(kind);
}

/**
 * Whether somebody else is named as its issuer, so that its words and its proofs may be of other kinds.
 * Only a device that knows all our addresses can tell.
 */
function isOthers(document: JsonObject, { ours, isAll }: Kept["hosts"]): boolean {
  const { issuer } = document;
  const did = isObject(issuer) ? issuer.id : issuer;
  const names = ours.map((host) => `did:web:${encodeURIComponent(host)}`);
  const isOurs = (named: string) => names.some((name) => `${named}:`.startsWith(`${name}:`));
  return isAll && typeof did === "string" && !isOurs(did);
}

export async function checkCredential(document: JsonObject, kept: Kept): Promise<Answer> {
  if (!isOfKind(document, "OpenBadgeCredential")) {
    return told("unsure", isOfKind(document, "BitstringStatusListCredential") ? A_LIST : NOT_OURS);
  }
  if (isOthers(document, kept.hosts)) {
    return told("unknown", OTHER_ISSUER);
  }
  const finding = await checkProof(document, kept.keys);
  if (finding !== "good") {
    return notGood(finding);
  }
  const { certificates } = kept.periods;
  if (!isDocumentWithin(certificates, document)) {
    return notInTime();
  }
  const status = await statusOf(document, kept);
  const past = [new Date(String(document.validFrom))];
  const [rows, expiresOn] = [credentialRows(document), lastDay(document)];
  const more = ONE_PROOF + maybeDatedBack(endOf(certificates, document));
  return judged({ rows, expiresOn, status, past, more }, kept);
}
