/** Tick boxes: a chosen row shows it as a whole, and one box in front may tick all of a name. */

function boxesOf(name: string): HTMLInputElement[] {
  const all = document.querySelectorAll<HTMLInputElement>("input[type=checkbox]");
  return [...all].filter((box) => box.name === name);
}

/** What the box in front shows: all ticked, none, or (as a dash) some. */
export function stateOfAll(ticked: boolean[]): { checked: boolean; indeterminate: boolean } {
  const count = ticked.filter(Boolean).length;
  const checked = count > 0 && count === ticked.length;
  return { checked, indeterminate: count > 0 && !checked };
}

function redraw(): void {
  for (const all of document.querySelectorAll<HTMLInputElement>("input[data-all-of]")) {
    Object.assign(all, stateOfAll(boxesOf(all.dataset.allOf ?? "").map((box) => box.checked)));
  }
  for (const row of document.querySelectorAll<HTMLElement>(".tick")) {
    const input = row.querySelector<HTMLInputElement>("input");
    row.classList.toggle("is-chosen", input?.checked ?? false);
  }
}

export function startTicks(): void {
  document.addEventListener("change", (event) => {
    const changed = event.target as HTMLInputElement;
    if (changed.dataset.allOf) {
      for (const box of boxesOf(changed.dataset.allOf)) {
        box.checked = changed.checked;
      }
    }
    redraw();
  });
  redraw();
}
