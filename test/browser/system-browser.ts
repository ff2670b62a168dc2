// Where a browser of the system lies, or why the tests in it cannot run here.

import { existsSync } from 'node:fs';

/** A name of the loopback that the browsers under test take for another machine's. */
export const otherMachine = 'page.test';

export interface SystemBrowser {
  readonly executablePath: string | undefined;
  /** Why tests in it are skipped; undefined if they run. */
  readonly missing: string | undefined;
}

/**
 * Looks for a browser, and says on standard error that its tests are skipped where there is none.
 *
 * @param options.variable of the environment, with another path to it
 * @param options.wish variable of the environment: `skip` leaves its tests out, `required` fails without it
 */
export function findBrowser({
  name,
  debian,
  paths,
  variable,
  wish,
}: {
  readonly name: string;
  readonly debian: string;
  readonly paths: readonly string[];
  readonly variable: string;
  readonly wish: string;
}): SystemBrowser {
  const own = process.env[variable];
  const executablePath = [own, ...paths].find((path) => path !== undefined && existsSync(path));
  const missing =
    process.env[wish] === 'skip'
      ? `${wish}=skip`
      : executablePath === undefined
        ? `there is no ${name} (\`apt install ${debian}\`, or its path in ${variable})`
        : undefined;
  if (missing !== undefined) {
    if (process.env[wish] === 'required')
      throw new Error(`The tests in ${name} must run here, but ${missing}.`);
    process.stderr.write(`The tests in ${name} are skipped: ${missing}.\n`);
  }
  return { executablePath, missing };
}
