/** The verdict's page: what stands behind the # is checked before the verdict is believed. */

import { call, readAnswer, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { refreshKeys } from "../verify/keys";
import { showVerdict } from "../verify/show";

interface Told {
  verdict: string;
  sentence: string;
  stated_holder: [string, string] | null;
  successor_number: string | null;
}

/** Sent off by the page's head (templates/public/_code_first.html); null where nothing was heard. */
declare global {
  interface Window {
    codeAnswer?: Promise<Response | null>;
  }
}

const told = find("#told");
/** Less than the page's head waits before it shows what is unchecked, and says so. */
const PATIENCE_MS = 20_000;

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

function showUnfinished(error: unknown): void {
  const say = document.createElement("p");
  say.className = "notice wait";
  say.setAttribute("role", "alert");
  say.textContent = `码里的签名还没有核对完：${sentenceOf(error)}`;
  told.prepend(say);
}

/** What was sent off first; asked again where it was not heard. */
async function answerToCode(): Promise<Told> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const early = await Promise.race([window.codeAnswer, late]);
  if (early) {
    return readAnswer<Told>(early);
  }
  const text = location.origin + location.pathname + location.hash;
  return call<Told>("POST", "/api/v1/verification", { text });
}

async function checkCode(): Promise<void> {
  const shown = find("[data-verdict]").dataset.verdict;
  try {
    const found = await answerToCode();
    if (found.verdict !== shown) {
      showVerdict(told, found.verdict, found.sentence);
      // What the record says is not what the paper says: nobody's name belongs to this.
      document.getElementById("by-code")?.remove();
    } else if (found.stated_holder !== null) {
      showHolder(found.stated_holder, found.sentence);
    }
    if (found.successor_number !== null) {
      showSuccessor(found.successor_number);
    }
  } catch (error) {
    showUnfinished(error);
  }
  document.documentElement.classList.remove("unchecked");
}

// Other things stand behind a # as well: a place on the page to which somebody jumped.
const isChecked = /^#\d+$/.test(location.hash) ? checkCode() : Promise.resolve();
void isChecked.then(refreshKeys).catch(() => undefined);
