// A Python program that answers one line of JSON with another, and arrays that it packs as base64 of float64.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Starts `script`, a file beside this one. */
export function pythonProcess(command, script) {
  const child = spawn(command, [fileURLToPath(new URL(script, import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('Python ended; see above.');
      return JSON.parse(value);
    },
    end: () => child.stdin.end(),
  };
}

export function unpacked(text) {
  const bytes = Buffer.from(text, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Bits, not values: -0 and 0 differ. */
export function sameBits(mine, theirs) {
  const bytes = Buffer.from(mine.buffer, mine.byteOffset, mine.byteLength);
  return Buffer.compare(bytes, Buffer.from(theirs.buffer)) === 0;
}
