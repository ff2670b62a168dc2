// Output files, before the work that they are for.

import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkWritable } from '@ssdlite/coco-eval/node';
import { SsdliteError } from '@ssdlite/layers';
import { type CommandIo, pathFrom } from '../command-io.ts';

/**
 * Finds out whether files can be written, and that none takes the place of another or of what is read.
 *
 * @param outputs paths by option, as `{ '--json': 'found.json' }`; `-` is standard output
 * @param options.inputs what is read
 * @throws SsdliteError `INVALID_ARGUMENT`; CocoEvalError `WRITE_FAILED`
 */
export async function checkOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  { inputs, io }: { readonly inputs: readonly (string | undefined)[]; readonly io: Pick<CommandIo, 'cwd'> },
): Promise<void> {
  const real = (path: string): Promise<string> => {
    const full = resolve(io.cwd, path);
    return realpath(full).catch(() => full);
  };
  const taken = new Map<string, string>();
  for (const input of inputs) if (input !== undefined) taken.set(await real(input), 'which is to be read');
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined || path === '-') continue;
    const place = await real(path);
    const why = taken.get(place);
    if (why !== undefined) {
      throw new SsdliteError('INVALID_ARGUMENT', `${option} would replace '${path}', ${why}.`, {
        value: path,
        next: 'Name another file.',
      });
    }
    taken.set(place, `which ${option} writes`);
    await checkWritable(pathFrom(io, path));
  }
}
