// A vitest reporter that leaves the run's counts in a file, for `scripts/test.mjs`.
// @ts-check
import { writeFileSync } from 'node:fs';
import { env } from 'node:process';

/** @typedef {import("vitest/node").Reporter} Reporter */
/** @typedef {{ passed: number; failed: number; skipped: number }} Counts */

/** @implements {Reporter} */
export default class TestCounts {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that does not load has no tests: it counts as one that failed. So does a suite whose hook failed.
      counts.failed += module.errors().length > 0 ? 1 : 0;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length > 0 ? 1 : 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    const file = env.SSDLITE_TEST_COUNTS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}
