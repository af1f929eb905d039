/** Asks before a page is left on which somebody has written more than a word, and not sent it. */

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const LEAST_FIELDS = 4;
const watched = new Set<HTMLFormElement>();
const sent = new WeakSet<HTMLFormElement>();

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select, textarea")];
}

/** Tell whether a control holds something else than the page came with. */
export function differs(control: Control): boolean {
  if (control.tagName === "SELECT") {
    const options = [...(control as HTMLSelectElement).options];
    const first = options.findIndex((option) => option.defaultSelected);
    return (control as HTMLSelectElement).selectedIndex !== Math.max(first, 0);
  }
  const input = control as HTMLInputElement;
  if (input.type === "checkbox" || input.type === "radio") {
    return input.checked !== input.defaultChecked;
  }
  if (input.type === "hidden" || input.type === "file") {
    return false;
  }
  return input.value !== input.defaultValue;
}

/** A search is no work; a text, or a form of many fields, is. */
export function isLong(form: HTMLFormElement): boolean {
  return (
    form.querySelector("textarea") !== null ||
    controlsOf(form).filter((control) => (control as HTMLInputElement).type !== "hidden").length >=
      LEAST_FIELDS
  );
}

/** Tell whether a form holds something that was neither sent nor there before. */
export function isChanged(form: HTMLFormElement): boolean {
  return !sent.has(form) && controlsOf(form).some(differs);
}

/** What a form holds has arrived: the page may be left. */
export function noteSent(form: HTMLFormElement): void {
  sent.add(form);
}

/** Watch the long forms of a page; `data-kept` marks one that is sent by other means. */
export function startUnsaved(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>(
    "form[data-api], form[data-kept]",
  )) {
    if (isLong(form) || form.dataset.first !== undefined) {
      watched.add(form);
      form.addEventListener("input", () => sent.delete(form));
    }
  }
  window.addEventListener("beforeunload", (event) => {
    if ([...watched].some((form) => form.isConnected && isChanged(form))) {
      event.preventDefault();
    }
  });
}
