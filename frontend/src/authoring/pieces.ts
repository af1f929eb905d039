/** A film in pieces: what is still to be sent, each under its own hash, however often the line breaks. */

export interface Upload {
  upload_id: string;
  piece_size: number;
  pieces: number;
  received: number[];
  name: string;
  size: number;
}

/** What carries a piece to the server; a broken line throws `lost`, a refusal anything else. */
export interface Line {
  put(upload: Upload, number: number, piece: Blob, hash: string): Promise<void>;
  isLost(error: unknown): boolean;
  wait(ms: number): Promise<void>;
}

const LONGEST_PAUSE_MS = 30_000;

/** The numbers that the server has not got yet, in order. */
export function missing(upload: Upload): number[] {
  const here = new Set(upload.received);
  return Array.from({ length: upload.pieces }, (_, number) => number).filter(
    (number) => !here.has(number),
  );
}

export function pieceOf(file: Blob, upload: Upload, number: number): Blob {
  return file.slice(number * upload.piece_size, (number + 1) * upload.piece_size);
}

/** SHA-256 in hex, as the server reads it. */
export async function hashOf(piece: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await piece.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** After so many losses in a row: 1 s, 2 s, 4 s … half a minute. */
export function pauseAfter(losses: number): number {
  return Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (losses - 1));
}

export interface Told {
  /** Pieces that are there, of how many. */
  progress(done: number, of: number): void;
  /** The line broke; the next try comes after so long. */
  lost(pauseMs: number): void;
}

/** Send what is missing, in order, until all is there or `isPaused` says to stop. Tells whether all is there. */
export async function sendMissing(
  file: Blob,
  upload: Upload,
  line: Line,
  told: Told,
  isPaused: () => boolean,
): Promise<boolean> {
  const left = missing(upload);
  let done = upload.pieces - left.length;
  let losses = 0;
  told.progress(done, upload.pieces);
  while (left.length > 0) {
    if (isPaused()) {
      return false;
    }
    const number = left[0] ?? 0;
    const piece = pieceOf(file, upload, number);
    try {
      await line.put(upload, number, piece, await hashOf(piece));
    } catch (error) {
      if (!line.isLost(error)) {
        throw error;
      }
      losses += 1;
      told.lost(pauseAfter(losses));
      await line.wait(pauseAfter(losses));
      continue;
    }
    losses = 0;
    left.shift();
    done += 1;
    told.progress(done, upload.pieces);
  }
  return true;
}
