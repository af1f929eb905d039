/** The verdict's page: what stands behind the # is checked before the verdict is believed. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { refreshKeys } from "../verify/keys";
import { showVerdict } from "../verify/show";

interface Told {
  verdict: string;
  sentence: string;
}

const told = find("#told");

async function checkCode(): Promise<void> {
  const shown = find("[data-verdict]").dataset.verdict;
  told.hidden = true;
  try {
    const found = await call<Told>("POST", "/api/v1/verification", { text: location.href });
    if (found.verdict !== shown) {
      showVerdict(told, found.verdict, found.sentence);
    }
  } catch (error) {
    showVerdict(told, "unknown", sentenceOf(error));
  }
  told.hidden = false;
}

if (location.hash.length > 1) {
  void checkCode();
}
void refreshKeys().catch(() => undefined);
