/** Points for a short answer: one tap for all or nothing of a line, the sum, then the next answer. */

import { ownPath } from "../forms/form";
import { wholeNumber } from "../forms/numbers";
import { clearProblems, showAt, showProblem } from "../forms/problems";
import { noteSent } from "../forms/unsaved";
import { call } from "../net/api";
import { find } from "../page/find";

const form = find<HTMLFormElement>("#marks");
const inputs = [...form.querySelectorAll<HTMLInputElement>("input[name=points]")];

function add(): void {
  const sum = inputs.reduce((total, input) => total + (Number(wholeNumber(input.value)) || 0), 0);
  find("#sum").textContent = String(sum);
}

form.addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-give]");
  const input = button?.closest("fieldset")?.querySelector<HTMLInputElement>("input");
  if (button && input) {
    clearProblems(form);
    find("#e-points").textContent = "";
    input.value = button.dataset.give ?? "";
    add();
  }
});
form.addEventListener("input", add);

async function send(): Promise<void> {
  clearProblems(form);
  const missing = inputs.find((input) => !/^\d{1,3}$/.test(String(wholeNumber(input.value))));
  if (missing) {
    showAt(form, "points", "每条要点都要给分，没有答到的给 0 分。");
    missing.focus();
    return;
  }
  const points = inputs.map((input) => wholeNumber(input.value));
  const path = (form.dataset.api ?? "").split(" ")[1] ?? "";
  try {
    const done = await call<{ next: string }>("POST", path, { points });
    noteSent(form);
    location.assign(ownPath(done.next));
  } catch (error) {
    showProblem(form, error);
  }
}

form.addEventListener(
  "submit",
  (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    void send();
  },
  true,
);
