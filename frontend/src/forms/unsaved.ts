/** Asks before a page is left on which somebody has written more than a word, and not sent it. */

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const LEAST_FIELDS = 4;
type Held = string | number | boolean;

const watched = new Set<HTMLFormElement>();
/** What the server has of a control since something was sent; before that, what the page says. */
const arrived = new WeakMap<Control, Held>();

function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select, textarea")];
}

function isTicked(control: Control): boolean {
  return control.type === "checkbox" || control.type === "radio";
}

function heldBy(control: Control): Held {
  if (control.tagName === "SELECT") {
    return (control as HTMLSelectElement).selectedIndex;
  }
  return isTicked(control) ? (control as HTMLInputElement).checked : control.value;
}

function cameWith(control: Control): Held {
  if (control.tagName === "SELECT") {
    const options = [...(control as HTMLSelectElement).options];
    return Math.max(
      options.findIndex((option) => option.defaultSelected),
      0,
    );
  }
  const input = control as HTMLInputElement;
  return isTicked(control) ? input.defaultChecked : input.defaultValue;
}

/** Tell whether a control holds something else than was sent last, or the page came with. */
export function differs(control: Control): boolean {
  if (control.type === "hidden" || control.type === "file") {
    return false;
  }
  return heldBy(control) !== (arrived.get(control) ?? cameWith(control));
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
  return controlsOf(form).some(differs);
}

/**
 * Take down what a form holds as it is sent; call the answer once it has arrived. From then on that
 * is what changes are told from: the old text put back is one, and so is what was typed meanwhile.
 */
export function noteSending(form: HTMLFormElement): () => void {
  const held = controlsOf(form).map((control): [Control, Held] => [control, heldBy(control)]);
  return () => {
    for (const [control, value] of held) {
      arrived.set(control, value);
    }
  };
}

/** What a form holds has arrived: the page may be left. */
export function noteSent(form: HTMLFormElement): void {
  noteSending(form)();
}

/** Watch the long forms of a page; `data-kept` marks one that is sent by other means. */
export function startUnsaved(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>(
    "form[data-api], form[data-kept]",
  )) {
    if (isLong(form) || form.dataset.first !== undefined) {
      watched.add(form);
    }
  }
  window.addEventListener("beforeunload", (event) => {
    if ([...watched].some((form) => form.isConnected && isChanged(form))) {
      event.preventDefault();
    }
  });
}
