// Tries a piece of code in a process of its own: a native library that does not fit the machine may end the process that loads it.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What takes longer hangs. */
const timeoutMs = 60_000;

/** How a try went: what the script printed last, or why it did not end well. */
export type Tried =
  | { readonly works: true; readonly said: string }
  | { readonly works: false; readonly why: string };

/** Runs an ES module of Node from its text, with this package's dependencies at hand. */
export async function tryScript(
  script: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<Tried> {
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      signal,
      timeout: timeoutMs,
      // TensorFlow greets on standard error.
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    return { works: true, said: stdout.trim().split('\n').at(-1) ?? '' };
  } catch (error) {
    return { works: false, why: whyOf(error) };
  }
}

/** The line of a failed process's output that says most. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr = '', code, signal, killed = false } = error as Error & Ended;
  if (killed && signal) return `It did not end within ${timeoutMs / 1000} seconds.`;
  if (signal) {
    const hint =
      signal === 'SIGILL' ? ' Its binary wants instructions that this processor does not have.' : '';
    return `It crashes (${signal}).${hint}`;
  }
  const line = stderr.split('\n').find((text) => /^\s*[\w$.]*Error\b.*:/.test(text));
  return line
    ? line.trim().replace(/^[\w$.]*Error(?: \[\w+\])?: /, '')
    : `It ends with exit code ${code ?? '?'}.`;
}

/** What Node adds to the error of a process. */
interface Ended {
  readonly stderr?: string;
  readonly code?: number | string;
  readonly signal?: string;
  readonly killed?: boolean;
}
