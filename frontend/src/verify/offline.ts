/** What can be said of a code or a file without a network; never more than the device can know. */

import { isObject, type JsonObject, MOST_BYTES, readObject } from "./canonical";
import { readCarrier } from "./carrier";
import { readDigits } from "./code";
import { checkProof } from "./dataproof";
import { type Answer, type Good, judged, type Kept, type Row, told } from "./judging";
import { dayIn, moment } from "./moment";
import type { Octets } from "./octets";
import { endOf, isCodeWithin, isDocumentWithin, isNotAfterEnd, isWithin, untilOf } from "./periods";
import {
  checkRecord,
  type Facts,
  isPortraitTrue,
  isSignedAnew,
  logFinding,
  type RecordFinding,
  readFacts,
  type SecondFlaw,
} from "./record";
import { codeRows } from "./scanned";
import { openSeal, statedIn } from "./seal";
import type { PdfFinding } from "./signedpdf";
import { listAddress, type Standing, standing } from "./statuslist";

export type { Answer, Kept, Row } from "./judging";

const ALTERED =
  "签名不对，内容可能被改过，请勿采信。请联网后按编号和姓名查询，或向持证人索要原件。";
const NO_KEY = "没有网络，这台设备上还没有核对它要用的公钥。请联网打开本页一次，再来查验。";
const NOT_OURS = "没有网络，这份文件在这台设备上读不懂。请联网后再选一次。";
const STATED = "学时证明和班级档案要联网核对。请联网后再选一次。";
const UNREADABLE_PDF = "没有网络，这份 PDF 在这台设备上读不懂。请联网后再选一次。";
const ADDED = "文件里多了签发时没有的内容，签名管不到它，请勿采信。";
const WHOLE = "PDF 签过名的全部内容和签发时一样。";
const ONE_PROOF = "凭证里的另一种签名（JSON-LD）这台设备不核对，联网查验时才核对。";
/** What is said of a PDF whose signature is not good; a key that is not known may be a new one. */
const NOT_WHOLE: Record<Exclude<PdfFinding, "good">, [verdict: string, sentence: string]> = {
  altered: ["altered", "文件与签发时不一致，已被改过，请勿采信。"],
  appended_to: ["altered", "文件在签发之后被加过内容，不能按原件采信。"],
  unknown_key: ["unsure", NO_KEY],
  unsigned: [
    "unsure",
    "文件里没有电子签名：打印、转换会使签名丢失。请扫证书上的方块码，或向持证人索要原件。",
  ],
  damaged: ["unsure", "没有网络，这份 PDF 在这台设备上读不懂，可能不完整。请联网后再选一次。"],
};
const NOT_IN_TIME =
  "签名用的是本平台的密钥，写明的时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，请勿采信。请联网再查一次，或向持证人索要原件。";
const OTHER_PICTURE = "证书上的照片不是签发时的样子，被换过、去掉或后加，请勿采信。";

const SECOND: Record<Exclude<SecondFlaw, "sm2_unknown_key">, string> = {
  sm2_missing: "记录里写明另有国密（SM2）签名，这里却没有，可能被去掉了，请勿采信。",
  sm2_not_stated: "记录里没有写国密（SM2）签名，这里却多出一个，不是签发时的样子，请勿采信。",
  sm2_other_key: "国密（SM2）签名用的不是记录里写明的那把密钥，请勿采信。",
  sm2_altered: "国密（SM2）签名和内容对不上，请勿采信。",
};

function notGood(finding: Exclude<RecordFinding, "good">): Answer {
  if (finding in SECOND) {
    return told("altered", SECOND[finding as keyof typeof SECOND]);
  }
  if (finding === "altered" || finding === "added") {
    return told("altered", finding === "added" ? ADDED : ALTERED);
  }
  return told("unsure", finding === "unreadable" ? NOT_OURS : NO_KEY);
}

function notInTime(): Answer {
  return told("key_period", NOT_IN_TIME);
}

/** What a signature alone cannot show of a key that is out of use, and the log would. */
function maybeDatedBack(until: Date | null): string {
  return until === null
    ? ""
    : `签名用的密钥在 ${moment(until)} 已经停用；是不是停用以后倒填日期补签的，没有网络看不出来，请联网再查。`;
}

/**
 * By the moment that the facts state, of both signatures. Of the first version what names nobody was
 * signed anew when its holder left, by a key that may be younger than that moment.
 */
function isRecordWithin(record: JsonObject, facts: Facts, { periods }: Kept): boolean {
  const second = String(facts.sm2 ?? "");
  if (isSignedAnew(facts)) {
    return isNotAfterEnd(periods.certificates, String(record.key_id), facts.issued_at);
  }
  return (
    isWithin(periods.certificates, String(record.key_id), facts.issued_at) &&
    (second === "" || isWithin(periods.sm2, second, facts.issued_at))
  );
}

/** A code holds no place in a list of the revoked: by itself it never tells the status. */
export async function checkDigits(digits: string, kept: Kept): Promise<Answer> {
  const seal = readDigits(digits);
  if (seal === null) {
    const sentence = "没有网络，码也没有读全，还不能判断真假。请联网后对准整个方块码再扫。";
    return told("incomplete", sentence);
  }
  if (!(seal.keyId in kept.keys)) {
    return told("unsure", NO_KEY);
  }
  const values = await openSeal(seal, kept.keys);
  if (values === null) {
    return told("altered", ALTERED);
  }
  const [number, completedOn] = [statedIn(values, "证书编号"), statedIn(values, "完成日期")];
  const { certificates } = kept.periods;
  if (!isCodeWithin(certificates, seal.keyId, number, completedOn)) {
    return notInTime();
  }
  const past = [dayOf(completedOn)];
  const expiresOn = statedIn(values, "有效期至");
  const more = maybeDatedBack(untilOf(certificates, seal.keyId));
  return judged({ rows: codeRows(values), expiresOn, status: null, past, more }, kept);
}

/** The first moment of a day in Shanghai. */
function dayOf(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}

export function factRows(facts: Facts): Row[] {
  return [
    ["证书编号", String(facts.number)],
    ["证书名称", String(facts.type)],
    ["持证人", String(facts.holder_name)],
    ["证件号码", String(facts.holder_number)],
    ["课程", String(facts.course)],
    ["培训项目", String(facts.programme) || "—"],
    ["产业集群", String(facts.cluster)],
    ["培训机构", String(facts.institution)],
    ["认定学时", `${facts.hours} 学时（每学时 ${Math.floor(Number(facts.hour_s) / 60)} 分钟）`],
    ["考试成绩", `${facts.score} 分`],
    ["学习时间", `${facts.started_on} 至 ${facts.completed_on}`],
    ["发证日期", dayIn(String(facts.issued_at))],
    ["有效期至", String(facts.expires_on) || "长期"],
  ];
}

function ofFacts(facts: Facts): Pick<Good, "rows" | "expiresOn" | "past"> {
  const past = [new Date(String(facts.issued_at))];
  return { rows: factRows(facts), expiresOn: String(facts.expires_on), past };
}

async function checkRecordFile(record: JsonObject, kept: Kept): Promise<Answer> {
  const finding = await checkRecord(record, kept);
  const facts = readFacts(record.facts);
  if (finding !== "good" || facts === null) {
    return notGood(finding === "good" ? "unreadable" : finding);
  }
  if (!isRecordWithin(record, facts, kept)) {
    return notInTime();
  }
  const log = await logFinding(record, kept.logKeys);
  const until = untilOf(kept.periods.certificates, String(record.key_id));
  const more = log === "listed" ? "" : maybeDatedBack(until);
  return judged({ ...ofFacts(facts), status: null, log, more }, kept);
}

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
    ["有效期至", lastDay(document) || "长期"],
  ];
}

function lastDay(document: JsonObject): string {
  const until = new Date(
    typeof document.validUntil === "string" ? document.validUntil : Number.NaN,
  );
  return Number.isNaN(until.getTime()) ? "" : moment(until).slice(0, 10);
}

async function statusOf(document: JsonObject, kept: Kept): Promise<Standing | null> {
  const address = listAddress(document.credentialStatus);
  const list = address === null ? null : await kept.list(address);
  const { certificates } = kept.periods;
  if (list === null || !isDocumentWithin(certificates, list)) {
    return null;
  }
  const found = await standing(document.credentialStatus, list);
  // A list speaks no longer than its key was in use: after that the newer one signs.
  const end = endOf(certificates, list);
  return found && end !== null && end < found.until ? { ...found, until: end } : found;
}

async function checkCredential(document: JsonObject, kept: Kept): Promise<Answer> {
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

/** By the page too: after a backup was brought back numbers are given out again, pages never are. */
function isOfOne(facts: Facts, credential: JsonObject): boolean {
  const subject = isObject(credential.credentialSubject) ? credential.credentialSubject : {};
  const evidence = Array.isArray(credential.evidence) ? credential.evidence.filter(isObject) : [];
  const page = `/v/${facts.public_id}`;
  return (
    subject.licenseNumber === facts.number &&
    evidence.some((each) => typeof each.id === "string" && each.id.endsWith(page))
  );
}

/** First that it is whole, by the signature over all of it; then what both files in it say. */
async function checkPdf(pdf: Octets, kept: Kept): Promise<Answer> {
  // Fetched when a PDF is chosen: most verifiers scan. The device keeps it for when it is off line.
  const { checkSignature } = await import("./signedpdf");
  const finding = await checkSignature(pdf, kept.documentKeys);
  if (finding !== "good") {
    return told(...NOT_WHOLE[finding]);
  }
  const carried = await readCarrier(pdf);
  const record = carried && readObject(carried.record);
  const credential = carried && readObject(carried.credential);
  if (!carried || !record || !credential) {
    return told("unsure", UNREADABLE_PDF);
  }
  const findings = [
    await checkRecord(record, kept),
    await checkProof(credential, kept.keys),
  ] as const;
  const bad = findings.find((finding) => finding !== "good");
  const facts = readFacts(record.facts);
  if (bad !== undefined || facts === null) {
    return notGood(bad ?? "unreadable");
  }
  const ended = kept.documentKeys.filter(
    (key) => !isNotAfterEnd(kept.periods.documents, key, facts.issued_at),
  );
  const isOfEnded = ended.length > 0 && (await checkSignature(pdf, ended)) === "good";
  const isOfItsTime =
    isRecordWithin(record, facts, kept) && isDocumentWithin(kept.periods.certificates, credential);
  if (isOfEnded || !isOfItsTime) {
    return notInTime();
  }
  if (!isOfOne(facts, credential)) {
    return told("altered", "PDF 里的两份内容不是同一张证书的，请勿采信。");
  }
  if (!(await isPortraitTrue(facts, carried.pictures))) {
    return told("altered", OTHER_PICTURE);
  }
  const status = await statusOf(credential, kept);
  const log = await logFinding(record, kept.logKeys);
  return judged({ ...ofFacts(facts), status, log, more: WHOLE }, kept);
}

/** Look at a PDF, a credential or a record. */
export async function checkOffLine(content: Octets, kept: Kept): Promise<Answer> {
  const head = new TextDecoder("latin1").decode(content.slice(0, 1024));
  if (head.includes("%PDF-")) {
    return checkPdf(content, kept);
  }
  const document = content.length <= MOST_BYTES ? readObject(content) : null;
  if (document !== null && "facts" in document) {
    return checkRecordFile(document, kept);
  }
  if (document !== null && "credentialSubject" in document) {
    return checkCredential(document, kept);
  }
  return told("unsure", document !== null && "statement" in document ? STATED : NOT_OURS);
}
