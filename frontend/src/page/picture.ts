/** A photograph of the phone made small enough to send: as JPEG in base64, without its EXIF. */

const MOST_SIDE = 1_280;
const MOST_LETTERS = 240_000;
const QUALITIES = [0.9, 0.8, 0.7, 0.55, 0.4];

export class NoPictureError extends Error {}

/** The size that fits into a square of `most`, in proportion; never larger than it is. */
export function fitted(width: number, height: number, most: number): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Raises NoPictureError with a sentence for people where the file cannot be read as a picture. */
export async function shrunk(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file).catch(() => {
    throw new NoPictureError("照片打不开，请换一张 JPEG 或 PNG 照片。");
  });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(picture.width, picture.height, MOST_SIDE);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of QUALITIES) {
    const [, letters] = canvas.toDataURL("image/jpeg", quality).split(",");
    if (letters !== undefined && letters.length <= MOST_LETTERS) {
      return letters;
    }
  }
  throw new NoPictureError("照片太大，请换一张小一些的。");
}
