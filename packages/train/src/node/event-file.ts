// TensorBoard's event files: records of protobuf messages (tensorflow/core/util/event.proto) behind lengths and checksums.

import { appendFile, writeFile } from 'node:fs/promises';
import { PbfWriter } from 'pbf';
import { writeFailed } from './write-durably.ts';

/** A JPEG or PNG. */
export interface EncodedPicture {
  readonly encoded: Uint8Array;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** A figure or a picture at one step. */
export type Summary =
  | { readonly tag: string; readonly value: number }
  | { readonly tag: string; readonly picture: EncodedPicture };

export class EventFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Starts a file. TensorBoard takes all events of other files of the folder from this step on as void.
   *
   * @throws SsdliteError `WRITE_FAILED`
   */
  static async create(path: string, step: number): Promise<EventFile> {
    const version = eventRecord(0, (event) => event.writeStringField(3, 'brain.Event:2'));
    const start = eventRecord(step, (event) => event.writeMessage(7, writeSessionLog, sessionStart));
    try {
      await writeFile(path, Buffer.concat([version, start]));
    } catch (cause) {
      throw writeFailed(path, cause);
    }
    return new EventFile(path);
  }

  /** @throws SsdliteError `WRITE_FAILED` */
  async add(step: number, summaries: readonly Summary[]): Promise<void> {
    const record = eventRecord(step, (event) => event.writeMessage(5, writeSummaries, summaries));
    try {
      await appendFile(this.#path, record);
    } catch (cause) {
      throw writeFailed(this.#path, cause);
    }
  }
}

/** SessionLog's status START. */
const sessionStart = 1;

function eventRecord(step: number, write: (event: PbfWriter) => void): Uint8Array {
  const event = new PbfWriter();
  event.writeDoubleField(1, Date.now() / 1000);
  event.writeVarintField(2, step);
  write(event);
  return frame(event.finish());
}

function writeSessionLog(status: number, log: PbfWriter): void {
  log.writeVarintField(1, status);
}

function writeSummaries(summaries: readonly Summary[], pbf: PbfWriter): void {
  for (const summary of summaries) pbf.writeMessage(1, writeValue, summary);
}

function writeValue(summary: Summary, pbf: PbfWriter): void {
  pbf.writeStringField(1, summary.tag);
  if ('value' in summary) pbf.writeFloatField(2, summary.value);
  else pbf.writeMessage(4, writePicture, summary.picture);
}

function writePicture({ encoded, width, height }: EncodedPicture, pbf: PbfWriter): void {
  pbf.writeVarintField(1, height);
  pbf.writeVarintField(2, width);
  // Colour space: RGB.
  pbf.writeVarintField(3, 3);
  pbf.writeBytesField(4, encoded);
}

/** Length (uint64), its checksum, the data, theirs. */
function frame(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc(data), 12 + data.length);
  return record;
}

/** As in TensorFlow's core/lib/hash/crc32c.h: a checksum of checksums would otherwise be weak. */
export function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli), reflected. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 255] as number);
  return ~crc >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
