/** `<form data-places>`: a unit or position that the roster does not have is told before it is made. */

import { call } from "../net/api";

interface Known {
  items: { name: string; words?: string }[];
  total: number;
}

const PLACES = [
  { field: "unit", what: "部门", address: "/api/v1/org/units" },
  { field: "position", what: "岗位", address: "/api/v1/org/positions" },
];

/** As the server writes it down: single blanks, and for a unit one stroke between its levels. */
export function spelled(text: string, isUnit: boolean): string {
  const plain = (part: string) => part.split(/\s+/).filter(Boolean).join(" ");
  return isUnit ? text.split(/[/／]/).map(plain).filter(Boolean).join("/") : plain(text);
}

/** What is to be said of words; empty for those that are there, or may be among those not seen. */
export function newPlace(words: string, what: string, known: Known): string {
  const isThere = known.items.some((each) => (each.words ?? each.name) === words);
  if (words === "" || isThere || known.total > known.items.length) {
    return "";
  }
  return `名单里还没有“${words}”这个${what}，保存时会新建。写错了请改。`;
}

function watch(input: HTMLInputElement, what: string, address: string): void {
  const say = document.createElement("p");
  say.className = "quiet";
  say.setAttribute("role", "status");
  input.after(say);
  const first = input.value;
  input.addEventListener("change", async () => {
    say.textContent = "";
    const words = spelled(input.value, input.name === "unit");
    if (words === "" || input.value === first) {
      return;
    }
    try {
      const known = await call<Known>("GET", `${address}?q=${encodeURIComponent(words)}`);
      if (spelled(input.value, input.name === "unit") === words) {
        say.textContent = newPlace(words, what, known);
      }
    } catch {
      // It is a help and no condition: without an answer the form is as it was.
    }
  });
}

export function startNewPlaces(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-places]")) {
    for (const { field, what, address } of PLACES) {
      const input = form.querySelector<HTMLInputElement>(`input[name=${field}]`);
      if (input) {
        watch(input, what, address);
      }
    }
  }
}
