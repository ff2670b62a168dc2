// @ssdlite/cli: the command line as a function, and the pieces from which other commands are made.

export { type CommandIo, type OutputStream, pathFrom, print } from './command-io.ts';
export { errorReport, exitCodeOf, exitCodes } from './error-report.ts';
export { type ExpandOptions, expandInputs } from './inputs/expand-inputs.ts';
export type { PictureSource } from './inputs/picture-source.ts';
export { JsonList } from './output/json-list.ts';
export { type Column, fitColumns, tableLine, titleLine } from './output/text-table.ts';
export { WholeFile, writeWholeFile } from './output/whole-file.ts';
export { type PictureRunOptions, type RunCounts, runPictures, type Turn } from './picture-run.ts';
export { run } from './run.ts';
export { version } from './version.ts';
