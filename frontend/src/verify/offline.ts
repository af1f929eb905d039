/** What can be said of a code or a file without a network; never more than the device can know. */

import { isObject, isOtherwiseEncoded, type JsonObject, MOST_BYTES, readObject } from "./canonical";
import { readCarrier } from "./carrier";
import { readDigits, type Scanned } from "./code";
import { checkCredential, statusOf } from "./credential";
import { checkProof } from "./dataproof";
import { ALTERED, maybeDatedBack, NO_KEY, NOT_OURS, notGood, notInTime } from "./findings";
import { type Answer, type Good, judged, type Kept, type Row, told } from "./judging";
import { dayIn } from "./moment";
import type { Octets } from "./octets";
import { isCodeWithin, isDocumentWithin, isNotAfterEnd, isWithin, untilOf } from "./periods";
import {
  checkRecord,
  type Facts,
  isPortraitTrue,
  isSignedAnew,
  logFinding,
  namesNobody,
  readFacts,
} from "./record";
import { codeRows, SENTENCES } from "./scanned";
import { isWholeMessage, openSeal, statedIn } from "./seal";
import type { PdfFinding } from "./signedpdf";

export type { Answer, Kept, Row } from "./judging";

const STATED = "学时证明和班级档案要联网核对。请联网后再选一次。";
const UNREADABLE_PDF = "没有网络，这份 PDF 在这台设备上读不懂。请联网后再选一次。";
/** The server's words. */
const ENCODED =
  "文件不是 UTF-8 编码，查验不了：可能被别的软件另存过，或者传输时损坏了。请选下载时的原文件，不要打开后另存；没有原文件，请对方重新下载。";
const WHOLE = "PDF 签过名的全部内容和签发时一样。";
/** What is said of a PDF whose signature is not good; a key that is not known may be a new one. */
const NOT_WHOLE: Record<Exclude<PdfFinding, "good">, [verdict: string, sentence: string]> = {
  altered: ["altered", "文件与签发时不一致，已被改过，请勿采信。请向持证人索要原件。"],
  appended_to: [
    "altered",
    "文件在签发之后被加过内容，不能按原件采信。请向持证人索要没有改动的原件。",
  ],
  unknown_key: ["unsure", NO_KEY],
  unsigned: [
    "unsure",
    "文件里没有电子签名：打印、转换会使签名丢失。请扫证书上的方块码，或向持证人索要原件。",
  ],
  cut: ["damaged", "文件不完整，后面的一段不见了，还不能判断真假。请让持证人重新下载后再发给您。"],
  damaged: ["unsure", UNREADABLE_PDF],
};
const CUT = "没有网络，码也没有读全，还不能判断真假。请联网后对准整个方块码再扫。";
const ELSEWHERE =
  "码里的网址不是本平台的，请不要打开，也不要采信。请联网后在本平台输入编号和姓名查询，或向持证人索要原件。";
/** The server's words, and its rule of what is told as a host: never words, nor a disguise. */
const PLAIN_HOST = /^(?=.{4,80}$)[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?$/;
const NOT_BY_US = "这不是本平台签发的，本平台查不到它。";
function otherPlatform(host: string): string {
  return PLAIN_HOST.test(host)
    ? `${NOT_BY_US}它写的网址是 ${host}，可能是那个平台签发的：认得那个平台的，请到那里查验；不认得的，请不要打开，先向发证的单位核实。`
    : `${NOT_BY_US}它可能是另一个平台签发的，请到签发它的平台查验，或向发证的单位核实。`;
}
const MAYBE_ELSEWHERE =
  "码里的网址不是打开本页的这一个，没有网络，这台设备也不知道它是不是本平台从前的网址。请不要打开，联网打开本页一次再查。";
const OTHER_PICTURE =
  "证书上的照片不是签发时的样子，被换过、去掉或后加，请勿采信。请向持证人索要原件。";

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

/** The address of a code is signed by nobody: printed with a true one it leads whoever scans astray. */
export async function checkCode(
  { host, digits }: Pick<Scanned, "host" | "digits">,
  kept: Kept,
): Promise<Answer> {
  const { ours, isAll } = kept.hosts;
  const found = await checkDigits(digits, kept);
  if (ours.includes(host)) {
    return found;
  }
  if (!isAll) {
    const isBad = ["altered", "no_code", "key_period"].includes(found.verdict);
    return isBad ? found : told("unsure", MAYBE_ELSEWHERE);
  }
  const seal = readDigits(digits);
  const isByUs = seal !== null && seal.keyId in kept.keys;
  return isByUs ? told("altered", ELSEWHERE) : told("unknown", otherPlatform(host));
}

/** A code holds no place in a list of the revoked: by itself it never tells the status. */
export async function checkDigits(digits: string, kept: Kept): Promise<Answer> {
  if (digits.startsWith("0")) {
    return told("no_code", SENTENCES.no_code);
  }
  const seal = readDigits(digits);
  const isKnown = seal !== null && seal.keyId in kept.keys;
  if (seal === null || (!isKnown && !isWholeMessage(seal))) {
    return told("incomplete", CUT);
  }
  if (!isKnown) {
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

function ofFacts(facts: Facts): Pick<Good, "rows" | "expiresOn" | "past" | "isNobodys"> {
  const past = [new Date(String(facts.issued_at))];
  const [rows, expiresOn] = [factRows(facts), String(facts.expires_on)];
  return { rows, expiresOn, past, isNobodys: namesNobody(facts) };
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
  const log = await logFinding(record, kept.logKeys, kept.checkpoints);
  const until = untilOf(kept.periods.certificates, String(record.key_id));
  const more = log === "listed" ? "" : maybeDatedBack(until);
  return judged({ ...ofFacts(facts), status: null, log, more }, kept);
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
    return told("altered", "PDF 里的两份内容不是同一张证书的，请勿采信。请向持证人索要原件。");
  }
  if (!(await isPortraitTrue(facts, carried.pictures))) {
    return told("altered", OTHER_PICTURE);
  }
  const status = await statusOf(credential, kept);
  const log = await logFinding(record, kept.logKeys, kept.checkpoints);
  return judged({ ...ofFacts(facts), status, log, more: WHOLE }, kept);
}

/** Whether a PDF's first line was altered, by which it is known. */
async function isHeadless(content: Octets): Promise<boolean> {
  const { holdsOurSignature } = await import("./signedpdf");
  return holdsOurSignature(new TextDecoder("latin1").decode(content));
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
  if (document === null && (await isHeadless(content))) {
    return checkPdf(content, kept);
  }
  if (document === null && isOtherwiseEncoded(content)) {
    return told("unsure", ENCODED);
  }
  return told("unsure", document !== null && "statement" in document ? STATED : NOT_OURS);
}
