/** The scan page: camera or picture, then the verdict; off line it still knows the signature. */

import { readAnswer, sendRaw, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";
import type { JsonObject } from "../verify/canonical";
import { readAddress } from "../verify/code";
import { isKeptPage, keepPage, offerInstalling, tokenNow } from "../verify/install";
import {
  knownDocumentKeys,
  knownKeys,
  knownList,
  knownLogKeys,
  knownPeriods,
  knownSm2Keys,
  lastHeard,
  refreshAll,
  refreshKeys,
} from "../verify/keys";
import {
  type Answer,
  checkDigits,
  checkOffLine,
  factRows,
  type Kept,
  type Row,
} from "../verify/offline";
import { readCodes, watchCamera } from "../verify/reader";
import { readFacts } from "../verify/record";
import { showVerdict } from "../verify/show";

const told = find("#told");
const say = find("#scan-say");

function tell(sentence: string): void {
  say.textContent = sentence;
  say.hidden = sentence === "";
}

function whatIsKept(): Kept {
  return {
    keys: knownKeys(),
    sm2Keys: knownSm2Keys(),
    logKeys: knownLogKeys(),
    documentKeys: knownDocumentKeys(),
    periods: knownPeriods(),
    heardAt: lastHeard(),
    list: knownList,
    now: new Date(),
  };
}

function show({ verdict, sentence, rows }: Answer, checkedAt = new Date()): void {
  tell("");
  showVerdict(told, verdict, sentence, rows, checkedAt);
  told.focus();
}

/** A phone that says it is on line may still hear nothing: only an answer counts. */
async function isHeard(): Promise<boolean> {
  return (
    navigator.onLine &&
    refreshKeys().then(
      () => true,
      (error: unknown) => !(error instanceof UnreachableError),
    )
  );
}

async function take(text: string): Promise<void> {
  const scanned = readAddress(text);
  if (scanned === null) {
    tell("这不是本平台证书上的码。");
    return;
  }
  if (await isHeard()) {
    location.assign(`/v/${scanned.publicId}${scanned.digits ? `#${scanned.digits}` : ""}`);
    return;
  }
  show(await checkDigits(scanned.digits, whatIsKept()));
}

find("#scan").addEventListener("click", () => {
  tell("");
  find("#viewfinder").hidden = false;
  watchCamera(find<HTMLVideoElement>("#camera"), (text) => void take(text)).catch(() => {
    find("#viewfinder").hidden = true;
    tell("打不开相机。请允许使用相机，或者选一张照片。");
  });
});

find<HTMLInputElement>("#picture").addEventListener("change", (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (!file) {
    return;
  }
  tell("正在读取");
  readCodes(file)
    .then(([text]) =>
      text === undefined
        ? tell("照片里没有读到码。请拍清楚一些，让整个方块都在画面里。")
        : take(text),
    )
    .catch((error: unknown) => tell(sentenceOf(error)));
});

interface Told {
  verdict: string;
  sentence: string;
  /** What is wrong with the file, in a word; "" for nothing. */
  finding: string;
  checked_at: string;
  facts: JsonObject | null;
  stated_holder: [string, string] | null;
  successor_number: string | null;
  proof: Stated | null;
  archive: StatedClass | null;
}

interface StatedClass {
  title: string;
  organisation: string;
  starts_on: string;
  ends_on: string;
  people: number;
  certificates: number;
  made_at: string;
  digest: string;
}

interface Stated {
  number: string;
  holder_name: string;
  masked_number: string;
  organisation: string;
  made_on: string;
  courses: { title: string; hours: string; score: string }[];
}

const MOST_BYTES = 4 * 1024 * 1024;

async function askServer(file: File): Promise<Told> {
  const headers = { "content-type": "application/octet-stream", ...(await tokenNow()) };
  const answer = await sendRaw("POST", "/api/v1/verification/files", file, { headers });
  return readAnswer<Told>(answer);
}

/** What the page of the address does not show: only who has the file learns it. */
function onlyToldToTheFile(found: Told): Row[] {
  const rows: Row[] = [];
  if (found.stated_holder !== null) {
    rows.push(["持证人", found.stated_holder[0]], ["证件号码", found.stated_holder[1]]);
  }
  if (found.successor_number !== null) {
    rows.push(["新证书编号", found.successor_number]);
  }
  return rows.length > 0 && found.facts !== null
    ? [["证书编号", String(found.facts.number)], ...rows]
    : rows;
}

/** A proof of hours 学时证明: of a person and of several courses, as things stood on a day. */
function proofRows(proof: Stated): Row[] {
  return [
    ["编号", proof.number || "本人下载，不编号"],
    ["姓名", proof.holder_name],
    ["证件号码", proof.masked_number],
    ["单位", proof.organisation || "—"],
    ["开具日期", proof.made_on],
    ...proof.courses.map(
      ({ title, hours, score }): Row => [
        title,
        score ? `${hours} 学时，${score} 分` : `${hours} 学时`,
      ],
    ),
  ];
}

/** The archive of a class 班级档案, as things stood when it was closed. */
function archiveRows(archive: StatedClass): Row[] {
  return [
    ["班级", archive.title],
    ["办班单位", archive.organisation],
    ["日期", `${archive.starts_on} 至 ${archive.ends_on}`],
    ["人数", `${archive.people} 人`],
    ["证书", `${archive.certificates} 张`],
    ["归档时间", new Date(archive.made_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" })],
    ["档案摘要", archive.digest],
  ];
}

/** What is wrong with its entry in the public log has words of its own; but what is worse comes first. */
function verdictOf({ verdict, finding }: Told): string {
  if (finding === "log_missing") {
    return verdict === "valid" ? finding : verdict;
  }
  if (finding.startsWith("log_") && finding !== "log_ahead") {
    return "log_contradicts";
  }
  if (finding === "key_period" || finding === "key_late") {
    return "key_period";
  }
  return verdict === "unknown" ? "unsure" : verdict;
}

async function checkFile(file: File): Promise<void> {
  if (file.type.startsWith("image/")) {
    tell("这是一张图片。请点“选一张照片或截图”来选它，读出码来查。");
    return;
  }
  if (file.size > MOST_BYTES) {
    tell("文件太大，不是证书的 PDF 原件，也不是学时证明或班级档案。");
    return;
  }
  tell("正在核对");
  const found = await askServer(file).catch((error: unknown) => {
    if (error instanceof UnreachableError) {
      return null;
    }
    throw error;
  });
  if (found === null) {
    show(await checkOffLine(new Uint8Array(await file.arrayBuffer()), whatIsKept()));
    return;
  }
  const at = new Date(found.checked_at);
  if (found.proof !== null) {
    const rows = proofRows(found.proof);
    show({ verdict: "proof_of_hours", sentence: found.sentence, rows }, at);
    return;
  }
  const verdict = verdictOf(found);
  const facts = readFacts(found.facts ?? undefined);
  if (verdict === "log_missing" && facts !== null) {
    show({ verdict, sentence: found.sentence, rows: factRows(facts) }, at);
    return;
  }
  if (found.archive !== null) {
    const rows = archiveRows(found.archive);
    show({ verdict: "class_archive", sentence: found.sentence, rows });
    return;
  }
  const rows = onlyToldToTheFile(found);
  if (found.facts !== null && found.verdict !== "altered" && rows.length === 0) {
    location.assign(`/v/${found.facts.public_id}`);
    return;
  }
  show({ verdict, sentence: found.sentence, rows }, at);
}

find<HTMLInputElement>("#document").addEventListener("change", (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file) {
    checkFile(file).catch((error: unknown) => tell(sentenceOf(error)));
  }
});

if (isKeptPage()) {
  window.addEventListener("online", () => tell("网络恢复了。再查一次，结果会包括撤销情况。"));
}
offerInstalling();
void refreshAll()
  .catch(() => undefined)
  .then(keepPage)
  .catch(() => undefined);
