/** A licence for sending: a phone's picture is made small enough, a PDF goes as it is. */

export const LONGEST_SIDE = 2200;

/** The size at which a picture is drawn: its longer side at most `most`, never larger than it is. */
export function fitted(width: number, height: number, most = LONGEST_SIDE): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height, 1));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** What stands behind the comma of a data address. */
export function base64Of(address: string): string {
  return address.slice(address.indexOf(",") + 1);
}

function readAddress(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}

function loaded(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = () => resolve(picture);
    picture.onerror = () => reject(new Error("no picture"));
    picture.src = address;
  });
}

/** A data address of the file: JPEG for every picture, which also leaves out where it was taken. */
export async function prepared(file: File): Promise<string> {
  if (file.type === "application/pdf") {
    return readAddress(file);
  }
  const picture = await loaded(URL.createObjectURL(file));
  const [width, height] = fitted(picture.naturalWidth, picture.naturalHeight);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  URL.revokeObjectURL(picture.src);
  return canvas.toDataURL("image/jpeg", 0.85);
}
