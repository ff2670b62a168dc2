// @ssdlite/layers/plain: a network in plain TypeScript, for answers that no driver had a part in.

export { runPlain } from './run-plain.ts';
