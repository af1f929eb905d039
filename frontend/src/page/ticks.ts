/** Marks the chosen tick box or radio so that the whole row shows it. */

function redraw(): void {
  for (const row of document.querySelectorAll<HTMLElement>(".tick")) {
    const input = row.querySelector<HTMLInputElement>("input");
    row.classList.toggle("is-chosen", input?.checked ?? false);
  }
}

export function startTicks(): void {
  document.addEventListener("change", redraw);
  redraw();
}
