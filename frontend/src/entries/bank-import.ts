/** Brings a file of questions in: a trial with every flaw by row and column, then the import. */

import { flawRows, summaryOf, type Trial, titleOf } from "../bank/trial";
import { readAnswer, sendRaw, sentenceOf } from "../net/api";
import { find, readFacts } from "../page/find";

const facts = readFacts<{ bank_id: string }>("facts");
const base = `/api/v1/exam-banks/${facts.bank_id}`;
const MOST_BYTES = 8 * 1024 * 1024;
const field = find<HTMLInputElement>("#bank-file");
const say = find("#bank-say");
const trouble = find("#e-file");
const panel = find("#bank-trial");
const importButton = find<HTMLButtonElement>("#do-import");
let chosen: File | null = null;

async function send(path: string, file: File, words: string): Promise<Trial | null> {
  trouble.textContent = "";
  say.textContent = words;
  say.hidden = false;
  importButton.disabled = true;
  try {
    const headers = { "content-type": "application/octet-stream" };
    const answer = await sendRaw("POST", `${base}/${path}`, file, { headers, timeoutMs: 180_000 });
    return await readAnswer<Trial>(answer);
  } catch (error) {
    trouble.textContent = sentenceOf(error);
    return null;
  } finally {
    say.hidden = true;
    importButton.disabled = false;
  }
}

function show(trial: Trial): void {
  find("#trial-title").textContent = titleOf(trial);
  find("#trial-sum").textContent = summaryOf(trial);
  const table = find<HTMLTableElement>("#trial-flaws");
  find("tbody", table).replaceChildren(...flawRows(trial));
  table.hidden = trial.flaws.length === 0;
  const canImport = !trial.is_done && trial.total > 0;
  const hasBlocking = trial.flaws.some((flaw) => flaw.row > 0);
  find("#trial-actions").hidden = !canImport;
  importButton.textContent = hasBlocking ? `只导入没有问题的 ${trial.total} 题` : "导入";
  find("#trial-done").hidden = !trial.is_done;
  panel.hidden = false;
  panel.focus();
}

async function tryFile(file: File): Promise<void> {
  panel.hidden = true;
  if (file.size > MOST_BYTES) {
    trouble.textContent = "文件超过 8 MB。请分成几份。";
    return;
  }
  chosen = file;
  const trial = await send("file-trials", file, "正在检查，题多时要等几秒");
  if (trial) {
    show(trial);
  }
}

async function importFile(): Promise<void> {
  if (!chosen) {
    return;
  }
  const done = await send("file-imports?skips_faulty=true", chosen, "正在导入");
  if (done) {
    show(done);
  }
}

field.addEventListener("change", () => {
  const file = field.files?.[0];
  if (file) {
    // Kept as it is now: the same file may be mended and chosen again.
    void tryFile(file);
  }
  field.value = "";
});
importButton.addEventListener("click", () => void importFile());
