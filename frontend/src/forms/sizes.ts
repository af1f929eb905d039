/** `<input type="file" data-most="…">`: a file that is too large is told so before it is sent. */

const MB = 1024 * 1024;
const KB = 1024;

/** A size as people read it: whole MB where there are some, one digit behind the point below ten. */
export function sizeOf(bytes: number): string {
  if (bytes < MB) {
    return `${Math.max(1, Math.ceil(bytes / KB))} KB`;
  }
  const amount = bytes / MB;
  return `${amount < 10 ? Math.ceil(amount * 10) / 10 : Math.ceil(amount)} MB`;
}

/** What is wrong with a file's size; empty where nothing is. `most` is the field's `data-most`. */
export function sizeTrouble(file: { size: number }, most: string | undefined): string {
  if (file.size === 0) {
    return "这个文件是空的。请换一个文件。";
  }
  const bound = Number(most ?? 0);
  if (bound > 0 && file.size > bound) {
    return `这个文件有 ${sizeOf(file.size)}，超过 ${sizeOf(bound)}，没有上传。请存成小一点的文件再选。`;
  }
  return "";
}
