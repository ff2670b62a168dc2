// The machine that figures come from, in words.

import { availableParallelism, cpus } from 'node:os';

/** What matters for speed. */
export interface Machine {
  readonly cpu: string;
  /** Threads that this process may use at once. */
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

/** This machine. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** `2 x AMD EPYC, linux x64, Node v20.20.2`. */
export function machineSentence({ cpu, cores, platform, node }: Machine): string {
  return `${cores} x ${cpu}, ${platform}, Node ${node}`;
}
