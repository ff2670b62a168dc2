// Makes a clone ready: packages installed, sources compiled. Quick and quiet when there is nothing to do.
// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { env, execPath, platform, versions } from 'node:process';
import { linkTfjsNode } from './link-tfjs-node.mjs';
import { withLock } from './lock.mjs';
import { asScript, mustRun, StepError } from './run.mjs';
import { packageFolders, readPackage, root } from './workspace.mjs';

/** What the set-up says goes to standard error: standard output belongs to the program that runs after it. */
const say = console.error;
const stamp = join(root, 'node_modules', '.ssdlite-setup');
/** A step that takes longer than this is announced. */
const QUICK_MS = 700;

/**
 * Installs and compiles what is missing or has changed.
 * @param {{ sources?: boolean }} [options] `sources: false` installs the packages only
 * @throws {StepError} with the output of the step that failed and what to do
 */
export async function setUp({ sources = true } = {}) {
  checkNode();
  await withLock(
    join(root, '.cache', 'setup.lock'),
    async () => {
      await install();
      linkTfjsNode();
      if (sources) await compile();
    },
    { onWait: (pid) => say(`Waiting for another set-up of this clone (process ${pid ?? '?'})`) },
  );
}

function checkNode() {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepError(
    `This is Node.js ${versions.node}; ssdlite needs 20.19 or newer. Install a current version and try again.`,
  );
}

async function install() {
  const wanted = fingerprint();
  if (isInstalled(wanted)) return;
  const pnpm = readPackage(root).packageManager;
  if (!pnpm?.startsWith('pnpm@')) throw new StepError('package.json names no packageManager "pnpm@VERSION".');
  // Without its stamp an install that is interrupted counts as none.
  rmSync(stamp, { force: true });
  const start = Date.now();
  say('Installing packages (the first time downloads about 240 MB)');
  await mustRun('npx', ['--yes', pnpm, 'install', '--frozen-lockfile'], {
    cwd: root,
    env: installEnvironment(),
    // npx is a batch file on Windows, which only a shell starts; no argument comes from a user.
    shell: platform === 'win32',
    failed:
      'The packages could not be installed. Check the network and the registry settings of npm, then try again.',
  });
  writeFileSync(`${stamp}.${process.pid}`, wanted);
  renameSync(`${stamp}.${process.pid}`, stamp);
  say(`Installed packages in ${seconds(start)}`);
}

/** @param {string} wanted */
function isInstalled(wanted) {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) return false;
  return packageFolders().every((folder) => {
    const { dependencies, devDependencies } = readPackage(folder);
    return !(dependencies ?? devDependencies) || existsSync(join(folder, 'node_modules'));
  });
}

/** Changes whenever an install could give another result. */
function fingerprint() {
  const hash = createHash('sha256').update(`${platform} ${process.arch}`);
  const manifests = [root, ...packageFolders()].map((folder) => join(folder, 'package.json'));
  for (const file of [join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), ...manifests]) {
    hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * npm hands its own options to what it runs (`npm start --omit=dev`, `npm test --prefix elsewhere`), and pnpm would
 * obey them. Only what says how to reach the registry is kept.
 */
export function installEnvironment() {
  const kept =
    /^npm_config_(.*registry|.*auth.*|.*proxy|ca|cafile|cert|key|strict_ssl|userconfig|globalconfig|cache|(prefer_)?offline)$/i;
  const entries = Object.entries(env).filter(
    ([name]) => name !== 'NODE_ENV' && name !== 'INIT_CWD' && (!/^npm_/i.test(name) || kept.test(name)),
  );
  // Its binary comes inside the package; the install script would only fetch CUDA libraries.
  return { ...Object.fromEntries(entries), ONNXRUNTIME_NODE_INSTALL: 'skip' };
}

async function compile() {
  const start = Date.now();
  const timer = setTimeout(() => say('Compiling'), QUICK_MS);
  try {
    await mustRun(execPath, [join(root, 'packages/ssdlite/scripts/write-wasm-modules.mjs')], {
      cwd: root,
      failed: 'The WebAssembly modules could not be written; see above.',
    });
    await mustRun(execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], {
      cwd: root,
      failed: 'The sources do not compile; see above.',
    });
    await mustRun(execPath, [join(root, 'packages/coco-eval/scripts/bundle-report.mjs')], {
      cwd: root,
      failed: 'The page of the reports could not be bundled; see above.',
    });
  } finally {
    clearTimeout(timer);
  }
  if (Date.now() - start > QUICK_MS) say(`Compiled in ${seconds(start)}`);
}

/** @param {number} start */
function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}

await asScript(import.meta.url, () => setUp());
