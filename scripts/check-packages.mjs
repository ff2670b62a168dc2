// `npm run check:packages`: what would be published, as its users meet it. Packs every public package, lints the
// tarballs, installs them into an empty project with npm alone, and type-checks and runs the README's example there.
// @ts-check
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath, platform } from 'node:process';
import { packPackage } from './pack-package.mjs';
import { asScript, mustRun, run, StepError } from './run.mjs';
import { installEnvironment, setUp } from './setup.mjs';
import { packageFolders, readPackage, root } from './workspace.mjs';

/** @typedef {{ name: string; tarball: string; files: string[]; entries: string[] }} Packed */

const typeCheckFlags = ['--target', 'es2023', '--lib', 'es2023', '--types', 'node', '--strict'];
const tsc = join(root, 'node_modules/typescript/bin/tsc');
/** npm, npx and the like are batch files on Windows, which only a shell starts. */
const shell = platform === 'win32';
/** Stands in while the README has no example. */
const example = `
import { createDetector } from 'ssdlite/node';

const detector = await createDetector();
const detections = await detector.detect('photo.jpg', { scoreThreshold: 0.5 });
console.log(detections);
await detector.dispose();
`;

await asScript(import.meta.url, async () => {
  await setUp();
  // With a space, as users' folders have.
  const temporary = mkdtempSync(join(tmpdir(), 'ssdlite packages '));
  try {
    const folders = packageFolders().filter((folder) => !readPackage(folder).private);
    for (const folder of folders) removeStaleOutput(folder);
    const packed = await Promise.all(folders.map((folder) => pack({ folder, destination: temporary })));
    for (const one of packed) await lint(one);
    const project = join(temporary, 'empty project');
    await installPacked({ project, packed });
    await importEntries({ project, packed });
    await checkReadmes({ project, packed });
    await checkExample(project);
    await checkCommand(project);
    await checkCocoEval(project);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
});

/**
 * The compiler leaves the output of a source that is gone; it must not be published.
 * @param {string} folder a package
 */
function removeStaleOutput(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist))
    throw new StepError(`${folder} has nothing compiled. Is it in the references of tsconfig.json?`);
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = /^(.*)\.(js|d\.ts)(\.map)?$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(join(folder, 'src', `${source}.ts`))) rmSync(join(dist, file));
  }
}

/**
 * @param {{ folder: string; destination: string }} where
 * @returns {Promise<Packed>}
 */
async function pack({ folder, destination }) {
  const { name, exports = {} } = readPackage(folder);
  const tarball = await packPackage({ folder, destination });
  const { stdout } = await mustRun('tar', ['-tzf', tarball], { failed: `${tarball} could not be read.` });
  const files = stdout.trim().split('\n');
  const entries = Object.keys(exports)
    .filter((entry) => !entry.includes('*'))
    .map((entry) => name + entry.slice(1));
  return { name, tarball, files: files.map((file) => file.replace('package/', '')), entries };
}

/** @param {Packed} packed */
async function lint({ name, tarball, files }) {
  const missing = ['LICENSE', 'README.md', 'package.json'].filter((file) => !files.includes(file));
  if (missing.length > 0) throw new StepError(`${name} would be published without ${missing.join(', ')}.`);
  const unwanted = files.filter((file) => /\.test\.|fixtures\/|\.tsbuildinfo$|tsconfig/.test(file));
  if (unwanted.length > 0) throw new StepError(`${name} would be published with ${unwanted.join(', ')}.`);
  await mustRun(execPath, [bin('publint'), 'run', tarball, '--strict'], {
    failed: `publint refuses ${name}.`,
  });
  await mustRun(execPath, [bin('@arethetypeswrong/cli'), tarball, '--profile', 'esm-only', '--no-color'], {
    failed: `The types of ${name} do not resolve.`,
  });
  const size = (statSync(tarball).size / 1024).toFixed(0);
  console.log(`${name}: ${files.length} files, ${size} KB packed; publint and attw have no objection`);
}

/**
 * @param {string} name a development tool with one command
 * @returns {string} its script
 */
function bin(name) {
  const folder = join(root, 'node_modules', name);
  const { bin: command } = readPackage(folder);
  const script = typeof command === 'string' ? command : Object.values(command ?? {})[0];
  if (script === undefined) throw new StepError(`${name} has no command.`);
  return join(folder, script);
}

/** @param {{ project: string; packed: readonly Packed[] }} what */
async function installPacked({ project, packed }) {
  mkdirSync(project);
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const devDependencies = { '@types/node': readPackage(join(root, 'node_modules/@types/node')).version };
  const manifest = { private: true, type: 'module', dependencies, devDependencies };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  await mustRun('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: project,
    env: installEnvironment(),
    shell,
    failed: 'The packed packages could not be installed.',
  });
  /** @type {{ packages: Record<string, { resolved?: string; version?: string }> }} */
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  for (const { name } of packed) {
    const places = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    const [place] = places;
    if (places.length !== 1 || !place?.[1].resolved?.startsWith('file:')) {
      throw new StepError(`${name} was not taken from its tarball alone: ${JSON.stringify(places)}`);
    }
  }
  console.log(`installed into an empty project: ${Object.keys(packages).length - 1} packages`);
}

/**
 * Every entry loads in a fresh process and prints nothing.
 * @param {{ project: string; packed: readonly Packed[] }} what
 */
async function importEntries({ project, packed }) {
  const entries = packed.flatMap(({ entries }) => entries);
  for (const entry of entries) {
    await mustRunSilently(['--input-type=module', '--eval', `await import(${JSON.stringify(entry)})`], {
      project,
      failed: `import '${entry}' fails.`,
    });
  }
  console.log(`imported ${entries.join(', ')}`);
}

/**
 * The TypeScript in the packages' own READMEs type-checks.
 * @param {{ project: string; packed: readonly Packed[] }} what
 */
async function checkReadmes({ project, packed }) {
  for (const { name } of packed) {
    const [snippet] = typeScriptIn(join(project, 'node_modules', name, 'README.md'));
    if (snippet === undefined) continue;
    writeFileSync(join(project, 'readme.ts'), snippet);
    const failed = `The example in the README of ${name} does not type-check.`;
    const args = [
      tsc,
      'readme.ts',
      '--noEmit',
      '--skipLibCheck',
      ...typeCheckFlags,
      ...modulesFlags('nodenext'),
    ];
    await mustRun(execPath, args, { cwd: project, failed });
  }
}

/**
 * The README's example type-checks under both ways of resolving modules, and runs.
 * @param {string} project
 */
async function checkExample(project) {
  const snippet = readmeExample() ?? example;
  writeFileSync(join(project, 'example.ts'), snippet);
  for (const photo of snippet.matchAll(/'([^']+\.jpe?g)'/g)) placePhoto(join(project, String(photo[1])));
  await typeCheck({ project, resolution: 'nodenext' });
  await typeCheck({ project, resolution: 'bundler' });
  const failed = 'The example in the README does not run.';
  const said = await mustRunSilently(['example.js'], { project, failed });
  if (said.trim() === '') throw new StepError(`The example in the README prints nothing.`);
  // Without the optional native engine the next one serves.
  rmSync(join(project, 'node_modules/onnxruntime-node'), { recursive: true });
  await mustRunSilently(['example.js'], { project, failed: `${failed} (without onnxruntime-node)` });
  console.log('the example runs, with and without onnxruntime-node, and leaves standard error empty');
}

/** @returns {string | undefined} */
function readmeExample() {
  return typeScriptIn(join(root, 'README.md')).find((block) => block.includes("from 'ssdlite/node'"));
}

/**
 * @param {string} readme path
 * @returns {string[]} its blocks of TypeScript; none when there is no such file
 */
function typeScriptIn(readme) {
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((block) => String(block[1]));
}

/** @param {string} target */
function placePhoto(target) {
  const folder = join(root, 'examples/photos');
  const photo = readdirSync(folder).find((name) => name.endsWith('.jpg'));
  if (photo === undefined) throw new StepError(`${folder} has no photo.`);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(folder, photo), target);
}

/**
 * Compiles the example strictly. The declarations of our packages are checked as well; those of others are not ours to
 * mend (TensorFlow.js's name types that they neither import nor declare), so their errors are left out.
 * @param {{ project: string; resolution: 'nodenext' | 'bundler' }} how
 */
async function typeCheck({ project, resolution }) {
  const failed = `The example does not type-check under ${resolution}.`;
  const args = [tsc, 'example.ts', ...typeCheckFlags, ...modulesFlags(resolution)];
  await mustRun(execPath, [...args, '--skipLibCheck'], { cwd: project, failed });
  const { stdout } = await run(execPath, [...args, '--noEmit'], { cwd: project });
  const errors = stdout.split('\n').filter((line) => /error TS\d+:/.test(line));
  const ours = errors.filter((line) => !/^node_modules\/(?!ssdlite\/|@ssdlite\/)/.test(line));
  if (ours.length > 0) throw new StepError(`${ours.join('\n')}\n\n${failed}`);
  const others = errors.length > 0 ? `, ${errors.length} in others' declarations without skipLibCheck` : '';
  console.log(`types under ${resolution}: no error${others}`);
}

/** @param {'nodenext' | 'bundler'} resolution */
function modulesFlags(resolution) {
  return ['--module', resolution === 'bundler' ? 'esnext' : resolution, '--moduleResolution', resolution];
}

/** @param {string} project */
async function checkCommand(project) {
  const command = join(project, 'node_modules/@ssdlite/cli/bin/ssdlite.js');
  if (!existsSync(join(project, 'node_modules/.bin/ssdlite')))
    throw new StepError('There is no command ssdlite.');
  const failed = 'The installed command does not run.';
  const said = await mustRunSilently([command, '--version'], { project, failed });
  const { version } = readPackage(join(root, 'packages/cli'));
  if (said.trim() !== version)
    throw new StepError(`ssdlite --version prints "${said.trim()}", not ${version}.`);
  placePhoto(join(project, 'command.jpg'));
  await mustRun(execPath, [command, 'detect', 'command.jpg', '--out', 'out'], { cwd: project, failed });
  if (readdirSync(join(project, 'out')).length === 0)
    throw new StepError('ssdlite detect --out wrote no picture.');
  console.log(`the command runs: ssdlite ${version}`);
}

/**
 * The command of @ssdlite/coco-eval gives a perfect detection the AP that pycocotools gives it.
 * @param {string} project
 */
async function checkCocoEval(project) {
  const object = { image_id: 1, category_id: 1, bbox: [10, 10, 40, 40] };
  const truth = {
    images: [{ id: 1 }],
    categories: [{ id: 1, name: 'person' }],
    annotations: [{ ...object, id: 1, area: 1600, iscrowd: 0 }],
  };
  writeFileSync(join(project, 'truth.json'), JSON.stringify(truth));
  writeFileSync(join(project, 'found.json'), JSON.stringify([{ ...object, score: 0.9 }]));
  const command = join(project, 'node_modules/@ssdlite/coco-eval/bin/coco-eval.js');
  if (!existsSync(join(project, 'node_modules/.bin/coco-eval')))
    throw new StepError('There is no command coco-eval.');
  const said = await mustRunSilently([command, 'truth.json', 'found.json'], {
    project,
    failed: 'The installed coco-eval does not run.',
  });
  if (!said.includes('area=   all | maxDets=100 ] = 1.000'))
    throw new StepError(`${said}\ncoco-eval gives a perfect detection another AP than 1.`);
  console.log('the command runs: coco-eval');
}

/**
 * @param {readonly string[]} args of node
 * @param {{ project: string; failed: string }} options
 * @returns {Promise<string>} what it prints to standard output; standard error must stay empty
 */
async function mustRunSilently(args, { project, failed }) {
  const { stdout, stderr } = await mustRun(execPath, args, { cwd: project, failed });
  if (stderr !== '') throw new StepError(`${stderr}\n\n${failed} (Standard error should be empty.)`);
  return stdout;
}
