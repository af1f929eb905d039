/** The second factor: a code or a key to go on, or setting one up and copying the recovery codes. */

import { addKey, answerWithKey, NoKeyError } from "../account/securitykey";
import { ownPath } from "../forms/form";
import { clearProblems, showProblem, showTrouble } from "../forms/problems";
import { find } from "../page/find";

interface Added {
  recovery_codes: string[];
}

interface Passed {
  next: string;
}

const page = find("#second-factor");
const wanted = page.dataset.wanted ?? "";

function goOn(answer: Passed): void {
  location.assign(ownPath(wanted || answer.next));
}

/** Codes that are shown once; where there are none, the page tells the new state. */
function showSheet(answer: Added): void {
  if (answer.recovery_codes.length === 0) {
    location.reload();
    return;
  }
  const list = find("#sheet-codes");
  list.replaceChildren(
    ...answer.recovery_codes.map((code) => {
      const line = document.createElement("li");
      line.append(Object.assign(document.createElement("code"), { textContent: code }));
      return line;
    }),
  );
  page.hidden = true;
  const sheet = find("#sheet");
  sheet.hidden = false;
  sheet.focus();
}

function onSent<T>(selector: string, act: (answer: T) => void): void {
  document.querySelector(selector)?.addEventListener("sent", (event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    for (const button of form.querySelectorAll("button")) {
      button.disabled = false;
      button.classList.remove("is-busy");
    }
    act((event as CustomEvent<T>).detail);
  });
}

function onKey<T>(
  selector: string,
  ask: (form: HTMLFormElement) => Promise<T>,
  act: (answer: T) => void,
): void {
  const form = document.querySelector<HTMLFormElement>(selector);
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearProblems(form);
    ask(form).then(act, (error: unknown) => {
      if (error instanceof NoKeyError) {
        showTrouble(form, error.message);
      } else {
        showProblem(form, error);
      }
    });
  });
}

onSent<{ secret: string; qr_svg: string }>("#begin-app", (answer) => {
  find<HTMLImageElement>("#app-picture").src =
    `data:image/svg+xml,${encodeURIComponent(answer.qr_svg)}`;
  find("#app-secret").textContent = answer.secret.replace(/(.{4})/g, "$1 ").trim();
  find("#app-code").hidden = false;
  find("#f-code").focus();
});
onSent<Added>("#confirm-app", showSheet);
onSent<Added>("#renew-codes", showSheet);
onSent<Passed>("#answer", goOn);
onKey<Added>(
  "#add-key",
  (form) => addKey(find<HTMLInputElement>("#f-label", form).value.trim()),
  showSheet,
);
onKey<Passed>("#answer-key", () => answerWithKey(), goOn);
