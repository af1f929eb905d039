/** The verdict's page: what stands behind the # is checked before any verdict is shown. */

import { call, readAnswer } from "../net/api";
import { find } from "../page/find";
import { knownKeys, knownPeriods, refreshKeys } from "../verify/keys";
import { type Behind, checkBehind, type Judged, judgeScanned, type Shown } from "../verify/scanned";
import { showVerdict } from "../verify/show";
import { behindPath, isCode } from "../verify/stands";

interface Told {
  verdict: string;
  sentence: string;
  checked_at: string;
  stated_holder: [string, string] | null;
  successor_number: string | null;
}

/** Sent off by the page's head (templates/public/_code_first.html); null where nothing was heard. */
declare global {
  interface Window {
    codeAnswer?: Promise<Response | null>;
    /** By the script inside the page (src/inline/verdict.ts): whether it shows what it shows already. */
    codeStands?: Promise<boolean>;
    /** By the same: another code stands in the address, and the page for it was asked for. */
    isLeaving?: boolean;
  }
}

const told = find("#told");
/** Less than the page's head waits before it says that nothing was checked. */
const PATIENCE_MS = 10_000;

/** The record has forgotten its holder; the code on the paper has not, under our signature. */
function showHolder(holder: [string, string], sentence: string): void {
  const [say] = told.getElementsByTagName("p");
  if (say !== undefined) {
    say.textContent = sentence;
  }
  for (const term of told.getElementsByTagName("dt")) {
    const place = ["持证人", "证件号码"].indexOf(term.textContent ?? "");
    if (place >= 0 && term.nextElementSibling !== null) {
      term.nextElementSibling.textContent = holder[place] ?? "";
    }
  }
}

/** Who holds the old paper learns the number of the new one. */
function showSuccessor(number: string): void {
  const place = document.getElementById("successor");
  if (place !== null) {
    place.hidden = false;
    find("b", place).textContent = number;
  }
}

function showNote(note: string): void {
  const say = document.createElement("p");
  say.className = "notice wait";
  say.setAttribute("role", "alert");
  say.textContent = note;
  told.prepend(say);
}

/** What was sent off first; asked again where it was not heard. Raises where nothing is to be read. */
async function answerToCode(): Promise<Told> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const early = await Promise.race([window.codeAnswer, late]);
  const found = early ? await readAnswer<Told>(early) : await askAgain();
  if (typeof found.verdict !== "string" || Number.isNaN(Date.parse(found.checked_at))) {
    throw new TypeError("an answer that is none: something between us and the server");
  }
  return found;
}

function askAgain(): Promise<Told> {
  const text = location.origin + location.pathname + behindPath();
  return call<Told>("POST", "/api/v1/verification", { text }, { timeoutMs: PATIENCE_MS });
}

/** The keys of the page, and those that this device has known for longer: they come first. */
function keys(): Record<string, string> {
  const served = JSON.parse(told.dataset.keys ?? "{}") as Record<string, string>;
  return Object.assign(Object.create(null), served, knownKeys());
}

async function shownByPage(): Promise<Shown> {
  const rows = [...told.querySelectorAll(".compare > div")].map((row) => [
    find("dt", row).textContent ?? "",
    find("dd", row).textContent ?? "",
  ]);
  return {
    verdict: find("[data-verdict]", told).dataset.verdict ?? "",
    rows: Object.fromEntries(rows),
    isSeen: (await window.codeStands) ?? false,
  };
}

function show(judged: Judged, shown: Shown, server: Told | null): void {
  if (judged.verdict !== shown.verdict) {
    const at = server === null ? new Date() : new Date(server.checked_at);
    showVerdict(told, judged.verdict, judged.sentence, judged.rows, at);
    // What the record says is not what the paper says: nobody's name belongs to this.
    document.getElementById("by-code")?.remove();
    return;
  }
  if (judged.note !== "") {
    showNote(judged.note);
  }
  if (server !== null && server.stated_holder !== null) {
    showHolder(server.stated_holder, server.sentence);
  }
  if (server !== null && server.successor_number !== null) {
    showSuccessor(server.successor_number);
  }
}

async function checkCode(): Promise<void> {
  const shown = await shownByPage();
  // A device that cannot check is as one that has no key.
  const { certificates } = knownPeriods();
  const behind = checkBehind(behindPath(), keys(), certificates).catch(
    (): Behind => ({ finding: "no_key" }),
  );
  const { finding } = await behind;
  const server = finding === "no_code" ? null : await answerToCode().catch(() => null);
  if (window.isLeaving) {
    return;
  }
  show(judgeScanned(await behind, server, shown), shown, server);
  document.documentElement.classList.remove("unchecked");
}

const isChecked = isCode(behindPath()) && !window.isLeaving ? checkCode() : Promise.resolve();
void isChecked.then(refreshKeys).catch(() => undefined);
