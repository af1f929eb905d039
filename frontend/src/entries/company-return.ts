/** Back from a company's page: what stands in the address goes to the server, then on or not. */

import { ownPath } from "../forms/form";
import { call, RefusedError, sentenceOf } from "../net/api";
import { find } from "../page/find";

const given = new URLSearchParams(location.search);
const body: Record<string, string> = {
  org_id: find("#company-return").dataset.org ?? "",
  state: given.get("state") ?? "-",
};
for (const name of ["code", "iss", "error"]) {
  const value = given.get(name);
  if (value !== null) {
    body[name] = value;
  }
}
// The code is good once; it need not stand in the history as well.
history.replaceState(null, "", location.pathname);

function show(error: unknown): void {
  const isNo = error instanceof RefusedError;
  find("#company-title").textContent = "没有成功";
  find("#company-words").textContent = isNo ? error.problem.detail : sentenceOf(error);
  find("#company-remedy").textContent =
    isNo && error.problem.remedy ? `${error.problem.remedy}。` : "";
  find("#company-going").hidden = true;
  const trouble = find("#company-trouble");
  trouble.hidden = false;
  trouble.focus();
}

call<{ next: string }>("POST", "/api/v1/auth/company/return", body).then(
  (answer) => location.replace(ownPath(answer.next)),
  show,
);
