/** The scan page: camera or picture, then the verdict; off line it still knows the signature. */

import { readAnswer, sendRaw, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { knownKeys, refreshKeys } from "../verify/keys";
import { readCodes, watchCamera } from "../verify/reader";
import { FIELDS, openSeal, readAddress, readDigits } from "../verify/seal";
import { showVerdict } from "../verify/show";

const told = find("#told");
const say = find("#scan-say");

function tell(sentence: string): void {
  say.textContent = sentence;
  say.hidden = sentence === "";
}

async function offLine(digits: string): Promise<void> {
  const seal = readDigits(digits);
  if (seal === null) {
    showVerdict(
      told,
      "incomplete",
      "没有网络，码也没有读全，还不能判断真假。请联网后对准整个方块码再扫。",
    );
    return;
  }
  if (!(seal.keyId in knownKeys())) {
    showVerdict(
      told,
      "unsure",
      "没有网络，这台设备上还没有核对这张证书要用的公钥。请联网后再扫一次。",
    );
    return;
  }
  const values = await openSeal(seal, knownKeys());
  if (values === null) {
    showVerdict(told, "altered", "签名不对，内容可能被改过，请勿采信。");
    return;
  }
  const rows = FIELDS.map((name, index): [string, string] => [name, values[index] || "长期"]);
  showVerdict(told, "offline", "内容确由本平台签发。没有网络，查不到它后来是否被撤销。", rows);
}

async function take(text: string): Promise<void> {
  const scanned = readAddress(text);
  if (scanned === null) {
    tell("这不是本平台证书上的码。");
    return;
  }
  if (navigator.onLine) {
    location.assign(`/v/${scanned.publicId}${scanned.digits ? `#${scanned.digits}` : ""}`);
    return;
  }
  await offLine(scanned.digits);
  told.focus();
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
  facts: { public_id: string } | null;
}

const MOST_BYTES = 4 * 1024 * 1024;

async function checkFile(file: File): Promise<void> {
  if (file.size > MOST_BYTES) {
    tell("文件太大，不是证书的 PDF 原件。");
    return;
  }
  tell("正在核对");
  const headers = { "content-type": "application/octet-stream" };
  const answer = await sendRaw("POST", "/api/v1/verification/files", file, { headers });
  const found = await readAnswer<Told>(answer);
  if (found.facts !== null && found.verdict !== "altered") {
    location.assign(`/v/${found.facts.public_id}`);
    return;
  }
  tell("");
  showVerdict(told, found.verdict === "unknown" ? "unsure" : found.verdict, found.sentence);
  told.focus();
}

find<HTMLInputElement>("#document").addEventListener("change", (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file) {
    checkFile(file).catch((error: unknown) => tell(sentenceOf(error)));
  }
});

void refreshKeys().catch(() => undefined);
