/** Reads QR codes from the camera or from a picture, in the browser. */

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

let isPrepared = false;

function prepare(): void {
  if (!isPrepared) {
    prepareZXingModule({ overrides: { locateFile: () => wasm } });
    isPrepared = true;
  }
}

export async function readCodes(picture: Blob | ImageData): Promise<string[]> {
  prepare();
  const found = await readBarcodes(picture, { formats: ["QRCode"], tryHarder: true });
  return found.filter((each) => each.isValid).map((each) => each.text);
}

/** Look through the camera until a code is read or `stop` is called. */
export async function watchCamera(
  video: HTMLVideoElement,
  onText: (text: string) => void,
): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 } },
  });
  video.srcObject = stream;
  await video.play();
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    for (const track of stream.getTracks()) {
      track.stop();
    }
  };
  const canvas = document.createElement("canvas");
  const look = async (): Promise<void> => {
    if (isOver) {
      return;
    }
    const { videoWidth, videoHeight } = video;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (pen && videoWidth > 0) {
      canvas.width = videoWidth;
      canvas.height = videoHeight;
      pen.drawImage(video, 0, 0);
      const [text] = await readCodes(pen.getImageData(0, 0, videoWidth, videoHeight));
      if (text !== undefined) {
        stop();
        onText(text);
        return;
      }
    }
    setTimeout(() => void look(), 120);
  };
  void look();
  return stop;
}
