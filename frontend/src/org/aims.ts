/** `data-aims="unit tag"`: a part of the form that belongs to some aims alone. */

export function belongs(aims: string | undefined, aim: string): boolean {
  return (aims ?? "").split(" ").includes(aim);
}

/** What does not belong to the aim is neither seen nor sent; what was typed stays in it. */
export function showFor(form: HTMLElement, aim: string): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-aims]")) {
    const isWanted = belongs(part.dataset.aims, aim);
    part.hidden = !isWanted;
    for (const input of part.querySelectorAll<HTMLInputElement>("input, select")) {
      input.disabled = !isWanted;
    }
  }
}

export function startAims(): void {
  const form = document.querySelector<HTMLFormElement>("#assigning");
  const aim = form?.querySelector<HTMLSelectElement>("select[name=aim]");
  if (!form || !aim) {
    return;
  }
  const redraw = () => showFor(form, aim.value);
  aim.addEventListener("change", redraw);
  redraw();
}
