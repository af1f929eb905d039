/** Finds what a template promises; a missing element is a fault of ours and says its name. */

export function find<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T {
  const found = root.querySelector<T>(selector);
  if (found === null) {
    throw new Error(`the page lacks ${selector}`);
  }
  return found;
}

/** The JSON that a template hands to its island in <script type="application/json">. */
export function readFacts<T>(id: string): T {
  return JSON.parse(find(`#${id}`).textContent ?? "null") as T;
}
