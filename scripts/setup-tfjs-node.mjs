// `npm run setup:tfjs-node`: builds tfjs-node, which training in Node needs, from the npm and PyPI packages alone.
// Its own installer fetches two files from its vendor's storage, which closed networks, proxies and new versions of
// Node.js break; its addon builds just as well against the C library inside TensorFlow's Python wheel.
// @ts-check
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { arch, env, execPath, platform, version } from 'node:process';
import { linkTfjsNode, tfjsNodeLink } from './link-tfjs-node.mjs';
import { withLock } from './lock.mjs';
import { asScript, mustRun, run, StepError } from './run.mjs';
import { installEnvironment, setUp } from './setup.mjs';
import { root } from './workspace.mjs';

const recipe = join(root, 'scripts', 'tfjs-node');
/** Elsewhere the wheels are laid out differently: the package's own installer serves. */
const fromWheel = platform === 'linux' && arch === 'x64';
const say = console.error;

await asScript(import.meta.url, async () => {
  await setUp({ sources: false });
  const tree = join(cacheFolder(), `tfjs-node-${platform}-${arch}-${recipeHash()}`);
  await withLock(`${tree}.lock`, () => build(tree), {
    onWait: (pid) => say(`Waiting for another build (process ${pid ?? '?'})`),
  });
  pointTo(tree);
  const { folders, changed } = linkTfjsNode();
  for (const folder of changed) await verify(folder);
  const names = folders.map((folder) => relative(root, folder)).join(', ');
  console.log(`tfjs-node is ready in ${names}`);
});

/** Outside of the clone where possible: the tree has 1 GB, and every clone of this machine can use it. */
function cacheFolder() {
  const shared = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'ssdlite');
  try {
    mkdirSync(shared, { recursive: true });
    accessSync(shared, constants.W_OK);
    return shared;
  } catch {
    return join(root, '.cache', 'shared');
  }
}

/** The addon speaks Node-API, which all versions of Node.js share: a tree does not depend on them. */
function recipeHash() {
  const hash = createHash('sha256');
  for (const name of readdirSync(recipe).sort())
    hash.update(`${name}\n`).update(readFileSync(join(recipe, name)));
  return hash.digest('hex').slice(0, 12);
}

/**
 * Builds what is missing of the tree. Each step's result appears whole or not at all, so a broken run is resumed.
 * @param {string} tree
 */
async function build(tree) {
  // The versions of Node.js that it was verified with.
  const ready = join(tree, 'ready');
  const verified = existsSync(ready) ? readFileSync(ready, 'utf8') : '';
  if (verified.split('\n').includes(version)) return;
  if (verified !== '' && (await tryOut(tree)).code === 0) {
    writeWhole(ready, `${verified}${version}\n`);
    return;
  }
  const addonPackage = join(tree, 'node_modules/@tensorflow/tfjs-node');
  if (fromWheel) {
    await checkTools();
    await Promise.all([installPackages(tree), downloadWheel({ tree, addonPackage })]);
    await placeLibraries({ tree, addonPackage });
    await compileAddon(addonPackage);
  } else {
    await installPackages(tree);
    await step('Installing the addon with the package’s own installer', () =>
      npm(['rebuild', '@tensorflow/tfjs-node'], {
        cwd: tree,
        failed: 'tfjs-node’s own installer failed. Its README tells what it needs on this platform.',
      }),
    );
  }
  say(await verify(tree));
  rmSync(wheelFolder(tree), { recursive: true, force: true });
  rmSync(join(addonPackage, 'build'), { recursive: true, force: true });
  writeWhole(ready, `${version}\n`);
}

async function checkTools() {
  const missing = [];
  const pip = await run('python3', ['-m', 'pip', '--version']);
  if (pip.code === 127) missing.push('python3 with pip (on Debian: apt-get install python3 python3-pip)');
  else if (pip.code !== 0) missing.push('pip for python3 (on Debian: apt-get install python3-pip)');
  const compiler = await run(env.CXX || 'c++', ['--version'], { shell: Boolean(env.CXX) });
  if (compiler.code !== 0) missing.push('a C++ compiler (on Debian: apt-get install g++)');
  if ((await run('make', ['--version'])).code !== 0) missing.push('make (on Debian: apt-get install make)');
  if (missing.length === 0) return;
  throw new StepError(
    `To build tfjs-node this machine needs:\n- ${missing.join('\n- ')}\nInstall it and try again.`,
  );
}

/** @param {string} tree */
async function installPackages(tree) {
  const done = join(tree, 'packages-installed');
  if (existsSync(done)) return;
  mkdirSync(tree, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(recipe, name), join(tree, name));
  await step('Installing the npm package without its installer (300 MB unpacked)', () =>
    npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: tree,
      failed: 'npm could not install @tensorflow/tfjs-node. Check the network and npm’s registry settings.',
    }),
  );
  writeWhole(done, '');
}

/** @param {string} tree */
function wheelFolder(tree) {
  return join(tree, 'wheel');
}

/** @param {{ tree: string; addonPackage: string }} where */
async function downloadWheel({ tree, addonPackage }) {
  if (existsSync(wheelFolder(tree)) || existsSync(join(addonPackage, 'deps'))) return;
  const partial = emptied(`${wheelFolder(tree)}.partial`);
  const platformTags = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
  const requirements = ['--require-hashes', '-r', join(recipe, 'requirements.txt')];
  await step('Downloading TensorFlow’s wheel (207 MB)', () =>
    mustRun(
      'python3',
      [
        ...[
          '-m',
          'pip',
          'download',
          '--no-deps',
          '--only-binary=:all:',
          '--no-cache-dir',
          '--progress-bar',
          'off',
        ],
        ...['--platform', 'manylinux_2_17_x86_64', ...platformTags, '--dest', partial, ...requirements],
      ],
      { failed: 'pip could not download the wheel. Check the network and pip’s index settings.' },
    ),
  );
  renameSync(partial, wheelFolder(tree));
}

/** @param {{ tree: string; addonPackage: string }} where */
async function placeLibraries({ tree, addonPackage }) {
  const deps = join(addonPackage, 'deps');
  if (existsSync(deps)) return;
  const [wheel] = readdirSync(wheelFolder(tree)).filter((name) => name.endsWith('.whl'));
  if (wheel === undefined)
    throw new StepError(`${wheelFolder(tree)} holds no wheel. Remove ${tree} and try again.`);
  const partial = emptied(join(addonPackage, 'deps.partial'));
  await step('Placing its libraries and headers (620 MB)', () =>
    mustRun('python3', [join(recipe, 'extract-wheel.py'), join(wheelFolder(tree), wheel), partial], {
      failed: `The wheel could not be unpacked. Remove ${tree} if it is damaged, make room if the disk is full, and try again.`,
    }),
  );
  renameSync(partial, deps);
}

/** @param {string} addonPackage */
async function compileAddon(addonPackage) {
  const prefix = dirname(dirname(execPath));
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const nodePreGyp = join(addonPackage, '../../@mapbox/node-pre-gyp/bin/node-pre-gyp');
  const nodeGypPath = await nodeGyp();
  await step('Compiling the addon', () =>
    mustRun(execPath, [nodePreGyp, 'install', '--build-from-source', ...headers], {
      cwd: addonPackage,
      env: { ...installEnvironment(), ...nodeGypPath },
      failed: headers.length
        ? 'The addon does not compile; see above. A path with spaces is one cause: set XDG_CACHE_HOME to one without.'
        : `The addon does not compile; see above. Node’s headers are not in ${prefix}/include/node and may not be downloadable here: install them (on Debian: libnode-dev) or a Node.js that brings them.`,
    }),
  );
}

/** node-pre-gyp looks for the node-gyp inside npm, but not in every place where npm may be. */
async function nodeGyp() {
  if (env.npm_config_node_gyp !== undefined) return { npm_config_node_gyp: env.npm_config_node_gyp };
  const { code, stdout } = await run('npm', ['config', 'get', 'node-gyp'], { shell: platform === 'win32' });
  return code === 0 && existsSync(stdout.trim()) ? { npm_config_node_gyp: stdout.trim() } : {};
}

/**
 * @param {string} folder whose tfjs-node to try, in a process of its own
 */
function tryOut(folder) {
  return run(execPath, [join(root, 'scripts/verify-tfjs-node.cjs'), folder], {
    env: { ...env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
}

/**
 * @param {string} folder
 * @returns {Promise<string>} what it has
 */
async function verify(folder) {
  const { code, stdout, output } = await tryOut(folder);
  if (code !== 0) throw new StepError(`${output}\n\ntfjs-node does not run from ${folder}; see above.`);
  return stdout.trim();
}

/** @param {string} tree */
function pointTo(tree) {
  const there = lstatSync(tfjsNodeLink, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(tfjsNodeLink) === tree) return;
  rmSync(tfjsNodeLink, { recursive: true, force: true });
  mkdirSync(dirname(tfjsNodeLink), { recursive: true });
  symlinkSync(tree, tfjsNodeLink, 'junction');
}

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string; failed: string }} options
 */
function npm(args, options) {
  // npm is a batch file on Windows, which only a shell starts.
  return mustRun('npm', args, { ...options, env: installEnvironment(), shell: platform === 'win32' });
}

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} action
 */
async function step(title, action) {
  const start = Date.now();
  say(title);
  const result = await action();
  say(`${title}: done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** @param {string} folder */
function emptied(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @param {string} file
 * @param {string} text
 */
function writeWhole(file, text) {
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}
