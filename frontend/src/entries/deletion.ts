/** Leaving: a code, who one is, then the number and the request itself. */

import { offerCode } from "../account/codes";
import { type Change, offerProving, show, showSettled } from "../account/proving";
import { find } from "../page/find";

function askWith(proof: Change): void {
  if (proof.outcome !== "done") {
    showSettled(proof);
    return;
  }
  const asking = find<HTMLFormElement>("#ask-deletion");
  find<HTMLInputElement>("[name=proof]", asking).value = proof.id;
  show(asking);
}

const form = document.querySelector<HTMLFormElement>("#begin-proof");
if (form) {
  offerCode(form, "/api/v1/me/codes");
  offerProving(form, askWith);
}
