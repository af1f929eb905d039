/** Reads a form into JSON: each input says its type in `data-type`, a dotted name makes lists and objects. */

import { wholeNumber } from "./numbers";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

function jsonOf(input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): Json {
  const text = input.value.trim();
  switch (input.dataset.type) {
    case "int":
      return wholeNumber(text);
    case "bool":
      return text === "true";
    default:
      return text;
  }
}

function isSkipped(input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): boolean {
  // What a page is looked for by stands in its address, not in what is sent.
  if (!input.name || input.disabled || input.dataset.type === "address") {
    return true;
  }
  const isTick = input instanceof HTMLInputElement && /^(checkbox|radio)$/.test(input.type);
  if (isTick) {
    return !(input as HTMLInputElement).checked && input.dataset.type !== "flag";
  }
  return input.value.trim() === "" && input.dataset.optional !== undefined;
}

function put(target: { [key: string]: Json }, name: string, value: Json): void {
  const [list, index, key] = name.split(".");
  if (list === undefined) {
    return;
  }
  if (index === undefined) {
    target[name] = value;
    return;
  }
  if (key === undefined) {
    const members = (target[list] ??= {}) as { [key: string]: Json };
    members[index] = value;
    return;
  }
  const rows = (target[list] ??= []) as { [key: string]: Json }[];
  const row = (rows[Number(index)] ??= {});
  row[key] = value;
}

/** Build the request body. `items.0.answer` becomes items[0].answer, `items.answer` items.answer; `data-type=list` collects what is ticked, `texts` what is written, `ints` whole numbers. */
export function bodyOf(form: HTMLFormElement): { [key: string]: Json } {
  const body: { [key: string]: Json } = {};
  const inputs = form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(
    "input, select, textarea",
  );
  for (const input of inputs) {
    if (input.dataset.type === "list" && input.name) {
      const list = (body[input.name] ??= []) as Json[];
      if ((input as HTMLInputElement).checked) {
        list.push(input.value);
      }
      continue;
    }
    if (input.dataset.type === "texts" && input.name) {
      const texts = (body[input.name] ??= []) as Json[];
      texts.push(input.value.trim());
      continue;
    }
    if (input.dataset.type === "ints" && input.name) {
      const numbers = (body[input.name.split(".")[0] ?? ""] ??= []) as Json[];
      numbers.push(wholeNumber(input.value) || 0);
      continue;
    }
    if (input.dataset.type === "flag" && input.name) {
      body[input.name] = (input as HTMLInputElement).checked;
      continue;
    }
    if (!isSkipped(input)) {
      put(body, input.name, jsonOf(input));
    }
  }
  return body;
}
