// The commands of `ssdlite`, in the order in which its help lists them. A new one is a file in commands/ and a line here.

import type { Command } from 'commander';
import { addBench } from './commands/bench.ts';
import { addClassify } from './commands/classify.ts';
import { addCompare } from './commands/compare.ts';
import { addDetect } from './commands/detect.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEval } from './commands/eval.ts';
import { addExport } from './commands/export.ts';
import { addImport } from './commands/import.ts';
import { addInfo } from './commands/info.ts';
import { addInspect } from './commands/inspect.ts';
import { addInspectData } from './commands/inspect-data.ts';
import { addPrune } from './commands/prune.ts';
import { addTrain } from './commands/train.ts';
import { addTune } from './commands/tune.ts';
import type { Session } from './session.ts';

/** Adds a command to the program. */
export type AddCommand = (program: Command, session: Session) => void;

export const commands: readonly AddCommand[] = [
  addDetect,
  addClassify,
  addEval,
  addInspectData,
  addImport,
  addTrain,
  addExport,
  addInfo,
  addBench,
  addCompare,
  addInspect,
  addPrune,
  addTune,
  addDoctor,
];
