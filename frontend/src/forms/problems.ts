/** Shows a refusal where it belongs: at the field, else on top of the form. */

import { RefusedError, sentenceOf } from "../net/api";

export function clearProblems(form: HTMLElement): void {
  for (const line of form.querySelectorAll(".field .error")) {
    line.textContent = "";
  }
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
  const trouble = form.querySelector<HTMLElement>("[data-trouble]");
  if (trouble) {
    trouble.hidden = true;
    trouble.textContent = "";
  }
}

function inputFor(form: HTMLElement, pointer: string): HTMLElement | null {
  const dotted = pointer.replace(/^\//, "").replace(/\//g, ".");
  return form.querySelector<HTMLElement>(`[name="${CSS.escape(dotted)}"]`);
}

function markField(form: HTMLElement, input: HTMLElement, message: string): boolean {
  const line = form.querySelector(`#e-${CSS.escape(input.id.replace(/^f-/, ""))}`);
  if (!line) {
    return false;
  }
  line.textContent = message;
  input.setAttribute("aria-invalid", "true");
  return true;
}

/** Where one goes, in another tab, so that what was typed can be sent from this one. */
const AWAY: Record<string, [string, string, string]> = {
  not_signed_in: [
    "登录已过期。请在新的标签页登录后回到这里再提交，已填的内容还在。",
    "/sign-in",
    "在新的标签页登录",
  ],
  second_factor: [
    "要再验证一次。请在新的标签页完成二次验证后回到这里再提交，已填的内容还在。",
    "/second-factor",
    "在新的标签页验证",
  ],
};

/** The sentence and the link for a sign-in that has ended meanwhile; null for all else. */
export function wayBack(error: unknown): [string, string, string] | null {
  return error instanceof RefusedError ? (AWAY[error.problem.code] ?? null) : null;
}

function showWayBack(
  form: HTMLElement,
  [sentence, address, words]: [string, string, string],
): void {
  showTrouble(form, sentence);
  const link = document.createElement("a");
  link.className = "link";
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = words;
  form.querySelector("[data-trouble]")?.append(" ", link);
}

/** Show what went wrong; what was typed stays, and the first wrong field gets the focus. */
export function showProblem(form: HTMLElement, error: unknown): void {
  const away = wayBack(error);
  if (away) {
    showWayBack(form, away);
    return;
  }
  const wrong = error instanceof RefusedError ? (error.problem.errors ?? []) : [];
  offerWayOut(form, error);
  let first: HTMLElement | null = null;
  let unplaced = wrong.length === 0;
  for (const { field, message } of wrong) {
    const input = inputFor(form, field);
    const remedy = error instanceof RefusedError ? error.problem.remedy : undefined;
    // A sentence that says itself what to do needs no second one.
    const isAlone = wrong.length === 1 && remedy && !message.includes("请");
    const words = isAlone ? `${message}${remedy}。` : message;
    if (input && markField(form, input, words)) {
      first ??= input;
    } else {
      unplaced = true;
    }
  }
  if (unplaced) {
    showTrouble(form, sentenceOf(error));
  }
  first?.focus();
}

/** Say one sentence at a field, or on top where there is none; what was typed stays. */
export function showAt(form: HTMLElement, field: string, sentence: string): void {
  offerWayOut(form, null);
  const input = field ? inputFor(form, field) : null;
  if (input && markField(form, input, sentence)) {
    input.focus();
  } else {
    showTrouble(form, sentence);
  }
}

/** `data-when="code"` stays hidden until a refusal with this code: what can be done about it. */
function offerWayOut(form: HTMLElement, error: unknown): void {
  const code = error instanceof RefusedError ? error.problem.code : "";
  for (const way of form.querySelectorAll<HTMLElement>("[data-when]")) {
    way.hidden = way.dataset.when !== code;
  }
}

export function showTrouble(form: HTMLElement, sentence: string): void {
  const trouble = form.querySelector<HTMLElement>("[data-trouble]");
  if (!trouble) {
    return;
  }
  trouble.textContent = sentence;
  trouble.hidden = false;
  trouble.focus();
}
