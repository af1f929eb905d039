/** The scan page: camera or picture, then the verdict; off line it still knows the signature. */

import { call, readAnswer, sendRaw, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";
import { readAddress, type Scanned } from "../verify/code";
import {
  archiveRows,
  isShownHere,
  onlyToldToTheFile,
  proofRows,
  type Told,
  verdictOf,
} from "../verify/handed";
import { isKeptPage, keepPage, offerInstalling, tokenNow } from "../verify/install";
import {
  knownCheckpoints,
  knownDocumentKeys,
  knownHosts,
  knownKeys,
  knownLists,
  knownLogKeys,
  knownPeriods,
  knownSm2Keys,
  lastHeard,
  refreshAll,
  refreshKeys,
} from "../verify/keys";
import { type Answer, checkCode, checkOffLine, factRows, type Kept } from "../verify/offline";
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
    checkpoints: knownCheckpoints(),
    hosts: knownHosts(location.host),
    documentKeys: knownDocumentKeys(),
    periods: knownPeriods(),
    heardAt: lastHeard(),
    lists: knownLists,
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

function open({ publicId, digits }: Scanned): void {
  location.assign(`/v/${publicId}${digits ? `#${digits}` : ""}`);
}

/** Null where nothing was heard. */
function unlessUnheard(error: unknown): null {
  if (error instanceof UnreachableError) {
    return null;
  }
  throw error;
}

/**
 * The address is not the one of this page: the server knows which were ours. Or its digits were cut off,
 * of which the page of the address would say nothing. Null where the server is away.
 */
async function askWhose(text: string): Promise<Told | null> {
  const headers = await tokenNow();
  return call<Told>("POST", "/api/v1/verification", { text }, { headers }).catch(unlessUnheard);
}

async function take(text: string): Promise<void> {
  const scanned = readAddress(text);
  if (scanned === null) {
    tell("这不是本平台证书上的码。请对准证书上的整个方块码再扫，或者输入编号和持证人姓名查询。");
    return;
  }
  if (await isHeard()) {
    const isCut = scanned.isCoded && scanned.digits === "";
    if (scanned.host === location.host && !isCut) {
      open(scanned);
      return;
    }
    tell("正在核对");
    const found = await askWhose(text.trim());
    if (found !== null && found.facts !== null && found.verdict !== "altered") {
      open(scanned);
      return;
    }
    if (found !== null) {
      show({ ...found, rows: [] }, new Date(found.checked_at));
      return;
    }
  }
  show(await checkCode(scanned, whatIsKept()));
}

function failed(error: unknown): void {
  tell(sentenceOf(error));
}

find("#scan").addEventListener("click", () => {
  tell("");
  find("#viewfinder").hidden = false;
  watchCamera(find<HTMLVideoElement>("#camera"), (text) => take(text).catch(failed)).catch(() => {
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
    .catch(failed);
});

const MOST_BYTES = 4 * 1024 * 1024;

async function askServer(file: File): Promise<Told> {
  const headers = { "content-type": "application/octet-stream", ...(await tokenNow()) };
  const answer = await sendRaw("POST", "/api/v1/verification/files", file, { headers });
  return readAnswer<Told>(answer);
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
  const found = await askServer(file).catch(unlessUnheard);
  if (found === null) {
    show(await checkOffLine(new Uint8Array(await file.arrayBuffer()), whatIsKept()));
    return;
  }
  const at = new Date(found.checked_at);
  if (found.proof !== null) {
    const stated = proofRows(found.proof);
    show({ verdict: "proof_of_hours", sentence: found.sentence, rows: stated }, at);
    return;
  }
  const verdict = verdictOf(found);
  const facts = readFacts(found.facts ?? undefined);
  const rows = onlyToldToTheFile(found);
  if (isShownHere(found) && facts !== null) {
    const all = rows.length > 0 ? rows : factRows(facts);
    show({ verdict, sentence: found.sentence, rows: all }, at);
    return;
  }
  if (found.archive !== null) {
    const stated = archiveRows(found.archive);
    show({ verdict: "class_archive", sentence: found.sentence, rows: stated });
    return;
  }
  if (found.facts !== null && found.verdict !== "altered" && rows.length === 0) {
    location.assign(`/v/${found.facts.public_id}`);
    return;
  }
  show({ verdict, sentence: found.sentence, rows }, at);
}

find<HTMLInputElement>("#document").addEventListener("change", (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file) {
    checkFile(file).catch(failed);
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
