/** Whole numbers as people type them. */

const PLAIN = /^-?\d{1,15}$/;
const IN_GROUPS = /^-?\d{1,3}(?:,\d{3})+$/;

/**
 * "１２", "1,200" and "1，200" are numbers. Whatever else stands there ("5万", "12.9", "300人") stays as
 * it was typed: the server refuses it at its field, and nobody's ten thousand becomes one.
 */
export function wholeNumber(typed: string): number | string {
  const text = typed.normalize("NFKC").trim();
  if (PLAIN.test(text)) {
    return Number(text);
  }
  return IN_GROUPS.test(text) ? Number(text.replaceAll(",", "")) : typed.trim();
}
