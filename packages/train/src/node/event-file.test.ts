// TensorBoard's format: lengths, checksums and fields as its readers expect them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PbfReader } from 'pbf';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventFile, maskedCrc } from './event-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ssdlite-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The messages of a file; checks lengths and checksums on the way. */
function recordsOf(path: string): Uint8Array[] {
  const bytes = readFileSync(path);
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(data));
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** Fields of a message by number, as far as these tests look at them. */
function fieldsOf(data: Uint8Array): Map<number, unknown> {
  const fields = new Map<number, unknown>();
  new PbfReader(data).readFields((tag, into, pbf) => {
    if (pbf.type === 0) into.set(tag, pbf.readVarint());
    else if (pbf.type === 1) into.set(tag, pbf.readDouble());
    else if (pbf.type === 5) into.set(tag, pbf.readFloat());
    else into.set(tag, pbf.readBytes());
  }, fields);
  return fields;
}

test('CRC-32C is that of RFC 3720, appendix B.4, masked as in TensorFlow', () => {
  const unmasked = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  expect(unmasked(maskedCrc(new Uint8Array(32)))).toBe(0x8a9136aa);
  expect(unmasked(maskedCrc(new Uint8Array(32).fill(255)))).toBe(0x62a8ab43);
});

test('A file begins with its version and a session start, then has figures and pictures by step', async () => {
  const path = join(folder, 'events.out.tfevents.1');
  const file = await EventFile.create(path, 7);
  await file.add(8, [
    { tag: 'loss/total', value: 1.5 },
    { tag: 'samples', picture: { encoded: Uint8Array.of(1, 2, 3), width: 20, height: 10 } },
  ]);
  const [version, start, event] = recordsOf(path).map(fieldsOf);
  expect(Buffer.from(version?.get(3) as Uint8Array).toString()).toBe('brain.Event:2');
  expect(start?.get(2)).toBe(7);
  expect(fieldsOf(start?.get(7) as Uint8Array).get(1)).toBe(1);
  expect(event?.get(2)).toBe(8);
  expect(Math.abs((event?.get(1) as number) - Date.now() / 1000)).toBeLessThan(60);
  const values: Map<number, unknown>[] = [];
  new PbfReader(event?.get(5) as Uint8Array).readFields(
    (_, into, pbf) => into.push(fieldsOf(pbf.readBytes())),
    values,
  );
  expect(Buffer.from(values[0]?.get(1) as Uint8Array).toString()).toBe('loss/total');
  expect(values[0]?.get(2)).toBe(1.5);
  const picture = fieldsOf(values[1]?.get(4) as Uint8Array);
  expect([picture.get(1), picture.get(2), picture.get(3)]).toEqual([10, 20, 3]);
  expect([...(picture.get(4) as Uint8Array)]).toEqual([1, 2, 3]);
});

test('A folder that is not there is a write error', async () => {
  await expect(EventFile.create(join(folder, 'none', 'events'), 0)).rejects.toMatchObject({
    code: 'WRITE_FAILED',
  });
});
