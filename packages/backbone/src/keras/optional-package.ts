// Packages that only some users need: loaded when they are, and missed with a hint.

import { SsdliteError } from '@ssdlite/layers';

/**
 * Imports an optional package.
 *
 * @throws SsdliteError `OPTIONAL_DEPENDENCY_MISSING` if it cannot be imported
 * @example
 * const { unzipSync } = await importOptional('fflate', () => import('fflate'));
 */
export async function importOptional<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new SsdliteError(
      'OPTIONAL_DEPENDENCY_MISSING',
      `This file needs the package '${name}' to be read.`,
      {
        value: name,
        next: `Install it beside ssdlite: npm install ${name}.`,
        cause,
      },
    );
  }
}
