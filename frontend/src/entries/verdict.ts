/** The verdict's page: what stands behind the # is checked before the verdict is believed. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { refreshKeys } from "../verify/keys";
import { showVerdict } from "../verify/show";

interface Told {
  verdict: string;
  sentence: string;
  stated_holder: [string, string] | null;
}

const told = find("#told");

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

function showUnfinished(error: unknown): void {
  const say = document.createElement("p");
  say.className = "notice wait";
  say.setAttribute("role", "alert");
  say.textContent = `码里的签名还没有核对完：${sentenceOf(error)}`;
  told.prepend(say);
}

async function checkCode(): Promise<void> {
  const shown = find("[data-verdict]").dataset.verdict;
  told.hidden = true;
  try {
    const text = location.origin + location.pathname + location.hash;
    const found = await call<Told>("POST", "/api/v1/verification", { text });
    if (found.verdict !== shown) {
      showVerdict(told, found.verdict, found.sentence);
    } else if (found.stated_holder !== null) {
      showHolder(found.stated_holder, found.sentence);
    }
  } catch (error) {
    showUnfinished(error);
  }
  told.hidden = false;
}

// Other things stand behind a # as well: a place on the page to which somebody jumped.
if (/^#\d+$/.test(location.hash)) {
  void checkCode();
}
void refreshKeys().catch(() => undefined);
