// Walks through a protobuf message field by field, and notices what pbf alone does not: a message that ends in the middle of a field.

import { PbfReader } from 'pbf';

/** How a field's value is written. */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A field whose value waits to be read. What is not read is skipped. */
export interface ProtobufField {
  readonly number: number;
  readonly type: number;
  readonly reader: PbfReader;
}

/**
 * Calls `visit` for each field of a message.
 *
 * @throws Error if the message is not well-formed
 */
export function forEachField(message: Uint8Array, visit: (field: ProtobufField) => void): void {
  const reader = new PbfReader(message);
  for (;;) {
    const number = reader.nextField();
    if (reader.pos > message.length)
      throw new Error(`a field ends ${reader.pos - message.length} bytes too late`);
    if (number === 0) break;
    visit({ number, type: reader.type, reader });
  }
  if (reader.pos < message.length) throw new Error(`there is no field at byte ${reader.pos}`);
}

/** An embedded message, or text or bytes. */
export function readBytes({ number, type, reader }: ProtobufField): Uint8Array {
  if (type !== wireType.bytes) throw new Error(`field ${number} is no message`);
  return reader.readBytes();
}

export function readText(field: ProtobufField): string {
  return new TextDecoder().decode(readBytes(field));
}
